package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Timer;

/**
 * Spreads what a connection sends over the round trip instead of letting it go in bursts, as Linux does with the
 * {@code fq} queue or {@code SO_MAX_PACING_RATE}: each burst has an earliest time, which the one before it sets.
 * Retransmissions are paced too, what timers send is not. Rates in bytes per second, times in nanoseconds.
 */
final class Pacer {
    private static final long SECOND_NS = 1_000_000_000;
    /** What the first round trip sends is not paced: nothing is known yet to pace it by. */
    private static final int UNPACED_SEGMENTS = CongestionWindow.INITIAL_SEGMENTS;

    private final Cycle cycle;
    private final Timer timer;
    /** When the next burst may go. */
    private long earliestNs;

    /**
     * Begins to pace.
     *
     * @param resume called when a burst that had to wait may go
     */
    Pacer(Cycle cycle, Timer.Action resume) {
        this.cycle = cycle;
        timer = cycle.newTimer(resume);
        earliestNs = cycle.nowNs();
    }

    /** Time until something may be sent; 0 if it may now. */
    long delayNs() {
        return Math.max(earliestNs - cycle.nowNs(), 0);
    }

    /** Whether nothing may be sent now; who asks in vain is called back. */
    boolean holdsBack() {
        if (delayNs() == 0) {
            return false;
        }
        timer.arm(earliestNs);
        return true;
    }

    /**
     * A burst went out.
     *
     * @param segmentsSent data segments sent since the connection began, these included
     */
    void sent(int bytes, long rate, long segmentsSent) {
        long now = cycle.nowNs();
        long previousNs = earliestNs;
        if (now - earliestNs > 0) {
            earliestNs = now;
        }
        if (segmentsSent < UNPACED_SEGMENTS || rate == Long.MAX_VALUE) {
            return;
        }
        long spanNs = bytes * SECOND_NS / Math.max(rate, 1);
        // Half a span at most is made up for if this burst went later than it might have: timers are late.
        earliestNs += spanNs - Math.min(spanNs / 2, earliestNs - previousNs);
    }

    void dispose() {
        timer.dispose();
    }

    void archive(Archive archive) {
        timer.archive(archive);
        earliestNs = archive.int64(earliestNs);
    }
}
