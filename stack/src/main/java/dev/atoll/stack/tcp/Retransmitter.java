package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.options.TcpInfo.CaState;

/**
 * The retransmission timer of a connection and what it does: timeouts (RFC 6298), tail loss probes and the reordering
 * timer (RFC 8985), probes of a closed window (RFC 9293 section 3.8.6.1), and giving up (RFC 9293 section 3.8.3, RFC
 * 5482). One timer serves all, as the first three are never needed at once; when none is, it says when the connection is
 * idle and needs no memory for segments in flight.
 */
final class Retransmitter implements Timer.Action {
    /** What the timer is armed for. */
    private enum Pending {
        NOTHING,
        RETRANSMISSION,
        WINDOW_PROBE,
        TAIL_LOSS_PROBE,
        REORDERING,
        /** Nothing is in flight and nothing waits. */
        IDLE
    }

    /** Time a peer that threw away what it had acknowledged has to change its mind. */
    private static final long RENEGING_NS = 10_000_000;

    private final Connection connection;
    private final Sender sender;
    private final SackScoreboard board;
    private final RttEstimator rtt;
    private final CongestionWindow window;
    private final LossRecovery recovery;
    private final TailLossProbe probe;
    private final AckSummary scratch;

    private Pending pending = Pending.NOTHING;
    private long deadlineNs;
    /** Timeouts since data was last acknowledged. */
    private int timeouts;

    private long firstTimeoutNs;
    private int probesSent;
    /** When the peer was first asked whether its window has opened, since it last had; or {@link AckSummary#NONE}. */
    private long firstProbeNs = AckSummary.NONE;

    private long userTimeoutNs;

    Retransmitter(Connection connection, Sender sender, RttEstimator rtt, LossRecovery recovery, TailLossProbe probe) {
        this.connection = connection;
        this.sender = sender;
        this.rtt = rtt;
        this.recovery = recovery;
        this.probe = probe;
        board = sender.board();
        window = sender.window();
        scratch = connection.ackSummary();
    }

    /** TCP_USER_TIMEOUT (RFC 5482), or 0. */
    void setUserTimeout(long timeoutNs) {
        userTimeoutNs = timeoutNs;
    }

    int timeouts() {
        return timeouts;
    }

    int probesSent() {
        return probesSent;
    }

    // --- Arming

    private void arm(Pending what, long delayNs) {
        pending = what;
        long delay = Math.max(delayNs, 0);
        if (what == Pending.RETRANSMISSION || what == Pending.TAIL_LOSS_PROBE) {
            delay += sender.pacingDelayNs();
        }
        deadlineNs = sender.now() + delay;
        connection.armRetransmit(delay);
    }

    private void cancel() {
        pending = Pending.NOTHING;
        connection.cancelRetransmit();
    }

    /** A SYN went out, or again. */
    void armHandshake() {
        arm(Pending.RETRANSMISSION, rtt.rtoNs());
    }

    void handshakeDone() {
        timeouts = 0;
        cancel();
    }

    void armReordering(long delayNs) {
        arm(Pending.REORDERING, Math.min(delayNs, rtt.rtoNs()));
    }

    void armReneging() {
        arm(Pending.RETRANSMISSION, Math.max(rtt.srttNs() / 2, RENEGING_NS));
    }

    /** Time left of the timeout that began when the first outstanding segment was last sent. */
    private long remainingRtoNs() {
        if (board.isEmpty()) {
            return rtt.rtoNs();
        }
        return board.sentNsOf(board.slotAt(0)) + rtt.rtoNs() - sender.now();
    }

    private void rearmRto() {
        if (board.isEmpty()) {
            nothingInFlight();
            return;
        }
        long delay = rtt.rtoNs();
        if (pending == Pending.REORDERING || pending == Pending.TAIL_LOSS_PROBE) {
            delay = Math.max(remainingRtoNs(), 1_000);
        }
        arm(Pending.RETRANSMISSION, delay);
    }

