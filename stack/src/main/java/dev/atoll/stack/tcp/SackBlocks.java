package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * What a receiver tells of data that came out of order (RFC 2018 section 4): the block of the latest segment first, then
 * those told most recently. A duplicate is reported once, before all others (RFC 2883 section 4).
 */
final class SackBlocks {
    private static final int MAX = TcpOptions.MAX_SACK_BLOCKS;
    private static final int BLOCK_BYTES = 8;
    private static final int HEADER_BYTES = 4;

    private final int[] left = new int[MAX];
    private final int[] right = new int[MAX];
    private int count;
    private boolean duplicate;
    private int duplicateLeft;
    private int duplicateRight;

    boolean isEmpty() {
        return count == 0 && !duplicate;
    }

    /** A segment out of order arrived. */
    void add(int from, int to) {
        int newLeft = from;
        int newRight = to;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (SeqNum.atMost(newLeft, right[i]) && SeqNum.atMost(left[i], newRight)) {
                newLeft = SeqNum.lessThan(left[i], newLeft) ? left[i] : newLeft;
                newRight = SeqNum.max(right[i], newRight);
            } else {
                left[kept] = left[i];
                right[kept] = right[i];
                kept++;
            }
        }
        int moved = Math.min(kept, MAX - 1);
        for (int i = moved; i > 0; i--) {
            left[i] = left[i - 1];
            right[i] = right[i - 1];
        }
        left[0] = newLeft;
        right[0] = newRight;
        count = moved + 1;
    }

    /** Data arrived that was there already. */
    void addDuplicate(int from, int to) {
        if (duplicate && SeqNum.atMost(from, duplicateRight) && SeqNum.atMost(duplicateLeft, to)) {
            duplicateLeft = SeqNum.lessThan(from, duplicateLeft) ? from : duplicateLeft;
            duplicateRight = SeqNum.max(to, duplicateRight);
            return;
        }
        duplicate = true;
        duplicateLeft = from;
        duplicateRight = to;
    }

    /** The left edge moved: what lies before it needs no telling. */
    void advance(int rcvNxt) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (SeqNum.greaterThan(right[i], rcvNxt)) {
                left[kept] = left[i];
                right[kept] = right[i];
                kept++;
            }
        }
        count = kept;
    }

    void clear() {
        count = 0;
    }

    /** Bytes the option takes with its padding, in the space there is; 0 if there is nothing to tell or no room. */
    int bytes(int room) {
        int blocks = blocks(room);
        return blocks == 0 ? 0 : HEADER_BYTES + BLOCK_BYTES * blocks;
    }

    private int blocks(int room) {
        int all = Math.min(count + (duplicate ? 1 : 0), MAX);
        return Math.min(all, Math.max(room - HEADER_BYTES, 0) / BLOCK_BYTES);
    }

    /** Writes the option; what it tells of a duplicate is told. */
    void write(ByteBuffer data, int at, int room) {
        int blocks = blocks(room);
        int optionBytes = 2 + BLOCK_BYTES * blocks;
        data.putInt(
                at, TcpOptions.KIND_NOP << 24 | TcpOptions.KIND_NOP << 16 | TcpOptions.KIND_SACK << 8 | optionBytes);
        int to = at + HEADER_BYTES;
        int written = 0;
        if (duplicate && blocks > 0) {
            duplicate = false;
            data.putInt(to, duplicateLeft);
            data.putInt(to + 4, duplicateRight);
            to += BLOCK_BYTES;
            written++;
        }
        for (int i = 0; written < blocks; i++, written++) {
            data.putInt(to, left[i]);
            data.putInt(to + 4, right[i]);
            to += BLOCK_BYTES;
        }
    }

    void archive(Archive archive) {
        archive.int32s(left);
        archive.int32s(right);
        count = archive.count(count, MAX);
        duplicate = archive.bool(duplicate);
        duplicateLeft = archive.int32(duplicateLeft);
        duplicateRight = archive.int32(duplicateRight);
    }
}
