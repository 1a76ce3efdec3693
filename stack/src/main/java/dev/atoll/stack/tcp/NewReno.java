package dev.atoll.stack.tcp;

import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;

/** Slow start and congestion avoidance of RFC 5681: one segment more each round trip, half after a loss. */
final class NewReno implements CongestionControl {
    static final String NAME = "reno";

    private final CongestionWindow window;

    NewReno(CongestionWindow window) {
        this.window = window;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void acknowledged(int acked, long nowNs) {
        int left = acked;
        if (window.isSlowStart()) {
            left = window.slowStart(left);
        }
        if (left > 0) {
            window.avoid(window.segments(), left);
        }
    }

    @Override
    public int thresholdAfterLoss() {
        // RFC 5681, equation 4: who did not fill the window has not found out that the path takes so much.
        return Math.max(window.segmentsInUse() / 2, CongestionWindow.MIN_THRESHOLD);
    }

    @Override
    public int windowAfterUndo(int priorWindow) {
        return Math.max(window.segments(), priorWindow);
    }
}
