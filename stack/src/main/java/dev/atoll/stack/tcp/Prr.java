package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/**
 * Proportional rate reduction (RFC 9937, which obsoletes 6937; section 6.2): spreads the sending of a window reduction
 * over the round trip it takes. In segments.
 */
final class Prr {
    private int priorWindow;
    private int delivered;
    private int sent;
    private long beganNs = Long.MAX_VALUE;

    /** The reduction begins. */
    void begin(int window, long nowNs) {
        beganNs = nowNs;
        priorWindow = window;
        delivered = 0;
        sent = 0;
    }

    /** Whether what was sent at that moment was sent in answer to the loss that the reduction is for. */
    boolean isBefore(long sentNs) {
        return sentNs >= beganNs;
    }

    /** Segments went out, new or again. */
    void sent(int segments) {
        sent += segments;
    }

    /**
     * The congestion window after an acknowledgment.
     *
     * @param safe the acknowledgment moved the left edge and showed no further loss: as good as slow start
     */
    int window(int threshold, int inFlight, int newlyDelivered, boolean safe) {
        delivered += newlyDelivered;
        int allowed;
        if (inFlight > threshold) {
            long share = (long) threshold * delivered + priorWindow - 1;
            allowed = (int) (share / Math.max(priorWindow, 1)) - sent;
        } else {
            allowed = Math.max(delivered - sent, newlyDelivered) + (safe ? 1 : 0);
            allowed = Math.min(allowed, threshold - inFlight);
        }
        // The first retransmission always goes.
        allowed = Math.max(allowed, sent == 0 ? 1 : 0);
        return inFlight + allowed;
    }

    void archive(Archive archive) {
        priorWindow = archive.int32(priorWindow);
        delivered = archive.int32(delivered);
        sent = archive.int32(sent);
        beganNs = archive.int64(beganNs);
    }
}
