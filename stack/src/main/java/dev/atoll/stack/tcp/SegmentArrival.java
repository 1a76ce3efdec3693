package dev.atoll.stack.tcp;

import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpState;

/**
 * What an arriving segment does to a connection: RFC 9293 section 3.10.7.3 and 3.10.7.4, in the order of its checks,
 * with RFC 5961's answers to segments that someone may have guessed and RFC 7323's to old duplicates.
 */
final class SegmentArrival {
    private final TcpLayer layer;

    SegmentArrival(TcpLayer layer) {
        this.layer = layer;
    }

    void process(Connection connection, Segment segment) {
        TcpProbe probe = connection.isProbed() ? layer.probe() : null;
        if (probe == null) {
            step(connection, segment);
        } else {
            probe(probe, connection, segment);
        }
    }

    private void probe(TcpProbe probe, Connection connection, Segment segment) {
        // Read before: processing takes the packet, and with the end of the connection its addresses may go.
        TcpProbe.Segment seen =
                new TcpProbe.Segment(segment.seq, segment.ack, segment.flags, segment.window, segment.payloadBytes);
        FullAddress local = connection.localAddress();
        FullAddress remote = connection.remoteAddress();
        TcpProbe.State before = ConnectionInfo.stateOf(connection);
        step(connection, segment);
        if (local != null && remote != null) {
            TcpProbe.State after = ConnectionInfo.stateOf(connection);
            probe.onSegment(new TcpProbe.Event(connection.nowNs(), local, remote, seen, before, after));
        }
    }

    private void step(Connection connection, Segment segment) {
        connection.stats().segmentsReceived += segment.segments;
        switch (connection.state()) {
            case CLOSED, LISTEN -> layer.refuse(segment);
            case SYN_SENT -> synSent(connection, segment);
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT -> {
                if (isAcceptable(connection, segment)) {
                    synchronizedStates(connection, segment);
                }
                connection.flush();
            }
        }
    }

    /** RFC 9293 section 3.10.7.3. */
    private void synSent(Connection connection, Segment segment) {
        boolean ack = segment.has(Tcp.ACK);
        if (ack && !connection.sender.acknowledges(segment.ack)) {
            if (!segment.has(Tcp.RST)) {
                layer.refuse(segment);
            }
            return;
        }
        if (segment.has(Tcp.RST)) {
            if (ack) {
                layer.counters().tcpResetsReceived++;
                layer.counters().tcpFailedConnects++;
                connection.fail(new StackException(StackError.REFUSED));
            }
            return;
        }
        if (!segment.has(Tcp.SYN)) {
            connection.drop(DropReason.TCP_UNACCEPTABLE);
            return;
        }
        connection.handshake().takeSyn(segment);
        connection.heard(segment);
        if (ack) {
            connection.sender.peerWindow().set(segment.window, segment.seq, segment.ack);
            connection.sender.handshakeAcknowledged(segment);
            connection.established();
            connection.receiver.acknowledgeNow();
            takeText(connection, segment);
            connection.sender.output();
            connection.flush();
        } else {
            // Both ends opened at once (RFC 9293 section 3.5, figure 7).
            connection.sender.peerWindow().set(segment.window, segment.seq, segment.ack);
            connection.handshake().answerSimultaneous();
        }
    }

