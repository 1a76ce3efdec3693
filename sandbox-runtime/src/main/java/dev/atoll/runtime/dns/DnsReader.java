package dev.atoll.runtime.dns;

import java.nio.ByteBuffer;

/**
 * Reads a message front to back and never leaves it. The first thing that does not make sense makes the reader {@linkplain
 * #isBad bad} for good; from then on it gives zeros, so that callers ask once at the end and not at every step.
 */
final class DnsReader {
    private static final int POINTER = 0xc0;

    private final ByteBuffer message;
    private final int start;
    private int at;
    private boolean bad;

    /** Reads from the buffer's position to its limit, which stay as they are. */
    DnsReader(ByteBuffer message) {
        this.message = message;
        start = message.position();
        at = start;
    }

    boolean isBad() {
        return bad;
    }

    /** Position relative to the message's beginning. */
    int position() {
        return at - start;
    }

    void require(boolean condition) {
        bad |= !condition;
    }

    /** Goes on at a position further on. */
    void moveTo(int position) {
        int to = start + position;
        require(to >= at && to <= message.limit());
        if (!bad) {
            at = to;
        }
    }

    void skip(int bytes) {
        moveTo(position() + bytes);
    }

    int u8() {
        require(message.limit() - at >= 1);
        return bad ? 0 : message.get(at++) & 0xff;
    }

    int u16() {
        return u8() << 8 | u8();
    }

    long u32() {
        return (long) u16() << 16 | u16();
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        require(message.limit() - at >= count);
        if (!bad) {
            message.get(at, bytes);
            at += count;
        }
        return bytes;
    }

    /**
     * A name, without the root's dot; pointers are followed (RFC 1035, 4.1.4). Each must point to before the labels it
     * ends, so that following them ends.
     */
    String name() {
        StringBuilder name = new StringBuilder();
        int bytes = 1;
        int labelsFrom = at;
        int resumeAt = -1;
        while (!bad) {
            int length = u8();
            if (length == 0) {
                break;
            }
            if ((length & POINTER) == POINTER) {
                int target = start + ((length & ~POINTER) << 8 | u8());
                if (resumeAt < 0) {
                    resumeAt = at;
                }
                require(target < labelsFrom);
                labelsFrom = target;
                at = target;
                continue;
            }
            bytes += 1 + length;
            require(length <= DnsName.MAX_LABEL_BYTES && bytes <= DnsName.MAX_NAME_BYTES);
            if (name.length() > 0) {
                name.append('.');
            }
            label(name, length);
        }
        if (resumeAt >= 0) {
            at = resumeAt;
        }
        return bad ? "" : name.toString();
    }

    private void label(StringBuilder name, int length) {
        for (int i = 0; i < length && !bad; i++) {
            int octet = u8();
            // As in zone files (RFC 1035, 5.1): a dot inside a label, or what is not printable, is \DDD.
            if (octet <= ' ' || octet >= 0x7f || octet == '.' || octet == '\\') {
                name.append('\\').append((char) ('0' + octet / 100));
                name.append((char) ('0' + octet / 10 % 10)).append((char) ('0' + octet % 10));
            } else {
                name.append((char) octet);
            }
        }
    }
}
