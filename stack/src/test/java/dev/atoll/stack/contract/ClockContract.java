package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.Clock;
import org.junit.jupiter.api.Test;

/** What the stack relies on in a {@link Clock}. */
public abstract class ClockContract {
    private static final int READINGS = 1000;

    protected ClockContract() {}

    /** The clock, the same one as long as a test lasts. */
    protected abstract Clock clock();

    /** Lets this much time or more pass, nanoseconds. */
    protected abstract void passNs(long ns);

    @Test
    void monotonicTime_neverGoesBack() {
        long last = clock().nowNs();
        for (int i = 0; i < READINGS; i++) {
            long now = clock().nowNs();
            assertTrue(now - last >= 0, "from " + last + " back to " + now);
            last = now;
            if (i % 100 == 0) {
                passNs(1000);
            }
        }
    }

    @Test
    void monotonicTime_passesInNanoseconds() {
        long before = clock().nowNs();
        passNs(2_000_000);
        assertTrue(clock().nowNs() - before >= 2_000_000, "2 ms passed, it shows " + (clock().nowNs() - before));
    }

    @Test
    void wallClock_passesInNanosecondsToo() {
        long before = clock().epochNs();
        passNs(2_000_000);
        assertTrue(clock().epochNs() - before >= 1_000_000, "2 ms passed, it shows " + (clock().epochNs() - before));
    }
}