    /** First to fourth check of RFC 9293 section 3.10.7.4; false if the segment goes no further. */
    private boolean isAcceptable(Connection connection, Segment segment) {
        boolean paws = isOldDuplicate(connection, segment);
        if (paws && !segment.has(Tcp.RST)) {
            connection.drop(DropReason.TCP_PAWS);
            answerUnacceptable(connection, segment);
            return false;
        }
        if (lacksTimestamps(connection, segment)) {
            connection.drop(DropReason.TCP_TIMESTAMPS_MISSING);
            return false;
        }
        if (isSimultaneousAnswer(connection, segment)) {
            connection.receiver.acknowledgeNow();
            return true;
        }
        if (!connection.receiver.isAcceptable(segment.seq, segment.length())) {
            connection.drop(DropReason.TCP_OUT_OF_WINDOW);
            if (connection.state() == TcpState.SYN_RECEIVED && segment.has(Tcp.SYN) && !segment.has(Tcp.ACK)) {
                // The peer did not get our SYN-ACK and says SYN again.
                connection.handshake().repeat();
                return false;
            }
            // With a closed window ACKs and resets are still heard (RFC 9293 section 3.10.7.4, MUST-66), and what the
            // ACK carries is answered once, as text beyond the window.
            boolean probe = connection.receiver.windowBytes() == 0 && segment.seq == connection.receiver.rcvNxt;
            if (probe && segment.has(Tcp.RST)) {
                reset(connection, segment);
                return false;
            }
            if (probe && segment.has(Tcp.ACK) && !segment.has(Tcp.SYN)) {
                return true;
            }
            if (!segment.has(Tcp.RST)) {
                answerUnacceptable(connection, segment);
            }
            return false;
        }
        if (segment.has(Tcp.RST)) {
            reset(connection, segment);
            return false;
        }
        if (segment.has(Tcp.SYN)) {
            unexpectedSyn(connection);
            return false;
        }
        if (!segment.has(Tcp.ACK)) {
            connection.drop(DropReason.TCP_UNACCEPTABLE);
            return false;
        }
        return true;
    }

    /**
     * Both ends opened at once and this is the peer's SYN-ACK: its SYN is an old one, but its acknowledgment is the one
     * that completes the handshake. Dropped as a duplicate, as section 3.10.7.4 taken by the letter has it, it would
     * leave two stacks like this one sending SYN-ACKs to each other until they give up.
     */
    private static boolean isSimultaneousAnswer(Connection connection, Segment segment) {
        return connection.state() == TcpState.SYN_RECEIVED
                && segment.has(Tcp.SYN)
                && segment.has(Tcp.ACK)
                && !segment.has(Tcp.RST)
                && segment.seq + 1 == connection.receiver.rcvNxt
                && connection.sender.acknowledges(segment.ack);
    }

    /** RFC 7323 section 5.3: a timestamp that went back marks a segment from the past. */
    private static boolean isOldDuplicate(Connection connection, Segment segment) {
        return connection.usesTimestamps()
                && segment.options.hasTimestamps
                && SeqNum.lessThan(segment.options.timestampValue, connection.tsRecent)
                && !connection.isTimestampStale();
    }

    /** RFC 7323 section 3.2: what is sent without them, though they were agreed on, has no protection against old copies. */
    private static boolean lacksTimestamps(Connection connection, Segment segment) {
        return connection.settings().timestampsRequired
                && connection.usesTimestamps()
                && !segment.options.hasTimestamps
                && !segment.has(Tcp.RST);
    }

    /** Retransmissions of what we have are answered at once; other stray segments at a limited rate. */
    private static void answerUnacceptable(Connection connection, Segment segment) {
        boolean repeated = segment.length() > 0
                && SeqNum.atMost(segment.end(), connection.receiver.rcvNxt)
                && SeqNum.greaterThan(segment.end(), connection.receiver.rcvNxt - (1 << 30));
        if (repeated) {
            if (connection.state() == TcpState.TIME_WAIT && segment.has(Tcp.FIN)) {
                connection.enterTimeWait();
            }
            connection.receiver.repeated(segment.seq, segment.seq + segment.payloadBytes);
        } else {
            connection.sendChallengeAck();
        }
    }

    /** RFC 5961 section 3.2: only the exact next sequence number resets; others in the window are asked back. */
    private void reset(Connection connection, Segment segment) {
        if (segment.seq != connection.receiver.rcvNxt || echoesWhatWasNotSent(connection, segment)) {
            connection.sendChallengeAck();
            return;
        }
        layer.counters().tcpResetsReceived++;
        switch (connection.state()) {
            case SYN_RECEIVED -> connection.fail(new StackException(StackError.REFUSED));
            case CLOSE_WAIT -> connection.fail(new StackException(StackError.BROKEN_PIPE));
            case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2 -> connection.fail(new StackException(StackError.RESET));
            case CLOSED, LISTEN, SYN_SENT, CLOSING, LAST_ACK, TIME_WAIT -> connection.end();
        }
    }

