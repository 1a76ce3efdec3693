package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
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

    private Answers() {}

    /** The answer as it arrives; null if that frame has none. */
    static @Nullable Step to(Outcome.Sent sent, int id, Kind kind) {
        Ipv4Packet packet;
        try {
            packet = Ipv4Packet.decode(EthernetFrame.decode(sent.frame()).payload());
        } catch (BadFrameException e) {
            return null;
        }
        if (packet.moreFragments() || packet.fragmentOffset() > 0) {
            return null;
        }
        IpAddress from = packet.destination();
        IpAddress to = packet.source();
        int protocol = packet.protocol();
        Bytes payload;
        if (kind == Kind.UNREACHABLE || kind == Kind.TOO_OLD) {
            int type = kind == Kind.TOO_OLD ? IcmpMessage.TIME_EXCEEDED : IcmpMessage.UNREACHABLE;
            Bytes whole = withoutId(packet).encode();
            payload = new IcmpMessage(type, 0, 0, whole.slice(0, Math.min(whole.length(), 60))).encode();
            protocol = Ipv4Packet.ICMP;
        } else {
            payload = reply(packet, kind, from, to);
        }
        if (payload == null) {
            return null;
        }
        Ipv4Packet answer = new Ipv4Packet(0, id, true, false, 0, 64, protocol, from, to, Bytes.EMPTY, payload);
        return new Step.Arrival(sent.side(), /* toAll= */ false, answer.encode(), kind.toString());
    }

    /** What the router sends itself has an identification that it was free to choose. */
    private static Ipv4Packet withoutId(Ipv4Packet packet) {
        return new Ipv4Packet(
                packet.tos(),
                0,
                packet.dontFragment(),
                false,
                0,
                packet.ttl(),
                packet.protocol(),
                packet.source(),
                packet.destination(),
                packet.options(),
                packet.payload());
    }

    private static @Nullable Bytes reply(Ipv4Packet packet, Kind kind, IpAddress from, IpAddress to) {
        try {
            switch (packet.protocol()) {
                case Ipv4Packet.TCP:
                    TcpSegment segment = reply(TcpSegment.decode(packet), kind);
                    return segment == null ? null : segment.encode(from, to);
                case Ipv4Packet.UDP:
                    UdpDatagram datagram = UdpDatagram.decode(packet);
                    return new UdpDatagram(datagram.destinationPort(), datagram.sourcePort(), datagram.payload())
                            .encode(from, to);
                case Ipv4Packet.ICMP:
                    IcmpMessage message = IcmpMessage.decode(packet);
                    return message.type() == IcmpMessage.ECHO_REQUEST
                            ? new IcmpMessage(IcmpMessage.ECHO_REPLY, message.code(), message.rest(), message.body())
                                    .encode()
                            : null;
                default:
                    return packet.payload();
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
