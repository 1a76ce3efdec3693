package dev.atoll.stack.tcp;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;

/**
 * The sending half of a connection: what the application wrote, what of it may go now (RFC 9293 section 3.8, RFC 5681),
 * and what acknowledgments say. Variables are RFC 9293's.
 *
 * <p>What was lost is {@link LossRecovery}'s to judge, sending it again and the timers are {@link Retransmitter}'s.
 */
final class Sender {
    private final Connection connection;
    private final SendBuffer buffer;
    private final RttEstimator rtt;
    private final CongestionWindow window = new CongestionWindow();
    private final SackScoreboard board = new SackScoreboard();
    private final TailLossProbe probe = new TailLossProbe();
    private final AckSummary summary;
    private final Rack rack;
    private final CongestionControl congestion;
    private final LossRecovery recovery;
    private final Retransmitter retransmitter;
    private final SackReader sackReader;

    int iss;
    int sndUna;
    int sndNxt;
    /** Sequence number of the first byte in the buffer. */
    private int dataSeq;

    private int sndWnd;
    private int sndWl1;
    private int sndWl2;
    private int maxSndWnd;
    /** Shift of the windows the peer sends, 0 without window scaling. */
    private int windowScale;

    private int mss = TcpSettings.DEFAULT_MSS;
    private int bufferBytes = TcpSettings.SEND_BUFFER_BYTES;
    private boolean noDelay;
    /** End of the last segment sent that was not full: Minshall's addition to Nagle (as Linux has it). */
    private int smallSegmentEnd;

    private boolean sack;
    private boolean finQueued;
    private boolean finSent;

    private int urgentEnd;
    private boolean urgent;

    private long synSentNs;
    private boolean synRepeated;
    private long lastDataSentNs;
    private boolean everSent;
    private boolean cwndLimited;

    Sender(Connection connection, SendBuffer buffer, RttEstimator rtt) {
        this.connection = connection;
        this.buffer = buffer;
        this.rtt = rtt;
        summary = connection.ackSummary();
        rack = new Rack(board, rtt);
        congestion = new Cubic(window);
        recovery = new LossRecovery(this, board, window, congestion, rack, probe);
        retransmitter = new Retransmitter(connection, this, board, rtt, window, recovery, probe, summary);
        sackReader = new SackReader(this, board, rack, recovery, probe);
    }

    /** Our initial sequence number is chosen; nothing is sent yet. */
    void start(int initialSequence) {
        iss = initialSequence;
        sndUna = initialSequence;
        sndNxt = initialSequence;
        dataSeq = initialSequence + 1;
        smallSegmentEnd = initialSequence;
        recovery.start(initialSequence);
        window.start(initialSequence);
    }

    void setMss(int mssBytes) {
        mss = mssBytes;
    }

    int mss() {
        return mss;
    }

    void setWindowScale(int scale) {
        windowScale = scale;
    }

    void setSack(boolean on) {
        sack = on;
    }

    boolean usesSack() {
        return sack;
    }

    boolean usesFrto() {
        return connection.settings().frto;
    }

    boolean usesProbes() {
        return sack && connection.settings().tailLossProbes;
    }

    void setBufferBytes(int bytes) {
        bufferBytes = bytes;
    }

    int bufferBytes() {
        return bufferBytes;
    }

    void setNoDelay(boolean value) {
        noDelay = value;
    }

    boolean isNoDelay() {
        return noDelay;
    }

    Retransmitter retransmitter() {
        return retransmitter;
    }

    LossRecovery recovery() {
        return recovery;
    }

    // --- The application

    /** Takes bytes to send, as many as the buffer has room for. */
    int write(ByteBuffer source) {
        return buffer.append(source, Math.max(bufferBytes - buffer.size(), 0));
    }

    /** Takes bytes of which the last is urgent (RFC 9293 section 3.8.5). */
    int writeUrgent(ByteBuffer source) {
        int taken = write(source);
        if (taken > 0) {
            urgent = true;
            urgentEnd = dataEnd();
        }
        return taken;
    }

    /** Linux calls a socket writable while at least a third of its buffer is free. */
    boolean isWritable() {
        return !finQueued && bufferBytes - buffer.size() >= bufferBytes / 3;
    }

    /** Nothing more will be written: FIN follows the last byte. */
    void queueFin() {
        finQueued = true;
    }

    boolean isFinQueued() {
        return finQueued;
    }

    boolean isFinAcknowledged() {
        return finSent && SeqNum.greaterThan(sndUna, dataEnd());
    }

    int unacknowledgedBytes() {
        return buffer.size() + (finQueued && !isFinAcknowledged() ? 1 : 0);
    }

