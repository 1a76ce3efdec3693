package dev.atoll.stack.tcp;

/** What one connection counts, and for what its time went. Nanoseconds. */
final class ConnectionStats {
    long segmentsSent;
    long segmentsReceived;
    long dataSegmentsSent;
    long dataSegmentsReceived;
    long bytesSent;
    long bytesRetransmitted;
    long segmentsRetransmitted;
    long bytesAcknowledged;
    long bytesReceived;
    long duplicatesReported;
    long deliveredMarked;
    long receivedOutOfOrder;
    long lastDataSentNs;
    long lastDataReceivedNs;
    long lastHeardNs;

    /** What holds sending back; a later one hides an earlier. */
    enum Phase {
        IDLE,
        BUSY,
        RECEIVE_WINDOW,
        SEND_BUFFER
    }

    private Phase phase = Phase.IDLE;
    private long phaseBeganNs;
    private long busyNs;
    private long receiveWindowNs;
    private long sendBufferNs;

    void start(Phase next, long nowNs) {
        if (next.compareTo(phase) > 0) {
            change(next, nowNs);
        }
    }

    /** A reason is gone; if nothing is left to send, all are. */
    void stop(Phase reason, boolean nothingLeft, long nowNs) {
        if (nothingLeft) {
            change(Phase.IDLE, nowNs);
        } else if (phase == reason) {
            change(Phase.BUSY, nowNs);
        }
    }

    private void change(Phase next, long nowNs) {
        if (next == phase) {
            return;
        }
        settle(nowNs);
        phase = next;
    }

    private void settle(long nowNs) {
        long spent = nowNs - phaseBeganNs;
        switch (phase) {
            case IDLE -> {}
            case BUSY -> busyNs += spent;
            case RECEIVE_WINDOW -> receiveWindowNs += spent;
            case SEND_BUFFER -> sendBufferNs += spent;
        }
        phaseBeganNs = nowNs;
    }

    long busyNs(long nowNs) {
        settle(nowNs);
        return busyNs + receiveWindowNs + sendBufferNs;
    }

    long receiveWindowNs() {
        return receiveWindowNs;
    }

    long sendBufferNs() {
        return sendBufferNs;
    }
}
