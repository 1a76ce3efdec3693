package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.options.TcpInfo.CaState;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is lost and how far sending slows down: the states Open, Disorder, CWR, Recovery and Loss as Linux has
 * them, over RACK (RFC 8985) with SACK and duplicate ACKs without, with proportional rate reduction (RFC 9937), F-RTO
 * (RFC 5682) and the undoing of what was no loss (RFC 3522, RFC 4015, RFC 3708).
 */
final class LossRecovery {
    /** Duplicate ACKs that mean a loss, as long as no reordering was seen (RFC 5681 section 2). */
    static final int DUPLICATE_THRESHOLD = 3;
    /** What to send after an acknowledgment was judged. */
    enum Resend {
        NOTHING,
        LOST,
        /** New data, to see whether a timeout was spurious; if there is none, what is lost. */
        NEW
    }

    private final Sender sender;
    private final SackScoreboard board;
    private final SendersWindow window;
    private CongestionControl congestion;
    private final Rack rack;
    private final TailLossProbe probe;
    /** Made when the window is first reduced. */
    private @Nullable Prr prr;

    private CaState state = CaState.OPEN;
    private int recoveryPoint;
    private final Reordering reordering;
    private int delivered;

    private boolean undoable;
    private int undoMarker;
    /** Retransmissions of this episode that no duplicate was reported for; -1 before the first. */
    private int undoRetransmissions;

    private int priorThreshold;
    private int priorWindow;
    /** When this episode's first retransmission was sent, or {@link AckSummary#NONE}. */
    private long firstRetransmissionNs = AckSummary.NONE;

    private boolean frto;
    private boolean reneging;

    LossRecovery(
            Sender sender,
            SackScoreboard board,
            SendersWindow window,
            CongestionControl congestion,
            Rack rack,
            TailLossProbe probe) {
        this.sender = sender;
        this.board = board;
        this.window = window;
        this.congestion = congestion;
        this.rack = rack;
        this.probe = probe;
        reordering = new Reordering(sender.initialReordering());
    }

    void start(int iss) {
        recoveryPoint = iss;
    }

    void setCongestionControl(CongestionControl control) {
        congestion = control;
    }

    CaState state() {
        return state;
    }

    int recoveryPoint() {
        return recoveryPoint;
    }

    Reordering reordering() {
        return reordering;
    }

    /** Segments the peer is known to have got, duplicates not counted. */
    int delivered() {
        return delivered;
    }

    boolean isReducing() {
        return state == CaState.CWR || state == CaState.RECOVERY;
    }

    /** Segments went out. */
    void sent(int segments) {
        if (isReducing() && prr != null) {
            prr.sent(segments);
        }
    }

    /** A lost segment was sent again. */
    void retransmitted(long nowNs) {
        if (firstRetransmissionNs == AckSummary.NONE) {
            firstRetransmissionNs = nowNs;
        }
        undoRetransmissions = Math.max(undoRetransmissions, 0) + 1;
        sent(1);
    }

    // --- Acknowledgments

    /**
     * Judges an acknowledgment that the scoreboard has taken in.
     *
     * @param outstanding segments outstanding before it
     */
    Resend acknowledged(AckSummary ack, int outstanding) {
        if (!sender.usesSack() && ack.advanced) {
            AnonymousSack.acknowledged(board, ack);
        }
        delivered += ack.delivered;
        if (outstanding == 0) {
            Resend resend = ack.duplicateReported ? alert(ack, 0) : Resend.NOTHING;
            probe.acknowledged(ack, this);
            return resend;
        }
        if (sender.usesSack()) {
            if (ack.isReordered()) {
                noteReordering(ack);
            }
            rack.adaptWindow(ack.priorDelivered, delivered);
            probe.acknowledged(ack, this);
        }
        Resend resend = Resend.NOTHING;
        boolean suspicious = !ack.isNoDuplicate() || ack.dataSacked || ack.congestionEcho || ack.duplicateReported;
        if (suspicious || state != CaState.OPEN) {
            int before = ack.delivered;
            boolean duplicate = !ack.advanced && !ack.isNoDuplicate() && !ack.duplicateReported;
            resend = alert(ack, duplicate ? 1 : 0);
            delivered += ack.delivered - before;
        }
        return resend;
    }

    /** How much of what was delivered may widen the window. */
    private int widening(int segments) {
        int most = sender.slowStartLimit();
        return most > 0 && window.isSlowStart() ? Math.min(segments, most) : segments;
    }

