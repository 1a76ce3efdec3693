package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.options.TcpInfo.CaState;
import dev.atoll.stack.options.TcpTuning.MtuProbing;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection: what the application wrote, what of it may go now (RFC 9293 section 3.8, RFC 5681),
 * and what acknowledgments say. Variables are RFC 9293's.
 *
 * <p>What was lost is {@link LossRecovery}'s to judge, sending it again and the timers are {@link Retransmitter}'s.
 */
final class Sender {
    /** SO_MAX_PACING_RATE that was not set, or set to all ones. */
    private static final long UNLIMITED_RATE = 0xffff_ffffL;

    private final Connection connection;
    private final SendQueue queue;
    private final RttEstimator rtt;
    private final SendWindow peerWindow = new SendWindow();
    private final SendersWindow window = new SendersWindow();
    private final SackScoreboard board = new SackScoreboard();
    private final TailLossProbe probe = new TailLossProbe();
    private CongestionControl congestion;
    private final LossRecovery recovery;
    private final Retransmitter retransmitter;
    private final Rack rack;
    /** Only of a connection that is paced. */
    private @Nullable Pacer pacer;
    /** Only of a connection that looks for its path's MTU. */
    private @Nullable MtuSearch mtuSearch;

    int iss;
    int sndUna;
    int sndNxt;

    private int mss = TcpSettings.DEFAULT_MSS;
    private boolean noDelay;
    private boolean corked;
    /** What is queued goes now, full segment or not. */
    private boolean pushAll;
    /** Within a write of which more follows. */
    private boolean moreFollows;
    /** End of the last segment sent that was not full: Minshall's addition to Nagle (as Linux has it). */
    private int smallSegmentEnd;

    private boolean sack;
    private boolean finSent;

    private long synSentNs;
    private boolean synRepeated;
    private long lastDataSentNs;
    private boolean everSent;
    /** Data was acknowledged while the application waited for room. */
    private boolean growDue;

    Sender(Connection connection, SendQueue queue, RttEstimator rtt) {
        this.connection = connection;
        this.queue = queue;
        this.rtt = rtt;
        rack = new Rack(board, rtt);
        congestion = congestionControl(connection.options().congestionControl);
        recovery = new LossRecovery(this, board, window, congestion, rack, probe);
        retransmitter = new Retransmitter(connection, this, rtt, recovery, probe);
    }

    /** Our initial sequence number is chosen; nothing is sent yet. */
    void start(int initialSequence) {
        iss = initialSequence;
        sndUna = initialSequence;
        sndNxt = initialSequence;
        queue.start(initialSequence);
        smallSegmentEnd = initialSequence;
        recovery.start(initialSequence);
        window.start(initialSequence);
    }

    /** Segments of a burst at the present rate. */
    int burstSegments() {
        return BurstSize.segments(connection, rtt, bytesPerSecond(), mss);
    }

    private long bytesPerSecond() {
        long limit = Integer.toUnsignedLong(connection.options().maxPacingRate);
        long rate = BurstSize.bytesPerSecond(rtt, window, board.segments(), mss);
        return limit == UNLIMITED_RATE ? rate : Math.min(rate, limit);
    }

    /** Paced already, what goes next has to wait. */
    boolean isHeldByPacing() {
        Pacer paced = pacer;
        return paced != null && paced.holdsBack();
    }

    /** Time until pacing lets something go, which timers of what is sent wait in addition; 0 without pacing. */
    long pacingDelayNs() {
        Pacer paced = pacer;
        return paced == null ? 0 : paced.delayNs();
    }

    private void notePaced(int bytes) {
        Pacer paced = pacer;
        if (paced != null) {
            paced.sent(bytes, bytesPerSecond(), connection.stats().dataSegmentsSent);
        }
    }

    private void pacingElapsed() {
        connection.roomAvailable();
    }

    void setMss(int mssBytes) {
        MtuSearch search = mtuSearch;
        mss = search == null ? mssBytes : Math.min(mssBytes, search.mss());
    }

    int mss() {
        return mss;
    }

    SendWindow peerWindow() {
        return peerWindow;
    }

    CongestionControl congestionControl() {
        return congestion;
    }

    void setSack(boolean on) {
        sack = on;
    }

    boolean usesSack() {
        return sack;
    }

    int slowStartLimit() {
        return connection.settings().slowStartLimit;
    }

