package dev.atoll.examples.fence;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Ethernet frames with ARP (RFC 826) or an ICMP echo (RFC 792) in IPv4 (RFC 791). */
final class Frames {
    private static final int PAYLOAD = 14;
    private static final int ICMP = PAYLOAD + 20;

    private static final short TYPE_IPV4 = 0x0800;
    private static final short TYPE_ARP = 0x0806;
    private static final short ARP_REQUEST = 1;
    private static final short ARP_REPLY = 2;
    private static final byte PROTOCOL_ICMP = 1;
    private static final byte ECHO_REQUEST = 8;
    private static final byte ECHO_REPLY = 0;
    private static final short ECHO_ID = 0x6666;

    /** A locally administered address, not the stack's. */
    static final byte[] FOREIGN_MAC = {2, 0, 0, 0, 0, 0x66};

    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    private static final int ARP_SENDER_MAC = PAYLOAD + 8;
    private static final int ARP_SENDER_IP = PAYLOAD + 14;
    private static final int IP_SOURCE = PAYLOAD + 12;
    private static final int ECHO_DATA_BYTES = 32;

    private Frames() {}

    static byte[] arpRequest(byte[] mac, byte[] source, byte[] target) {
        return frame(BROADCAST, mac, TYPE_ARP, 28)
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

    static boolean isArpReply(byte[] frame, byte[] sender) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        return frame.length >= PAYLOAD + 28
                && bytes.getShort(12) == TYPE_ARP
                && bytes.getShort(PAYLOAD + 6) == ARP_REPLY
                && Arrays.equals(Arrays.copyOfRange(frame, ARP_SENDER_IP, ARP_SENDER_IP + 4), sender);
    }

    /** Link address of who sent that ARP reply. */
    static byte[] sender(byte[] frame) {
        return Arrays.copyOfRange(frame, ARP_SENDER_MAC, ARP_SENDER_MAC + 6);
    }

    static byte[] echoRequest(byte[] mac, byte[] neighbour, byte[] source, byte[] target) {
        ByteBuffer frame = frame(neighbour, mac, TYPE_IPV4, 20 + 8 + ECHO_DATA_BYTES);
        // Version and header length, no service, length; no fragments, TTL.
        frame.putShort((short) 0x4500).putShort((short) (28 + ECHO_DATA_BYTES)).putInt(0);
        frame.put((byte) 64).put(PROTOCOL_ICMP).putShort((short) 0).put(source).put(target);
        frame.putShort(PAYLOAD + 10, checksum(frame, PAYLOAD, ICMP));
        frame.put(ECHO_REQUEST).putShort(ICMP + 4, ECHO_ID);
        frame.putShort(ICMP + 2, checksum(frame, ICMP, frame.capacity()));
        byte[] bytes = new byte[frame.capacity()];
        frame.get(0, bytes);
        return bytes;
    }

    static boolean isEchoReply(byte[] frame, byte[] sender) {
        return frame.length >= ICMP + 8
                && ByteBuffer.wrap(frame).getShort(12) == TYPE_IPV4
                && frame[PAYLOAD + 9] == PROTOCOL_ICMP
                && frame[ICMP] == ECHO_REPLY
                && Arrays.equals(Arrays.copyOfRange(frame, IP_SOURCE, IP_SOURCE + 4), sender);
    }

    private static ByteBuffer frame(byte[] destination, byte[] mac, short type, int payloadBytes) {
        return ByteBuffer.allocate(PAYLOAD + payloadBytes)
                .put(destination)
                .put(mac)
                .putShort(type);
    }

    /** The Internet checksum (RFC 1071); the range has an even length. */
    private static short checksum(ByteBuffer bytes, int from, int to) {
        int sum = 0;
        for (int at = from; at < to; at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
