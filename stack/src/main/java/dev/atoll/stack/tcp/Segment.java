package dev.atoll.stack.tcp;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpOptions;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An arriving segment, read into fields. One instance serves a stack, since segments are processed one by one. */
final class Segment {
    final TcpOptions options = new TcpOptions();
    private @Nullable PacketBuffer packet;

    int sourcePort;
    int destinationPort;
    int seq;
    int ack;
    int flags;
    int window;
    int urgentPointer;
    int payloadBytes;
    /** How many segments its sender or a link, or this host, made it of. */
    int segments;
    /** Payload of the largest of them, bytes. */
    int segmentBytes;

    long arrivalNs;

    /** Reads the header, which was checked to lie in the packet. Takes the packet. */
    void read(PacketBuffer from) {
        int at = from.start();
        packet = from;
        peek(from, at);
        from.consume(from.linearLength() - payloadBytes);
        from.sequence = seq;
        segments = 1;
        segmentBytes = payloadBytes;
        if (from.gsoSize > 0 && payloadBytes > 0) {
            segments = (payloadBytes + from.gsoSize - 1) / from.gsoSize;
            segmentBytes = Math.min(payloadBytes, from.gsoSize);
        } else if (from.joined != null) {
            readJoined(from);
        }
    }

    /** Takes the headers off the segments that follow, which are those of the first but for what goes on from one to the next. */
    private void readJoined(PacketBuffer from) {
        int headerBytes = from.start() - from.networkOffset;
        int sequence = seq + payloadBytes;
        for (PacketBuffer follower = from.joined; follower != null; follower = follower.joined) {
            follower.consume(headerBytes);
            follower.sequence = sequence;
            sequence += follower.linearLength();
        }
        segments += from.joinedSegments;
        payloadBytes += from.joinedBytes;
    }

    /** Reads the header at {@code at}, which was checked to lie in the packet, and leaves the packet alone. */
    void peek(PacketBuffer from, int at) {
        sourcePort = Tcp.sourcePort(from.data(), at);
        destinationPort = Tcp.destinationPort(from.data(), at);
        seq = Tcp.sequence(from.data(), at);
        ack = Tcp.acknowledgment(from.data(), at);
        flags = Tcp.flags(from.data(), at);
        window = Tcp.window(from.data(), at);
        urgentPointer = Tcp.urgentPointer(from.data(), at);
        int headerBytes = Tcp.headerBytes(from.data(), at);
        options.parse(from.data(), at + Tcp.HEADER_BYTES, at + headerBytes);
        payloadBytes = from.end() - at - headerBytes;
        arrivalNs = from.arrivalNs;
    }

    /** The ECN bits of the IP header it came in (RFC 3168 section 5). */
    int ecnBits() {
        PacketBuffer from = packet();
        int at = from.networkOffset;
        if (from.ipVersion == 6) {
            return from.data().getShort(at) >>> 4 & 3;
        }
        return from.data().get(at + 1) & 3;
    }

    /** The packet, its payload from {@code start()} on, and behind it those joined to it, of which nothing but payload is left. */
    PacketBuffer packet() {
        PacketBuffer current = packet;
        Check.that(current != null, "the segment's packet was not taken yet");
        return Objects.requireNonNull(current);
    }

    /** Gives the packet away: to the receive queue. */
    PacketBuffer takePacket() {
        PacketBuffer taken = packet();
        packet = null;
        return taken;
    }

    /** Releases the packet unless it was taken. */
    void finish() {
        if (packet != null) {
            packet.release();
            packet = null;
        }
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The connection it belongs to, seen from this host. */
    TransportEndpointId endpointId() {
        PacketBuffer from = packet();
        return new TransportEndpointId(
                new IpAddress(from.destinationHigh, from.destinationLow),
                destinationPort,
                new IpAddress(from.sourceHigh, from.sourceLow),
                sourcePort);
    }

    /** SEG.LEN: payload plus one for SYN and one for FIN. */
    int length() {
        return payloadBytes + (has(Tcp.SYN) ? 1 : 0) + (has(Tcp.FIN) ? 1 : 0);
    }

    /** The sequence number after the segment. */
    int end() {
        return seq + length();
    }
}
