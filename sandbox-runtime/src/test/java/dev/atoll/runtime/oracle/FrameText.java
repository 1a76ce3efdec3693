package dev.atoll.runtime.oracle;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpSegment;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Frames as text that is the same for frames between which a host is free to choose: the IP identification of what it sends
 * itself, the sequence numbers and options with which it accepts a connection. Every other byte shows.
 */
final class FrameText {
    private static final int TIMESTAMP_REPLY = 14;

    private final Set<Integer> givenIds;

    /**
     * @param givenIds IP identifications of the packets that were sent to the router: those must stay
     */
    FrameText(Set<Integer> givenIds) {
        this.givenIds = givenIds;
    }

    String of(Outcome.Sent sent) {
        EthernetFrame frame = EthernetFrame.decode(sent.frame());
        return "eth" + sent.side() + " " + frame.source() + ">" + frame.destination() + " "
                + (frame.etherType() == EthernetFrame.IPV4
                        ? ipv4(frame.payload())
                        : Integer.toHexString(frame.etherType()) + " " + hex(frame.payload()));
    }

    private String ipv4(Bytes bytes) {
        Ipv4Packet packet;
        try {
            packet = Ipv4Packet.decode(bytes);
        } catch (BadFrameException e) {
            return e.getMessage() + ": " + hex(bytes);
        }
        StringBuilder text = new StringBuilder();
        text.append(packet.source()).append('>').append(packet.destination());
        text.append(" proto ").append(packet.protocol());
        text.append(" ttl ").append(packet.ttl()).append(" tos ").append(packet.tos());
        text.append(" id ").append(givenIds.contains(packet.id()) ? Integer.toHexString(packet.id()) : "free");
        text.append(packet.dontFragment() ? " DF" : "").append(packet.moreFragments() ? " MF" : "");
        text.append(packet.fragmentOffset() > 0 ? " at " + packet.fragmentOffset() : "");
        text.append(packet.options().length() > 0 ? " options " + hex(packet.options()) : "");
        return text.append(' ').append(transport(packet)).toString();
    }

    private String transport(Ipv4Packet packet) {
        boolean own = !givenIds.contains(packet.id());
        if (own && packet.protocol() == Ipv4Packet.TCP && packet.fragmentOffset() == 0 && !packet.moreFragments()) {
            TcpSegment segment = whole(packet);
            if (segment != null && segment.has(TcpSegment.SYN) && segment.has(TcpSegment.ACK)) {
                return segment.sourcePort() + ">" + segment.destinationPort() + " S. ack "
                        + Integer.toUnsignedString(segment.ack());
            }
        }
        Bytes payload = packet.payload();
        if (own && packet.protocol() == Ipv4Packet.ICMP && payload.length() >= 20 && payload.u8(0) == TIMESTAMP_REPLY) {
            return hex(payload.slice(0, 2)) + hex(payload.slice(4, 12)) + " at some time";
        }
        return hex(payload);
    }

    private static @Nullable TcpSegment whole(Ipv4Packet packet) {
        try {
            return TcpSegment.decode(packet);
        } catch (BadFrameException e) {
            return null;
        }
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toArray());
    }
}
