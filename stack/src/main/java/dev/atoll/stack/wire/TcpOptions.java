package dev.atoll.stack.wire;

import java.nio.ByteBuffer;

/**
 * The options of one TCP segment, read into fields (RFC 9293 section 3.2, RFC 7323, RFC 2018). Reused from segment to
 * segment.
 */
public final class TcpOptions {
    /** SACK blocks a segment can carry: 40 bytes of options, 8 a block. */
    public static final int MAX_SACK_BLOCKS = 4;

    public static final int KIND_END = 0;
    public static final int KIND_NOP = 1;
    public static final int KIND_MSS = 2;
    public static final int KIND_WINDOW_SCALE = 3;
    public static final int KIND_SACK_PERMITTED = 4;
    public static final int KIND_SACK = 5;
    public static final int KIND_TIMESTAMPS = 8;
    public static final int KIND_MD5 = 19;
    public static final int KIND_AUTHENTICATION = 29;

    /** Bytes of the timestamps option with two NOPs in front, as it stands in every segment of a connection. */
    public static final int TIMESTAMPS_BYTES = 12;

    /** Maximum segment size the peer takes, bytes, or 0 if not given. */
    public int mss;
    /** Window shift count, or -1 if not given. */
    public int windowScale;

    public boolean sackPermitted;
    public boolean hasTimestamps;
    public int timestampValue;
    public int timestampEcho;
    /** Whether the segment is signed (RFC 2385, RFC 5925). */
    public boolean signed;
    /** How many of the SACK edges below are set. */
    public int sackBlocks;

    private final int[] sackLeft = new int[MAX_SACK_BLOCKS];
    private final int[] sackRight = new int[MAX_SACK_BLOCKS];

    public TcpOptions() {
        clear();
    }

    public int sackLeft(int block) {
        return sackLeft[block];
    }

    public int sackRight(int block) {
        return sackRight[block];
    }

    private void clear() {
        mss = 0;
        windowScale = -1;
        sackPermitted = false;
        hasTimestamps = false;
        timestampValue = 0;
        timestampEcho = 0;
        sackBlocks = 0;
        signed = false;
    }

    /**
     * Reads the options between {@code from} and {@code end}. Unknown ones are passed over (RFC 9293, MUST-6); from a
     * malformed length on the rest is ignored (MUST-7: a bad length must not make trouble), as Linux does.
     */
    public void parse(ByteBuffer data, int from, int end) {
        clear();
        int at = from;
        while (at < end) {
            int kind = data.get(at) & 0xff;
            if (kind == KIND_END) {
                return;
            }
            if (kind == KIND_NOP) {
                at++;
                continue;
            }
            if (end - at < 2) {
                return;
            }
            int length = data.get(at + 1) & 0xff;
            if (length < 2 || length > end - at) {
                return;
            }
            take(data, at, kind, length);
            at += length;
        }
    }

    private void take(ByteBuffer data, int at, int kind, int length) {
        switch (kind) {
            case KIND_MSS -> {
                if (length == 4) {
                    mss = data.getShort(at + 2) & 0xffff;
                }
            }
            case KIND_WINDOW_SCALE -> {
                if (length == 3) {
                    windowScale = data.get(at + 2) & 0xff;
                }
            }
            case KIND_SACK_PERMITTED -> sackPermitted = length == 2;
            case KIND_TIMESTAMPS -> {
                if (length == 10) {
                    hasTimestamps = true;
                    timestampValue = data.getInt(at + 2);
                    timestampEcho = data.getInt(at + 6);
                }
            }
            case KIND_SACK -> {
                int blocks = Math.min((length - 2) / 8, MAX_SACK_BLOCKS);
                for (int i = 0; i < blocks; i++) {
                    sackLeft[i] = data.getInt(at + 2 + 8 * i);
                    sackRight[i] = data.getInt(at + 6 + 8 * i);
                }
                sackBlocks = blocks;
            }
            case KIND_MD5, KIND_AUTHENTICATION -> signed = true;
            default -> {
                // An option we do not know: its length says where the next one begins.
            }
        }
    }
}
