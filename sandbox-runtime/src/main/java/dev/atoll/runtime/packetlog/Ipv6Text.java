package dev.atoll.runtime.packetlog;

import dev.atoll.stack.filter.LogDetails;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import java.nio.ByteBuffer;

/** An IPv6 packet, and the one that an ICMPv6 error is about. */
final class Ipv6Text {
    private final ByteBuffer data;
    private final int lengthBytes;
    private final LogDetails details;
    private final LogFields out;

    Ipv6Text(ByteBuffer data, int lengthBytes, LogDetails details, LogFields out) {
        this.data = data;
        this.lengthBytes = lengthBytes;
        this.details = details;
        this.out = out;
    }

    static String source(ByteBuffer data, int at) {
        return PacketText.inFull(new IpAddress(Ipv6.sourceHigh(data, at), Ipv6.sourceLow(data, at)));
    }

    static String destination(ByteBuffer data, int at) {
        return PacketText.inFull(new IpAddress(Ipv6.destinationHigh(data, at), Ipv6.destinationLow(data, at)));
    }

    static int protocol(ByteBuffer data) {
        return Ipv6.nextHeader(data, 0);
    }

    void packet() {
        header(0, lengthBytes);
    }

    private boolean has(int at, int bytes) {
        return data.limit() - at >= bytes;
    }

    private void header(int at, int totalLength) {
        if (!has(at, Ipv6.HEADER_BYTES)) {
            out.add("TRUNCATED");
            return;
        }
        out.add("SRC", source(data, at)).add("DST", destination(data, at)).add("LEN", totalLength);
        out.add("TC", Ipv6.trafficClass(data, at)).add("HOPLIMIT", Ipv6.hopLimit(data, at));
        out.add("FLOWLBL", Ipv6.flowLabel(data, at));
        extensions(at);
    }

    /** Goes over extension headers to what is behind them; behind ESP nothing can be read. */
    private void extensions(int ipAt) {
        int next = Ipv6.nextHeader(data, ipAt);
        int at = ipAt + Ipv6.HEADER_BYTES;
        boolean isLaterFragment = false;
        while (isExtension(next)) {
            if (!has(at, Ipv6Extension.UNIT_BYTES)) {
                out.add("TRUNCATED");
                return;
            }
            if (details.ipOptions()) {
                out.add("OPT").add("(");
            }
            boolean goesOn;
            if (next == Ipv6Extension.FRAGMENT) {
                isLaterFragment = fragment(at);
                goesOn = true;
            } else if (next == IpProtocol.AH || next == IpProtocol.ESP) {
                goesOn = ipsec(next, at, isLaterFragment);
            } else {
                goesOn = !isLaterFragment;
            }
            if (details.ipOptions()) {
                out.add(")");
            }
            if (!goesOn) {
                return;
            }
            int bytes = lengthBytes(next, at);
            next = Ipv6Extension.nextHeader(data, at);
            at += bytes;
        }
        if (next == IpProtocol.ICMPV6) {
            icmp(ipAt, at, isLaterFragment);
        } else {
            new TransportText(data, lengthBytes, details, out).header(next, at, isLaterFragment);
        }
    }

    /** The header of IPsec, which the kernel tells as an option; whether it goes on to what is behind it. */
    private boolean ipsec(int protocol, int at, boolean isLaterFragment) {
        boolean goesOn = protocol == IpProtocol.AH;
        if (details.ipOptions()) {
            if (isLaterFragment) {
                out.add(protocol == IpProtocol.AH ? "AH" : "ESP");
                return false;
            }
            goesOn &= new TransportText(data, lengthBytes, details, out).extension(protocol, at);
        }
        return goesOn;
    }

    private int lengthBytes(int header, int at) {
        return switch (header) {
            case Ipv6Extension.FRAGMENT -> Ipv6Extension.UNIT_BYTES;
            // RFC 4302 section 2.2: in units of four bytes, less two.
            case IpProtocol.AH -> ((data.get(at + 1) & 0xff) + 2) * 4;
            default -> Ipv6Extension.lengthBytes(data, at);
        };
    }

    private static boolean isExtension(int header) {
        return header == Ipv6Extension.HOP_BY_HOP
                || header == Ipv6Extension.ROUTING
                || header == Ipv6Extension.FRAGMENT
                || header == IpProtocol.AH
                || header == IpProtocol.ESP
                || header == Ipv6Extension.DESTINATION_OPTIONS;
    }

    /** Whether it is one behind the first. */
    private boolean fragment(int at) {
        int offsetBytes = Ipv6Extension.fragmentOffset(data, at);
        out.add("FRAG:" + offsetBytes);
        if (Ipv6Extension.moreFragments(data, at)) {
            out.add("INCOMPLETE");
        }
        out.add("ID:" + LogFields.hex(Ipv6Extension.fragmentId(data, at), 8));
        return offsetBytes != 0;
    }

    private void icmp(int ipAt, int at, boolean isLaterFragment) {
        out.add("PROTO", "ICMPv6");
        if (isLaterFragment) {
            return;
        }
        if (!has(at, Icmpv6.HEADER_BYTES)) {
            out.incomplete(lengthBytes - at);
            return;
        }
        int type = Icmpv6.type(data, at);
        int rest = Icmpv6.rest(data, at);
        out.add("TYPE", type).add("CODE", Icmpv6.code(data, at));
        switch (type) {
            case Icmpv6.ECHO_REQUEST, Icmpv6.ECHO_REPLY ->
                out.add("ID", rest >>> 16).add("SEQ", rest & 0xffff);
            case Icmpv6.PARAMETER_PROBLEM -> {
                out.add("POINTER", LogFields.hex(rest, 8));
                about(ipAt, at);
            }
            case Icmpv6.DESTINATION_UNREACHABLE, Icmpv6.TIME_EXCEEDED -> about(ipAt, at);
            case Icmpv6.PACKET_TOO_BIG -> {
                about(ipAt, at);
                out.add("MTU", Integer.toUnsignedString(rest));
            }
            default -> {
                // The kernel tells type and code of the others, no more.
            }
        }
    }

    private void about(int ipAt, int at) {
        int inner = at + Icmpv6.HEADER_BYTES;
        if (ipAt != 0) {
            return;
        }
        out.glued("[");
        header(inner, has(inner, Ipv6.HEADER_BYTES) ? Ipv6.payloadLength(data, inner) + Ipv6.HEADER_BYTES : 0);
        out.add("]");
    }
}
