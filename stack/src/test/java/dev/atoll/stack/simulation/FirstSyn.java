package dev.atoll.stack.simulation;

import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpSegment;
import org.jspecify.annotations.Nullable;

/** Looks for SYNs among frames. */
final class FirstSyn {
    private FirstSyn() {}

    /** The sequence number if the frame is a SYN, otherwise null. */
    static @Nullable Integer sequence(byte[] frame) {
        EthernetFrame ethernet = EthernetFrame.decode(frame);
        if (ethernet.etherType() != EthernetFrame.IPV4) {
            return null;
        }
        Ipv4Packet packet = Ipv4Packet.decode(ethernet.payload());
        if (packet.protocol() != Ipv4Packet.TCP) {
            return null;
        }
        TcpSegment segment = TcpSegment.decode(packet);
        return segment.has(TcpSegment.SYN) ? segment.seq() : null;
    }
}