    /** After a timeout's time without sending what was in flight says nothing of what will be (RFC 5681 section 4.1). */
    private void nothingInFlight() {
        if (board.isLarge()) {
            arm(Pending.IDLE, rtt.rtoNs());
        } else {
            cancel();
        }
    }

    /** RFC 8985 section 7.2. */
    private boolean scheduleProbe(boolean advancing) {
        boolean calm = recovery.state() == CaState.OPEN || recovery.state() == CaState.CWR;
        if (!sender.usesProbes() || board.isEmpty() || !calm) {
            return false;
        }
        long delay = TailLossProbe.timeoutNs(rtt, board.segments());
        long left = advancing ? rtt.rtoNs() : remainingRtoNs();
        if (left > 0) {
            delay = Math.min(delay, left);
        }
        arm(Pending.TAIL_LOSS_PROBE, delay);
        return true;
    }

    /** New data went out. */
    void dataSent(boolean wasEmpty) {
        if (wasEmpty || pending == Pending.TAIL_LOSS_PROBE || pending == Pending.WINDOW_PROBE) {
            rearmRto();
        }
    }

    /** Output that sent something is over. */
    void flightSent() {
        scheduleProbe(/* advancing= */ false);
    }

    /**
     * Output is over: if nothing is in flight and something waits, for the peer's window or for room on the link, it is
     * tried again from time to time.
     */
    void outputEnded() {
        boolean resting = pending == Pending.NOTHING || pending == Pending.IDLE;
        if (board.isEmpty() && resting && sender.isSomethingWaiting()) {
            arm(Pending.WINDOW_PROBE, rtt.rtoNs());
        }
    }

    // --- Acknowledgments

    /** An acknowledgment came that is no older than the last. */
    void acknowledged(AckSummary ack) {
        probesSent = 0;
        if (ack.advanced) {
            // The RTO stays backed off until a round trip was measured (RFC 6298 section 5, Karn's algorithm).
            timeouts = 0;
        }
        if (pending == Pending.WINDOW_PROBE && board.isEmpty()) {
            if (!sender.isSomethingWaiting() || sender.windowBytes() > 0) {
                rtt.windowOpened();
                firstProbeNs = AckSummary.NONE;
                cancel();
            } else {
                arm(Pending.WINDOW_PROBE, clampToUserTimeout(rtt.rtoNs(), firstProbeNs));
            }
        } else if (sender.windowBytes() == 0) {
            // The peer lives and has no room: however long that lasts, it is no reason to give up.
            timeouts = Math.min(timeouts, 1);
            firstTimeoutNs = sender.now();
        }
    }

    /** The acknowledgment moved what the timer is about. */
    void setTimer() {
        if (!scheduleProbe(/* advancing= */ true)) {
            rearmRto();
        }
    }

    void undone() {
        timeouts = 0;
    }

    // --- Sending again

    /** Sends what counts as lost, as far as the congestion window allows. */
    void sendLost() {
        boolean rearm = false;
        int slot = board.nextLost();
        while (slot != SackScoreboard.NONE && window.segments() > board.inFlight()) {
            if (sender.isHeldByPacing()) {
                break;
            }
            if (!connection.linkHasRoom()) {
                connection.awaitLinkRoom();
                break;
            }
            boolean isFirst = slot == board.slotAt(0);
            if (!isFirst && !sender.isInWindow(board.seqOf(slot))) {
                break;
            }
            resendRun(slot);
            rearm |= isFirst && pending != Pending.REORDERING;
            slot = board.nextLost();
        }
        if (rearm) {
            arm(Pending.RETRANSMISSION, rtt.rtoNs());
        }
    }

