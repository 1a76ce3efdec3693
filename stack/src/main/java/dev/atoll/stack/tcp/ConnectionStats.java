package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

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

    void archive(Archive archive) {
        segmentsSent = archive.int64(segmentsSent);
        segmentsReceived = archive.int64(segmentsReceived);
        dataSegmentsSent = archive.int64(dataSegmentsSent);
        dataSegmentsReceived = archive.int64(dataSegmentsReceived);
        bytesSent = archive.int64(bytesSent);
        bytesRetransmitted = archive.int64(bytesRetransmitted);
        segmentsRetransmitted = archive.int64(segmentsRetransmitted);
        bytesAcknowledged = archive.int64(bytesAcknowledged);
        bytesReceived = archive.int64(bytesReceived);
        duplicatesReported = archive.int64(duplicatesReported);
        deliveredMarked = archive.int64(deliveredMarked);
        receivedOutOfOrder = archive.int64(receivedOutOfOrder);
        lastDataSentNs = archive.int64(lastDataSentNs);
        lastDataReceivedNs = archive.int64(lastDataReceivedNs);
        lastHeardNs = archive.int64(lastHeardNs);
        phase = archive.constant(phase);
        phaseBeganNs = archive.int64(phaseBeganNs);
        busyNs = archive.int64(busyNs);
        receiveWindowNs = archive.int64(receiveWindowNs);
        sendBufferNs = archive.int64(sendBufferNs);
    }
}
