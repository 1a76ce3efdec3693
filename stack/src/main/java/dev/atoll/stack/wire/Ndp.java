package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** Neighbour discovery messages and their options (RFC 4861 section 4, RFC 8106, RFC 3971, RFC 4191). */
public final class Ndp {
    /** The hop limit that shows a message has not crossed a router (RFC 4861 section 11.2). */
    public static final int HOP_LIMIT = 255;

    /** Bytes before the options of each message, ICMPv6 header included. */
    public static final int SOLICITATION_BYTES = 24;

    public static final int ADVERTISEMENT_BYTES = 24;
    public static final int ROUTER_SOLICITATION_BYTES = 8;
    public static final int ROUTER_ADVERTISEMENT_BYTES = 16;
    public static final int REDIRECT_BYTES = 40;

    public static final int OPTION_SOURCE_LINK = 1;
    public static final int OPTION_TARGET_LINK = 2;
    public static final int OPTION_PREFIX = 3;
    public static final int OPTION_REDIRECTED = 4;
    public static final int OPTION_MTU = 5;
    public static final int OPTION_NONCE = 14;
    public static final int OPTION_ROUTE = 24;
    public static final int OPTION_RDNSS = 25;
    public static final int OPTION_DNSSL = 31;

    /** Flags of a neighbour advertisement, in its {@link Icmpv6#rest}. */
    public static final int FLAG_ROUTER = 0x8000_0000;

    public static final int FLAG_SOLICITED = 0x4000_0000;
    public static final int FLAG_OVERRIDE = 0x2000_0000;

    /** Bytes of a link address option for Ethernet, and of a nonce option with 6 bytes of nonce. */
    public static final int LINK_OPTION_BYTES = 8;

    /** Bytes of a redirected header option before the packet. */
    public static final int REDIRECTED_BYTES = 8;

    private static final int UNIT_BYTES = 8;
    private static final int TARGET = 8;
    private static final int REDIRECT_DESTINATION = 24;

    private Ndp() {}

    /** High half of a solicitation's, advertisement's or redirect's target. */
    public static long targetHigh(ByteBuffer data, int at) {
        return data.getLong(at + TARGET);
    }

    public static long targetLow(ByteBuffer data, int at) {
        return data.getLong(at + TARGET + 8);
    }

    public static void writeTarget(ByteBuffer data, int at, IpAddress target) {
        data.putLong(at + TARGET, target.high());
        data.putLong(at + TARGET + 8, target.low());
    }

    public static IpAddress redirectDestination(ByteBuffer data, int at) {
        return new IpAddress(data.getLong(at + REDIRECT_DESTINATION), data.getLong(at + REDIRECT_DESTINATION + 8));
    }

    public static void writeRedirectDestination(ByteBuffer data, int at, long high, long low) {
        data.putLong(at + REDIRECT_DESTINATION, high);
        data.putLong(at + REDIRECT_DESTINATION + 8, low);
    }

    /** Writes the beginning of a redirected header option, behind which a multiple of 8 bytes of the packet go. */
    public static void writeRedirected(ByteBuffer data, int at, int packetBytes) {
        data.putLong(at, (long) OPTION_REDIRECTED << 56 | (long) (REDIRECTED_BYTES + packetBytes) / UNIT_BYTES << 48);
    }

    // --- Options