    /** Sequence number after the last byte written: FIN's, once it is queued. */
    private int dataEnd() {
        return dataSeq + buffer.size();
    }

    // --- The handshake

    /** SYN, or SYN with ACK, takes the first sequence number. */
    void synSent() {
        synRepeated = sndNxt == iss + 1;
        synSentNs = now();
        sndNxt = iss + 1;
    }

    /** Our SYN is acknowledged. */
    void handshakeAcknowledged(Segment segment) {
        if (!synRepeated) {
            rtt.sample(segment.arrivalNs - synSentNs, now());
        } else if (segment.options.hasTimestamps && connection.usesTimestamps()) {
            sampleEcho(segment);
        }
        sndUna = iss + 1;
        retransmitter.handshakeDone();
    }

    /** The window a segment names, bytes; that of a SYN is never scaled (RFC 7323 section 2.2). */
    int scaledWindow(Segment segment) {
        return segment.has(Tcp.SYN) ? segment.window : segment.window << windowScale;
    }

    /** The handshake's window: that of a SYN is not scaled. */
    void initialWindow(int windowBytes, int seq, int ack) {
        sndWnd = windowBytes;
        maxSndWnd = Math.max(maxSndWnd, windowBytes);
        sndWl1 = seq;
        sndWl2 = ack;
    }

    // --- Output

