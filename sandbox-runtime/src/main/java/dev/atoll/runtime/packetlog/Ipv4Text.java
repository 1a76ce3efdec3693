package dev.atoll.runtime.packetlog;

import dev.atoll.stack.filter.LogDetails;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import java.nio.ByteBuffer;
import java.util.Locale;

/** An IPv4 packet, and the one that an ICMP error is about. */
final class Ipv4Text {
    /** RFC 791's precedence, and the bits of RFC 1349 behind it. */
    private static final int PRECEDENCE = 0xe0;

    private static final int TYPE_OF_SERVICE = 0x1e;
    private static final int FRAGMENT = 6;
    private static final int RESERVED_BIT = 0x8000;
    private static final int FRAGMENT_UNIT_BYTES = 8;

    private final ByteBuffer data;
    private final int lengthBytes;
    private final LogDetails details;
    private final LogFields out;

    Ipv4Text(ByteBuffer data, int lengthBytes, LogDetails details, LogFields out) {
        this.data = data;
        this.lengthBytes = lengthBytes;
        this.details = details;
        this.out = out;
    }

    static String source(ByteBuffer data, int at) {
        return IpAddress.v4(Ipv4.source(data, at)).toString();
    }

    static String destination(ByteBuffer data, int at) {
        return IpAddress.v4(Ipv4.destination(data, at)).toString();
    }

    static int protocol(ByteBuffer data) {
        return Ipv4.protocol(data, 0);
    }

    void packet() {
        // A super-segment's own field cannot hold its length.
        header(0, lengthBytes);
    }

    private boolean has(int at, int bytes) {
        return data.limit() - at >= bytes;
    }

    private void header(int at, int totalLength) {
        if (!has(at, Ipv4.HEADER_BYTES)) {
            out.add("TRUNCATED");
            return;
        }
        int tos = Ipv4.tos(data, at);
        out.add("SRC", source(data, at)).add("DST", destination(data, at)).add("LEN", totalLength);
        out.add("TOS", octet(tos & TYPE_OF_SERVICE)).add("PREC", octet(tos & PRECEDENCE));
        out.add("TTL", Ipv4.ttl(data, at)).add("ID", Ipv4.identification(data, at));
        if ((data.getShort(at + FRAGMENT) & RESERVED_BIT) != 0) {
            out.add("CE");
        }
        if (Ipv4.dontFragment(data, at)) {
            out.add("DF");
        }
        if (Ipv4.moreFragments(data, at)) {
            out.add("MF");
        }
        int offset = Ipv4.fragmentOffset(data, at);
        if (offset != 0) {
            out.add("FRAG:" + offset / FRAGMENT_UNIT_BYTES);
        }
        int headerBytes = Ipv4.headerBytes(data, at);
        if (details.ipOptions() && headerBytes > Ipv4.HEADER_BYTES) {
            if (!has(at, headerBytes)) {
                out.add("TRUNCATED");
                return;
            }
            out.options(data, at + Ipv4.HEADER_BYTES, at + headerBytes);
        }
        int protocol = Ipv4.protocol(data, at);
        if (protocol == IpProtocol.ICMP) {
            icmp(at, at + headerBytes, offset != 0);
        } else {
            new TransportText(data, lengthBytes, details, out).header(protocol, at + headerBytes, offset != 0);
        }
    }

    private static String octet(int value) {
        return "0x" + LogFields.hex(value, 2).toUpperCase(Locale.ROOT);
    }

    private void icmp(int ipAt, int at, boolean isLaterFragment) {
        out.add("PROTO", "ICMP");
        if (isLaterFragment) {
            return;
        }
        if (!has(at, Icmpv4.HEADER_BYTES)) {
            out.incomplete(lengthBytes - at);
            return;
        }
        int type = Icmpv4.type(data, at);
        out.add("TYPE", type).add("CODE", Icmpv4.code(data, at));
        switch (type) {
            case Icmpv4.ECHO_REQUEST, Icmpv4.ECHO_REPLY ->
                out.add("ID", Icmpv4.identifier(data, at)).add("SEQ", Icmpv4.sequence(data, at));
            case Icmpv4.PARAMETER_PROBLEM -> out.add("PARAMETER", data.get(at + Icmpv4.IDENTIFIER) & 0xff);
            case Icmpv4.REDIRECT -> {
                out.add("GATEWAY", IpAddress.v4(Icmpv4.gateway(data, at)));
                about(ipAt, at);
            }
            case Icmpv4.DESTINATION_UNREACHABLE, Icmpv4.SOURCE_QUENCH, Icmpv4.TIME_EXCEEDED -> {
                about(ipAt, at);
                if (type == Icmpv4.DESTINATION_UNREACHABLE && Icmpv4.code(data, at) == Icmpv4.FRAGMENTATION_NEEDED) {
                    out.add("MTU", Icmpv4.nextHopMtu(data, at));
                }
            }
            default -> {
                // The kernel tells type and code of the others, no more.
            }
        }
    }

    /** The packet that an error is about, in brackets; not what that one is about in turn. */
    private void about(int ipAt, int at) {
        int inner = at + Icmpv4.HEADER_BYTES;
        if (ipAt != 0) {
            return;
        }
        out.glued("[");
        header(inner, has(inner, Ipv4.HEADER_BYTES) ? Ipv4.totalLength(data, inner) : 0);
        out.add("]");
    }
}
