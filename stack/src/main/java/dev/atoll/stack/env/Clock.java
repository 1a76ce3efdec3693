package dev.atoll.stack.env;

/**
 * The only time a stack knows. Monotonic time drives timers; wall-clock time is for captures, logs and time matches.
 *
 * <p>Called by the thread that holds the stack, once each time the hold is taken.
 */
public interface Clock {
    /** Monotonic time in nanoseconds from an arbitrary origin; compared by subtraction only. */
    long nowNs();

    /** Wall-clock time in nanoseconds since 1970-01-01T00:00Z. */
    long epochNs();
}