    /** The window's share of an acknowledgment: shrinks in recovery, grows outside. */
    void adjustWindow(AckSummary ack, long nowNs) {
        if (isReducing()) {
            reduce(ack);
        } else {
            boolean raises = ack.acked > 0 || (reordering.segments() > DUPLICATE_THRESHOLD && ack.dataSacked);
            if (raises && ack.delivered > 0) {
                if (window.isLimiting()) {
                    congestion.acknowledged(widening(ack.delivered), nowNs);
                } else {
                    congestion.notLimiting(nowNs);
                }
            }
        }
    }

    private void reduce(AckSummary ack) {
        if (ack.delivered > 0 && prr != null) {
            // Where nothing was lost there is no hole whose filling would show that the path bears more.
            boolean safe = state == CaState.RECOVERY && ack.advanced && ack.lost == 0;
            window.set(prr.window(window.threshold(), board.inFlight(), ack.delivered, safe));
        }
    }

    private Resend alert(AckSummary ack, int duplicates) {
        if (ack.congestionEcho) {
            priorThreshold = 0;
        }
        if (checkReneging(ack)) {
            return Resend.NOTHING;
        }
        if (state == CaState.OPEN) {
            firstRetransmissionNs = AckSummary.NONE;
        } else if (SeqNum.atLeast(sender.sndUna, recoveryPoint)) {
            if (state == CaState.CWR) {
                // Held until something sent after the reduction arrived, so that CWR has reached the peer.
                if (sender.sndUna != recoveryPoint) {
                    endReduction();
                    state = CaState.OPEN;
                }
            } else if (state == CaState.RECOVERY) {
                if (!sender.usesSack()) {
                    AnonymousSack.reset(board);
                }
                if (tryUndoRecovery(ack)) {
                    return Resend.NOTHING;
                }
                endReduction();
            }
        }
        return switch (state) {
            case RECOVERY -> inRecovery(ack, duplicates);
            case LOSS -> inLoss(ack, duplicates);
            case OPEN, DISORDER, CWR -> inOrder(ack, duplicates);
        };
    }

    private Resend inRecovery(AckSummary ack, int duplicates) {
        if (!ack.advanced) {
            addAnonymous(ack, duplicates);
        } else if (tryUndoPartial(ack)) {
            return Resend.NOTHING;
        }
        if (tryUndoByDuplicates()) {
            tryToOpen(ack);
        }
        identifyLoss(ack);
        if (state != CaState.RECOVERY) {
            if (board.lost() == 0) {
                return Resend.NOTHING;
            }
            enterRecovery(ack.congestionEcho);
        }
        if (sender.lowersForLostRetransmission()) {
            lowerForLostRetransmission(ack);
        }
        return Resend.LOST;
    }

    /**
     * The loss of a retransmission is one more sign of congestion (RFC 5681 section 4.3), and those that were sent since the
     * last reduction are one together. What an undoing goes back to stays what was before the first.
     */
    private void lowerForLostRetransmission(AckSummary ack) {
        Prr reduction = prr;
        if (state == CaState.RECOVERY && reduction != null && reduction.isBefore(ack.lostAgainSentNs)) {
            reduction.begin(window.threshold(), sender.now());
            lowerAgain();
        }
    }

    /** From where the reduction under way leads to, not from where it has come so far. */
    private void lowerAgain() {
        int reached = window.segments();
        window.set(window.threshold());
        window.setThreshold(congestion.thresholdAfterLoss());
        window.set(reached);
        sender.congestionReduced();
    }

    private Resend inLoss(AckSummary ack, int duplicates) {
        Resend resend = processLoss(ack, duplicates);
        identifyLoss(ack);
        if (state != CaState.OPEN && !ack.retransmissionLost) {
            return resend;
        }
        return inOrder(ack, duplicates);
    }

    private Resend inOrder(AckSummary ack, int duplicates) {
        if (!sender.usesSack()) {
            if (ack.advanced) {
                AnonymousSack.reset(board);
            }
            addAnonymous(ack, duplicates);
        }
        if (state == CaState.OPEN || state == CaState.DISORDER) {
            tryUndoByDuplicates();
        }
        identifyLoss(ack);
        if (board.lost() == 0) {
            tryToOpen(ack);
            return Resend.NOTHING;
        }
        if (!takeProbeLoss()) {
            enterRecovery(ack.congestionEcho);
        }
        return Resend.LOST;
    }

