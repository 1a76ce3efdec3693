package dev.atoll.stack.fuzz;

/**
 * Puts right the checksums of a frame as far as its headers can be believed: of the IPv4 header, and of TCP, UDP, ICMP,
 * ICMPv6 and IGMP where they stand right behind the IP header. Shares no code with the stack.
 */
final class Checksums {
    private static final int ICMP = 1;
    private static final int IGMP = 2;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;

    private Checksums() {}

    static void mend(byte[] frame) {
        if (frame.length < 34) {
            return;
        }
        int etherType = u16(frame, 12);
        if (etherType == 0x0800) {
            mendIpv4(frame);
        } else if (etherType == 0x86dd && frame.length >= 54) {
            int end = Math.min(frame.length, 54 + u16(frame, 18));
            long pseudo = sum(frame, 22, 54) + (end - 54);
            mendTransport(frame, 54, end, frame[20] & 0xff, pseudo);
        }
    }

    private static void mendIpv4(byte[] frame) {
        int headerBytes = (frame[14] & 0xf) * 4;
        if (headerBytes < 20 || 14 + headerBytes > frame.length) {
            return;
        }
        put(frame, 24, 0);
        put(frame, 24, complement(sum(frame, 14, 14 + headerBytes)));
        boolean first = (u16(frame, 20) & 0x3fff) == 0;
        int end = Math.min(frame.length, 14 + u16(frame, 16));
        int at = 14 + headerBytes;
        if (first && end > at) {
            mendTransport(frame, at, end, frame[23] & 0xff, sum(frame, 26, 34) + (end - at));
        }
    }

    private static void mendTransport(byte[] frame, int at, int end, int protocol, long pseudo) {
        int field =
                switch (protocol) {
                    case ICMP, IGMP, ICMPV6 -> at + 2;
                    case UDP -> at + 6;
                    case TCP -> at + 16;
                    default -> end;
                };
        if (field + 2 > end) {
            return;
        }
        put(frame, field, 0);
        boolean covered = protocol != ICMP && protocol != IGMP;
        long total = sum(frame, at, end) + (covered ? pseudo + protocol : 0);
        int checksum = complement(total);
        put(frame, field, protocol == UDP && checksum == 0 ? 0xffff : checksum);
    }

    private static int u16(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
    }

    private static void put(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >>> 8);
        frame[at + 1] = (byte) value;
    }

    private static long sum(byte[] frame, int from, int to) {
        long sum = 0;
        for (int at = from; at < to; at++) {
            sum += (at - from) % 2 == 0 ? (frame[at] & 0xffL) << 8 : frame[at] & 0xffL;
        }
        return sum;
    }

    private static int complement(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) ~folded & 0xffff;
    }
}
