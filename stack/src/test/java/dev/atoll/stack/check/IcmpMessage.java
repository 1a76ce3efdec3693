package dev.atoll.stack.check;

/**
 * An ICMPv4 message (RFC 792).
 *
 * @param rest the second 32 bits of the header: identifier and sequence of an echo, next-hop MTU of an error
 * @param body what follows: echo data, or the packet an error is about
 */
public record IcmpMessage(int type, int code, int rest, Bytes body) {
    public static final int ECHO_REPLY = 0;
    public static final int UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    private static final int HEADER_BYTES = 8;

    /** Verifies the checksum. */
    public static IcmpMessage decode(Ipv4Packet packet) {
        Bytes bytes = packet.payload();
        BadFrameException.require(bytes.length() >= HEADER_BYTES, "ICMP message of %d bytes", bytes.length());
        int sum = OnesComplement.sum(bytes);
        BadFrameException.require(sum == 0xffff, "ICMP checksum %#06x, message sums to %#06x", bytes.u16(2), sum);
        return new IcmpMessage(bytes.u8(0), bytes.u8(1), bytes.i32(4), bytes.from(HEADER_BYTES));
    }

    /** Whether it reports what happened to another packet, which {@link #body} quotes. */
    public boolean isError() {
        return type == UNREACHABLE
                || type == SOURCE_QUENCH
                || type == REDIRECT
                || type == TIME_EXCEEDED
                || type == PARAMETER_PROBLEM;
    }

    /** The packet an error is about, cut short as it may be. */
    public Ipv4Packet quoted() {
        BadFrameException.require(isError(), "ICMP type %d quotes no packet", type);
        return Ipv4Packet.decodeQuoted(body);
    }

    public Bytes encode() {
        BytesOut out = new BytesOut().u8(type).u8(code).u16(0).i32(rest).bytes(body);
        return out.withU16(2, OnesComplement.complement(OnesComplement.sum(out.toBytes())));
    }
}
