package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;

/**
 * A connection's congestion window with what is known of its use: whether the window is what holds the sender back, and
 * what becomes of it when it is not filled (RFC 7661, RFC 2861).
 *
 * <p>It extends the window that a congestion control sees, instead of having one: that would be an object more for every
 * connection.
 */
final class SendersWindow extends CongestionWindow {
    private boolean limited;
    private int mostOutstanding;
    private int usageSeq;
    private int used;
    private long fullAtNs;

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

    @Override
    public int segmentsInUse() {
        return Math.min(segments(), mostOutstanding);
    }

    void start(int iss) {
        usageSeq = iss;
    }

    /** Whether growing it would have let more out; in slow start half of it used is enough. */
    boolean isLimiting() {
        return limited || (isSlowStart() && segments() < 2 * mostOutstanding);
    }

    /** The window was not filled for a timeout: part of it is no longer backed by what was seen (RFC 7661). */
    void decayUnused(long rtoNs, long nowNs, boolean open, int initial) {
        if (isLimiting() || nowNs - fullAtNs < rtoNs) {
            return;
        }
        if (open) {
            int floor = Math.max(used, initial);
            if (floor < segments()) {
                setThreshold(thresholdOf(segments()));
                set((segments() + floor) >> 1);
            }
            used = 0;
        }
        fullAtNs = nowNs;
    }

    /**
     * Nothing was sent for a while: halved for each timeout of it, to no less than the initial window (RFC 2861).
     *
     * @param initial the initial window of the path
     * @param atOnce to the initial window whatever the while (RFC 5681 section 4.1)
     */
    void restart(long idleNs, long rtoNs, long nowNs, int initial, boolean atOnce) {
        int floor = Math.min(initial, segments());
        setThreshold(thresholdOf(segments()));
        int window = atOnce ? floor : segments();
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
        return Math.max(threshold(), (window >> 1) + (window >> 2));
    }

    /** The threshold to come back to if the loss at hand turns out to be none. */
    int currentThreshold(boolean reducing) {
        return reducing ? threshold() : thresholdOf(segments());
    }

    @Override
    public void archive(Archive archive) {
        super.archive(archive);
        limited = archive.bool(limited);
        mostOutstanding = archive.int32(mostOutstanding);
        usageSeq = archive.int32(usageSeq);
        used = archive.int32(used);
        fullAtNs = archive.int64(fullAtNs);
    }
}
