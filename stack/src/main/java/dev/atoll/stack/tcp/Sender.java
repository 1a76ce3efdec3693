package dev.atoll.stack.tcp;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;

/**
 * The sending half of a connection: what to send when, and what to send again (RFC 9293 section 3.8, RFC 5681, RFC
 * 6298, RFC 6582). Variables are RFC 9293's.
 *
 * <p>After a timeout {@code sndNxt} goes back to {@code sndUna} while {@code sndMax} remembers how far sending had
 * come.
 */
final class Sender {
    /** Duplicate ACKs that mean a loss (RFC 5681 section 2). */
    private static final int DUPLICATE_THRESHOLD = 3;

    private final Connection connection;
    private final SendBuffer buffer;
    private final RttEstimator rtt;
    private final CongestionControl congestion;

    int iss;
    int sndUna;
    int sndNxt;
    private int sndMax;
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

    private boolean finQueued;
    private boolean finSent;

    private int urgentEnd;
    private boolean urgent;

    private int duplicateAcks;
    private boolean inRecovery;
    private int recover;
    private boolean cwndLimited;
    private int timeouts;
    private long firstTimeoutNs;
    private int probesSent;
    private long lastSentNs;

    private boolean timing;
    private int timedSeq;
    private long timedAtNs;

    Sender(Connection connection, SendBuffer buffer, RttEstimator rtt, CongestionControl congestion) {
        this.connection = connection;
        this.buffer = buffer;
        this.rtt = rtt;
        this.congestion = congestion;
    }

    /** Our initial sequence number is chosen; nothing is sent yet. */
    void start(int initialSequence) {
        iss = initialSequence;
        sndUna = initialSequence;
        sndNxt = initialSequence;
        sndMax = initialSequence;
        dataSeq = initialSequence + 1;
        recover = initialSequence;
        smallSegmentEnd = initialSequence;
    }

    void setMss(int mssBytes) {
        mss = mssBytes;
        congestion.mss(mssBytes);
    }

    int mss() {
        return mss;
    }

    void setWindowScale(int scale) {
        windowScale = scale;
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
        sndNxt = iss + 1;
        sndMax = SeqNum.max(sndMax, sndNxt);
        startTiming(sndNxt);
    }

    /** Our SYN is acknowledged. */
    void handshakeAcknowledged(Segment segment) {
        measure(segment);
        sndUna = iss + 1;
        timeouts = 0;
        connection.cancelRetransmit();
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
        if (sndNxt == sndMax && sndUna == sndNxt && lastSentNs != 0 && now() - lastSentNs > rtt.rtoNs()) {
            congestion.idle();
        }
        while (sendNext()) {
            // One segment, or super-segment, a turn.
        }
        armTimer();
    }

    private boolean sendNext() {
        if (!connection.linkHasRoom()) {
            connection.awaitLinkRoom();
            return false;
        }
        int inFlight = sndNxt - sndUna;
        int pending = Math.max(dataEnd() - sndNxt, 0);
        boolean finPending = finQueued && SeqNum.atMost(sndNxt, dataEnd());
        if (pending == 0 && !finPending) {
            return false;
        }
        int allowed = Math.min(sndWnd, sendCwnd()) - inFlight;
        cwndLimited |= allowed < pending && sendCwnd() <= sndWnd;
        int length = Math.min(pending, Math.max(allowed, 0));
        length = Math.min(length, connection.superSegmentBytes(mss));
        if (length > mss) {
            length -= length % mss;
        }
        boolean last = length == pending;
        if (length == 0 && !(last && finPending)) {
            return false;
        }
        boolean full = length >= mss;
        if (!full && !maySendSmall(length, last, finPending, inFlight)) {
            return false;
        }
        sendData(length, last && finPending, last);
        return true;
    }

    /** Limited transmit (RFC 3042): the first two duplicate ACKs let one new segment out each. */
    private int sendCwnd() {
        int extra = inRecovery ? 0 : Math.min(duplicateAcks, 2) * mss;
        return congestion.cwndBytes() + extra;
    }

    /** Nagle (RFC 896) with Minshall's change, and the sender's part of silly window avoidance (RFC 9293, 3.8.6.2.1). */
    private boolean maySendSmall(int length, boolean last, boolean finPending, int inFlight) {
        if (SeqNum.lessThan(sndNxt, sndMax)) {
            return true;
        }
        if (!last) {
            return length >= maxSndWnd / 2 && length > 0;
        }
        if (noDelay || finPending || urgent) {
            return true;
        }
        boolean smallInFlight = inFlight > 0 && SeqNum.greaterThan(smallSegmentEnd, sndUna);
        return !smallInFlight;
    }