    /** Sends a lost segment and those that follow it and are lost too, as one burst. */
    private void resendRun(int first) {
        int most = Math.min(window.segments() - board.inFlight(), sender.burstSegments());
        int last = first;
        int segments = 1;
        while (segments < most) {
            int next = board.lostAfter(last);
            boolean full = board.endOf(last) - board.seqOf(last) == sender.mss();
            if (next == SackScoreboard.NONE || !full || !sender.isInWindow(board.endOf(next) - 1)) {
                break;
            }
            last = next;
            segments++;
        }
        sender.transmitAgain(first, last, segments);
        int slot = first;
        for (int i = 0; i < segments; i++) {
            int next = i == segments - 1 ? slot : board.lostAfter(slot);
            board.retransmitted(slot, sender.now(), recovery.delivered());
            recovery.retransmitted(sender.now());
            slot = next;
        }
    }

    private void resend(int slot) {
        sender.transmitAgain(slot);
        board.retransmitted(slot, sender.now(), recovery.delivered());
        recovery.retransmitted(sender.now());
    }

    // --- Expiry

    @Override
    public void fire() {
        expired();
        connection.flush();
    }

    private void expired() {
        Pending was = pending;
        pending = Pending.NOTHING;
        switch (was) {
            case RETRANSMISSION -> timeout();
            case TAIL_LOSS_PROBE -> {
                pending = was;
                sendProbe();
            }
            case REORDERING -> {
                if (recovery.reorderingExpired(scratch)) {
                    sendLost();
                }
                if (pending != Pending.RETRANSMISSION) {
                    pending = was;
                    rearmRto();
                }
            }
            case WINDOW_PROBE -> probeWindow();
            case IDLE -> {
                board.clear();
                sender.queue().becameIdle();
            }
            case NOTHING -> {
                // Cancelled meanwhile.
            }
        }
    }

    /** RFC 8985 section 7.3: new data if there is any, else the last segment again. */
    private void sendProbe() {
        if (!probe.isOutstanding() && rtt.isMeasuredSinceProbe() && !board.isEmpty()) {
            if (sender.sendOneNew()) {
                probe.sent(sender.sndNxt, /* isRetransmission= */ false);
                rtt.probeSent();
                pending = Pending.NOTHING;
            } else if (!sender.hasNewInWindow()) {
                int slot = board.lastSlot();
                sender.transmitAgain(slot);
                board.resent(slot, sender.now(), recovery.delivered());
                probe.sent(sender.sndNxt, /* isRetransmission= */ true);
                rtt.probeSent();
                pending = Pending.NOTHING;
                connection.countTailLossProbe();
            }
        }
        rearmRto();
    }

    private void timeout() {
        if (connection.isHandshaking()) {
            timeoutInHandshake();
            return;
        }
        if (board.isEmpty()) {
            probeWindow();
            return;
        }
        boolean again = timeouts > 0;
        if (!again) {
            firstTimeoutNs = board.sentNsOf(board.slotAt(0));
        }
        timeouts++;
        if (isGivenUp()) {
            connection.giveUp();
            return;
        }
        connection.countTimeout();
        if (again && sender.now() - firstTimeoutNs >= doublingsNs(TcpSettings.DOUBT_RETRIES)) {
            connection.doubtPath();
            sender.suspectBlackHole();
        }
        recovery.timedOut(again, scratch);
        rtt.backOff();
        if (connection.linkHasRoom()) {
            // The first segment goes whatever the window says.
            if (board.is(board.slotAt(0), SackScoreboard.LOST)
                    && !board.is(board.slotAt(0), SackScoreboard.RETRANSMITTED)) {
                resend(board.slotAt(0));
            }
        } else {
            connection.awaitLinkRoom();
        }
        arm(Pending.RETRANSMISSION, clampToUserTimeout(rtt.rtoNs(), firstTimeoutNs));
    }

