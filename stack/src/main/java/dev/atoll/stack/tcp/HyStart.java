package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;

/**
 * Ends slow start before it overruns the bottleneck's queue, as Linux's CUBIC does: when the acknowledgments of a round
 * trip come in one train longer than half the least delay, or when delay has grown for eight of them. {@link
 * HyStartPlusPlus} is its successor. Nanoseconds.
 */
final class HyStart implements SlowStartExit {
    private static final long MS = 1_000_000;
    /** Below this window there is nothing to overrun. */
    private static final int LOW_WINDOW = 16;
    /** Acknowledgments further apart are no train. */
    private static final long TRAIN_GAP_NS = 2 * MS;

    private static final int SAMPLES = 8;
    private static final long MIN_INCREASE_NS = 4 * MS;
    private static final long MAX_INCREASE_NS = 16 * MS;

    private int roundEnd;
    private boolean inRound;
    private long roundBeganNs;
    private long lastAckNs;
    private long leastNs;
    private int samples;
    private boolean found;
    private boolean paced;

    @Override
    public void reset() {
        inRound = false;
        found = false;
    }

    /** Pacing may have spread the acknowledgments over up to half a round trip: a train is longer then. */
    @Override
    public void setPaced(boolean on) {
        paced = on;
    }

    @Override
    public boolean shouldEnd(CongestionWindow window, long rttNs, long pathNs, int sndUna, int sndNxt, long nowNs) {
        return !found && isFound(window.segments(), rttNs, pathNs, sndUna, sndNxt, nowNs);
    }

    private boolean isFound(int window, long rttNs, long pathNs, int sndUna, int sndNxt, long nowNs) {
        if (!inRound || SeqNum.greaterThan(sndUna, roundEnd)) {
            inRound = true;
            roundEnd = sndNxt;
            roundBeganNs = nowNs;
            lastAckNs = nowNs;
            leastNs = Long.MAX_VALUE;
            samples = 0;
        }
        if (window < LOW_WINDOW) {
            return false;
        }
        if (nowNs - lastAckNs <= TRAIN_GAP_NS) {
            lastAckNs = nowNs;
            found |= nowNs - roundBeganNs > (paced ? pathNs : pathNs / 2);
        }
        leastNs = Math.min(leastNs, rttNs);
        if (samples < SAMPLES) {
            samples++;
        } else {
            found |= leastNs > pathNs + Math.max(MIN_INCREASE_NS, Math.min(pathNs / 8, MAX_INCREASE_NS));
        }
        return found;
    }

    @Override
    public void archive(Archive archive) {
        roundEnd = archive.int32(roundEnd);
        inRound = archive.bool(inRound);
        roundBeganNs = archive.int64(roundBeganNs);
        lastAckNs = archive.int64(lastAckNs);
        leastNs = archive.int64(leastNs);
        samples = archive.int32(samples);
        found = archive.bool(found);
        paced = archive.bool(paced);
    }
}
