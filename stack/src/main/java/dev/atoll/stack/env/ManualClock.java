package dev.atoll.stack.env;

/** Virtual time: stands still until told to move. For tests and simulations; one thread. */
public final class ManualClock implements Clock {
    private final long epochOffsetNs;
    private long nowNs;

    /** A clock whose monotonic time and epoch both begin at 0. */
    public ManualClock() {
        this(0, 0);
    }

    /**
     * @param startNs monotonic time to begin with
     * @param epochNs wall-clock time at that moment, nanoseconds since 1970
     */
    public ManualClock(long startNs, long epochNs) {
        nowNs = startNs;
        epochOffsetNs = epochNs - startNs;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public long epochNs() {
        return nowNs + epochOffsetNs;
    }

    /** Moves time forward. */
    public void advanceNs(long deltaNs) {
        Check.argument(deltaNs >= 0, "deltaNs", deltaNs, "0 or more");
        nowNs += deltaNs;
    }

    /** Moves time to the given moment, which is not in the past. */
    public void advanceTo(long newNowNs) {
        advanceNs(newNowNs - nowNs);
    }
}
