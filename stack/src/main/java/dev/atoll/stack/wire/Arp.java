package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/** An ARP packet for IPv4 over Ethernet (RFC 826). */
public final class Arp {
    /** Bytes of the packet. */
    public static final int BYTES = 28;

    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    /** Hardware type Ethernet, protocol type IPv4, address lengths 6 and 4. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;

    private static final int OPERATION = 6;
    private static final int SENDER_LINK = 8;
    private static final int SENDER = 14;
    private static final int TARGET_LINK = 18;
    private static final int TARGET = 24;

    private Arp() {}

    /** Whether this is ARP for IPv4 over Ethernet. */
    public static boolean isEthernetIpv4(ByteBuffer data, int at) {
        return data.getLong(at) >>> 16 == ETHERNET_IPV4;
    }

    public static int operation(ByteBuffer data, int at) {
        return data.getShort(at + OPERATION) & 0xffff;
    }

    public static long senderLink(ByteBuffer data, int at) {
        return data.getLong(at + SENDER_LINK - 2) & 0xffff_ffff_ffffL;
    }

    public static int sender(ByteBuffer data, int at) {
        return data.getInt(at + SENDER);
    }

    public static int target(ByteBuffer data, int at) {
        return data.getInt(at + TARGET);
    }

    public static void write(
            ByteBuffer data, int at, int operation, long senderLink, int sender, long targetLink, int target) {
        data.putLong(at, ETHERNET_IPV4 << 16 | operation);
        data.putShort(at + SENDER_LINK, (short) (senderLink >>> 32));
        data.putInt(at + SENDER_LINK + 2, (int) senderLink);
        data.putInt(at + SENDER, sender);
        data.putShort(at + TARGET_LINK, (short) (targetLink >>> 32));
        data.putInt(at + TARGET_LINK + 2, (int) targetLink);
        data.putInt(at + TARGET, target);
    }
}
