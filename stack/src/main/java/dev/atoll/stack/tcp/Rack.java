package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/**
 * Loss detection by time (RFC 8985 section 6): a segment is lost if one sent later has arrived and a reordering window
 * has passed since. Nanoseconds.
 */
final class Rack {
    /** Linux allows for timers that are coarse. */
    static final long TIMER_SLACK_NS = 2_000_000;

    /** Recoveries after which a widened reordering window goes back (RFC 8985 section 6.2, step 4). */
    private static final int PERSISTENCE = 16;

    private static final int MAX_STEPS = 0xff;

    private final SackScoreboard board;
    private final RttEstimator rtt;

    /** When the latest-sent segment of those delivered was sent, and where it ends. */
    private long xmitNs = Long.MIN_VALUE / 2;

    private int endSeq;
    /** That segment had been sent more than once. */
    private boolean endRepeated;

    private long rttNs;
    private boolean advanced;

    private int steps = 1;
    private int persist = PERSISTENCE;
    private boolean duplicateSeen;
    private int deliveredAtWidening;

    Rack(SackScoreboard board, RttEstimator rtt) {
        this.board = board;
        this.rtt = rtt;
    }

    /** A segment arrived at the peer (RFC 8985 section 6.2, step 2). */
    void delivered(boolean repeated, int segmentEnd, long sentNs, long nowNs) {
        long took = nowNs - sentNs;
        if (repeated && took < rtt.minNs()) {
            // So soon after the retransmission that it must be the original which arrived.
            return;
        }
        advanced = true;
        rttNs = took;
        if (sentNs > xmitNs || (sentNs == xmitNs && SeqNum.greaterThan(segmentEnd, endSeq))) {
            xmitNs = sentNs;
            endSeq = segmentEnd;
            endRepeated = repeated;
        }
    }

    /** What was held to be lost was not: look at everything anew. */
    void reexamine() {
        advanced = true;
    }

    /** Takes and clears whether anything was delivered since the last look. */
    boolean takeAdvanced() {
        boolean was = advanced;
        advanced = false;
        return was;
    }

    /** A reported duplicate that reordering explains: the window was too narrow (step 4). */
    void duplicateReported() {
        duplicateSeen = true;
    }

    /** Widens the reordering window once a round trip in which duplicates were reported (step 4). */
    void adaptWindow(int priorDelivered, int delivered) {
        if (priorDelivered < 0) {
            return;
        }
        if (priorDelivered - deliveredAtWidening < 0) {
            duplicateSeen = false;
        }
        if (duplicateSeen) {
            steps = Math.min(steps + 1, MAX_STEPS);
            duplicateSeen = false;
            deliveredAtWidening = delivered;
            persist = PERSISTENCE;
        } else if (persist == 0) {
            steps = 1;
        }
    }

    void recoveryEnded(boolean undone) {
        if (undone) {
            persist = Math.min(persist + 1, PERSISTENCE);
        } else if (persist > 0) {
            persist--;
        }
    }

    /** RFC 8985 section 6.2, step 4: none without signs of reordering, when enough duplicates make loss evident. */
    private long windowNs(boolean recovering, boolean reorderingSeen, boolean duplicatesSuffice) {
        if (!reorderingSeen && (recovering || duplicatesSuffice)) {
            return 0;
        }
        return Math.min(rtt.minNs() / 4 * steps, rtt.srttNs());
    }

    /** Time until a segment sent at {@code sentNs} counts as lost; not positive if it does. */
    private long remainingNs(long sentNs, long windowNs, long nowNs) {
        return rttNs + windowNs - (nowNs - sentNs);
    }

    /** Whether a segment sent at that moment may still be on its way; without any reordering window. */
    boolean isRecent(long sentNs, long nowNs) {
        return xmitNs != Long.MIN_VALUE / 2 && remainingNs(sentNs, 0, nowNs) > 0;
    }

    /**
     * Of what was sent at the same moment the earlier in the stream went first, except that time stands still while several
     * acknowledgments are processed: a retransmission may have been sent in answer to a later one than new data was.
     */
    private boolean isBeforeAtOnce(int slot) {
        boolean known = endRepeated || !board.is(slot, SackScoreboard.REPEATED);
        return known && SeqNum.lessThan(board.endOf(slot), endSeq);
    }

    /**
     * Marks what is lost (step 5).
     *
     * @return how long until more may be, or 0 if nothing waits for that
     */
    long detectLoss(
            long nowNs, boolean recovering, boolean reorderingSeen, boolean duplicatesSuffice, AckSummary summary) {
        long windowNs = windowNs(recovering, reorderingSeen, duplicatesSuffice);
        int slot = board.oldestSent();
        while (slot != SackScoreboard.NONE) {
            long sentNs = board.sentNsOf(slot);
            if (sentNs > xmitNs || (sentNs == xmitNs && !isBeforeAtOnce(slot))) {
                return 0;
            }
            if (remainingNs(sentNs, windowNs, nowNs) > 0) {
                // Those that follow were sent no earlier. All of them are judged together, when the last is due.
                return Math.max(remainingNs(xmitNs, windowNs, nowNs), 1);
            }
            int next = board.sentAfter(slot);
            if (board.is(slot, SackScoreboard.RETRANSMITTED)) {
                summary.lostAgainSentNs = Math.max(summary.lostAgainSentNs, sentNs);
            }
            if (board.markLost(slot)) {
                summary.lost++;
            }
            slot = next;
        }
        return 0;
    }

    void archive(Archive archive) {
        xmitNs = archive.int64(xmitNs);
        endSeq = archive.int32(endSeq);
        endRepeated = archive.bool(endRepeated);
        rttNs = archive.int64(rttNs);
        advanced = archive.bool(advanced);
        steps = archive.int32(steps);
        persist = archive.int32(persist);
        duplicateSeen = archive.bool(duplicateSeen);
        deliveredAtWidening = archive.int32(deliveredAtWidening);
    }
}
