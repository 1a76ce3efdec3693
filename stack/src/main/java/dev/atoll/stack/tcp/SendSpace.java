package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.options.TcpTuning;

/**
 * How much the application may write ahead: twice what the congestion window lets go, within the stack's limits, as
 * Linux grows send buffers; or what the application asked for.
 */
final class SendSpace {
    /** What Linux charges a buffer of a full burst beyond its payload: bookkeeping that this stack has elsewhere. */
    private static final int BURST_OVERHEAD_BYTES = 1280;

    private int limitBytes;
    private boolean fixed;

    void start(TcpTuning settings) {
        if (!fixed && limitBytes == 0) {
            limitBytes = settings.sendBufferBytes;
        }
    }

    /** The application decided: twice as much is allowed, as SO_SNDBUF of Linux has it. */
    void fix(int bytes) {
        fixed = true;
        limitBytes = 2 * bytes;
    }

    int limitBytes() {
        return limitBytes;
    }

    /** Follows the congestion window. */
    void grow(int windowSegments, int reordering, int mss, TcpTuning settings) {
        if (fixed) {
            return;
        }
        int segments = Math.max(Math.max(windowSegments, CongestionWindow.INITIAL_SEGMENTS), reordering + 1);
        long wanted = 2L * segments * segmentCost(mss);
        limitBytes = (int) Math.max(limitBytes, Math.min(wanted, settings.sendBufferMaxBytes));
    }

    /** Memory of one segment: headers and payload in a power of two, and what describes it. */
    private static int segmentCost(int mss) {
        return (Integer.highestOneBit(mss + 640 - 1) << 1) + 256;
    }

    /** Bytes that so much payload is charged with. */
    static int charge(int bytes, int burstBytes) {
        return bytes + (bytes + burstBytes - 1) / burstBytes * BURST_OVERHEAD_BYTES;
    }

    /** Linux calls a socket writable while a third of its buffer is free. */
    boolean isRoomy(int charged) {
        return limitBytes - charged >= charged >> 1;
    }

    void archive(Archive archive) {
        limitBytes = archive.int32(limitBytes);
        fixed = archive.bool(fixed);
    }
}
