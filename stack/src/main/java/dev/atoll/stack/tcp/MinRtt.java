package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/**
 * The least round-trip time of the last five minutes (tcp_min_rtt_wlen), from the best measurement of each of a few
 * spans of it. Nanoseconds.
 */
final class MinRtt {
    private static final long WINDOW_NS = 300L * 1_000_000_000;
    private static final int SPANS = 3;
    private static final long SPAN_NS = WINDOW_NS / SPANS;

    private long currentNs = Long.MAX_VALUE;
    private long previousNs = Long.MAX_VALUE;
    private long oldestNs = Long.MAX_VALUE;
    private long spanBeganNs;

    void sample(long rttNs, long nowNs) {
        if (currentNs == Long.MAX_VALUE && previousNs == Long.MAX_VALUE && oldestNs == Long.MAX_VALUE) {
            spanBeganNs = nowNs;
        }
        int turned = 0;
        while (nowNs - spanBeganNs >= SPAN_NS && turned < SPANS) {
            oldestNs = previousNs;
            previousNs = currentNs;
            currentNs = Long.MAX_VALUE;
            spanBeganNs += SPAN_NS;
            turned++;
        }
        if (turned == SPANS) {
            spanBeganNs = nowNs;
        }
        currentNs = Math.min(currentNs, Math.max(rttNs, 1));
    }

    /** The minimum, or {@code Long.MAX_VALUE} before the first measurement. */
    long minNs() {
        return Math.min(currentNs, Math.min(previousNs, oldestNs));
    }

    void archive(Archive archive) {
        currentNs = archive.int64(currentNs);
        previousNs = archive.int64(previousNs);
        oldestNs = archive.int64(oldestNs);
        spanBeganNs = archive.int64(spanBeganNs);
    }
}
