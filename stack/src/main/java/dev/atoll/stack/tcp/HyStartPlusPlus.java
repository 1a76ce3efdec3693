package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;

/**
 * HyStart++ (RFC 9406): when the round trip grows from one round to the next, the first slow start goes on at a quarter of
 * its pace for five rounds and then ends, unless the round trip falls again and so was no queue. Nanoseconds.
 */
final class HyStartPlusPlus implements SlowStartExit {
    private static final long MS = 1_000_000;
    private static final long MIN_INCREASE_NS = 4 * MS;
    private static final long MAX_INCREASE_NS = 16 * MS;
    /** N_RTT_SAMPLE. */
    private static final int SAMPLES = 8;
    /** CSS_GROWTH_DIVISOR. */
    private static final int DIVISOR = 4;
    /** CSS_ROUNDS. */
    private static final int CONSERVATIVE_ROUNDS = 5;
    /** L: segments by which an acknowledgment widens the window where no pacer spreads the burst. */
    private static final int LARGEST_STEP = 8;

    private static final long NONE = Long.MAX_VALUE;

    private boolean endKnown;
    private int roundEnd;
    private long lastRoundNs = NONE;
    private long roundNs = NONE;
    private int samples;
    /** Shortest round trip of the round that slowed down, {@link #NONE} at full pace. */
    private long baselineNs = NONE;

    private int conservativeRounds;
    /** Segments acknowledged towards the next one of the window, at the slower pace. */
    private int carried;

    private boolean over;
    private boolean paced;

    /** The slow start after a timeout is an ordinary one (RFC 9406 section 4.3). */
    @Override
    public void reset() {
        over = true;
    }

    @Override
    public void setPaced(boolean on) {
        paced = on;
    }

    @Override
    public int widening(int acked) {
        if (over) {
            return acked;
        }
        int step = paced ? acked : Math.min(acked, LARGEST_STEP);
        if (baselineNs == NONE) {
            return step;
        }
        carried += step;
        int widening = carried / DIVISOR;
        carried %= DIVISOR;
        return widening;
    }

    @Override
    public boolean shouldEnd(CongestionWindow window, long rttNs, long pathNs, int sndUna, int sndNxt, long nowNs) {
        over |= window.threshold() != CongestionWindow.NO_THRESHOLD;
        if (over) {
            return false;
        }
        if (!endKnown) {
            // All that the acknowledgment which began the round let out is sent by now.
            endKnown = true;
            roundEnd = sndNxt;
        }
        roundNs = Math.min(roundNs, rttNs);
        samples++;
        if (samples >= SAMPLES) {
            judge();
        }
        if (SeqNum.atLeast(sndUna, roundEnd)) {
            beginRound();
        }
        return over;
    }

    private void beginRound() {
        endKnown = false;
        lastRoundNs = roundNs;
        roundNs = NONE;
        samples = 0;
        if (baselineNs != NONE) {
            // The round in whose middle it slowed down is one of them.
            conservativeRounds++;
            over = conservativeRounds >= CONSERVATIVE_ROUNDS;
        }
    }

    private void judge() {
        if (baselineNs != NONE) {
            if (roundNs < baselineNs) {
                baselineNs = NONE;
            }
        } else if (lastRoundNs != NONE
                && roundNs >= lastRoundNs + Math.max(MIN_INCREASE_NS, Math.min(lastRoundNs / 8, MAX_INCREASE_NS))) {
            baselineNs = roundNs;
            conservativeRounds = 0;
        }
    }

    @Override
    public void archive(Archive archive) {
        endKnown = archive.bool(endKnown);
        roundEnd = archive.int32(roundEnd);
        lastRoundNs = archive.int64(lastRoundNs);
        roundNs = archive.int64(roundNs);
        samples = archive.int32(samples);
        baselineNs = archive.int64(baselineNs);
        conservativeRounds = archive.int32(conservativeRounds);
        carried = archive.int32(carried);
        over = archive.bool(over);
        paced = archive.bool(paced);
    }
}
