package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;

/** The Internet checksum (RFC 1071), written the slow and obvious way. */
final class OnesComplement {
    private OnesComplement() {}

    /** The folded 16-bit sum of the bytes; an odd last byte counts as the high half of a word. */
    static int sum(Bytes bytes) {
        long sum = 0;
        for (int at = 0; at < bytes.length(); at++) {
            sum += at % 2 == 0 ? (long) bytes.u8(at) << 8 : bytes.u8(at);
        }
        return fold(sum);
    }

    /** The pseudo-header over IPv4 (RFC 9293 section 3.1, RFC 768) or over IPv6 (RFC 8200 section 8.1). */
    static int pseudoHeader(IpAddress source, IpAddress destination, int protocol, int length) {
        BytesOut header = new BytesOut().address(source).address(destination);
        if (source.isV4()) {
            header.u16(protocol).u16(length);
        } else {
            header.i32(length).i32(protocol);
        }
        return sum(header.toBytes());
    }

    static int add(int a, int b) {
        return fold((long) a + b);
    }

    /** What to put in the checksum field, given the sum of everything else. */
    static int complement(int sum) {
        return ~sum & 0xffff;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }
}