    /** A probe of the path's MTU, and nothing else, was lost: it is sent again, and the window stays (RFC 4821, 7.6.2). */
    private boolean takeProbeLoss() {
        boolean calm = state == CaState.OPEN || state == CaState.DISORDER;
        if (!calm || !sender.isMtuProbeLost()) {
            return false;
        }
        recoveryPoint = sender.sndNxt;
        window.setThreshold(window.currentThreshold(/* reducing= */ false));
        priorThreshold = 0;
        undoable = false;
        frto = false;
        state = CaState.LOSS;
        return true;
    }

    private void identifyLoss(AckSummary ack) {
        if (board.isEmpty()) {
            return;
        }
        if (!sender.usesSack()) {
            boolean first =
                    state != CaState.RECOVERY && state != CaState.LOSS && board.sacked() >= reordering.segments();
            if (first || (state == CaState.RECOVERY && ack.advanced)) {
                if (board.markLost(board.slotAt(0))) {
                    ack.lost++;
                }
            }
            return;
        }
        if (!rack.takeAdvanced()) {
            return;
        }
        int inFlightAgain = board.retransmitted();
        long waitNs = detectLoss(ack);
        if (waitNs > 0) {
            sender.retransmitter().armReordering(waitNs + Rack.TIMER_SLACK_NS);
            ack.setTimer = false;
        }
        ack.retransmissionLost |= board.retransmitted() < inFlightAgain;
    }

    private long detectLoss(AckSummary ack) {
        boolean recovering = state == CaState.RECOVERY || state == CaState.LOSS;
        return rack.detectLoss(
                sender.now(), recovering, reordering.seen() > 0, board.sacked() >= reordering.segments(), ack);
    }

    /** The reordering window passed (RFC 8985 section 6.2, step 5); true if something is to be sent again. */
    boolean reorderingExpired(AckSummary scratch) {
        scratch.begin(sender.now());
        int before = board.inFlight();
        detectLoss(scratch);
        if (board.inFlight() == before) {
            return false;
        }
        if (state != CaState.RECOVERY && !takeProbeLoss()) {
            enterRecovery(/* marked= */ false);
            scratch.delivered = 1;
            reduce(scratch);
        }
        lowerForLostRetransmission(scratch);
        return true;
    }

    // --- A peer without SACK

    private void addAnonymous(AckSummary ack, int duplicates) {
        if (duplicates == 0 || sender.usesSack()) {
            return;
        }
        int claimed = AnonymousSack.add(board, ack, duplicates);
        if (claimed > Math.max(board.segments(), reordering.segments())) {
            reordering.noteSegments(claimed); // More duplicates than segments can have been lost.
        }
    }

    // --- Reordering

    private void noteReordering(AckSummary ack) {
        if (state == CaState.LOSS && !undoable) {
            return;
        }
        int highest = SeqNum.max(board.highestSacked(ack.priorHighestSacked), ack.priorHighestSacked);
        int distance = highest - ack.reorderedSeq();
        if (distance > 0) {
            reordering.noteDistance(distance, sender.mss());
        }
    }

    private boolean checkReneging(AckSummary ack) {
        // The first segment outstanding was acknowledged selectively, and an ACK that moved the edge left it out.
        if (sender.usesSack() && ack.advanced && !board.isEmpty() && board.is(board.slotAt(0), SackScoreboard.SACKED)) {
            reneging = true;
            sender.retransmitter().armReneging();
            ack.setTimer = false;
            return true;
        }
        return false;
    }

    // --- Entering and leaving

    private void beginReduction() {
        recoveryPoint = sender.sndNxt;
        probe.forget();
        window.resetCount();
        priorWindow = window.segments();
        if (prr == null) {
            prr = new Prr();
        }
        prr.begin(priorWindow, sender.now());
        window.setThreshold(congestion.thresholdAfterLoss());
        sender.congestionReduced();
    }

    private void endReduction() {
        if (window.threshold() < CongestionWindow.NO_THRESHOLD && (state == CaState.CWR || undoable)) {
            window.set(window.threshold());
        }
    }

    private void initUndo() {
        undoable = true;
        undoMarker = sender.sndUna;
        int known = board.retransmitted() + (probe.isRetransmissionOutstanding() ? 1 : 0);
        undoRetransmissions = known == 0 ? -1 : known;
    }

    private void enterRecovery(boolean marked) {
        int threshold = window.currentThreshold(isReducing());
        initUndo();
        if (!isReducing()) {
            priorThreshold = marked ? 0 : threshold;
            beginReduction();
        } else {
            priorThreshold = 0;
        }
        state = CaState.RECOVERY;
        sender.countRecovery();
    }

