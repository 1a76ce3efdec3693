package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * An IPv6 packet with its extension headers (RFC 8200).
 *
 * @param protocol what the payload is: the next header field of the last header
 */
public record Ipv6Packet(
        int trafficClass,
        int flowLabel,
        int hopLimit,
        IpAddress source,
        IpAddress destination,
        List<Extension> extensions,
        int protocol,
        Bytes payload) {
    public static final int HOP_BY_HOP = 0;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int NONE = 59;
    public static final int DESTINATION_OPTIONS = 60;
    public static final int ICMP = 58;
    static final int HEADER_BYTES = 40;

    /**
     * One extension header.
     *
     * @param type the number that names it in the header before
     * @param body everything behind its next header field; 7 bytes and a multiple of 8 more
     */
    public record Extension(int type, Bytes body) {
        /** A hop-by-hop or destination options header that holds these options, padded to its unit. */
        public static Extension options(int type, String hexOptions) {
            Bytes options = Bytes.hex(hexOptions);
            int padding = (8 - (options.length() + 2) % 8) % 8;
            BytesOut out =
                    new BytesOut().u8((options.length() + 2 + padding) / 8 - 1).bytes(options);
            if (padding == 1) {
                out.u8(0);
            } else if (padding > 1) {
                out.u8(1).u8(padding - 2).bytes(Bytes.of(new byte[padding - 2]));
            }
            return new Extension(type, out.toBytes());
        }

        /** A fragment header (RFC 8200 section 4.5). */
        public static Extension fragment(int offset, boolean more, int id) {
            return new Extension(
                    FRAGMENT,
                    new BytesOut().u8(0).u16(offset | (more ? 1 : 0)).i32(id).toBytes());
        }
    }

    /** A plain packet as a host sends it. */
    public static Ipv6Packet of(IpAddress source, IpAddress destination, int protocol, Bytes payload) {
        return new Ipv6Packet(0, 0, 64, source, destination, List.of(), protocol, payload);
    }

    public Ipv6Packet withHopLimit(int limit) {
        return new Ipv6Packet(trafficClass, flowLabel, limit, source, destination, extensions, protocol, payload);
    }

    public Ipv6Packet with(Extension... headers) {
        return new Ipv6Packet(
                trafficClass, flowLabel, hopLimit, source, destination, List.of(headers), protocol, payload);
    }

    /** Verifies lengths; link padding behind the packet is dropped. */
    public static Ipv6Packet decode(Bytes packet) {
        return decode(packet, true);
    }

    /** A packet quoted in an error, which may be cut short. */
    public static Ipv6Packet decodeQuoted(Bytes packet) {
        return decode(packet, false);
    }

    private static Ipv6Packet decode(Bytes packet, boolean whole) {
        BadFrameException.require(packet.length() >= HEADER_BYTES, "IPv6 packet of %d bytes", packet.length());
        BadFrameException.require(packet.u8(0) >>> 4 == 6, "IP version %d", packet.u8(0) >>> 4);
        int end = HEADER_BYTES + packet.u16(4);
        BadFrameException.require(
                !whole || end <= packet.length(), "IPv6 payload length %d in %d", packet.u16(4), packet.length());
        end = Math.min(end, packet.length());
        List<Extension> extensions = new ArrayList<>();
        int type = packet.u8(6);
        int at = HEADER_BYTES;
        while (type == HOP_BY_HOP || type == ROUTING || type == FRAGMENT || type == DESTINATION_OPTIONS) {
            BadFrameException.require(end - at >= 8, "extension header %d in %d bytes", type, end - at);
            int length = type == FRAGMENT ? 8 : (packet.u8(at + 1) + 1) * 8;
            BadFrameException.require(end - at >= length, "extension header %d of %d bytes", type, length);
            extensions.add(new Extension(type, packet.slice(at + 1, at + length)));
            type = packet.u8(at);
            at += length;
        }
        return new Ipv6Packet(
                packet.i32(0) >>> 20 & 0xff,
                packet.i32(0) & 0xfffff,
                packet.u8(7),
                packet.address(8),
                packet.address(24),
                List.copyOf(extensions),
                type,
                packet.slice(at, end));
    }

    public Bytes encode() {
        BytesOut body = new BytesOut();
        for (int i = 0; i < extensions.size(); i++) {
            body.u8(i + 1 < extensions.size() ? extensions.get(i + 1).type() : protocol)
                    .bytes(extensions.get(i).body());
        }
        body.bytes(payload);
        return new BytesOut()
                .i32(6 << 28 | trafficClass << 20 | flowLabel)
                .u16(body.length())
                .u8(extensions.isEmpty() ? protocol : extensions.get(0).type())
                .u8(hopLimit)
                .address(source)
                .address(destination)
                .bytes(body.toBytes())
                .toBytes();
    }
}
