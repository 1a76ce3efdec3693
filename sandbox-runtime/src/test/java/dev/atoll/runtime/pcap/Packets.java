package dev.atoll.runtime.pcap;

import dev.atoll.stack.buffer.PacketBuffer;
import java.nio.ByteBuffer;

/** Frames for captures: IPv4 with TCP or UDP whose checksum is left open. */
final class Packets {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int IP_AT = 14;
    private static final int TRANSPORT_AT = 34;

    private Packets() {}

    /** A datagram of that many payload bytes, its checksum partial. */
    static PacketBuffer udp(int payloadBytes) {
        ByteBuffer frame = ip(UDP, 8 + payloadBytes);
        frame.putShort((short) 5000).putShort((short) 7000).putShort((short) (8 + payloadBytes));
        return partial(frame, 6, 8 + payloadBytes, UDP);
    }

    /** A segment of that many payload bytes, its checksum partial; more than the MSS makes a super-segment. */
    static PacketBuffer tcp(int payloadBytes) {
        ByteBuffer frame = ip(TCP, 20 + payloadBytes);
        frame.putShort((short) 40000).putShort((short) 80).putInt(1).putInt(1);
        frame.putShort((short) 0x5018).putShort((short) 0xffff);
        PacketBuffer packet = partial(frame, 16, 20 + payloadBytes, TCP);
        if (payloadBytes > 1460) {
            packet.gsoType = PacketBuffer.GSO_TCPV4;
            packet.gsoSize = 1460;
        }
        return packet;
    }

    private static ByteBuffer ip(int protocol, int transportBytes) {
        ByteBuffer frame = ByteBuffer.allocate(TRANSPORT_AT + transportBytes);
        frame.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}).putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) (20 + transportBytes)).putInt(0x00014000);
        frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
        frame.putInt(0x0a420002).putInt(0x0a420001);
        frame.putShort(IP_AT + 10, (short) ~PartialChecksum.sum(frame, IP_AT, TRANSPORT_AT));
        return frame;
    }

    private static PacketBuffer partial(ByteBuffer frame, int offset, int transportBytes, int protocol) {
        for (int at = frame.position(); at < frame.capacity(); at++) {
            if (at >= TRANSPORT_AT + (protocol == TCP ? 20 : 8)) {
                frame.put(at, (byte) (at * 31));
            }
        }
        int pseudo = PartialChecksum.sum(frame, IP_AT + 12, TRANSPORT_AT) + protocol + transportBytes;
        frame.putShort(TRANSPORT_AT + offset, (short) ((pseudo & 0xffff) + (pseudo >>> 16)));
        byte[] bytes = new byte[frame.capacity()];
        frame.get(0, bytes);
        PacketBuffer packet = PacketBuffer.copyOf(bytes);
        packet.checksumPartial = true;
        packet.checksumStart = packet.start() + TRANSPORT_AT;
        packet.checksumOffset = offset;
        return packet;
    }
}