    boolean lowersForLostRetransmission() {
        return connection.settings().lowerForLostRetransmission;
    }

    int initialReordering() {
        return connection.settings().reordering;
    }

    boolean usesFrto() {
        return connection.settings().frto;
    }

    boolean usesProbes() {
        return sack && connection.settings().tailLossProbes;
    }

    private CongestionControl congestionControl(String name) {
        return connection.congestionControls().create(name, window);
    }

    /** Takes the options that are the sender's; those that let something out take effect with the next output. */
    void apply(ConnectionOptions options) {
        queue.setBufferBytes(options.sendBufferBytes, connection.settings());
        int lowWater = options.notSentLowWaterBytes;
        queue.setLowWater(lowWater == 0 ? connection.settings().notSentLowWaterBytes : lowWater);
        // Setting TCP_NODELAY pushes even what a cork holds back, once.
        pushAll |= options.noDelay && !noDelay;
        noDelay = options.noDelay;
        corked = options.cork;
        boolean limited = Integer.toUnsignedLong(options.maxPacingRate) != UNLIMITED_RATE;
        if (pacer == null && (limited || connection.settings().pacing)) {
            pacer = connection.newPacer(this::pacingElapsed);
            congestion.paced();
        }
        retransmitter.setUserTimeout(options.userTimeoutMs * 1_000_000L);
        if (!congestion.name().equals(options.congestionControl)) {
            congestion = congestionControl(options.congestionControl);
            recovery.setCongestionControl(congestion);
            if (pacer != null) {
                congestion.paced();
            }
        }
    }

    /** Setting TCP_NODELAY again pushes again. */
    void push() {
        pushAll = true;
    }

    int bufferBytes() {
        return queue.bufferBytes();
    }

    Retransmitter retransmitter() {
        return retransmitter;
    }

    SendersWindow window() {
        return window;
    }

    SackScoreboard board() {
        return board;
    }

    SendQueue queue() {
        return queue;
    }

    Rack rack() {
        return rack;
    }

    TailLossProbe probe() {
        return probe;
    }

    RttEstimator rtt() {
        return rtt;
    }

    LossRecovery recovery() {
        return recovery;
    }

    // --- The application

    /**
     * Takes bytes to send, as many as there is room for, and sends what may go.
     *
     * @param more the application says that more follows at once (MSG_MORE)
     * @param record what follows is to have segments of its own (MSG_EOR)
     */
    int write(ByteBuffer source, boolean more, boolean record) {
        queue.setBurst(burstBytes());
        int total = 0;
        while (source.hasRemaining()) {
            int taken = queue.write(source, sndNxt, more, peerWindow.largest() / 2);
            if (taken == 0) {
                break;
            }
            total += taken;
            connection.stats().start(ConnectionStats.Phase.BUSY, now());
            if (record && !source.hasRemaining()) {
                queue.endRecord();
            }
            moreFollows = more || source.hasRemaining();
            output();
        }
        moreFollows = false;
        return total;
    }

    /** Takes bytes of which the last is urgent (RFC 9293 section 3.8.5). */
    int writeUrgent(ByteBuffer source) {
        int taken = queue.write(source, sndNxt, /* more= */ false, peerWindow.largest() / 2);
        if (taken > 0) {
            queue.markUrgent();
            output();
        }
        return taken;
    }

    /** Takes back what was written and never sent. */
    int discardUnsent() {
        int bytes = queue.discardUnsent(sndMax());
        output();
        return bytes;
    }

    /** Bytes gathered before they are sent, where there is so much: full segments, at most half of the peer's window. */
    private int burstBytes() {
        int most = BurstSize.MAX_BYTES;
        if (peerWindow.largest() > TcpSettings.DEFAULT_MSS) {
            most = Math.min(most, peerWindow.largest() / 2);
        }
        return Math.max(most / mss * mss, mss);
    }

    boolean isWritable() {
        return queue.isWritable(sndNxt);
    }

    /** Nothing more will be written: FIN follows the last byte. */
    void queueFin() {
        queue.queueFin();
        connection.stats().start(ConnectionStats.Phase.BUSY, now());
    }

    boolean isFinQueued() {
        return queue.isFinQueued();
    }

    boolean isFinAcknowledged() {
        return finSent && SeqNum.greaterThan(sndUna, queue.dataEnd());
    }

    int unacknowledgedBytes() {
        return queue.size() + (queue.isFinQueued() && !isFinAcknowledged() ? 1 : 0);
    }

