package dev.atoll.stack.simulation;

import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpSegment;
import org.jspecify.annotations.Nullable;

/** Looks for SYNs among frames. */
final class FirstSyn {
    private FirstSyn() {}

    /** The sequence number if the frame is a SYN, otherwise null. */
    static @Nullable Integer sequence(byte[] frame) {
        TcpSegment segment = segment(EthernetFrame.decode(frame));
        return segment != null && segment.has(TcpSegment.SYN) ? segment.seq() : null;
    }

    /** The TCP segment in a frame, or null. */
    static @Nullable TcpSegment segment(EthernetFrame frame) {
        if (frame.etherType() == EthernetFrame.IPV4) {
            Ipv4Packet packet = Ipv4Packet.decode(frame.payload());
            return packet.protocol() == Ipv4Packet.TCP ? TcpSegment.decode(packet) : null;
        }
        if (frame.etherType() == EthernetFrame.IPV6) {
            Ipv6Packet packet = Ipv6Packet.decode(frame.payload());
            return packet.protocol() == Ipv4Packet.TCP
                    ? TcpSegment.decode(packet.payload(), packet.source(), packet.destination())
                    : null;
        }
        return null;
    }
}
