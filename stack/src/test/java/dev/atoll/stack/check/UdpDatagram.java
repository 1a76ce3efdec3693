package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;

/**
 * A UDP datagram (RFC 768).
 *
 * @param hasChecksum whether the sender computed one
 */
public record UdpDatagram(int sourcePort, int destinationPort, boolean hasChecksum, Bytes payload) {
    private static final int HEADER_BYTES = 8;

    public UdpDatagram(int sourcePort, int destinationPort, Bytes payload) {
        this(sourcePort, destinationPort, true, payload);
    }

    /** Verifies length and checksum. */
    public static UdpDatagram decode(Ipv4Packet packet) {
        return decode(packet.payload(), packet.source(), packet.destination());
    }

    /** The same for what any IP packet between these addresses carries; over IPv6 there must be a checksum. */
    public static UdpDatagram decode(Bytes bytes, IpAddress source, IpAddress destination) {
        BadFrameException.require(bytes.length() >= HEADER_BYTES, "UDP datagram of %d bytes", bytes.length());
        int length = bytes.u16(4);
        BadFrameException.require(
                length >= HEADER_BYTES && length <= bytes.length(),
                "UDP length %d in %d bytes",
                length,
                bytes.length());
        int checksum = bytes.u16(6);
        BadFrameException.require(checksum != 0 || source.isV4(), "UDP over IPv6 without a checksum");
        if (checksum != 0) {
            int pseudo = OnesComplement.pseudoHeader(source, destination, Ipv4Packet.UDP, length);
            int sum = OnesComplement.add(pseudo, OnesComplement.sum(bytes.slice(0, length)));
            BadFrameException.require(sum == 0xffff, "UDP checksum %#06x, datagram sums to %#06x", checksum, sum);
        }
        return new UdpDatagram(bytes.u16(0), bytes.u16(2), checksum != 0, bytes.slice(HEADER_BYTES, length));
    }

    public Bytes encode(IpAddress source, IpAddress destination) {
        int length = HEADER_BYTES + payload.length();
        BytesOut out = new BytesOut()
                .u16(sourcePort)
                .u16(destinationPort)
                .u16(length)
                .u16(0)
                .bytes(payload);
        if (!hasChecksum) {
            return out.toBytes();
        }
        int pseudo = OnesComplement.pseudoHeader(source, destination, Ipv4Packet.UDP, length);
        int checksum = OnesComplement.complement(OnesComplement.add(pseudo, OnesComplement.sum(out.toBytes())));
        return out.withU16(6, checksum == 0 ? 0xffff : checksum);
    }
}
