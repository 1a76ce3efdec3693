package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * An ICMPv6 message (RFC 4443), neighbour discovery (RFC 4861) included.
 *
 * @param rest the second 32 bits
 * @param body what follows: echo data, the packet an error is about, a target with options
 */
public record Icmpv6Message(int type, int code, int rest, Bytes body) {
    public static final int UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int MLD_QUERY = 130;
    public static final int MLD_REPORT = 131;
    public static final int MLD_DONE = 132;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int SOLICITATION = 135;
    public static final int ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;
    public static final int MLD2_REPORT = 143;

    public static final int SOURCE_LINK = 1;
    public static final int TARGET_LINK = 2;
    public static final int NONCE = 14;

    private static final int HEADER_BYTES = 8;

    /** Verifies the checksum. */
    public static Icmpv6Message decode(Ipv6Packet packet) {
        Bytes bytes = packet.payload();
        BadFrameException.require(packet.protocol() == Ipv6Packet.ICMP, "next header %d", packet.protocol());
        BadFrameException.require(bytes.length() >= HEADER_BYTES, "ICMPv6 message of %d bytes", bytes.length());
        int pseudo =
                OnesComplement.pseudoHeader(packet.source(), packet.destination(), Ipv6Packet.ICMP, bytes.length());
        int sum = OnesComplement.add(pseudo, OnesComplement.sum(bytes));
        BadFrameException.require(sum == 0xffff, "ICMPv6 checksum %#06x, sums to %#06x", bytes.u16(2), sum);
        return new Icmpv6Message(bytes.u8(0), bytes.u8(1), bytes.i32(4), bytes.from(HEADER_BYTES));
    }

    public Bytes encode(IpAddress source, IpAddress destination) {
        BytesOut out = new BytesOut().u8(type).u8(code).u16(0).i32(rest).bytes(body);
        int pseudo = OnesComplement.pseudoHeader(source, destination, Ipv6Packet.ICMP, out.length());
        int sum = OnesComplement.add(pseudo, OnesComplement.sum(out.toBytes()));
        return out.withU16(2, OnesComplement.complement(sum));
    }

    /** The message in an IPv6 packet, with the hop limit neighbour discovery asks for. */
    public Ipv6Packet packet(IpAddress source, IpAddress destination) {
        return Ipv6Packet.of(source, destination, Ipv6Packet.ICMP, encode(source, destination))
                .withHopLimit(255);
    }

    /** The packet an error is about, cut short as it may be. */
    public Ipv6Packet quoted() {
        return Ipv6Packet.decodeQuoted(body);
    }

    /** The target of a solicitation, advertisement or redirect. */
    public IpAddress target() {
        return body.address(0);
    }

    private int optionsAt() {
        return switch (type) {
            case SOLICITATION, ADVERTISEMENT -> 16;
            case REDIRECT -> 32;
            case ROUTER_ADVERTISEMENT -> 8;
            default -> 0;
        };
    }

    /** What an option holds behind its type and length, or null. */
    public @Nullable Bytes option(int wanted) {
        int at = optionsAt();
        while (at < body.length()) {
            int length = body.u8(at + 1) * 8;
            BadFrameException.require(length > 0 && length <= body.length() - at, "option of %d bytes", length);
            if (body.u8(at) == wanted) {
                return body.slice(at + 2, at + length);
            }
            at += length;
        }
        return null;
    }

    /** A neighbour solicitation; with an option of 8 bytes if {@code option} is not 0. */
    public static Icmpv6Message solicitation(IpAddress target, int option, long bits) {
        return new Icmpv6Message(SOLICITATION, 0, 0, withOption(target, option, bits));
    }

    /** A neighbour advertisement; flags from the highest: router, solicited, override. */
    public static Icmpv6Message advertisement(IpAddress target, int flags, @Nullable MacAddress link) {
        return new Icmpv6Message(
                ADVERTISEMENT,
                0,
                flags << 29,
                withOption(target, link == null ? 0 : TARGET_LINK, link == null ? 0 : link.bits()));
    }

    private static Bytes withOption(IpAddress target, int option, long bits) {
        BytesOut out = new BytesOut().address(target);
        if (option != 0) {
            out.u8(option).u8(1).u48(bits);
        }
        return out.toBytes();
    }
}
