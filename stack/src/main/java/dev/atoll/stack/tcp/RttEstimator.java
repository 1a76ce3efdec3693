package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/** Round-trip time and retransmission timeout (RFC 6298). Nanoseconds. */
final class RttEstimator {
    private long srttNs;
    private long rttvarNs;
    private long rtoNs = TcpSettings.INITIAL_RTO_NS;
    private int backoff;
    private int varianceMinUs = (int) (TcpSettings.MIN_RTO_NS / 1_000);
    private boolean measuredSinceProbe;
    private final MinRtt least = new MinRtt();

    /** The least that the timeout is above the round trip, microseconds; from the next measurement on. */
    void setVarianceMin(int us) {
        varianceMinUs = us;
    }

    long varianceMinNs() {
        return varianceMinUs * 1_000L;
    }

    /** Takes one measurement (RFC 6298 sections 2.2 and 2.3), which by Karn's rule is of a segment sent once. */
    void sample(long rttNs, long nowNs) {
        sample(rttNs, rttNs, 1, nowNs);
    }

    /**
     * The same of several segments that one acknowledgment answers.
     *
     * @param rttNs of the first, which includes what the peer delayed
     * @param latestNs of the last, which says more about the path
     * @param share of how many that are to weigh together as much as one it is one (RFC 7323 appendix G)
     */
    void sample(long rttNs, long latestNs, int share, long nowNs) {
        least.sample(latestNs, nowNs);
        long measured = Math.max(rttNs, 1);
        if (srttNs == 0) {
            srttNs = measured;
            rttvarNs = measured / 2;
        } else {
            rttvarNs += (Math.abs(srttNs - measured) - rttvarNs) / (4L * share);
            srttNs += (measured - srttNs) / (8L * share);
        }
        // Linux bounds the variance term from below, not the sum: a steady path keeps so much above its round trip.
        rtoNs = Math.min(srttNs + Math.max(4 * rttvarNs, varianceMinNs()), TcpSettings.MAX_RTO_NS);
        backoff = 0;
        measuredSinceProbe = true;
    }

    boolean hasSample() {
        return srttNs != 0;
    }

    /**
     * Whether a round trip was measured since the last tail loss probe. Probes that repeat a segment spoil its measurement:
     * one after the other would keep a path that became slower from being noticed (RFC 8985 section 7.3).
     */
    boolean isMeasuredSinceProbe() {
        return measuredSinceProbe;
    }

    void probeSent() {
        measuredSinceProbe = false;
    }

    long srttNs() {
        return srttNs;
    }

    long rttvarNs() {
        return rttvarNs;
    }

    /** The least round trip of the last minutes, or {@code Long.MAX_VALUE} before the first measurement. */
    long minNs() {
        return least.minNs();
    }

    /** The timeout now, doubled for each timeout since the last measurement (RFC 6298 section 5.5). */
    long rtoNs() {
        return Math.min(rtoNs << Math.min(backoff, 20), TcpSettings.MAX_RTO_NS);
    }

    int backoff() {
        return backoff;
    }

    void backOff() {
        backoff++;
    }

    /** The peer's window opened: what was doubled for probes of it says nothing of the path. */
    void windowOpened() {
        backoff = 0;
    }

    /** The handshake is over and needed retransmissions: data begins with 3 s unless a round trip was measured (5.7). */
    void afterHandshakeTimeout() {
        if (!hasSample()) {
            rtoNs = 3 * TcpSettings.INITIAL_RTO_NS;
            backoff = 0;
        }
    }

    void archive(Archive archive) {
        srttNs = archive.int64(srttNs);
        rttvarNs = archive.int64(rttvarNs);
        rtoNs = archive.int64(rtoNs);
        backoff = archive.int32(backoff);
        varianceMinUs = archive.int32(varianceMinUs);
        measuredSinceProbe = archive.bool(measuredSinceProbe);
        least.archive(archive);
    }
}