    // --- The handshake

    /** SYN, or SYN with ACK, takes the first sequence number. */
    void synSent() {
        synRepeated = sndNxt == iss + 1;
        synSentNs = now();
        sndNxt = iss + 1;
    }

    /** Our SYN went out without being remembered: when, is not known. */
    void synSentUnseen() {
        sndNxt = iss + 1;
        synRepeated = true;
    }

    /** Our SYN is acknowledged. */
    void handshakeAcknowledged(Segment segment) {
        connection.handshake().acknowledged(segment);
        if (!synRepeated) {
            rtt.sample(segment.arrivalNs - synSentNs, now());
        } else if (segment.options.hasTimestamps && connection.usesTimestamps()) {
            AckProcessor.sampleEcho(connection, segment);
        }
        sndUna = iss + 1;
        retransmitter.handshakeDone();
    }

    // --- Output

    /** Sends what windows, Nagle and the link allow. */
    void output() {
        if (!connection.maySendData()) {
            return;
        }
        restartAfterIdle();
        int sent = 0;
        MtuSearch search = mtuSearch;
        if (search != null) {
            int probe = search.nextProbe();
            if (probe == MtuSearch.WAIT) {
                return;
            }
            if (probe > 0) {
                sent = sendMtuProbe(search, probe);
            }
        }
        int burst = sendBurst();
        while (burst > 0) {
            sent += burst;
            burst = sendBurst();
        }
        pushAll = false;
        if (growDue) {
            // Only if the application waits and more could have been sent: otherwise it is not the buffer that is too
            // small.
            growDue = false;
            if (board.inFlight() < window.segments()) {
                queue.grow(window.segments(), recovery.reordering().segments(), mss, connection.settings());
                queue.isSpaceWanted(sndNxt);
            }
        }
        boolean limited = board.inFlight() >= window.segments();
        if (sent > 0 || limited) {
            validateWindow(limited);
        }
        noteReceiveWindow(limited);
        if (sent > 0) {
            retransmitter.flightSent();
        }
        retransmitter.outputEnded();
    }

    private void validateWindow(boolean limited) {
        window.outputEnded(limited, board.segments(), sndUna, sndNxt, now());
        if (connection.settings().slowStartAfterIdle) {
            boolean open = recovery.state() == CaState.OPEN && !queue.isSpaceWanted(sndNxt);
            window.decayUnused(rtt.rtoNs(), now(), open, connection.initialWindow());
        }
        if (!window.isLimiting() && unsentBytes() == 0 && queue.isSpaceWanted(sndNxt)) {
            connection.stats().start(ConnectionStats.Phase.SEND_BUFFER, now());
        }
    }

    private void noteReceiveWindow(boolean cwndLimited) {
        int pending = Math.min(unsentBytes(), mss);
        if (pending > 0 && !cwndLimited && sndUna + peerWindow.bytes() - sndNxt < pending) {
            connection.stats().start(ConnectionStats.Phase.RECEIVE_WINDOW, now());
        } else {
            connection.stats().stop(ConnectionStats.Phase.RECEIVE_WINDOW, isIdle(), now());
        }
    }

    /** RFC 5681 section 4.1: what was learned of the path fades while nothing is sent. */
    private void restartAfterIdle() {
        if (!board.isEmpty() || !everSent || unsentBytes() == 0) {
            return;
        }
        long idle = now() - lastDataSentNs;
        if (idle > 0) {
            congestion.restarted(idle, now());
        }
        if (connection.settings().slowStartAfterIdle && idle > rtt.rtoNs()) {
            window.restart(
                    idle, rtt.rtoNs(), now(), connection.initialWindow(), connection.settings().restartAtInitialWindow);
        }
    }

    private int unsentBytes() {
        return queue.unsent(sndNxt);
    }

    private boolean isFinPending() {
        return queue.isFinQueued() && !finSent;
    }