    /** Sends what windows, Nagle and the link allow. */
    void output() {
        if (!connection.maySendData()) {
            return;
        }
        restartAfterIdle();
        int sent = 0;
        int burst = sendBurst();
        while (burst > 0) {
            sent += burst;
            burst = sendBurst();
        }
        boolean limited = cwndLimited || board.inFlight() >= window.segments();
        cwndLimited = false;
        if (sent > 0 || limited) {
            window.outputEnded(limited, board.segments(), sndUna, sndNxt, now());
        }
        if (sent > 0) {
            retransmitter.flightSent();
        }
        retransmitter.outputEnded();
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
            window.restart(idle, rtt.rtoNs(), now());
        }
    }

    private int unsentBytes() {
        return Math.max(dataEnd() - sndNxt, 0);
    }

    private boolean isFinPending() {
        return finQueued && !finSent;
    }

    /** Sends one burst of segments, as one super-segment where the link takes them; says how many segments it had. */
    private int sendBurst() {
        int pending = unsentBytes();
        boolean finPending = isFinPending();
        if (pending == 0 && !finPending) {
            return 0;
        }
        int quota = window.segments() - board.inFlight();
        if (quota <= 0) {
            return 0;
        }
        if (!connection.linkHasRoom()) {
            connection.awaitLinkRoom();
            return 0;
        }
        if (board.segments() >= SackScoreboard.MAX_SEGMENTS - BurstSize.MAX_SEGMENTS) {
            return 0;
        }
        int inWindow = Math.max(sndUna + sndWnd - sndNxt, 0);
        int segments = Math.min(quota, Math.max(window.segments() / 2, 1));
        segments = Math.min(segments, BurstSize.segments(connection, rtt, window, mss));
        int length = Math.min(Math.min(pending, inWindow), segments * mss);
        boolean last = length == pending;
        if (length > mss && !last) {
            length -= length % mss;
        } else if (length > mss && length % mss != 0 && !maySendSmall(length % mss, true, finPending)) {
            length -= length % mss;
            last = false;
        }
        if (length == 0 && !(last && finPending)) {
            return 0;
        }
        if (length < mss && !maySendSmall(length, last, finPending)) {
            return 0;
        }
        return sendNew(length, last && finPending, last);
    }

    /** Nagle (RFC 896) with Minshall's change, and the sender's part of silly window avoidance (RFC 9293, 3.8.6.2.1). */
    private boolean maySendSmall(int length, boolean last, boolean finPending) {
        if (!last) {
            return length >= maxSndWnd / 2 && length > 0;
        }
        if (noDelay || finPending || urgent) {
            return true;
        }
        boolean smallInFlight = !board.isEmpty() && SeqNum.greaterThan(smallSegmentEnd, sndUna);
        return !smallInFlight;
    }

    /** Sends {@code length} new bytes and FIN; says in how many segments. */
    private int sendNew(int length, boolean fin, boolean last) {
        boolean wasEmpty = board.isEmpty();
        int from = sndNxt;
        int end = from + length + (fin ? 1 : 0);
        int segments = Math.max((length + mss - 1) / mss, 1);
        // Pushed at the end of what was written, and where several segments leave as one (as Linux has it).
        boolean push = length > 0 && (last || segments > 1);
        int perPacket = connection.superSegmentBytes(mss);
        perPacket -= perPacket % mss;
        int at = from;
        do {
            int bytes = Math.min(from + length - at, perPacket);
            boolean isLast = at + bytes == from + length;
            int flags = Tcp.ACK | (push && isLast ? Tcp.PSH : 0) | (fin && isLast ? Tcp.FIN : 0);
            transmit(at, bytes, flags);
            at += bytes;
        } while (at != from + length);
        for (int i = 0; i < segments; i++) {
            boolean isLast = i == segments - 1;
            int segmentEnd = isLast ? end : from + (i + 1) * mss;
            board.append(from + i * mss, segmentEnd, now(), recovery.delivered(), isLast && push);
        }
        sndNxt = end;
        finSent |= fin;
        everSent = true;
        lastDataSentNs = now();
        if (length > 0 && length % mss != 0) {
            smallSegmentEnd = sndNxt;
        }
        recovery.sent(segments);
        retransmitter.dataSent(wasEmpty);
        return segments;
    }

    /** Sends the segment at {@code slot} of the scoreboard again; the scoreboard is the caller's to tell. */
    void transmitAgain(int slot) {
        int seq = board.seqOf(slot);
        int end = board.endOf(slot);
        boolean fin = finSent && SeqNum.greaterThan(end, dataEnd());
        int length = end - seq - (fin ? 1 : 0);
        boolean push = length > 0 && board.is(slot, SackScoreboard.PUSHED);
        connection.countRetransmission();
        transmit(seq, length, Tcp.ACK | (fin ? Tcp.FIN : 0) | (push ? Tcp.PSH : 0));
    }

    private void transmit(int seq, int length, int flags) {
        PacketBuffer packet = connection.newPacket();
        if (length > 0) {
            buffer.gather(packet, seq - dataSeq, length);
        }
        int allFlags = flags;
        int urgentPointer = 0;
        if (urgent && SeqNum.lessThan(seq, urgentEnd)) {
            // The pointer names the byte after the urgent one, as everyone implements it (RFC 6093 section 2.1).
            int distance = urgentEnd - seq;
            if (distance <= 0xffff) {
                allFlags |= Tcp.URG;
                urgentPointer = distance;
            }
        }
        connection.transmit(packet, seq, allFlags, urgentPointer, mss);
    }

    /** A tail loss probe with new data, whatever the congestion window says; false if there is none that may go. */
    boolean sendOneNew() {
        if (!hasNewInWindow() || !connection.maySendData() || !connection.linkHasRoom()) {
            return false;
        }
        int length = Math.min(Math.min(unsentBytes(), sndUna + sndWnd - sndNxt), mss);
        boolean last = length == unsentBytes();
        sendNew(length, last && isFinPending(), last);
        return true;
    }

    /** Whether something was never sent that the peer's window would take. */
    boolean hasNewInWindow() {
        int pending = Math.min(unsentBytes(), mss);
        return (pending > 0 && SeqNum.atMost(sndNxt + pending, sndUna + sndWnd)) || (pending == 0 && isFinPending());
    }

    /** For F-RTO: whether new data could be sent. */
    boolean maySendNew() {
        return unsentBytes() > 0 && SeqNum.greaterThan(sndUna + sndWnd, sndNxt);
    }

    /** The window takes something, only not a full segment: after a timeout that is sent too. */
    boolean sendIntoSmallWindow() {
        int allowed = sndUna + sndWnd - sndNxt;
        int pending = unsentBytes();
        if (allowed <= 0 || (pending == 0 && !isFinPending())) {
            return false;
        }
        int length = Math.min(Math.min(pending, allowed), mss);
        boolean last = length == pending;
        sendNew(length, last && isFinPending(), last);
        return true;
    }

    boolean isInWindow(int seq) {
        return SeqNum.lessThan(seq, sndUna + sndWnd);
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
        return SeqNum.lessThan(ack, sndUna - Math.max(maxSndWnd, 1));
    }

    boolean acknowledges(int ack) {
        return SeqNum.greaterThan(ack, sndUna) && SeqNum.atMost(ack, sndNxt);
    }

    /** Takes the acknowledgment and window of an acceptable segment (RFC 9293 section 3.10.7.4, fifth). */
    void acknowledged(Segment segment) {
        AckSummary ack = summary;
        ack.begin(segment.arrivalNs);
        ack.una = segment.ack;
        ack.priorUna = sndUna;
        ack.priorHighestSacked = board.highestSacked(sndUna);
        ack.carriesData = segment.length() > 0;
        if (connection.usesTimestamps() && segment.options.hasTimestamps) {
            ack.echoed(segment.options.timestampEcho, connection.timestampOffset());
        }
        int outstanding = board.segments();
        boolean old = SeqNum.lessThan(segment.ack, sndUna);
        ack.windowUpdated = updateWindow(segment, scaledWindow(segment));
        ack.advanced = SeqNum.greaterThan(segment.ack, sndUna);
        if (sack && segment.options.sackBlocks > 0) {
            sackReader.read(segment, ack);
        }
        if (ack.advanced) {
            advance(segment.ack);
        }
        measure(segment, ack);
        if (!old) {
            retransmitter.acknowledged(ack);
        }
        LossRecovery.Resend resend = recovery.acknowledged(ack, outstanding);
        if (ack.setTimer) {
            retransmitter.setTimer();
        }
        if (outstanding > 0) {
            recovery.adjustWindow(ack, now());
        }
        resend(resend);
        if (ack.advanced) {
            connection.dataAcknowledged();
        }
    }

    private void advance(int ack) {
        AckSummary summaryOfAck = summary;
        board.acknowledge(ack, recovery.recoveryPoint(), sack, summaryOfAck, rack);
        int data = Math.min(ack - dataSeq, buffer.size());
        if (data > 0) {
            buffer.release(data);
            dataSeq += data;
        }
        sndUna = ack;
        if (urgent && SeqNum.atLeast(sndUna, urgentEnd)) {
            urgent = false;
        }
        summaryOfAck.setTimer = true;
    }

    private void resend(LossRecovery.Resend resend) {
        switch (resend) {
            case NOTHING -> {}
            case LOST -> retransmitter.sendLost();
            case NEW -> {
                output();
                if (SeqNum.atMost(sndNxt, recovery.recoveryPoint())) {
                    recovery.giveUpFrto();
                    retransmitter.sendLost();
                }
            }
        }
    }

    private boolean updateWindow(Segment segment, int windowBytes) {
        if (SeqNum.lessThan(segment.ack, sndUna)) {
            return false;
        }
        if (SeqNum.lessThan(sndWl1, segment.seq) || (sndWl1 == segment.seq && SeqNum.atMost(sndWl2, segment.ack))) {
            boolean changed = windowBytes != sndWnd;
            sndWnd = windowBytes;
            maxSndWnd = Math.max(maxSndWnd, windowBytes);
            sndWl1 = segment.seq;
            sndWl2 = segment.ack;
            return changed;
        }
        return false;
    }

    /** A measurement of each ACK of data sent once (RFC 6298 section 3), to its arrival and not to when it is processed. */
    private void measure(Segment segment, AckSummary ack) {
        long first = AckSummary.NONE;
        long last = AckSummary.NONE;
        if (ack.firstAckedSentNs != AckSummary.NONE && !ack.retransmittedAcked) {
            first = ack.firstAckedSentNs;
            last = ack.lastAckedSentNs;
        }
        if (ack.firstSackedSentNs != AckSummary.NONE) {
            first = first == AckSummary.NONE ? ack.firstSackedSentNs : first;
            last = ack.lastSackedSentNs;
        }
        if (first != AckSummary.NONE) {
            rtt.sample(ack.nowNs - first, ack.nowNs - last, now());
            congestion.measured(Math.max(ack.nowNs - last, 1), sndUna, sndNxt, now());
        } else if (ack.acked > 0 && connection.usesTimestamps() && segment.options.hasTimestamps) {
            sampleEcho(segment);
        }
    }

    /** After retransmissions only the echoed timestamp says which one was answered (RFC 7323 section 4.1). */
    private void sampleEcho(Segment segment) {
        int elapsedMs = connection.timestampNow() - segment.options.timestampEcho;
        if (elapsedMs >= 0 && elapsedMs < TcpSettings.MAX_RTO_NS / 1_000_000) {
            rtt.sample(Math.max(elapsedMs, 1) * 1_000_000L, now());
        }
    }

    // --- Timers

    boolean isBlockedByWindow() {
        return unsentBytes() > 0 || isFinPending();
    }

    /** The path takes less than we thought (RFC 1191): everything outstanding is cut anew. */
    void reduceMss(int mssBytes) {
        setMss(mssBytes);
        board.recut(mssBytes, now());
        retransmitter.sendLost();
        output();
    }

    /** A keepalive was due (RFC 9293 section 3.8.4): only an idle connection is probed. */
    boolean isIdle() {
        return board.isEmpty() && buffer.size() == 0;
    }

    int windowBytes() {
        return sndWnd;
    }

    int sndMax() {
        return sndNxt;
    }

    void congestionReduced() {}

    void congestionReductionUndone() {}

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
        buffer.clear();
        board.clear();
    }
}
