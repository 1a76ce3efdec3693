package dev.atoll.runtime.clock;

import dev.atoll.stack.env.Clock;
import java.time.Instant;

/**
 * The host's time. Monotonic time is {@link System#nanoTime}; wall-clock time is that plus an offset, so that one
 * capture has nanosecond steps, and the offset is measured anew when the host's clock was set meanwhile.
 *
 * <p>Any thread; two threads that measure the offset at once measure the same.
 */
public final class SystemClock implements Clock {
    private static final long NS_PER_MS = 1_000_000;
    private static final long NS_PER_SECOND = 1_000_000_000;

    /**
     * How far the derived wall-clock time may be from the host's before the offset is measured anew, milliseconds.
     * Above the resolution of {@link System#currentTimeMillis}, below what a reader of a capture would notice.
     */
    private static final long TOLERANCE_MS = 5;

    private volatile long epochOffsetNs = measureOffset();

    /** A clock that agrees with the host's now. */
    public SystemClock() {}

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public long epochNs() {
        long epochNs = System.nanoTime() + epochOffsetNs;
        if (Math.abs(epochNs / NS_PER_MS - System.currentTimeMillis()) > TOLERANCE_MS) {
            epochOffsetNs = measureOffset();
            epochNs = System.nanoTime() + epochOffsetNs;
        }
        return epochNs;
    }

    private static long measureOffset() {
        Instant wall = Instant.now();
        long nowNs = System.nanoTime();
        return wall.getEpochSecond() * NS_PER_SECOND + wall.getNano() - nowNs;
    }
}