    /** Sends one burst of segments, as one super-segment where the link takes them; says how many segments it had. */
    private int sendBurst() {
        int pending = unsentBytes();
        boolean finPending = isFinPending();
        if (pending == 0 && !finPending) {
            return 0;
        }
        int quota = window.segments() - board.inFlight();
        if (quota <= 0 && pending == 0) {
            quota = 1; // A lone FIN does not wait for the congestion window.
        }
        if (quota <= 0) {
            return 0;
        }
        if (isHeldByPacing()) {
            return 0;
        }
        if (!connection.linkHasRoom()) {
            connection.awaitLinkRoom();
            return 0;
        }
        if (board.segments() >= SackScoreboard.MAX_SEGMENTS - BurstSize.MAX_SEGMENTS) {
            return 0;
        }
        int inWindow = Math.max(sndUna + peerWindow.bytes() - sndNxt, 0);
        int segments = Math.min(quota, Math.max(window.segments() / 2, 1));
        segments = Math.min(segments, burstSegments());
        int together = Math.min(queue.together(sndNxt), pending);
        int length = Math.min(Math.min(together, inWindow), segments * mss);
        boolean last = length == pending;
        boolean closed = length == together && !last; // More was written behind it: nothing can be added to it.
        if (length > mss && length % mss != 0 && !closed && !(last && maySendSmall(length % mss, true, finPending))) {
            length -= length % mss;
            last = false;
        }
        if (length == 0 && !(last && finPending)) {
            return 0;
        }
        if (length < mss && !closed && !maySendSmall(length, last, finPending)) {
            return 0;
        }
        return sendNew(length, last && finPending, /* forced= */ false);
    }

    /** Nagle (RFC 896) with Minshall's change, and the sender's part of silly window avoidance (RFC 9293, 3.8.6.2.1). */
    private boolean maySendSmall(int length, boolean last, boolean finPending) {
        if (!last) {
            return length >= peerWindow.largest() / 2 && length > 0;
        }
        if (finPending || queue.isUrgent() || pushAll) {
            return true;
        }
        if (corked || moreFollows) {
            return false;
        }
        if (noDelay) {
            return true;
        }
        boolean smallInFlight = !board.isEmpty() && SeqNum.greaterThan(smallSegmentEnd, sndUna);
        return !smallInFlight;
    }

    private int sendMtuProbe(MtuSearch search, int payload) {
        int seq = sndNxt;
        int segments = sendNew(payload, /* fin= */ false, /* forced= */ false, payload);
        search.sent(seq, payload);
        return segments;
    }

    /** Sends {@code length} new bytes and FIN, with PSH if {@code forced}; says in how many segments. */
    private int sendNew(int length, boolean fin, boolean forced) {
        return sendNew(length, fin, forced, mss);
    }

    private int sendNew(int length, boolean fin, boolean forced, int segmentBytes) {
        boolean wasEmpty = board.isEmpty();
        int from = sndNxt;
        int dataEnd = from + length;
        int end = dataEnd + (fin ? 1 : 0);
        int segments = Math.max((length + segmentBytes - 1) / segmentBytes, 1);
        // Pushed at the end of what was written, and where several segments leave as one (as Linux has it).
        boolean push = length > 0 && (segments > 1 || forced || queue.isPushed(from, dataEnd));
        transmitPieces(from, dataEnd, push, fin, /* isNew= */ true, segmentBytes);
        for (int i = 0; i < segments; i++) {
            boolean isLast = i == segments - 1;
            int segmentEnd = isLast ? end : from + (i + 1) * segmentBytes;
            boolean pushed = isLast && queue.isPushed(from, dataEnd);
            board.append(from + i * segmentBytes, segmentEnd, now(), recovery.delivered(), pushed);
        }
        sndNxt = end;
        finSent |= fin;
        everSent = true;
        lastDataSentNs = now();
        if (length > 0 && length % segmentBytes != 0) {
            smallSegmentEnd = sndNxt;
        }
        noteDataSent(segments, length);
        notePaced(length);
        recovery.sent(segments);
        retransmitter.dataSent(wasEmpty);
        return segments;
    }

    private void noteDataSent(int segments, int bytes) {
        ConnectionStats stats = connection.stats();
        stats.lastDataSentNs = now();
        stats.bytesSent += bytes;
        stats.dataSegmentsSent += bytes > 0 ? segments : 0;
    }

    /** Sends the segment at {@code slot} of the scoreboard again; the scoreboard is the caller's to tell. */
    void transmitAgain(int slot) {
        transmitAgain(slot, slot, 1);
    }

