package dev.atoll.stack.tcp;

/**
 * Takes in an acknowledgment (RFC 9293 section 3.10.7.4, fifth): what arrived, how long it took, what that means for
 * the timer, the congestion window and what is lost, in the order in which each needs the others.
 */
final class AckProcessor {
    private final AckSummary summary;

    /** One serves a stack, since acknowledgments are processed one after the other. */
    AckProcessor(AckSummary summary) {
        this.summary = summary;
    }

    void acknowledged(Connection connection, Segment segment) {
        Sender sender = connection.sender;
        SackScoreboard board = sender.board();
        LossRecovery recovery = sender.recovery();
        Retransmitter retransmitter = sender.retransmitter();
        AckSummary ack = summary;
        begin(connection, segment, ack);
        int outstanding = board.segments();
        boolean old = SeqNum.lessThan(segment.ack, sender.sndUna);
        ack.windowUpdated = sender.peerWindow().update(segment, sender.sndUna);
        ack.advanced = SeqNum.greaterThan(segment.ack, sender.sndUna);
        if (sender.usesSack() && segment.options.sackBlocks > 0) {
            SackReader.read(sender, segment, ack);
        }
        if (ack.advanced) {
            board.acknowledge(segment.ack, recovery.recoveryPoint(), sender.usesSack(), ack, sender.rack());
            connection.stats().bytesAcknowledged += sender.queue().acknowledged(segment.ack);
            sender.sndUna = segment.ack;
            sender.mtuProbeAcknowledged();
            ack.setTimer = true;
        }
        measure(connection, segment, ack);
        if (!old) {
            retransmitter.acknowledged(ack);
        }
        if (ack.congestionEcho) {
            connection.stats().deliveredMarked += ack.delivered;
        }
        LossRecovery.Resend resend = recovery.acknowledged(ack, outstanding);
        if (ack.setTimer) {
            retransmitter.setTimer();
        }
        if (outstanding > 0) {
            recovery.adjustWindow(ack, sender.now());
        }
        resend(sender, resend);
        if (ack.advanced) {
            sender.dataAcknowledged();
            connection.dataAcknowledged();
        }
    }

    private static void begin(Connection connection, Segment segment, AckSummary ack) {
        Sender sender = connection.sender;
        ack.begin(segment.arrivalNs);
        ack.una = segment.ack;
        ack.priorUna = sender.sndUna;
        ack.priorHighestSacked = sender.board().highestSacked(sender.sndUna);
        ack.carriesData = segment.length() > 0;
        ack.congestionEcho = connection.ecn.isEchoed(segment);
        if (connection.usesTimestamps() && segment.options.hasTimestamps) {
            ack.echoed(segment.options.timestampEcho, connection.timestampOffset());
        }
    }

    private static void resend(Sender sender, LossRecovery.Resend resend) {
        LossRecovery recovery = sender.recovery();
        Retransmitter retransmitter = sender.retransmitter();
        switch (resend) {
            case NOTHING -> {}
            case LOST -> retransmitter.sendLost();
            case NEW -> {
                sender.output();
                if (SeqNum.atMost(sender.sndNxt, recovery.recoveryPoint())) {
                    recovery.giveUpFrto();
                    retransmitter.sendLost();
                }
            }
        }
    }

    /** A measurement of each ACK of data sent once (RFC 6298 section 3), to its arrival and not to when it is processed. */
    private static void measure(Connection connection, Segment segment, AckSummary ack) {
        Sender sender = connection.sender;
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
            int share = connection.settings().weighRttByFlight ? measurementsPerFlight(sender, ack) : 1;
            sender.rtt().sample(ack.nowNs - first, ack.nowNs - last, share, sender.now());
            long rttNs = Math.max(ack.nowNs - last, 1);
            sender.congestionControl().measured(rttNs, sender.sndUna, sender.sndNxt, sender.now());
        } else if (ack.acked > 0 && connection.usesTimestamps() && segment.options.hasTimestamps) {
            sampleEcho(connection, segment);
        }
    }

    /** One for two segments of what was in flight (RFC 7323 appendix G). */
    private static int measurementsPerFlight(Sender sender, AckSummary ack) {
        return Math.max((sender.board().segments() + ack.delivered + 1) / 2, 1);
    }

    /** After retransmissions only the echoed timestamp says which one was answered (RFC 7323 section 4.1). */
    static void sampleEcho(Connection connection, Segment segment) {
        int elapsedMs = connection.timestampNow() - segment.options.timestampEcho;
        if (elapsedMs >= 0 && elapsedMs < TcpSettings.MAX_RTO_NS / 1_000_000) {
            connection.sender.rtt().sample(Math.max(elapsedMs, 1) * 1_000_000L, connection.nowNs());
        }
    }
}