    /** RFC 7323 section 5.2: what may be asked of a reset's timestamp is that its echo is one of ours. */
    private static boolean echoesWhatWasNotSent(Connection connection, Segment segment) {
        int firstStamp = connection.handshake().firstStamp();
        return connection.settings().checkResetEcho
                && connection.usesTimestamps()
                && segment.options.hasTimestamps
                && !SeqNum.inWindow(
                        segment.options.timestampEcho, firstStamp, connection.timestampNow() - firstStamp + 1);
    }

    /** RFC 5961 section 4.2: a SYN within the connection is asked back, whoever sent it. */
    private static void unexpectedSyn(Connection connection) {
        connection.sendChallengeAck();
    }

    private void synchronizedStates(Connection connection, Segment segment) {
        Sender sender = connection.sender;
        if (connection.state() == TcpState.SYN_RECEIVED) {
            if (!sender.acknowledges(segment.ack)) {
                layer.refuse(segment);
                return;
            }
            if (connection.isRefusedByBacklog()) {
                connection.drop(DropReason.TCP_BACKLOG_FULL);
                return;
            }
            if (connection.handshake().defersAccept(segment)) {
                return;
            }
            sender.handshakeAcknowledged(segment);
            sender.peerWindow().set(sender.peerWindow().named(segment), segment.seq, segment.ack);
            connection.established();
        } else if (!sender.isAckAcceptable(segment.ack) || sender.isAckTooOld(segment.ack)) {
            connection.drop(DropReason.TCP_UNACCEPTABLE);
            connection.sendChallengeAck();
            return;
        } else {
            sender.acknowledged(segment);
        }
        connection.heard(segment);
        noteTimestamp(connection, segment);
        if (closingStep(connection)) {
            return;
        }
        takeText(connection, segment);
        sender.output();
    }

    /** RFC 7323 section 4.3: the timestamp to echo is that of the segment that fills the left edge of the window. */
    private static void noteTimestamp(Connection connection, Segment segment) {
        if (connection.usesTimestamps()
                && segment.options.hasTimestamps
                && SeqNum.atMost(segment.seq, connection.receiver.lastAckSent())
                && SeqNum.atLeast(segment.options.timestampValue, connection.tsRecent)) {
            connection.rememberTimestamp(segment.options.timestampValue);
        }
    }

    /** What an acknowledgment of our FIN changes; true if the connection is over. */
    private static boolean closingStep(Connection connection) {
        if (!connection.sender.isFinAcknowledged()) {
            return false;
        }
        switch (connection.state()) {
            case FIN_WAIT_1 -> connection.enterFinWait2();
            case CLOSING -> connection.enterTimeWait();
            case LAST_ACK -> {
                connection.end();
                return true;
            }
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_2, CLOSE_WAIT, TIME_WAIT -> {
                // Nothing of ours was closing, or the step is behind us.
            }
        }
        return false;
    }

    /** Sixth to eighth check of RFC 9293 section 3.10.7.4: urgent pointer, text, FIN. */
    private void takeText(Connection connection, Segment segment) {
        Receiver receiver = connection.receiver;
        if (connection.ecn.arrived(segment)) {
            receiver.acknowledgeNow();
        }
        if (!mayReceive(connection.state())) {
            if (segment.length() > 0) {
                receiver.acknowledgeNow();
            }
            return;
        }
        boolean newText =
                segment.payloadBytes > 0 && SeqNum.greaterThan(segment.seq + segment.payloadBytes, receiver.rcvNxt);
        if (newText && connection.isOrphan()) {
            // Nobody will read it, and the peer must not believe otherwise (RFC 9293 section 3.6.1, SHLD-3).
            layer.refuse(segment);
            connection.end();
            return;
        }
        if (segment.has(Tcp.URG)) {
            receiver.urgent(segment.seq, segment.urgentPointer);
        }
        receiver.accept(segment);
        if (newText) {
            connection.dataArrived();
        }
        if (receiver.isFinReceived()) {
            finReceived(connection);
        }
    }

    /** Whether a connection takes text, and so several segments of it as one. */
    static boolean mayReceive(TcpState state) {
        return switch (state) {
            case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2 -> true;
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT -> false;
        };
    }

    private static void finReceived(Connection connection) {
        switch (connection.state()) {
            case ESTABLISHED -> connection.changeState(TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> connection.changeState(TcpState.CLOSING);
            case FIN_WAIT_2 -> connection.enterTimeWait();
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT -> {
                // Seen before.
            }
        }
    }
}
