package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.congestion.CongestionWindow;

/** Ends slow start before it overruns the bottleneck's queue. Nanoseconds. */
interface SlowStartExit extends Archivable {
    /** What was learned of the path no longer holds. */
    void reset();

    /** Whether what is sent is spread over the round trip. */
    void setPaced(boolean on);

    /**
     * By how many segments slow start widens the window.
     *
     * @param acked segments acknowledged
     */
    default int widening(int acked) {
        return acked;
    }

    /**
     * A round trip was measured in slow start: whether that ends with the window as it is.
     *
     * @param pathNs the shortest round trip so far
     */
    boolean shouldEnd(CongestionWindow window, long rttNs, long pathNs, int sndUna, int sndNxt, long nowNs);
}
