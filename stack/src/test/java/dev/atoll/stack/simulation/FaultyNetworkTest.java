package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Many seeds of {@link FaultyNetwork}: {@code -Datoll.seeds=N} sets how many, {@code -Datoll.seed=S} replays one.
 */
class FaultyNetworkTest {
    private static final long DEFAULT_SEEDS = 100;

    @TestFactory
    Stream<DynamicTest> network() {
        Long single = Long.getLong("atoll.seed");
        LongStream seeds = single != null
                ? LongStream.of(single)
                : LongStream.rangeClosed(1, Long.getLong("atoll.seeds", DEFAULT_SEEDS));
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> FaultyNetwork.run(seed)));
    }

    /** Without this a failing seed would be worth nothing. */
    @Test
    void run_sameSeed_sameFrames() {
        assertEquals(FaultyNetwork.run(7), FaultyNetwork.run(7));
    }

    /** Time that a stack shows to its users is nothing to its protocols. */
    @Test
    void wallClock_steps_changeNoFrame() {
        boolean stepped = false;
        for (long seed = 1; seed <= 10; seed++) {
            FaultyNetwork.Report report = FaultyNetwork.run(seed, true);
            assertEquals(FaultyNetwork.run(seed, false), report);
            stepped |= report.network().contains("WALL_CLOCK_STEP");
        }
        assertTrue(stepped, "no seed had what this is about");
    }
}
