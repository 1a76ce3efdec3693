package dev.atoll.stack.tcp;

import dev.atoll.stack.congestion.CongestionWindow;

/**
 * How many segments leave as one burst: what about a millisecond of sending at the current rate would be, more the
 * nearer the peer, as Linux sizes super-segments. Small bursts on slow paths keep queues short; large ones on fast
 * paths save work.
 */
final class BurstSize {
    /** A super-segment has at most 64 KiB. */
    static final int MAX_BYTES = 65_536 - 320;

    static final int MAX_SEGMENTS = 2 * 1024;

    /** tcp_tso_rtt_log: a round trip of this many microseconds, as a power of two, halves what nearness adds. */
    private static final int RTT_SHIFT = 9;

    private BurstSize() {}

    /**
     * Bytes per second of a sender that is to fill its window in a round trip and a little more, so that the window can
     * grow; {@code Long.MAX_VALUE} before the first measurement.
     *
     * @param outstanding segments in flight, which are more than the window right after it fell
     */
    static long bytesPerSecond(RttEstimator rtt, CongestionWindow window, int outstanding, int mss) {
        if (!rtt.hasSample()) {
            return Long.MAX_VALUE;
        }
        // tcp_pacing_ss_ratio, tcp_pacing_ca_ratio, in percent.
        int percent = window.segments() < window.threshold() / 2 ? 200 : 120;
        long segments = Math.max(window.segments(), outstanding);
        return segments * mss * percent / 100 * 1_000_000 / Math.max(rtt.srttNs() / 1000, 1);
    }

    static int segments(Connection connection, RttEstimator rtt, long perSecond, int mss) {
        long bytes = MAX_BYTES;
        if (rtt.hasSample()) {
            long near = rtt.minNs() / 1000 >>> RTT_SHIFT;
            bytes = (perSecond >>> 10) + (near < 32 ? MAX_BYTES >>> near : 0);
        }
        int segments = (int) Math.min(bytes, MAX_BYTES) / mss;
        return Math.max(segments, connection.settings().minBurstSegments);
    }
}