    /** The peer echoed a congestion mark (RFC 3168 section 6.1.2). */
    private void enterCwr() {
        priorThreshold = 0;
        if (state == CaState.OPEN || state == CaState.DISORDER) {
            undoable = false;
            beginReduction();
            state = CaState.CWR;
        }
    }

    /** A tail loss probe repaired a loss that nothing else showed (RFC 8985 section 7.4.2): the window pays for it. */
    void probeRepairedLoss() {
        beginReduction();
        state = CaState.CWR;
        endReduction();
        keepOpen();
    }

    private void tryToOpen(AckSummary ack) {
        if (!board.isAnythingRetransmitted()) {
            firstRetransmissionNs = AckSummary.NONE;
        }
        if (ack.congestionEcho) {
            enterCwr();
        }
        if (state != CaState.CWR) {
            keepOpen();
        }
    }

    private void keepOpen() {
        CaState next = CaState.OPEN;
        if (board.sacked() > 0 || board.lost() > 0 || board.isAnythingRetransmitted()) {
            next = CaState.DISORDER;
        }
        if (state != next) {
            state = next;
            recoveryPoint = sender.sndNxt;
        }
    }

    // --- Timeout

    /**
     * The retransmission timer fired (RFC 5681 section 3.1, RFC 5682 section 3.1 step 1).
     *
     * @param again for a further time since data was last acknowledged
     */
    void timedOut(boolean again, AckSummary scratch) {
        scratch.begin(sender.now());
        boolean newEpisode = state != CaState.RECOVERY && state != CaState.LOSS;
        if (sender.lowersForLostRetransmission()
                && state == CaState.RECOVERY
                && board.is(board.slotAt(0), SackScoreboard.RETRANSMITTED)) {
            lowerAgain(); // As for a retransmission that an ACK shows to be lost.
        }
        markTimedOut(scratch);
        if (newEpisode || SeqNum.atMost(recoveryPoint, sender.sndUna) || (state == CaState.LOSS && !again)) {
            priorThreshold = window.currentThreshold(isReducing());
            priorWindow = window.segments();
            window.setThreshold(congestion.thresholdAfterLoss());
            initUndo();
        }
        window.set(board.inFlight() + 1);
        window.resetCount();
        if (newEpisode && board.sacked() >= DUPLICATE_THRESHOLD) {
            // So much arrived, and still a timeout was needed: reordering was overestimated.
            reordering.limit(DUPLICATE_THRESHOLD);
        }
        state = CaState.LOSS;
        congestion.timedOut();
        recoveryPoint = sender.sndNxt;
        probe.forget();
        sender.congestionReduced();
        frto = sender.usesFrto() && (newEpisode || again);
    }

    private void markTimedOut(AckSummary scratch) {
        boolean renege = sender.usesSack() && !board.isEmpty() && board.is(board.slotAt(0), SackScoreboard.SACKED);
        if (renege || reneging) {
            reneging = false;
            board.forgetSacked();
        } else if (!sender.usesSack()) {
            AnonymousSack.reset(board);
        }
        for (int i = 0; i < board.segments(); i++) {
            int slot = board.slotAt(i);
            boolean recent = i > 0 && sender.usesSack() && !renege && rack.isRecent(board.sentNsOf(slot), sender.now());
            if (!recent && board.markLost(slot)) {
                scratch.lost++;
            }
        }
    }

    /** RFC 5682 section 3.1, the variant with SACK; RFC 6582 without. */
    private Resend processLoss(AckSummary ack, int duplicates) {
        boolean recovered = SeqNum.atLeast(sender.sndUna, recoveryPoint);
        if (ack.advanced && tryUndoLoss(ack, /* byFrto= */ false)) {
            return Resend.NOTHING;
        }
        if (frto) {
            // Step 3b: data never sent again has arrived.
            if (ack.originalDelivered && sender.usesSack() && tryUndoLoss(ack, /* byFrto= */ true)) {
                return Resend.NOTHING;
            }
            if (SeqNum.greaterThan(sender.sndNxt, recoveryPoint)) {
                if (ack.dataSacked || duplicates > 0) {
                    frto = false; // Step 3a: the loss was real.
                }
            } else if (ack.advanced && !recovered) {
                recoveryPoint = sender.sndNxt;
                if (sender.maySendNew()) {
                    return Resend.NEW; // Step 2b.
                }
                frto = false;
            }
        }
        if (recovered) {
            tryUndoRecovery(ack);
            return Resend.NOTHING;
        }
        if (!sender.usesSack()) {
            if (SeqNum.greaterThan(sender.sndNxt, recoveryPoint) && duplicates > 0) {
                addAnonymous(ack, duplicates);
            } else if (ack.advanced) {
                AnonymousSack.reset(board);
            }
        }
        return Resend.LOST;
    }

