package dev.atoll.examples.fence;

import java.nio.ByteBuffer;

/** Neighbour discovery (RFC 4861) and ICMPv6 echoes (RFC 4443) in IPv6 (RFC 8200). */
final class Ipv6Frames extends Frames {
    private static final int SOURCE = PAYLOAD + 8;
    private static final int ICMP = PAYLOAD + 40;
    private static final int ICMP_TARGET = ICMP + 8;
    /** Header and target of a solicitation, and its option with the sender's hardware address. */
    private static final int SOLICITATION_BYTES = 24 + 8;

    private static final int ADVERTISEMENT_BYTES = 24;

    private static final short TYPE_IPV6 = (short) 0x86dd;
    private static final byte PROTOCOL_ICMPV6 = 58;
    private static final byte ECHO_REQUEST = (byte) 128;
    private static final byte ECHO_REPLY = (byte) 129;
    private static final byte SOLICITATION = (byte) 135;
    private static final byte ADVERTISEMENT = (byte) 136;
    private static final byte OPTION_SOURCE_MAC = 1;
    /** Which shows that no router has passed a message of neighbour discovery on. */
    private static final int NOT_FORWARDED = 255;

    @Override
    byte[] whoHas(byte[] mac, byte[] source, byte[] target) {
        // RFC 4291 section 2.7.1, RFC 2464 section 7.
        byte[] group = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xff, target[13], target[14], target[15]};
        byte[] groupMac = {0x33, 0x33, (byte) 0xff, target[13], target[14], target[15]};
        ByteBuffer frame = packet(groupMac, mac, source, group, NOT_FORWARDED, SOLICITATION, SOLICITATION_BYTES);
        frame.putInt(0).put(target).put(OPTION_SOURCE_MAC).put((byte) 1).put(mac);
        return complete(frame);
    }

    @Override
    boolean isAnswer(byte[] frame, byte[] owner) {
        return isIcmp(frame, ADVERTISEMENT, ADVERTISEMENT_BYTES) && has(frame, ICMP_TARGET, owner);
    }

    @Override
    byte[] echoRequest(byte[] mac, byte[] neighbour, byte[] source, byte[] target) {
        ByteBuffer frame = packet(neighbour, mac, source, target, HOPS, ECHO_REQUEST, 8 + ECHO_DATA_BYTES);
        return complete(frame.putShort(ECHO_ID));
    }

    @Override
    boolean isEchoReply(byte[] frame, byte[] sender) {
        return isIcmp(frame, ECHO_REPLY, 8) && has(frame, SOURCE, sender);
    }

    private static boolean isIcmp(byte[] frame, byte type, int messageBytes) {
        return frame.length >= ICMP + messageBytes
                && ByteBuffer.wrap(frame).getShort(12) == TYPE_IPV6
                && frame[PAYLOAD + 6] == PROTOCOL_ICMPV6
                && frame[ICMP] == type;
    }

    /** A packet up to the checksum of its message, which is still open. */
    private static ByteBuffer packet(
            byte[] neighbour, byte[] mac, byte[] source, byte[] target, int hops, byte type, int messageBytes) {
        return frame(neighbour, mac, TYPE_IPV6, 40 + messageBytes)
                .putInt(0x60000000)
                .putShort((short) messageBytes)
                .put(PROTOCOL_ICMPV6)
                .put((byte) hops)
                .put(source)
                .put(target)
                .put(type)
                .put((byte) 0)
                .putShort((short) 0);
    }

    /** The checksum is over addresses, length and protocol, too (RFC 8200 section 8.1). */
    private static byte[] complete(ByteBuffer frame) {
        int messageBytes = frame.capacity() - ICMP;
        short checksum = checksum(frame, SOURCE, frame.capacity(), messageBytes + PROTOCOL_ICMPV6);
        return octets(frame.putShort(ICMP + 2, checksum));
    }
}