    private void sendData(int length, boolean fin, boolean last) {
        int flags = Tcp.ACK | (last && length > 0 ? Tcp.PSH : 0) | (fin ? Tcp.FIN : 0);
        int seq = sndNxt;
        boolean first = !isOutstanding();
        boolean again = SeqNum.lessThan(seq, sndMax);
        transmit(seq, length, flags);
        sndNxt = seq + length + (fin ? 1 : 0);
        finSent |= fin;
        if (again) {
            connection.countRetransmission();
        } else if (!timing) {
            startTiming(sndNxt);
        }
        if (SeqNum.greaterThan(sndNxt, sndMax)) {
            sndMax = sndNxt;
            if (length < mss && length > 0) {
                smallSegmentEnd = sndNxt;
            }
        }
        if (first) {
            // What was armed until now was for probing.
            connection.armRetransmit(rtt.rtoNs());
        }
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
        lastSentNs = now();
        connection.transmit(packet, seq, allFlags, urgentPointer, mss);
    }

    private void startTiming(int end) {
        timing = true;
        timedSeq = end;
        timedAtNs = now();
    }

    private long now() {
        return connection.nowNs();
    }

    // --- Acknowledgments

    /** Whether an acknowledgment is of something we sent. */
    boolean isAckAcceptable(int ack) {
        return SeqNum.atMost(ack, sndMax);
    }

    /** Whether it is so old that only someone guessing would send it (RFC 5961 section 5.2). */
    boolean isAckTooOld(int ack) {
        return SeqNum.lessThan(ack, sndUna - Math.max(maxSndWnd, 1));
    }

    boolean acknowledges(int ack) {
        return SeqNum.greaterThan(ack, sndUna) && SeqNum.atMost(ack, sndMax);
    }

    /** Takes the acknowledgment and window of an acceptable segment (RFC 9293 section 3.10.7.4, fifth). */
    void acknowledged(Segment segment) {
        int ack = segment.ack;
        int window = scaledWindow(segment);
        boolean duplicate =
                ack == sndUna && segment.length() == 0 && window == sndWnd && SeqNum.greaterThan(sndMax, sndUna);
        updateWindow(segment, window);
        if (SeqNum.greaterThan(ack, sndUna)) {
            newlyAcknowledged(segment, ack - sndUna);
        } else if (duplicate) {
            duplicateAck();
        }
        probesSent = 0;
        if (sndWnd == 0) {
            // The peer lives and has no room: however long that lasts, it is no reason to give up.
            timeouts = Math.min(timeouts, 1);
            firstTimeoutNs = now();
        } else if (!isOutstanding()) {
            rtt.progress();
            connection.cancelRetransmit();
        }
    }

    private void updateWindow(Segment segment, int window) {
        if (SeqNum.lessThan(sndWl1, segment.seq) || (sndWl1 == segment.seq && SeqNum.atMost(sndWl2, segment.ack))) {
            sndWnd = window;
            maxSndWnd = Math.max(maxSndWnd, window);
            sndWl1 = segment.seq;
            sndWl2 = segment.ack;
        }
    }

    private void newlyAcknowledged(Segment segment, int bytes) {
        int ack = segment.ack;
        int flight = sndMax - sndUna;
        measure(segment);
        releaseAcknowledged(ack);
        sndUna = ack;
        sndNxt = SeqNum.max(sndNxt, sndUna);
        if (urgent && SeqNum.atLeast(sndUna, urgentEnd)) {
            urgent = false;
        }
        timeouts = 0;
        rtt.progress();
        if (inRecovery) {
            if (SeqNum.atLeast(ack, recover)) {
                inRecovery = false;
                duplicateAcks = 0;
                congestion.exitRecovery(sndNxt - sndUna);
            } else {
                congestion.partialAck(bytes);
                retransmitFirst();
            }
        } else {
            duplicateAcks = 0;
            // In slow start a window half used is reason enough to open it further, as Linux judges.
            boolean slowStart = congestion.cwndBytes() < congestion.ssthreshBytes();
            if (cwndLimited || (slowStart && 2L * flight > congestion.cwndBytes())) {
                congestion.acknowledged(bytes);
            }
        }
        cwndLimited = false;
        connection.dataAcknowledged();
        restartTimer();
    }

    private void releaseAcknowledged(int ack) {
        int data = Math.min(ack - dataSeq, buffer.size());
        if (data > 0) {
            buffer.release(data);
            dataSeq += data;
        }
    }

    /** One measurement a round trip (RFC 6298 section 3), to the moment the ACK arrived and not when it is processed. */
    private void measure(Segment segment) {
        if (timing && SeqNum.atLeast(segment.ack, timedSeq)) {
            timing = false;
            rtt.sample(segment.arrivalNs - timedAtNs);
        } else if (!timing && segment.options.hasTimestamps && timeouts > 0) {
            // After retransmissions only the echoed timestamp says which one was answered (RFC 7323 section 4.1).
            int elapsedMs = connection.timestampNow() - segment.options.timestampEcho;
            if (elapsedMs >= 0 && elapsedMs < TcpSettings.MAX_RTO_NS / 1_000_000) {
                rtt.sample(Math.max(elapsedMs, 1) * 1_000_000L);
            }
        }
    }

    private void duplicateAck() {
        if (inRecovery) {
            congestion.duplicateAck();
            return;
        }
        duplicateAcks++;
        if (duplicateAcks == DUPLICATE_THRESHOLD && SeqNum.atLeast(sndUna, recover)) {
            inRecovery = true;
            recover = sndMax;
            congestion.enterRecovery(sndMax - sndUna);
            connection.countFastRetransmit();
            retransmitFirst();
            restartTimer();
        }
    }

