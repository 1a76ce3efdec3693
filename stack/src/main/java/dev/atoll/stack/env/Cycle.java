package dev.atoll.stack.env;

/**
 * What protocol code knows of the world while its stack is held: the time, which stands still during a hold, the
 * timers and the random source.
 */
public final class Cycle {
    private final Clock clock;
    private final Rng rng;
    private final TimerQueue timers = new TimerQueue();
    private long nowNs;

    public Cycle(Clock clock, Rng rng) {
        this.clock = clock;
        this.rng = rng;
        nowNs = clock.nowNs();
    }

    /** Reads the clock: a hold begins. */
    public void begin() {
        nowNs = clock.nowNs();
    }

    /** Monotonic time of this hold, nanoseconds. */
    public long nowNs() {
        return nowNs;
    }

    /** Wall-clock time, nanoseconds since 1970; for captures and time matches, not for protocols. */
    public long epochNs() {
        return clock.epochNs();
    }

    public Rng rng() {
        return rng;
    }

    public TimerQueue timers() {
        return timers;
    }

    /** A timer in this stack's queue. */
    public Timer newTimer(Timer.Action action) {
        return new Timer(timers, action);
    }

    /** Arms a timer a span from now. */
    public void armIn(Timer timer, long delayNs) {
        timer.arm(nowNs + delayNs);
    }
}