    private boolean isProbingGivenUp() {
        if (userTimeoutNs > 0) {
            return sender.now() - firstProbeNs >= userTimeoutNs;
        }
        if (!connection.isOrphan()) {
            return probesSent >= TcpSettings.DATA_RETRIES;
        }
        // A peer that answers every probe and never opens its window must not keep what nobody owns for ever.
        boolean slowest = rtt.rtoNs() == TcpSettings.MAX_RTO_NS && rtt.backoff() >= TcpSettings.ORPHAN_RETRIES;
        return slowest || probesSent >= TcpSettings.ORPHAN_RETRIES;
    }

    private long clampToUserTimeout(long delayNs, long sinceNs) {
        if (userTimeoutNs == 0 || sinceNs == AckSummary.NONE) {
            return delayNs;
        }
        long left = sinceNs + userTimeoutNs - sender.now();
        return Math.max(Math.min(delayNs, left), 1_000_000);
    }

    private void timeoutInHandshake() {
        timeouts++;
        if (timeouts > connection.handshake().retries()) {
            connection.giveUp();
            return;
        }
        connection.countTimeout();
        rtt.backOff();
        connection.handshake().retransmit();
        if (connection.isHandshaking()) {
            arm(Pending.RETRANSMISSION, rtt.rtoNs());
        }
    }

    private boolean isGivenUp() {
        if (userTimeoutNs > 0) {
            return sender.now() - firstTimeoutNs >= userTimeoutNs;
        }
        if (connection.isOrphan()) {
            return timeouts > TcpSettings.ORPHAN_RETRIES;
        }
        return timeouts > 1 && sender.now() - firstTimeoutNs >= doublingsNs(TcpSettings.DATA_RETRIES);
    }

    /** Linux counts tcp_retries1 and 2 as the time that many doublings take from the least timeout, up to the most. */
    private static long doublingsNs(int doublings) {
        long total = 0;
        long rto = TcpSettings.MIN_RTO_NS;
        for (int i = 0; i <= doublings; i++) {
            total += Math.min(rto, TcpSettings.MAX_RTO_NS);
            rto = Math.min(rto * 2, TcpSettings.MAX_RTO_NS);
        }
        return total;
    }

    /**
     * Asks a peer whose window is closed, or too small for what waits, whether it has opened. A probe that the link has
     * no room for counts too: a connection whose link is stuck comes to its end like one whose peer is.
     */
    private void probeWindow() {
        if (!sender.isSomethingWaiting()) {
            // It was taken back: what is written next waits anew.
            firstProbeNs = AckSummary.NONE;
            return;
        }
        if (firstProbeNs == AckSummary.NONE) {
            firstProbeNs = sender.now();
        }
        if (isProbingGivenUp()) {
            connection.giveUp();
            return;
        }
        probesSent++;
        if (!connection.linkHasRoom()) {
            connection.awaitLinkRoom();
            arm(Pending.WINDOW_PROBE, clampToUserTimeout(TcpSettings.RESOURCE_PROBE_NS, firstProbeNs));
            return;
        }
        rtt.backOff();
        if (!sender.sendIntoSmallWindow()) {
            // A segment that was acknowledged already provokes an answer with the window, as Linux probes.
            connection.sendProbe(sender.sndUna - 1);
        }
        if (board.isEmpty()) {
            arm(Pending.WINDOW_PROBE, clampToUserTimeout(rtt.rtoNs(), firstProbeNs));
        }
    }

    /** When the timer is due, for observers; meaningless if nothing is armed. */
    long deadlineNs() {
        return deadlineNs;
    }

    /** All but the timer, which is the connection's. */
    void archive(Archive archive) {
        pending = archive.constant(pending);
        deadlineNs = archive.int64(deadlineNs);
        timeouts = archive.int32(timeouts);
        firstTimeoutNs = archive.int64(firstTimeoutNs);
        probesSent = archive.int32(probesSent);
        firstProbeNs = archive.int64(firstProbeNs);
        userTimeoutNs = archive.int64(userTimeoutNs);
    }
}
