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

    /** The reduction begins. */
    void begin(int window) {
        priorWindow = window;
        delivered = 0;
        sent = 0;
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
    }
}
