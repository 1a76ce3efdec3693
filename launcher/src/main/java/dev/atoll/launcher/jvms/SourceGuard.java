package dev.atoll.launcher.jvms;

import dev.atoll.stack.wire.Arp;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Ndp;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Which frames a station may send: those that name no hardware or IP address but its own as where they come from, in what neighbours believe:
 * the Ethernet header, ARP, the IP header, neighbour discovery. Frames of other protocols it may not send at all, as an address may be in them behind a
 * VLAN tag or the headers of LLC and SNAP, which receivers take off.
 *
 * <p>Looks at each frame by itself and keeps nothing. Fragments of neighbour discovery are not pieced together: what
 * cannot be judged in the first one is refused there.
 */
final class SourceGuard {
    private static final long LINK_LOCAL_PREFIX = 0xfe80L << 48;

    private final MacAddress mac;
    private final IpAddress[] addresses;
    private final long linkLocalLow;

    /**
     * @param mac the station's
     * @param addresses that it was given; over IPv6 the link-local one of its hardware address is its own besides
     */
    SourceGuard(MacAddress mac, List<IpAddress> addresses) {
        this.mac = mac;
        this.addresses = addresses.toArray(new IpAddress[0]);
        linkLocalLow = interfaceIdentifier(mac);
    }

    /** RFC 4291 appendix A: the hardware address with ff:fe in its middle and the universal bit turned. */
    private static long interfaceIdentifier(MacAddress mac) {
        long universalBit = 0x02L << 56;
        return ((mac.bits() >>> 24) << 40 | 0xfffeL << 24 | mac.bits() & 0xff_ffff) ^ universalBit;
    }

    /**
     * Whether the station may send it.
     *
     * @param frame from the Ethernet header at index 0 to the limit
     */
    boolean allows(ByteBuffer frame) {
        int end = frame.limit();
        int payload = Ethernet.HEADER_BYTES;
        if (end < payload || Ethernet.source(frame, 0) != mac.bits()) {
            return false;
        }
        return switch (Ethernet.type(frame, 0)) {
            case Ethernet.TYPE_ARP -> allowsArp(frame, payload, end);
            case Ethernet.TYPE_IPV4 -> end - payload >= Ipv4.HEADER_BYTES && isOwn(Ipv4.source(frame, payload));
            case Ethernet.TYPE_IPV6 -> allowsIpv6(frame, payload, end);
            default -> false;
        };
    }

    /** A probe (RFC 5227 section 2.1.1) claims nothing. */
    private boolean allowsArp(ByteBuffer frame, int at, int end) {
        if (end - at < Arp.BYTES || !Arp.isEthernetIpv4(frame, at)) {
            return false;
        }
        int sender = Arp.sender(frame, at);
        return Arp.senderLink(frame, at) == mac.bits() && (sender == 0 || isOwn(sender));
    }

    private boolean allowsIpv6(ByteBuffer frame, int at, int end) {
        int transport = Ipv6Extension.findTransport(frame, at, end);
        if (transport < 0 && transport != Ipv6Extension.LATER_FRAGMENT) {
            return false;
        }
        long high = Ipv6.sourceHigh(frame, at);
        long low = Ipv6.sourceLow(frame, at);
        // Whoever has no address yet asks whether anybody has the one it is to have, and says which groups it is in.
        boolean none = high == 0 && low == 0;
        if (none ? Ipv6.destinationHigh(frame, at) >>> 56 != 0xff : !isOwn(high, low)) {
            return false;
        }
        return transport == Ipv6Extension.LATER_FRAGMENT
                || transport >>> 16 != IpProtocol.ICMPV6
                || allowsIcmpv6(frame, at + (transport & 0xffff), end, none);
    }

    /** An advertisement says who has its target, and a question without a source that somebody is about to have it. */
    private boolean allowsIcmpv6(ByteBuffer frame, int at, int end, boolean withoutSource) {
        if (end - at < Icmpv6.HEADER_BYTES) {
            return false;
        }
        int type = Icmpv6.type(frame, at);
        boolean claims =
                type == Icmpv6.NEIGHBOR_ADVERTISEMENT || (type == Icmpv6.NEIGHBOR_SOLICITATION && withoutSource);
        return !claims
                || (end - at >= Ndp.ADVERTISEMENT_BYTES && isOwn(Ndp.targetHigh(frame, at), Ndp.targetLow(frame, at)));
    }

    private boolean isOwn(int v4) {
        return isOwn(0, IpAddress.V4_PREFIX | Integer.toUnsignedLong(v4));
    }

    private boolean isOwn(long high, long low) {
        if (high == LINK_LOCAL_PREFIX && low == linkLocalLow) {
            return true;
        }
        for (IpAddress address : addresses) {
            if (address.high() == high && address.low() == low) {
                return true;
            }
        }
        return false;
    }
}
