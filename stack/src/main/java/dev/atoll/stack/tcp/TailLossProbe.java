package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/**
 * The probe that finds out about losses at the end of a flight (RFC 8985 section 7): when it is due, and what its
 * acknowledgment means.
 */
final class TailLossProbe {
    private static final long MIN_SLACK_NS = 2_000_000;

    private boolean outstanding;
    private int endSeq;
    private boolean retransmission;

    /**
     * How long after the last transmission to probe (section 7.2).
     *
     * @param outstandingSegments a lone segment may be waiting for a delayed ACK
     */
    static long timeoutNs(RttEstimator rtt, int outstandingSegments) {
        if (!rtt.hasSample()) {
            return TcpSettings.INITIAL_RTO_NS;
        }
        return 2 * rtt.srttNs() + (outstandingSegments == 1 ? rtt.varianceMinNs() : MIN_SLACK_NS);
    }

    boolean isOutstanding() {
        return outstanding;
    }

    boolean isRetransmissionOutstanding() {
        return outstanding && retransmission;
    }

    int endSeq() {
        return endSeq;
    }

    /** A probe went out, of new data or as a repetition. */
    void sent(int sndNxt, boolean isRetransmission) {
        outstanding = true;
        endSeq = sndNxt;
        retransmission = isRetransmission;
    }

    void forget() {
        outstanding = false;
    }

    /** Section 7.4. */
    void acknowledged(AckSummary ack, LossRecovery recovery) {
        int una = ack.una;
        if (!outstanding || SeqNum.lessThan(una, endSeq)) {
            return;
        }
        if (!retransmission || ack.probeDuplicateReported) {
            outstanding = false;
        } else if (SeqNum.greaterThan(una, endSeq)) {
            recovery.probeRepairedLoss();
        } else if (!ack.advanced && !ack.isNoDuplicate() && !ack.dataSacked) {
            outstanding = false; // The original and the probe both arrived.
        }
    }

    void archive(Archive archive) {
        outstanding = archive.bool(outstanding);
        endSeq = archive.int32(endSeq);
        retransmission = archive.bool(retransmission);
    }
}