    /** Whether the options between {@code from} and {@code end} are well formed: no length of 0, none too long. */
    public static boolean optionsValid(ByteBuffer data, int from, int end) {
        int at = from;
        while (at < end) {
            if (end - at < UNIT_BYTES) {
                return false;
            }
            int length = optionBytes(data, at);
            if (length == 0 || length > end - at) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** Position of the first option of a type among valid options, or -1. */
    public static int findOption(ByteBuffer data, int from, int end, int type) {
        for (int at = from; at < end; at += optionBytes(data, at)) {
            if (optionType(data, at) == type) {
                return at;
            }
        }
        return -1;
    }

    public static int optionType(ByteBuffer data, int at) {
        return data.get(at) & 0xff;
    }

    public static int optionBytes(ByteBuffer data, int at) {
        return (data.get(at + 1) & 0xff) * UNIT_BYTES;
    }

    /** The 48 bits of a link address option, or of a nonce option. */
    public static long option48(ByteBuffer data, int at) {
        return data.getLong(at) & 0xffff_ffff_ffffL;
    }

    /** The link address among the options, or 0. */
    public static long linkAddress(ByteBuffer data, int from, int end, int type) {
        int at = findOption(data, from, end, type);
        return at < 0 || optionBytes(data, at) != LINK_OPTION_BYTES ? 0 : option48(data, at);
    }

    /** Writes an option of 8 bytes whose content has 48 bits. */
    public static void writeOption48(ByteBuffer data, int at, int type, long bits) {
        data.putLong(at, (long) type << 56 | 1L << 48 | bits);
    }

    // --- Router advertisement (RFC 4861 section 4.2)

    public static int curHopLimit(ByteBuffer data, int at) {
        return data.get(at + 4) & 0xff;
    }

    /** DHCPv6 gives addresses. */
    public static boolean managed(ByteBuffer data, int at) {
        return (data.get(at + 5) & 0x80) != 0;
    }

    /** DHCPv6 gives other settings. */
    public static boolean otherConfiguration(ByteBuffer data, int at) {
        return (data.get(at + 5) & 0x40) != 0;
    }

    /** RFC 4191 section 2.1: 1 high, 0 medium, -1 low; the reserved value counts as medium. */
    public static int routerPreference(ByteBuffer data, int at) {
        return preference(data.get(at + 5));
    }

    private static int preference(int flags) {
        int bits = flags >>> 3 & 3;
        return bits == 1 ? 1 : bits == 3 ? -1 : 0;
    }

    public static int routerLifetimeSeconds(ByteBuffer data, int at) {
        return data.getShort(at + 6) & 0xffff;
    }

    public static long reachableTimeMs(ByteBuffer data, int at) {
        return data.getInt(at + 8) & 0xffff_ffffL;
    }

    public static long retransTimerMs(ByteBuffer data, int at) {
        return data.getInt(at + 12) & 0xffff_ffffL;
    }

    // --- Prefix information (RFC 4861 section 4.6.2), RDNSS and DNSSL (RFC 8106 section 5)

    /** Bytes of a prefix information option. */
    public static final int PREFIX_OPTION_BYTES = 32;

    public static int prefixLength(ByteBuffer data, int at) {
        return data.get(at + 2) & 0xff;
    }

    public static boolean prefixOnLink(ByteBuffer data, int at) {
        return (data.get(at + 3) & 0x80) != 0;
    }

    public static boolean prefixAutonomous(ByteBuffer data, int at) {
        return (data.get(at + 3) & 0x40) != 0;
    }

    /** Seconds; 0xffffffff is for ever. */
    public static long validLifetimeSeconds(ByteBuffer data, int at) {
        return data.getInt(at + 4) & 0xffff_ffffL;
    }

    public static long preferredLifetimeSeconds(ByteBuffer data, int at) {
        return data.getInt(at + 8) & 0xffff_ffffL;
    }

    public static long prefixHigh(ByteBuffer data, int at) {
        return data.getLong(at + 16);
    }

    public static long prefixLow(ByteBuffer data, int at) {
        return data.getLong(at + 24);
    }

    // --- Route information (RFC 4191 section 2.3), its prefix length where a prefix information option has it

    /** As {@link #routerPreference}. */
    public static int routePreference(ByteBuffer data, int at) {
        return preference(data.get(at + 3));
    }

    /** Whether the option is to be ignored for its preference. */
    public static boolean isRoutePreferenceReserved(ByteBuffer data, int at) {
        return (data.get(at + 3) >>> 3 & 3) == 2;
    }

    public static long routePrefixHigh(ByteBuffer data, int at) {
        return data.getLong(at + 8);
    }

    public static long routePrefixLow(ByteBuffer data, int at) {
        return data.getLong(at + 16);
    }

    /** The 32 bits at distance 4: the MTU, or the lifetime of route information and DNS options in seconds. */
    public static long option32(ByteBuffer data, int at) {
        return data.getInt(at + 4) & 0xffff_ffffL;
    }
}
