package dev.atoll.stack.tcp;

/** Slow start, congestion avoidance, fast recovery: RFC 5681 with RFC 6582, initial window by RFC 6928. */
final class NewReno implements CongestionControl {
    private static final int UNLIMITED = Integer.MAX_VALUE / 2;

    private int mss = TcpSettings.DEFAULT_MSS;
    private int cwnd = TcpSettings.INITIAL_WINDOW_SEGMENTS * TcpSettings.DEFAULT_MSS;
    private int ssthresh = UNLIMITED;
    private int avoidanceBytes;
    private boolean started;

    @Override
    public int cwndBytes() {
        return cwnd;
    }

    @Override
    public int ssthreshBytes() {
        return ssthresh;
    }

    @Override
    public void mss(int mssBytes) {
        mss = mssBytes;
        if (!started) {
            started = true;
            cwnd = initialWindow();
        }
    }

    private int initialWindow() {
        return TcpSettings.INITIAL_WINDOW_SEGMENTS * mss;
    }

    @Override
    public void acknowledged(int bytes) {
        int left = bytes;
        if (cwnd < ssthresh) {
            // Counting bytes instead of ACKs (RFC 3465) keeps pace with peers that acknowledge super-segments.
            int grow = Math.min(left, ssthresh - cwnd);
            cwnd += grow;
            left -= grow;
        }
        if (left > 0) {
            avoidanceBytes += left;
            if (avoidanceBytes >= cwnd) {
                avoidanceBytes -= cwnd;
                cwnd += mss;
            }
        }
        cwnd = Math.min(cwnd, UNLIMITED);
    }

    private void halve(int flightBytes) {
        ssthresh = Math.max(flightBytes / 2, 2 * mss);
        avoidanceBytes = 0;
    }

    @Override
    public void enterRecovery(int flightBytes) {
        halve(flightBytes);
        cwnd = ssthresh + 3 * mss;
    }

    @Override
    public void duplicateAck() {
        cwnd = Math.min(cwnd + mss, UNLIMITED);
    }

    @Override
    public void partialAck(int bytes) {
        cwnd = Math.max(cwnd - bytes, mss);
        if (bytes >= mss) {
            cwnd += mss;
        }
    }

    @Override
    public void exitRecovery(int flightBytes) {
        cwnd = Math.min(ssthresh, Math.max(flightBytes, mss) + mss);
    }

    @Override
    public void timeout(int flightBytes, boolean first) {
        if (first) {
            halve(flightBytes);
        }
        cwnd = mss;
    }

    @Override
    public void idle() {
        cwnd = Math.min(cwnd, initialWindow());
    }
}
