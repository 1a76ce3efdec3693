package dev.atoll.examples.fence;

import java.nio.ByteBuffer;

/** ARP (RFC 826) and ICMP echoes (RFC 792) in IPv4 (RFC 791). */
final class Ipv4Frames extends Frames {
    private static final int ICMP = PAYLOAD + 20;
    private static final int ARP_BYTES = 28;

    private static final short TYPE_IPV4 = 0x0800;
    private static final short TYPE_ARP = 0x0806;
    private static final short ARP_REQUEST = 1;
    private static final short ARP_REPLY = 2;
    private static final byte PROTOCOL_ICMP = 1;
    private static final byte ECHO_REQUEST = 8;
    private static final byte ECHO_REPLY = 0;

    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    private static final int ARP_SENDER_IP = PAYLOAD + 14;
    private static final int IP_SOURCE = PAYLOAD + 12;

    @Override
    byte[] whoHas(byte[] mac, byte[] source, byte[] target) {
        return frame(BROADCAST, mac, TYPE_ARP, ARP_BYTES)
                // Ethernet, IPv4, lengths of their addresses.
                .putShort((short) 1)
                .putShort(TYPE_IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort(ARP_REQUEST)
                .put(mac)
                .put(source)
                .put(new byte[6])
                .put(target)
                .array();
    }

    @Override
    boolean isAnswer(byte[] frame, byte[] owner) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        return frame.length >= PAYLOAD + ARP_BYTES
                && bytes.getShort(12) == TYPE_ARP
                && bytes.getShort(PAYLOAD + 6) == ARP_REPLY
                && has(frame, ARP_SENDER_IP, owner);
    }

    @Override
    byte[] echoRequest(byte[] mac, byte[] neighbour, byte[] source, byte[] target) {
        ByteBuffer frame = frame(neighbour, mac, TYPE_IPV4, 20 + 8 + ECHO_DATA_BYTES);
        // Version and header length, no service, length; no fragments, TTL.
        frame.putShort((short) 0x4500).putShort((short) (28 + ECHO_DATA_BYTES)).putInt(0);
        frame.put((byte) HOPS)
                .put(PROTOCOL_ICMP)
                .putShort((short) 0)
                .put(source)
                .put(target);
        frame.putShort(PAYLOAD + 10, checksum(frame, PAYLOAD, ICMP, 0));
        frame.put(ECHO_REQUEST).putShort(ICMP + 4, ECHO_ID);
        frame.putShort(ICMP + 2, checksum(frame, ICMP, frame.capacity(), 0));
        return octets(frame);
    }

    @Override
    boolean isEchoReply(byte[] frame, byte[] sender) {
        return frame.length >= ICMP + 8
                && ByteBuffer.wrap(frame).getShort(12) == TYPE_IPV4
                && frame[PAYLOAD + 9] == PROTOCOL_ICMP
                && frame[ICMP] == ECHO_REPLY
                && has(frame, IP_SOURCE, sender);
    }
}