    /** The same of segments that follow each other, all but the last of which are full. */
    void transmitAgain(int first, int lastSlot, int segments) {
        int seq = board.seqOf(first);
        int end = board.endOf(lastSlot);
        boolean fin = finSent && SeqNum.greaterThan(end, queue.dataEnd());
        int dataEnd = end - (fin ? 1 : 0);
        boolean push = dataEnd != seq && board.is(lastSlot, SackScoreboard.PUSHED);
        connection.countRetransmissions(segments);
        connection.stats().bytesRetransmitted += dataEnd - seq;
        noteDataSent(segments, dataEnd - seq);
        notePaced(dataEnd - seq);
        transmitPieces(seq, dataEnd, push, fin, /* isNew= */ false, mss);
        MtuSearch search = mtuSearch;
        if (search != null) {
            search.forgetProbe();
        }
    }

    /** As many packets as the link makes necessary: one if it cuts super-segments itself. */
    private void transmitPieces(int from, int dataEnd, boolean push, boolean fin, boolean isNew, int segmentBytes) {
        int perPacket = connection.superSegmentBytes(segmentBytes);
        perPacket -= perPacket % segmentBytes;
        int at = from;
        do {
            int bytes = Math.min(dataEnd - at, perPacket);
            boolean isLast = at + bytes == dataEnd;
            int flags = Tcp.ACK | (push && isLast ? Tcp.PSH : 0) | (fin && isLast ? Tcp.FIN : 0);
            transmit(at, bytes, flags, isNew, segmentBytes);
            at += bytes;
        } while (at != dataEnd);
    }

    private void transmit(int seq, int length, int flags, boolean isNew, int segmentBytes) {
        PacketBuffer packet = connection.newPacket();
        queue.gather(packet, seq, length);
        int urgentPointer = queue.urgentPointer(seq);
        int allFlags = urgentPointer == 0 ? flags : flags | Tcp.URG;
        connection.transmit(packet, seq, allFlags, urgentPointer, segmentBytes, isNew);
    }

    /** A tail loss probe with new data, whatever the congestion window says; false if there is none that may go. */
    boolean sendOneNew() {
        if (!hasNewInWindow() || !connection.maySendData() || !connection.linkHasRoom()) {
            return false;
        }
        int length = Math.min(Math.min(unsentBytes(), sndUna + peerWindow.bytes() - sndNxt), mss);
        sendNew(length, length == unsentBytes() && isFinPending(), /* forced= */ false);
        return true;
    }

    /** Whether something was never sent that the peer's window would take. */
    boolean hasNewInWindow() {
        int pending = Math.min(unsentBytes(), mss);
        return (pending > 0 && SeqNum.atMost(sndNxt + pending, sndUna + peerWindow.bytes()))
                || (pending == 0 && isFinPending());
    }

    /** For F-RTO: whether new data could be sent. */
    boolean maySendNew() {
        return unsentBytes() > 0 && SeqNum.greaterThan(sndUna + peerWindow.bytes(), sndNxt);
    }

    /** The window takes something, only not a full segment: after a timeout that is sent too. */
    boolean sendIntoSmallWindow() {
        int allowed = sndUna + peerWindow.bytes() - sndNxt;
        int pending = unsentBytes();
        if (allowed <= 0 || (pending == 0 && !isFinPending())) {
            return false;
        }
        int length = Math.min(Math.min(pending, allowed), mss);
        sendNew(length, length == pending && isFinPending(), /* forced= */ true);
        return true;
    }

    boolean isInWindow(int seq) {
        return SeqNum.lessThan(seq, sndUna + peerWindow.bytes());
    }

    long now() {
        return connection.nowNs();
    }

    // --- Acknowledgments

    /** Whether an acknowledgment is of something we sent. */
    boolean isAckAcceptable(int ack) {
        return SeqNum.atMost(ack, sndNxt);
    }

    /** Whether it is so old that only someone guessing would send it (RFC 5961 section 5.2). */
    boolean isAckTooOld(int ack) {
        return SeqNum.lessThan(ack, sndUna - Math.max(peerWindow.largest(), 1));
    }

    boolean acknowledges(int ack) {
        return SeqNum.greaterThan(ack, sndUna) && SeqNum.atMost(ack, sndNxt);
    }

    /** Takes the acknowledgment and window of an acceptable segment (RFC 9293 section 3.10.7.4, fifth). */
    void acknowledged(Segment segment) {
        connection.acknowledged(segment);
    }

    /** Data was acknowledged: the buffer may have to grow, and the application may go on. */
    void dataAcknowledged() {
        growDue |= queue.isSpaceWanted();
        if (!queue.isSpaceWanted(sndNxt)) {
            connection.stats().stop(ConnectionStats.Phase.SEND_BUFFER, isIdle(), now());
        }
    }

