package dev.atoll.stack.congestion;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;

/**
 * The congestion window of a connection and its slow start threshold, and the two ways in which RFC 5681 lets it grow. In
 * segments, as Linux counts. Under the stack's hold.
 *
 * <p>Of a connection it is the stack that makes one; tests of a congestion control make their own.
 */
public class CongestionWindow implements Archivable {
    /** The window of a new connection (RFC 6928). */
    public static final int INITIAL_SEGMENTS = 10;

    /** The largest window. */
    public static final int MAX_SEGMENTS = 1 << 16;

    /** The least threshold (RFC 5681 section 3.1, equation 4). */
    public static final int MIN_THRESHOLD = 2;

    /** Threshold of a connection that has not seen a loss. */
    public static final int NO_THRESHOLD = Integer.MAX_VALUE;

    private int segments = INITIAL_SEGMENTS;
    private int threshold = NO_THRESHOLD;
    /** Segments acknowledged towards the next step of congestion avoidance. */
    private int count;

    /** Of initial size, without a threshold. */
    public CongestionWindow() {}

    /** The window. */
    public final int segments() {
        return segments;
    }

    /**
     * How much of it was in use of late: the most that was sent and not acknowledged in sequence, and no more than the
     * window. What RFC 5681 calls FlightSize, without the segments of limited transmit.
     */
    public int segmentsInUse() {
        return segments;
    }

    /** Sets the window, to no less than 1 and no more than {@link #MAX_SEGMENTS}. */
    public final void set(int newSegments) {
        segments = Math.max(1, Math.min(newSegments, MAX_SEGMENTS));
    }

    /** The slow start threshold, or {@link #NO_THRESHOLD}. */
    public final int threshold() {
        return threshold;
    }

    /** Sets the slow start threshold, to no less than {@link #MIN_THRESHOLD}. */
    public final void setThreshold(int newThreshold) {
        threshold = Math.max(newThreshold, MIN_THRESHOLD);
    }

    /** Whether the window is below its threshold. */
    public final boolean isSlowStart() {
        return segments < threshold;
    }

    /** Congestion avoidance begins a step anew: the stack does so when recovery begins. */
    public final void resetCount() {
        count = 0;
    }

    /**
     * Slow start, up to the threshold (RFC 5681 section 3.1, counting segments as RFC 3465 does); while {@link
     * #isSlowStart}.
     *
     * @param acked segments acknowledged
     * @return how many of them are left over
     */
    public final int slowStart(int acked) {
        int grown = Math.min(segments + acked, threshold);
        int left = acked - (grown - segments);
        set(grown);
        return left;
    }

    /**
     * Congestion avoidance: one segment more for every {@code perStep} acknowledged.
     *
     * @param acked segments acknowledged
     */
    public final void avoid(int perStep, int acked) {
        int step = Math.max(perStep, 1);
        if (count >= step) {
            count = 0;
            set(segments + 1);
        }
        count += acked;
        if (count >= step) {
            int steps = count / step;
            count -= steps * step;
            set(segments + steps);
        }
    }

    @Override
    public void archive(Archive archive) {
        segments = archive.int32(segments);
        threshold = archive.int32(threshold);
        count = archive.int32(count);
    }
}
