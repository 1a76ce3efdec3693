package dev.atoll.runtime.clock;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SystemClockTest {
    private final SystemClock clock = new SystemClock();

    @Test
    void nowNs_isTheMonotonicTimeOfTheHost() {
        long before = System.nanoTime();
        long now = clock.nowNs();
        assertTrue(now - before >= 0 && System.nanoTime() - now >= 0);
    }

    @Test
    void epochNs_agreesWithTheHostWithinItsTolerance() {
        long before = System.currentTimeMillis();
        long epochMs = clock.epochNs() / 1_000_000;
        long after = System.currentTimeMillis();
        assertTrue(epochMs >= before - 6 && epochMs <= after + 6, epochMs + " is not about " + after);
    }

    @Test
    void epochNs_hasFinerStepsThanAMillisecond() {
        long first = clock.epochNs();
        long second = clock.epochNs();
        while (second == first) {
            second = clock.epochNs();
        }
        assertTrue(second - first < 1_000_000 || second % 1_000_000 != 0, "steps of " + (second - first));
    }
}