    /** The handshake is over: buffers take what the path's segments need. */
    void established() {
        queue.grow(window.segments(), recovery.reordering().segments(), mss, connection.settings());
    }

    // --- Timers

    /** Whether data or FIN was never sent. */
    boolean isSomethingWaiting() {
        return unsentBytes() > 0 || isFinPending();
    }

    /** The path takes less than we thought (RFC 1191): everything outstanding is cut anew. */
    void recut() {
        MtuSearch search = mtuSearch;
        if (search != null) {
            search.forgetProbe();
        }
        board.recut(mss, now());
    }

    /** From now on larger segments are tried, and smaller ones sent until they arrive. */
    void startMtuSearch() {
        MtuSearch search = connection.newMtuSearch();
        search.begin(connection.settings().baseMssBytes);
        mtuSearch = search;
    }

    /** Larger segments than others arrived, as far as they were tried. */
    void mtuProbeAcknowledged() {
        MtuSearch search = mtuSearch;
        if (search != null) {
            search.acknowledged(sndUna);
        }
    }

    /** Whether all that was lost is a segment that was larger than others on purpose. */
    boolean isMtuProbeLost() {
        MtuSearch search = mtuSearch;
        return search != null && search.takeLoss();
    }

    /** What is sent again and again finds no answer: full segments may be more than the path carries. */
    void suspectBlackHole() {
        int first = board.slotAt(0);
        if (connection.settings().mtuProbing == MtuProbing.OFF || board.endOf(first) - board.seqOf(first) < mss) {
            return;
        }
        MtuSearch search = mtuSearch;
        if (search == null) {
            startMtuSearch();
        } else {
            search.shrink();
        }
        int before = mss;
        connection.applyMss();
        if (mss < before) {
            recut();
        }
        connection.countBlackHole();
    }

    /** A keepalive was due (RFC 9293 section 3.8.4): only an idle connection is probed. */
    boolean isIdle() {
        return board.isEmpty() && queue.isEmpty();
    }

    int windowBytes() {
        return peerWindow.bytes();
    }

    int sndMax() {
        return sndNxt;
    }

    boolean usesEcn() {
        return connection.ecn.isInUse();
    }

    void congestionReduced() {
        connection.ecn.reduced();
    }

    void congestionReductionUndone() {
        connection.ecn.reductionUndone();
    }

    void countRecovery() {
        connection.countFastRetransmit();
    }

    void countDuplicates(int segments) {
        connection.countDuplicates(segments);
    }

    void countUndo() {
        connection.countUndo();
    }

    /** Gives all memory back. */
    void clear() {
        queue.clear();
        board.clear();
        Pacer paced = pacer;
        if (paced != null) {
            paced.dispose();
        }
    }

    void archive(Archive archive) {
        queue.archive(archive);
        peerWindow.archive(archive);
        window.archive(archive);
        board.archive(archive);
        probe.archive(archive);
        // Of the kind that the connection's options name, as they are applied when it is made.
        congestion.archive(archive);
        recovery.archive(archive);
        retransmitter.archive(archive);
        rack.archive(archive);
        boolean paces = archive.bool(pacer != null);
        if (paces && pacer == null) {
            pacer = connection.newPacer(this::pacingElapsed);
        }
        if (paces && pacer != null) {
            pacer.archive(archive);
        }
        boolean searches = archive.bool(mtuSearch != null);
        if (searches && mtuSearch == null) {
            mtuSearch = connection.newMtuSearch();
        }
        if (searches && mtuSearch != null) {
            mtuSearch.archive(archive);
        }
        iss = archive.int32(iss);
        sndUna = archive.int32(sndUna);
        sndNxt = archive.int32(sndNxt);
        mss = archive.int32(mss);
        noDelay = archive.bool(noDelay);
        corked = archive.bool(corked);
        pushAll = archive.bool(pushAll);
        moreFollows = archive.bool(moreFollows);
        smallSegmentEnd = archive.int32(smallSegmentEnd);
        sack = archive.bool(sack);
        finSent = archive.bool(finSent);
        synSentNs = archive.int64(synSentNs);
        synRepeated = archive.bool(synRepeated);
        lastDataSentNs = archive.int64(lastDataSentNs);
        everSent = archive.bool(everSent);
        growDue = archive.bool(growDue);
    }
}