    /** There was no new data to tell a spurious timeout by. */
    void giveUpFrto() {
        frto = false;
    }

    // --- Undoing

    /** RFC 3522 by timestamps, RFC 3708 by reported duplicates. */
    private boolean mayUndo(AckSummary ack) {
        return undoable && (undoRetransmissions == 0 || isOriginalAnswered(ack));
    }

    private boolean isOriginalAnswered(AckSummary ack) {
        if (firstRetransmissionNs == AckSummary.NONE) {
            // Nothing was sent again; but without SACK that is also forgotten when the recovery point is reached.
            boolean forgotten = !sender.usesSack() && !SeqNum.lessThan(sender.sndUna, recoveryPoint);
            return state != CaState.LOSS && !forgotten;
        }
        return ack.isEchoOlderThan(firstRetransmissionNs);
    }

    private void undo(boolean nothingLost) {
        if (nothingLost) {
            board.unmarkLost();
        }
        if (priorThreshold != 0) {
            window.set(congestion.windowAfterUndo(priorWindow));
            if (priorThreshold > window.threshold()) {
                window.setThreshold(priorThreshold);
                sender.congestionReductionUndone();
            }
        }
        undoable = false;
        rack.reexamine();
        sender.countUndo();
    }

    private boolean tryUndoRecovery(AckSummary ack) {
        if (mayUndo(ack)) {
            undo(/* nothingLost= */ false);
        } else {
            rack.recoveryEnded(/* undone= */ false);
        }
        if (isHeldWithoutSack()) {
            return true;
        }
        state = CaState.OPEN;
        return false;
    }

    /** Without SACK duplicates of the recovery point may still come and must not begin another recovery (RFC 6582). */
    private boolean isHeldWithoutSack() {
        if (!sender.usesSack() && sender.sndUna == recoveryPoint) {
            if (!board.isAnythingRetransmitted()) {
                firstRetransmissionNs = AckSummary.NONE;
            }
            return true;
        }
        return false;
    }

    private boolean tryUndoPartial(AckSummary ack) {
        if (!undoable || !isOriginalAnswered(ack)) {
            return false;
        }
        if (board.retransmitted() > 0) {
            return true;
        }
        if (!board.isAnythingRetransmitted()) {
            firstRetransmissionNs = AckSummary.NONE;
        }
        undo(/* nothingLost= */ true);
        keepOpen();
        return false;
    }

    private boolean tryUndoByDuplicates() {
        if (undoable && undoRetransmissions == 0) {
            rack.recoveryEnded(/* undone= */ true);
            undo(/* nothingLost= */ false);
            return true;
        }
        return false;
    }

    private boolean tryUndoLoss(AckSummary ack, boolean byFrto) {
        if (!byFrto && !mayUndo(ack)) {
            return false;
        }
        undo(/* nothingLost= */ true);
        sender.retransmitter().undone();
        if (isHeldWithoutSack()) {
            return true;
        }
        if (byFrto || sender.usesSack()) {
            state = CaState.OPEN;
        }
        return true;
    }

    /** The peer reported segments that it got twice (RFC 2883). */
    void duplicatesReported(int segments, int right, boolean isProbe) {
        if (undoable && undoRetransmissions > 0 && SeqNum.greaterThan(right, undoMarker)) {
            undoRetransmissions = Math.max(undoRetransmissions - segments, 0);
        }
        if (reordering.seen() > 0 && !isProbe) {
            rack.duplicateReported();
        }
    }

    void archive(Archive archive) {
        prr = archive.optional(prr, LossRecovery::archivePrr);
        state = archive.constant(state);
        recoveryPoint = archive.int32(recoveryPoint);
        reordering.archive(archive);
        delivered = archive.int32(delivered);
        undoable = archive.bool(undoable);
        undoMarker = archive.int32(undoMarker);
        undoRetransmissions = archive.int32(undoRetransmissions);
        priorThreshold = archive.int32(priorThreshold);
        priorWindow = archive.int32(priorWindow);
        firstRetransmissionNs = archive.int64(firstRetransmissionNs);
        frto = archive.bool(frto);
        reneging = archive.bool(reneging);
    }

    private static Prr archivePrr(Archive archive, @Nullable Prr saved) {
        Prr archived = saved == null ? new Prr() : saved;
        archived.archive(archive);
        return archived;
    }
}
