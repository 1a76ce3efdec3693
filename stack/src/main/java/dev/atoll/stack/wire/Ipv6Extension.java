package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** IPv6 extension headers and the options two of them carry (RFC 8200 section 4). */
public final class Ipv6Extension {
    public static final int HOP_BY_HOP = 0;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int NO_NEXT_HEADER = 59;
    public static final int DESTINATION_OPTIONS = 60;

    /** Bytes of a fragment header, and the unit in which the others are measured. */
    public static final int UNIT_BYTES = 8;

    public static final int OPTION_PAD1 = 0;
    public static final int OPTION_PADN = 1;
    /** RFC 2711: routers look at a packet that is not for them. */
    public static final int OPTION_ROUTER_ALERT = 5;

    /** What to do with an option nobody knows: the two highest bits of its type (RFC 8200 section 4.2). */
    public static final int ACTION_SKIP = 0;

    public static final int ACTION_DISCARD = 1;
    public static final int ACTION_REPORT = 2;
    public static final int ACTION_REPORT_UNLESS_MULTICAST = 3;

    /** Distance from a fragment header to its offset field. */
    public static final int FRAGMENT_OFFSET = 2;

    /** {@link #findTransport}: the packet is a fragment other than the first. */
    public static final int LATER_FRAGMENT = -2;

    private static final int MAX_PASSED = 8;
    private static final int ROUTING_TYPE = 2;
    private static final int SEGMENTS_LEFT = 3;
    private static final int FRAGMENT_ID = 4;

    private Ipv6Extension() {}

    public static int nextHeader(ByteBuffer data, int at) {
        return data.get(at) & 0xff;
    }

    public static void setNextHeader(ByteBuffer data, int at, int nextHeader) {
        data.put(at, (byte) nextHeader);
    }

    /** Bytes of a hop-by-hop, routing or destination options header. */
    public static int lengthBytes(ByteBuffer data, int at) {
        return ((data.get(at + 1) & 0xff) + 1) * UNIT_BYTES;
    }

    public static int routingType(ByteBuffer data, int at) {
        return data.get(at + ROUTING_TYPE) & 0xff;
    }

    public static int segmentsLeft(ByteBuffer data, int at) {
        return data.get(at + SEGMENTS_LEFT) & 0xff;
    }

    /** Distance from a routing header to its type. */
    public static int routingTypeOffset() {
        return ROUTING_TYPE;
    }

    /** Where in the fragmentable part a fragment belongs, bytes. */
    public static int fragmentOffset(ByteBuffer data, int at) {
        return data.getShort(at + FRAGMENT_OFFSET) & 0xfff8;
    }

    public static boolean moreFragments(ByteBuffer data, int at) {
        return (data.getShort(at + FRAGMENT_OFFSET) & 1) != 0;
    }

    public static int fragmentId(ByteBuffer data, int at) {
        return data.getInt(at + FRAGMENT_ID);
    }

    public static void writeFragment(
            ByteBuffer data, int at, int nextHeader, int offsetBytes, boolean moreFragments, int id) {
        data.putShort(at, (short) (nextHeader << 8));
        data.putShort(at + FRAGMENT_OFFSET, (short) (offsetBytes | (moreFragments ? 1 : 0)));
        data.putInt(at + FRAGMENT_ID, id);
    }

    /** Writes a hop-by-hop header of 8 bytes that holds a router alert for MLD and two bytes of padding (RFC 2711). */
    public static void writeRouterAlert(ByteBuffer data, int at, int nextHeader) {
        data.putShort(at, (short) (nextHeader << 8));
        data.putInt(at + 2, OPTION_ROUTER_ALERT << 24 | 2 << 16);
        data.putShort(at + 6, (short) (OPTION_PADN << 8));
    }

    /**
     * Passes over the extension headers of the packet at {@code ipAt}, as far as it is there.
     *
     * @return the transport protocol in the high half and its distance from the IPv6 header in the low one; negative if it
     *     is not there: {@link #LATER_FRAGMENT}, or -1 if headers are cut short or more than anybody needs
     */
    public static int findTransport(ByteBuffer data, int ipAt, int end) {
        if (end - ipAt < Ipv6.HEADER_BYTES || Ipv6.version(data, ipAt) != 6) {
            return -1;
        }
        int header = Ipv6.nextHeader(data, ipAt);
        int at = ipAt + Ipv6.HEADER_BYTES;
        for (int i = 0; i <= MAX_PASSED; i++) {
            boolean fragment = header == FRAGMENT;
            if (!fragment && header != HOP_BY_HOP && header != ROUTING && header != DESTINATION_OPTIONS) {
                return at > end ? -1 : header << 16 | at - ipAt;
            }
            if (end - at < UNIT_BYTES) {
                return -1;
            }
            if (fragment && fragmentOffset(data, at) != 0) {
                return LATER_FRAGMENT;
            }
            header = nextHeader(data, at);
            at += fragment ? UNIT_BYTES : lengthBytes(data, at);
        }
        return -1;
    }

    /** What the type of an unknown option asks for. */
    public static int action(int optionType) {
        return optionType >>> 6;
    }
}
