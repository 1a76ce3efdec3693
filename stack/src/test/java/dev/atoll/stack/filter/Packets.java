package dev.atoll.stack.filter;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;

/**
 * Builds IPv4 packets as the IP layer hands them to the filter: headers written, positions and addresses set, the link
 * vouching for checksums.
 */
final class Packets {
    static final IpAddress CLIENT = IpAddress.parse("10.66.0.2");
    static final IpAddress SERVER = IpAddress.parse("192.0.2.7");

    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int ACK = 0x10;

    private static final int IP_BYTES = 20;

    private Packets() {}

    static PacketBuffer tcp(IpAddress source, int sourcePort, IpAddress destination, int destinationPort, int flags) {
        byte[] header = new byte[20];
        ByteBuffer.wrap(header)
                .putShort(0, (short) sourcePort)
                .putShort(2, (short) destinationPort)
                .put(12, (byte) 0x50)
                .put(13, (byte) flags);
        return ip(6, source, destination, 0, header);
    }

    static PacketBuffer udp(IpAddress source, int sourcePort, IpAddress destination, int destinationPort) {
        byte[] header = new byte[12];
        ByteBuffer.wrap(header)
                .putShort(0, (short) sourcePort)
                .putShort(2, (short) destinationPort)
                .putShort(4, (short) header.length);
        return ip(17, source, destination, 0, header);
    }

    static PacketBuffer icmp(IpAddress source, IpAddress destination, int type, int code, int id) {
        byte[] header = new byte[8];
        ByteBuffer.wrap(header).put(0, (byte) type).put(1, (byte) code).putShort(4, (short) id);
        return ip(1, source, destination, 0, header);
    }

    /** An ICMP error that quotes another packet whole. */
    static PacketBuffer icmpError(IpAddress source, IpAddress destination, int type, int code, PacketBuffer about) {
        byte[] quoted = about.toArray();
        byte[] body = new byte[8 + quoted.length];
        body[0] = (byte) type;
        body[1] = (byte) code;
        System.arraycopy(quoted, 0, body, 8, quoted.length);
        return ip(1, source, destination, 0, body);
    }

    /** Any IPv4 packet; {@code fragment} is the header's 16 bits of flags and offset. */
    static PacketBuffer ip(int protocol, IpAddress source, IpAddress destination, int fragment, byte[] transport) {
        PacketBuffer packet = new BufferPool().allocate(IP_BYTES + transport.length);
        int at = packet.append(IP_BYTES + transport.length);
        ByteBuffer data = packet.data();
        for (int i = 0; i < IP_BYTES; i++) {
            data.put(at + i, (byte) 0);
        }
        data.put(at, (byte) 0x45);
        data.putShort(at + 2, (short) (IP_BYTES + transport.length));
        data.putShort(at + 6, (short) fragment);
        data.put(at + 8, (byte) 64);
        data.put(at + 9, (byte) protocol);
        data.putInt(at + 12, source.v4Bits());
        data.putInt(at + 16, destination.v4Bits());
        data.put(at + IP_BYTES, transport);
        packet.checksumValidated = true;
        packet.networkOffset = at;
        packet.transportOffset = at + IP_BYTES;
        packet.transportProtocol = protocol;
        packet.ipVersion = 4;
        packet.sourceHigh = source.high();
        packet.sourceLow = source.low();
        packet.destinationHigh = destination.high();
        packet.destinationLow = destination.low();
        return packet;
    }
}
