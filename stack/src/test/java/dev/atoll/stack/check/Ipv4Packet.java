package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;

/**
 * An IPv4 packet (RFC 791).
 *
 * @param fragmentOffset bytes, a multiple of 8
 * @param options the options as they are, with their padding
 */
public record Ipv4Packet(
        int tos,
        int id,
        boolean dontFragment,
        boolean moreFragments,
        int fragmentOffset,
        int ttl,
        int protocol,
        IpAddress source,
        IpAddress destination,
        Bytes options,
        Bytes payload) {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    static final int HEADER_BYTES = 20;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;

    /** A plain packet as a host sends it: TTL 64, no options, not a fragment. */
    public static Ipv4Packet of(IpAddress source, IpAddress destination, int protocol, Bytes payload) {
        return new Ipv4Packet(0, 0, true, false, 0, 64, protocol, source, destination, Bytes.EMPTY, payload);
    }

    public Ipv4Packet withTtl(int newTtl) {
        return new Ipv4Packet(
                tos,
                id,
                dontFragment,
                moreFragments,
                fragmentOffset,
                newTtl,
                protocol,
                source,
                destination,
                options,
                payload);
    }

    public Ipv4Packet withOptions(Bytes newOptions) {
        return new Ipv4Packet(
                tos,
                id,
                dontFragment,
                moreFragments,
                fragmentOffset,
                ttl,
                protocol,
                source,
                destination,
                newOptions,
                payload);
    }

    public Ipv4Packet withTos(int newTos) {
        return new Ipv4Packet(
                newTos,
                id,
                dontFragment,
                moreFragments,
                fragmentOffset,
                ttl,
                protocol,
                source,
                destination,
                options,
                payload);
    }

    /** Verifies lengths and header checksum; link padding behind the packet is dropped. */
    public static Ipv4Packet decode(Bytes packet) {
        return decode(packet, true);
    }

    /** A packet quoted in an ICMP error, which may be cut short: its total length is not held against it. */
    public static Ipv4Packet decodeQuoted(Bytes packet) {
        return decode(packet, false);
    }

    private static Ipv4Packet decode(Bytes packet, boolean whole) {
        BadFrameException.require(packet.length() >= HEADER_BYTES, "IPv4 packet of %d bytes", packet.length());
        BadFrameException.require(packet.u8(0) >>> 4 == 4, "IP version %d", packet.u8(0) >>> 4);
        int headerBytes = (packet.u8(0) & 0xf) * 4;
        int totalBytes = packet.u16(2);
        BadFrameException.require(headerBytes >= HEADER_BYTES, "IPv4 header length %d", headerBytes);
        BadFrameException.require(
                totalBytes >= headerBytes && (!whole || totalBytes <= packet.length()),
                "IPv4 total length %d in %d bytes with a header of %d",
                totalBytes,
                packet.length(),
                headerBytes);
        int sum = OnesComplement.sum(packet.slice(0, headerBytes));
        BadFrameException.require(
                sum == 0xffff, "IPv4 header checksum %#06x, header sums to %#06x", packet.u16(10), sum);
        int fragment = packet.u16(6);
        return new Ipv4Packet(
                packet.u8(1),
                packet.u16(4),
                (fragment & DONT_FRAGMENT) != 0,
                (fragment & MORE_FRAGMENTS) != 0,
                (fragment & 0x1fff) * 8,
                packet.u8(8),
                packet.u8(9),
                IpAddress.v4(packet.i32(12)),
                IpAddress.v4(packet.i32(16)),
                packet.slice(HEADER_BYTES, headerBytes),
                packet.slice(headerBytes, Math.min(totalBytes, packet.length())));
    }

    public Bytes encode() {
        int headerBytes = HEADER_BYTES + options.length();
        BytesOut header = new BytesOut()
                .u8(0x40 | headerBytes / 4)
                .u8(tos)
                .u16(headerBytes + payload.length())
                .u16(id)
                .u16((dontFragment ? DONT_FRAGMENT : 0) | (moreFragments ? MORE_FRAGMENTS : 0) | fragmentOffset / 8)
                .u8(ttl)
                .u8(protocol)
                .u16(0)
                .i32(source.v4Bits())
                .i32(destination.v4Bits())
                .bytes(options);
        int checksum = OnesComplement.complement(OnesComplement.sum(header.toBytes()));
        return new BytesOut().bytes(header.withU16(10, checksum)).bytes(payload).toBytes();
    }
}
