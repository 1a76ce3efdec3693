package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;

/** What no packet of a stack may be, whatever a script says: malformed, with a wrong checksum, or too large. */
final class BadPackets {
    private BadPackets() {}

    static void verify(Bytes bytes, int mtuBytes) {
        Ipv4Packet packet = Ipv4Packet.decode(bytes);
        if (bytes.length() > mtuBytes) {
            throw new BadFrameException("IPv4 packet of " + bytes.length() + " bytes on a link with MTU " + mtuBytes);
        }
        if (packet.moreFragments() || packet.fragmentOffset() > 0) {
            return;
        }
        switch (packet.protocol()) {
            case Ipv4Packet.TCP -> TcpSegment.decode(packet);
            case Ipv4Packet.UDP -> UdpDatagram.decode(packet);
            case Ipv4Packet.ICMP -> IcmpMessage.decode(packet);
            default -> throw new BadFrameException("IPv4 packet of protocol " + packet.protocol());
        }
    }
}
