package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;

/**
 * Writes translated addresses and ports, and what else targets change, into packets. Checksums are changed by the difference (RFC 1624), so that a packet
 * that was damaged before still shows it.
 */
final class PacketRewriter {
    /** {@link #rewrite}: the port stays as it is. */
    static final int NO_PORT = -1;

    private PacketRewriter() {}

    /**
     * Changes one end of a packet, and what the packet knows of it.
     *
     * @param port a port, or the identifier of an ICMP query, or {@link #NO_PORT}
     */
    static void rewrite(PacketBuffer packet, NatSide side, long high, long low, int port) {
        if (hasAlready(packet, side, high, low, port)) {
            return;
        }
        rewriteHeaders(
                packet.data(),
                packet.networkOffset,
                packet.ipVersion,
                packet.transportOffset,
                packet.transportProtocol,
                packet.end(),
                packet.checksumPartial,
                side,
                high,
                low,
                port);
        if (side == NatSide.SOURCE) {
            packet.sourceHigh = high;
            packet.sourceLow = low;
        } else {
            packet.destinationHigh = high;
            packet.destinationLow = low;
        }
    }

    /** Writes another type of service or traffic class, which also who receives the packet sees. */
    static void setTos(PacketBuffer packet, int tos) {
        ByteBuffer data = packet.data();
        int at = packet.networkOffset;
        if (packet.ipVersion == Family.IPV6.ipVersion()) {
            Ipv6.setTrafficClass(data, at, tos);
        } else {
            long before = Checksum.add(0, data, at, Short.BYTES);
            Ipv4.setTos(data, at, tos);
            update(data, at + Ipv4.CHECKSUM, before, Checksum.add(0, data, at, Short.BYTES));
        }
        packet.tos = tos;
    }

    /** Writes how many hops are left, which also who receives the packet sees. */
    static void setHops(PacketBuffer packet, int hops) {
        ByteBuffer data = packet.data();
        int at = packet.networkOffset;
        if (packet.ipVersion == Family.IPV6.ipVersion()) {
            Ipv6.setHopLimit(data, at, hops);
        } else {
            long before = Checksum.add(0, data, at + Ipv4.TTL, Short.BYTES);
            Ipv4.setTtl(data, at, hops);
            update(data, at + Ipv4.CHECKSUM, before, Checksum.add(0, data, at + Ipv4.TTL, Short.BYTES));
        }
        packet.ttl = hops;
    }

    /** Writes 16 bits somewhere into the header of a TCP segment. */
    static void setTcpWord(PacketBuffer packet, int at, int value) {
        ByteBuffer data = packet.data();
        // Sums are of whole words from the header's start.
        int from = at - (at - packet.transportOffset & 1);
        int bytes = at == from ? Short.BYTES : Integer.BYTES;
        long before = Checksum.add(0, data, from, bytes);
        data.putShort(at, (short) value);
        if (!packet.checksumPartial) {
            update(data, packet.transportOffset + Tcp.CHECKSUM_OFFSET, before, Checksum.add(0, data, from, bytes));
        }
    }

    private static boolean hasAlready(PacketBuffer packet, NatSide side, long high, long low, int port) {
        boolean source = side == NatSide.SOURCE;
        if ((source ? packet.sourceHigh : packet.destinationHigh) != high
                || (source ? packet.sourceLow : packet.destinationLow) != low) {
            return false;
        }
        int offset = portOffset(packet.transportProtocol, source);
        return port == NO_PORT
                || offset < 0
                || (packet.data().getShort(packet.transportOffset + offset) & 0xffff) == port;
    }

