package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What hosts answer to what they get. */
final class Answers {
    /** How a host answers. */
    enum Kind {
        /** As the protocol has it: the next step of a handshake, an echo, a datagram back. */
        REPLY,
        /** With the end of the connection where there is one. */
        LAST_REPLY,
        RESET,
        /** With an ICMP error. */
        UNREACHABLE,
        TOO_OLD
    }

    private static final int WINDOW = 1000;
    private static final int TTL = 64;
    private static final int QUOTED_BYTES = 80;

    private Answers() {}

    /** The answer as it arrives; null if that frame has none. */
    static @Nullable Step to(Outcome.Sent sent, int id, Kind kind) {
        IpPacket packet;
        try {
            packet = IpPacket.decode(EthernetFrame.decode(sent.frame()).payload());
        } catch (BadFrameException e) {
            return null;
        }
        if (packet.isFragment()) {
            return null;
        }
        IpAddress from = packet.destination();
        IpAddress to = packet.source();
        int protocol = packet.protocol();
        Bytes payload;
        if (kind == Kind.UNREACHABLE || kind == Kind.TOO_OLD) {
            Icmp.Type type = kind == Kind.TOO_OLD ? Icmp.Type.TIME_EXCEEDED : Icmp.Type.UNREACHABLE;
            // What the router sends itself has an identification that it was free to choose.
            Bytes whole = packet.with(0, packet.payload()).encode();
            Bytes quoted = whole.slice(0, Math.min(whole.length(), QUOTED_BYTES));
            payload = new Icmp(type.number(to.isV4()), 0, 0, quoted).encode(from, to);
            protocol = Icmp.protocol(to);
        } else {
            payload = reply(packet, kind, from, to);
        }
        if (payload == null) {
            return null;
        }
        IpPacket answer = new IpPacket(0, id, true, false, 0, TTL, protocol, from, to, Bytes.EMPTY, payload);
        return new Step.Arrival(sent.side(), /* toAll= */ false, answer.encode(), kind.toString());
    }

    private static @Nullable Bytes reply(IpPacket packet, Kind kind, IpAddress from, IpAddress to) {
        Bytes payload = packet.payload();
        try {
            switch (packet.protocol()) {
                case Ipv4Packet.TCP:
                    TcpSegment segment = reply(TcpSegment.decode(payload, to, from), kind);
                    return segment == null ? null : segment.encode(from, to);
                case Ipv4Packet.UDP:
                    UdpDatagram datagram = UdpDatagram.decode(payload, to, from);
                    return new UdpDatagram(datagram.destinationPort(), datagram.sourcePort(), datagram.payload())
                            .encode(from, to);
                case Ipv4Packet.ICMP:
                case Ipv6Packet.ICMP:
                    Icmp message = Icmp.decode(packet);
                    return message.type() == Icmp.Type.ECHO_REQUEST.number(to.isV4())
                            ? new Icmp(
                                            Icmp.Type.ECHO_REPLY.number(to.isV4()),
                                            message.code(),
                                            message.rest(),
                                            message.body())
                                    .encode(from, to)
                            : null;
                default:
                    return payload;
            }
        } catch (BadFrameException e) {
            // A host drops it.
            return null;
        }
    }

    private static @Nullable TcpSegment reply(TcpSegment segment, Kind kind) {
        if (segment.has(TcpSegment.RST)) {
            return null;
        }
        boolean opens = segment.has(TcpSegment.SYN);
        boolean accepts = opens && segment.has(TcpSegment.ACK);
        int flags = TcpSegment.ACK;
        if (kind == Kind.RESET) {
            flags |= TcpSegment.RST;
        } else if (opens && !accepts) {
            flags |= TcpSegment.SYN;
        } else if (kind == Kind.LAST_REPLY || segment.has(TcpSegment.FIN)) {
            flags |= TcpSegment.FIN;
        }
        return new TcpSegment(
                segment.destinationPort(),
                segment.sourcePort(),
                segment.ack(),
                segment.seq() + segment.sequenceLength(),
                flags,
                WINDOW,
                0,
                List.of(),
                Bytes.EMPTY);
    }
}
