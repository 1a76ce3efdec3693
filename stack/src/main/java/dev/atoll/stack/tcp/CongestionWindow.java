package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/**
 * The congestion window of a connection, its slow start threshold, and whether the window is what holds the sender back
 * (RFC 5681 section 3.1, RFC 7661). In segments, as Linux counts.
 */
public final class CongestionWindow {
    /** Threshold of a connection that has not seen a loss. */
    public static final int NO_THRESHOLD = Integer.MAX_VALUE;

    private static final int MAX_SEGMENTS = SackScoreboard.MAX_SEGMENTS;

    private int segments = TcpSettings.INITIAL_WINDOW_SEGMENTS;
    private int threshold = NO_THRESHOLD;
    /** Segments acknowledged towards the next step of congestion avoidance. */
    private int count;

    private boolean limited;
    private int mostOutstanding;
    private int usageSeq;
    private int used;
    private long fullAtNs;

    CongestionWindow() {}

    /** The window. */
    public int segments() {
        return segments;
    }

    /** Sets the window, at least 1. */
    public void set(int newSegments) {
        segments = Math.max(1, Math.min(newSegments, MAX_SEGMENTS));
    }

    /** The slow start threshold, or {@link #NO_THRESHOLD}. */
    public int threshold() {
        return threshold;
    }

    /** Sets the slow start threshold. */
    public void setThreshold(int newThreshold) {
        threshold = newThreshold;
    }

    public boolean isSlowStart() {
        return segments < threshold;
    }

    void resetCount() {
        count = 0;
    }

    /** Slow start (RFC 5681 section 3.1, counting segments as RFC 3465 does); says how many of them are left over. */
    public int slowStart(int acked) {
        int grown = Math.min(segments + acked, threshold);
        int left = acked - (grown - segments);
        set(grown);
        return left;
    }

    /** Congestion avoidance: one segment more for every {@code perStep} acknowledged. */
    public void avoid(int perStep, int acked) {
        int step = Math.max(perStep, 1);
        if (count >= step) {
            count = 0;
            set(segments + 1);
        }
        count += acked;
        if (count >= step) {
            int steps = count / step;
            count -= steps * step;
            set(segments + steps);
        }
    }

    // --- Use of the window

    /** Output ended: was the window, and nothing else, why? */
    void outputEnded(boolean windowWasLimit, int outstanding, int sndUna, int sndNxt, long nowNs) {
        if (SeqNum.atLeast(sndUna, usageSeq) || windowWasLimit || (!limited && outstanding > mostOutstanding)) {
            limited = windowWasLimit;
            mostOutstanding = outstanding;
            usageSeq = sndNxt;
        }
        if (isLimiting()) {
            used = 0;
            fullAtNs = nowNs;
        } else {
            used = Math.max(used, outstanding);
        }
    }

    void start(int iss) {
        usageSeq = iss;
    }

    /** Whether growing it would have let more out; in slow start half of it used is enough. */
    public boolean isLimiting() {
        return limited || (isSlowStart() && segments < 2 * mostOutstanding);
    }

    /** The window was not filled for a timeout: part of it is no longer backed by what was seen (RFC 7661). */
    void decayUnused(long rtoNs, long nowNs, boolean open) {
        if (isLimiting() || nowNs - fullAtNs < rtoNs) {
            return;
        }
        if (open) {
            int floor = Math.max(used, TcpSettings.INITIAL_WINDOW_SEGMENTS);
            if (floor < segments) {
                threshold = thresholdOf(segments);
                set((segments + floor) >> 1);
            }
            used = 0;
        }
        fullAtNs = nowNs;
    }

    /** Nothing was sent for a while: halved for each timeout of it, to no less than the initial window (RFC 2861). */
    void restart(long idleNs, long rtoNs, long nowNs) {
        int floor = Math.min(TcpSettings.INITIAL_WINDOW_SEGMENTS, segments);
        threshold = thresholdOf(segments);
        int window = segments;
        long left = idleNs - rtoNs;
        while (left > 0 && window > floor) {
            window >>= 1;
            left -= rtoNs;
        }
        set(Math.max(window, floor));
        fullAtNs = nowNs;
        used = 0;
    }

    /** What the threshold would be if a window of that size is left behind: three quarters of it. */
    private int thresholdOf(int window) {
        return Math.max(threshold, (window >> 1) + (window >> 2));
    }

    /** The threshold to come back to if the loss at hand turns out to be none. */
    int currentThreshold(boolean reducing) {
        return reducing ? threshold : thresholdOf(segments);
    }

    void archive(Archive archive) {
        segments = archive.int32(segments);
        threshold = archive.int32(threshold);
        count = archive.int32(count);
        limited = archive.bool(limited);
        mostOutstanding = archive.int32(mostOutstanding);
        usageSeq = archive.int32(usageSeq);
        used = archive.int32(used);
        fullAtNs = archive.int64(fullAtNs);
    }
}
