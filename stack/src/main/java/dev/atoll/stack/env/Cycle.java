package dev.atoll.stack.env;

import dev.atoll.stack.archive.Archive;

/**
 * What protocol code knows of the world while its stack is held: the time, which stands still during a hold, the
 * timers and the random source.
 */
public final class Cycle {
    private final Clock clock;
    private final Rng rng;
    private final TimerQueue timers = new TimerQueue();
    /** What the stack's time is ahead of the clock's: 0 unless the stack was restored. */
    private long offsetNs;

    private long nowNs;

    public Cycle(Clock clock, Rng rng) {
        this.clock = clock;
        this.rng = rng;
        nowNs = clock.nowNs();
    }

    /** Reads the clock: a hold begins. */
    public void begin() {
        nowNs = clock.nowNs() + offsetNs;
    }

    /** Monotonic time of this hold, nanoseconds. */
    public long nowNs() {
        return nowNs;
    }

    /** A moment of the stack's time as the clock has it; {@link TimerQueue#NEVER} stays what it is. */
    public long toClockNs(long stackNs) {
        return stackNs == TimerQueue.NEVER ? stackNs : stackNs - offsetNs;
    }

    /** Wall-clock time, nanoseconds since 1970; for captures, time matches and timestamps that others read. */
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

    /** The time goes on from where it was saved, whatever the clock of this process says. */
    public void archive(Archive archive) {
        long savedNs = archive.int64(nowNs);
        if (archive.isRestoring()) {
            offsetNs += savedNs - nowNs;
            nowNs = savedNs;
        }
        timers.archive(archive);
    }
}
