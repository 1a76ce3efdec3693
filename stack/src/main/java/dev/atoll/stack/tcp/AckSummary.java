package dev.atoll.stack.tcp;

/** What one arriving acknowledgment said about what was sent; filled by the scoreboard, read by loss recovery. */
final class AckSummary {
    static final long NONE = Long.MIN_VALUE;

    /** When the segment arrived, not when it is processed. */
    long nowNs;

    /** The cumulative acknowledgment of this segment, and before it. */
    int una;

    int priorUna;

    /** End of the highest segment selectively acknowledged before this segment. */
    int priorHighestSacked;

    boolean advanced;
    boolean carriesData;
    boolean windowUpdated;
    /** The peer says that a packet of ours was marked (RFC 3168 section 6.1.2). */
    boolean congestionEcho;

    /** Segments acknowledged cumulatively by this one. */
    int acked;
    /** Segments delivered, in either way, that were not known to be before. */
    int delivered;

    boolean dataSacked;
    /** Data that was sent once only, before recovery began, has arrived. */
    boolean originalDelivered;
    /** Something acknowledged had been sent more than once: its round trip is ambiguous. */
    boolean retransmittedAcked;

    /** The block is a report of a duplicate (RFC 2883). */
    boolean duplicateReported;
    /** That duplicate is the tail loss probe. */
    boolean probeDuplicateReported;

    /** A retransmission in flight was found to be lost too. */
    boolean retransmissionLost;
    /** When the latest of those was sent. */
    long lostAgainSentNs;
    /** The retransmission or probe timer is to be set anew. */
    boolean setTimer;
    /** Segments this acknowledgment made count as lost. */
    int lost;

    /** When the first and last segment acknowledged, and sent once, was sent. */
    long firstAckedSentNs;

    long lastAckedSentNs;
    long firstSackedSentNs;
    long lastSackedSentNs;

    /** Count of deliveries when the latest segment now delivered was sent; -1 if none was. */
    int priorDelivered;

    private long priorDeliveredSentNs;

    private boolean reordered;
    private int reorderedSeq;

    private boolean hasEcho;
    private int echo;
    private int timestampOffset;

    void begin(long arrivalNs) {
        nowNs = arrivalNs;
        advanced = false;
        carriesData = false;
        windowUpdated = false;
        congestionEcho = false;
        acked = 0;
        delivered = 0;
        dataSacked = false;
        originalDelivered = false;
        retransmittedAcked = false;
        duplicateReported = false;
        probeDuplicateReported = false;
        retransmissionLost = false;
        lostAgainSentNs = NONE;
        setTimer = false;
        lost = 0;
        firstAckedSentNs = NONE;
        lastAckedSentNs = NONE;
        firstSackedSentNs = NONE;
        lastSackedSentNs = NONE;
        priorDelivered = -1;
        priorDeliveredSentNs = NONE;
        reordered = false;
        hasEcho = false;
    }

    /** The segment echoes a timestamp of ours, which is in milliseconds from {@code offset} on (RFC 7323). */
    void echoed(int timestampEcho, int offset) {
        hasEcho = true;
        echo = timestampEcho;
        timestampOffset = offset;
    }

    /** The timestamp echoed is of something sent before that moment: what was sent then is not what is answered. */
    boolean isEchoOlderThan(long sentNs) {
        return hasEcho && SeqNum.lessThan(echo, (int) (sentNs / 1_000_000) + timestampOffset);
    }

    /** The segment from {@code seq} on arrived, sent once, after others sent later did. */
    void reordered(int seq) {
        if (!reordered || SeqNum.lessThan(seq, reorderedSeq)) {
            reordered = true;
            reorderedSeq = seq;
        }
    }

    boolean isReordered() {
        return reordered;
    }

    int reorderedSeq() {
        return reorderedSeq;
    }

    void noteDelivered(long sentNs, int deliveredWhenSent) {
        if (priorDelivered < 0 || sentNs > priorDeliveredSentNs) {
            priorDelivered = deliveredWhenSent;
            priorDeliveredSentNs = sentNs;
        }
    }

    /** Anything that is no duplicate acknowledgment (RFC 5681 section 2). */
    boolean isNoDuplicate() {
        return carriesData || windowUpdated || acked > 0;
    }
}
