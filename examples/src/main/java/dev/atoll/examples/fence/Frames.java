package dev.atoll.examples.fence;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Ethernet frames of one family of IP: who has an address, and an ICMP echo. */
abstract class Frames {
    /** Where a packet begins. */
    static final int PAYLOAD = 14;

    static final short ECHO_ID = 0x6666;
    static final int ECHO_DATA_BYTES = 32;
    static final int HOPS = 64;

    /** A locally administered address, not the stack's. */
    static final byte[] FOREIGN_MAC = {2, 0, 0, 0, 0, 0x66};

    private static final int SENDER_MAC = 6;

    /** Those of an address's family. */
    static Frames of(byte[] address) {
        return address.length == 4 ? new Ipv4Frames() : new Ipv6Frames();
    }

    /** Asks all neighbours who has an address. */
    abstract byte[] whoHas(byte[] mac, byte[] source, byte[] target);

    /** Whether the owner of the address answers so. */
    abstract boolean isAnswer(byte[] frame, byte[] owner);

    abstract byte[] echoRequest(byte[] mac, byte[] neighbour, byte[] source, byte[] target);

    abstract boolean isEchoReply(byte[] frame, byte[] sender);

    /** The hardware address of who answered, or null if this is no answer. */
    final byte @Nullable [] neighbour(byte[] frame, byte[] owner) {
        return isAnswer(frame, owner) ? Arrays.copyOfRange(frame, SENDER_MAC, SENDER_MAC + 6) : null;
    }

    static ByteBuffer frame(byte[] destination, byte[] mac, short type, int payloadBytes) {
        return ByteBuffer.allocate(PAYLOAD + payloadBytes)
                .put(destination)
                .put(mac)
                .putShort(type);
    }

    static byte[] octets(ByteBuffer frame) {
        byte[] octets = new byte[frame.capacity()];
        frame.get(0, octets);
        return octets;
    }

    static boolean has(byte[] frame, int at, byte[] value) {
        return Arrays.equals(frame, at, at + value.length, value, 0, value.length);
    }

    /** The Internet checksum (RFC 1071); the range has an even length. */
    static short checksum(ByteBuffer bytes, int from, int to, int initial) {
        int sum = initial;
        for (int at = from; at < to; at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
