package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;

/**
 * TCP super-segments that have to leave by a device other than they were made for, cut as its link would cut them if it
 * could (generic segmentation offload).
 */
final class SuperSegments {
    /** Flags that only the last segment has, and the one that only the first has (RFC 3168 section 6.1.2). */
    private static final int AT_END = Tcp.FIN | Tcp.PSH;

    private SuperSegments() {}

    /** Bytes of the largest IP packet that leaves for a packet: of a super-segment, one of those it is cut into. */
    static int frameBytes(PacketBuffer packet) {
        return packet.gsoType == PacketBuffer.GSO_NONE ? packet.length() : headerBytes(packet) + packet.gsoSize;
    }

    /** Whether a packet is longer than the device's link takes at once. */
    static boolean mustBeCut(PacketBuffer packet, Device device) {
        return packet.gsoType != PacketBuffer.GSO_NONE
                && packet.length() > device.capabilities().gsoMaxBytes();
    }

    private static int headerBytes(PacketBuffer packet) {
        int at = packet.transportOffset;
        return at - packet.networkOffset + Tcp.headerBytes(packet.data(), at);
    }

    static int payloadBytes(PacketBuffer whole) {
        return whole.length() - headerBytes(whole);
    }

    /**
     * Makes one of the segments, its checksum complete.
     *
     * @param whole contiguous
     * @param offset of its payload in the whole's
     */
    static PacketBuffer cut(PacketBuffer whole, int offset, BufferPool pool) {
        int headers = headerBytes(whole);
        int bytes = Math.min(whole.gsoSize, payloadBytes(whole) - offset);
        boolean last = offset + bytes == payloadBytes(whole);
        PacketBuffer segment = pool.allocate(headers + bytes);
        int at = segment.append(headers + bytes);
        ByteBuffer data = segment.data();
        data.put(at, whole.data(), whole.networkOffset, headers);
        data.put(at + headers, whole.data(), whole.networkOffset + headers + offset, bytes);
        segment.networkOffset = at;
        segment.transportOffset = at + whole.transportOffset - whole.networkOffset;
        segment.transportProtocol = whole.transportProtocol;
        segment.ipVersion = whole.ipVersion;
        segment.sourceHigh = whole.sourceHigh;
        segment.sourceLow = whole.sourceLow;
        segment.destinationHigh = whole.destinationHigh;
        segment.destinationLow = whole.destinationLow;
        segment.type = whole.type;
        segment.nicId = whole.nicId;
        segment.mark = whole.mark;
        segment.traced = whole.traced;
        segment.flow = whole.flow;
        if (whole.ipVersion == 4) {
            Ipv4.setTotalLength(data, at, headers + bytes);
            Ipv4.setIdentification(data, at, Ipv4.identification(data, at) + offset / whole.gsoSize);
            Ipv4.fillChecksum(data, at);
        } else {
            Ipv6.setPayloadLength(data, at, headers + bytes - Ipv6.HEADER_BYTES);
        }
        int tcp = segment.transportOffset;
        int flags = Tcp.flags(data, tcp) & ~(last ? 0 : AT_END) & ~(offset == 0 ? 0 : Tcp.CWR);
        Tcp.setSequence(data, tcp, Tcp.sequence(data, tcp) + offset);
        Tcp.setFlags(data, tcp, flags);
        data.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) 0);
        long pseudo = Checksum.pseudoHeader(segment, IpProtocol.TCP, segment.end() - tcp);
        data.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) Checksum.finish(Checksum.ofPayload(pseudo, segment, tcp)));
        return segment;
    }
}