    /** Changes one end of the packet that an ICMP error quotes, and the error's checksum. */
    static void rewriteQuoted(PacketBuffer error, NatSide side, long high, long low, int port) {
        ByteBuffer data = error.data();
        int at = error.transportOffset + Icmpv4.HEADER_BYTES;
        int protocol;
        int transport;
        if (error.ipVersion == Family.IPV6.ipVersion()) {
            int found = Ipv6Extension.findTransport(data, at, error.end());
            protocol = found >>> 16;
            transport = at + (found & 0xffff);
        } else {
            protocol = Ipv4.protocol(data, at);
            transport = at + Ipv4.headerBytes(data, at);
        }
        // All that changes lies in here; whole words of the error's sum.
        int changed = Math.min(error.end(), transport + Tcp.HEADER_BYTES) - at & ~1;
        long before = Checksum.add(0, data, at, changed);
        rewriteHeaders(
                data,
                at,
                error.ipVersion,
                transport,
                protocol,
                error.end(),
                /* partial= */ false,
                side,
                high,
                low,
                port);
        long after = Checksum.add(0, data, at, changed);
        update(data, error.transportOffset + Icmpv4.CHECKSUM, before, after);
    }

    private static void rewriteHeaders(
            ByteBuffer data,
            int ipAt,
            int ipVersion,
            int transportAt,
            int protocol,
            int end,
            boolean partial,
            NatSide side,
            long high,
            long low,
            int port) {
        boolean source = side == NatSide.SOURCE;
        long before;
        long after;
        if (ipVersion == Family.IPV6.ipVersion()) {
            int field = ipAt + (source ? Ipv6.SOURCE : Ipv6.DESTINATION);
            before = Checksum.add(0, data, field, 2 * Long.BYTES);
            data.putLong(field, high);
            data.putLong(field + Long.BYTES, low);
            after = Checksum.add(0, data, field, 2 * Long.BYTES);
        } else {
            int field = ipAt + (source ? Ipv4.SOURCE : Ipv4.DESTINATION);
            before = Checksum.add(0, data, field, Integer.BYTES);
            data.putInt(field, (int) low);
            after = Checksum.add(0, data, field, Integer.BYTES);
            update(data, ipAt + Ipv4.CHECKSUM, before, after);
        }
        if (protocol == IpProtocol.ICMP) {
            // No pseudo-header.
            before = 0;
            after = 0;
        }
        int checksumAt = transportAt + checksumOffset(protocol);
        int portAt = transportAt + portOffset(protocol, source);
        boolean hasPort = portOffset(protocol, source) >= 0 && port != NO_PORT && end >= portAt + Short.BYTES;
        boolean hasChecksum = checksumOffset(protocol) >= 0 && end >= checksumAt + Short.BYTES;
        if (hasPort) {
            // A partial checksum has the addresses summed up so far, no ports.
            before += partial ? 0 : data.getShort(portAt) & 0xffff;
            data.putShort(portAt, (short) port);
            after += partial ? 0 : port;
        }
        if (!hasChecksum || (protocol == IpProtocol.UDP && !partial && data.getShort(checksumAt) == 0)) {
            return;
        }
        if (partial) {
            int sum = data.getShort(checksumAt) & 0xffff;
            data.putShort(checksumAt, (short) Checksum.replace(sum, before, after));
            return;
        }
        update(data, checksumAt, before, after);
        if (protocol == IpProtocol.UDP && data.getShort(checksumAt) == 0) {
            data.putShort(checksumAt, (short) 0xffff);
        }
    }

    private static int checksumOffset(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> Tcp.CHECKSUM_OFFSET;
            case IpProtocol.UDP -> Udp.CHECKSUM_OFFSET;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> Icmpv4.CHECKSUM;
            default -> -1;
        };
    }

    private static int portOffset(int protocol, boolean source) {
        return switch (protocol) {
            case IpProtocol.TCP, IpProtocol.UDP -> source ? 0 : Tcp.DESTINATION;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> Icmpv4.IDENTIFIER;
            default -> -1;
        };
    }

    /** RFC 1624 section 3: of the sum that the field is the complement of, the old words are taken and the new ones added. */
    private static void update(ByteBuffer data, int checksumAt, long before, long after) {
        int sum = ~data.getShort(checksumAt) & 0xffff;
        data.putShort(checksumAt, (short) ~Checksum.replace(sum, before, after));
    }
}
