package dev.atoll.launcher.jvms;

import java.util.concurrent.atomic.AtomicLong;

/** Frames of a switch's port that were not delivered. The loop's thread counts, any may read. */
final class FrameCounter {
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    void countLost() {
        lost.incrementAndGet();
    }

    void countRefused() {
        refused.incrementAndGet();
    }

    /** Frames for this port, which had no room or did not take them. */
    long lost() {
        return lost.get();
    }

    /** Frames from this port that must not come from there. */
    long refused() {
        return refused.get();
    }
}