    private void retransmitFirst() {
        int length = Math.min(Math.min(mss, buffer.size()), sndMax - sndUna);
        boolean fin = finSent && length == buffer.size() && SeqNum.greaterThan(sndMax, dataEnd());
        if (length == 0 && !fin) {
            return;
        }
        timing = false;
        connection.countRetransmission();
        transmit(sndUna, length, Tcp.ACK | (fin ? Tcp.FIN : 0) | (length > 0 && length == buffer.size() ? Tcp.PSH : 0));
    }

    // --- Timers

    private boolean isOutstanding() {
        return sndUna != sndMax;
    }

    /** Arms the timer if it should run and does not: for retransmission, or for probing a closed window. */
    private void armTimer() {
        if (isOutstanding()) {
            if (!connection.isRetransmitArmed()) {
                connection.armRetransmit(rtt.rtoNs());
            }
        } else if (isBlockedByWindow() && !connection.isRetransmitArmed()) {
            connection.armRetransmit(rtt.rtoNs());
        }
    }

    private boolean isBlockedByWindow() {
        return buffer.size() > 0 || (finQueued && !finSent);
    }

    private void restartTimer() {
        connection.cancelRetransmit();
        if (isOutstanding()) {
            connection.armRetransmit(rtt.rtoNs());
        }
    }

    /** The retransmission timer fired (RFC 6298 section 5.4 on, RFC 9293 section 3.8.6.1 for probes). */
    void timerExpired() {
        if (!isOutstanding()) {
            probe();
            return;
        }
        if (timeouts == 0) {
            firstTimeoutNs = now();
        }
        congestion.timeout(sndMax - sndUna, timeouts == 0);
        timeouts++;
        if (isGivenUp()) {
            connection.giveUp();
            return;
        }
        connection.countTimeout();
        rtt.backOff();
        inRecovery = false;
        duplicateAcks = 0;
        recover = sndMax;
        timing = false;
        sndNxt = sndUna;
        if (connection.isHandshaking()) {
            connection.retransmitHandshake();
            sndNxt = sndMax;
        } else {
            sendAgain();
        }
        connection.armRetransmit(rtt.rtoNs());
    }

    /** The first unacknowledged segment, whatever the window says. */
    private void sendAgain() {
        int before = sndMax;
        retransmitFirst();
        int length = Math.min(Math.min(mss, buffer.size()), before - sndUna);
        boolean fin = finSent && length == buffer.size() && SeqNum.greaterThan(before, dataEnd());
        sndNxt = sndUna + length + (fin ? 1 : 0);
    }

    private boolean isGivenUp() {
        if (connection.isHandshaking()) {
            return timeouts > connection.handshakeRetries();
        }
        if (connection.isOrphan()) {
            return timeouts > TcpSettings.ORPHAN_RETRIES;
        }
        return timeouts > 1 && now() - firstTimeoutNs >= giveUpNs();
    }

    /** Linux counts tcp_retries2 as the time that many doublings take from the least timeout, up to the most. */
    private static long giveUpNs() {
        long total = 0;
        long rto = TcpSettings.MIN_RTO_NS;
        for (int i = 0; i <= TcpSettings.DATA_RETRIES; i++) {
            total += Math.min(rto, TcpSettings.MAX_RTO_NS);
            rto = Math.min(rto * 2, TcpSettings.MAX_RTO_NS);
        }
        return total;
    }

    /** Asks a peer whose window is closed, or too small for what waits, whether it has opened. */
    private void probe() {
        if (!isBlockedByWindow() && !isOutstanding()) {
            return;
        }
        probesSent++;
        if (probesSent > (connection.isOrphan() ? TcpSettings.ORPHAN_RETRIES : TcpSettings.DATA_RETRIES)) {
            connection.giveUp();
            return;
        }
        rtt.backOff();
        int allowed = sndWnd - (sndNxt - sndUna);
        int pending = Math.max(dataEnd() - sndNxt, 0);
        if (allowed > 0 && pending > 0) {
            // The window takes something, only not a full segment: after a timeout that is sent too.
            sendData(Math.min(Math.min(pending, allowed), mss), false, false);
        } else {
            // A segment that was acknowledged already provokes an answer with the window, as Linux probes.
            connection.sendProbe(sndUna - 1);
        }
        connection.armRetransmit(rtt.rtoNs());
    }

    /** The path takes less than we thought (RFC 1191): everything outstanding is cut anew. */
    void reduceMss(int mssBytes) {
        setMss(mssBytes);
        sndNxt = sndUna;
        timing = false;
        output();
    }

    /** A keepalive was due (RFC 9293 section 3.8.4): only an idle connection is probed. */
    boolean isIdle() {
        return !isOutstanding() && buffer.size() == 0;
    }

    int cwndBytes() {
        return congestion.cwndBytes();
    }

    int windowBytes() {
        return sndWnd;
    }

    int sndMax() {
        return sndMax;
    }

    /** Gives all memory back. */
    void clear() {
        buffer.clear();
    }
}
