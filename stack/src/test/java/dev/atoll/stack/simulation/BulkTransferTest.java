package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Many seeds of {@link BulkTransfer}: {@code -Datoll.seeds=N} sets how many, {@code -Datoll.seed=S} replays one.
 */
class BulkTransferTest {
    private static final long DEFAULT_SEEDS = 100;

    @TestFactory
    Stream<DynamicTest> transfer() {
        Long single = Long.getLong("atoll.seed");
        LongStream seeds = single != null
                ? LongStream.of(single)
                : LongStream.rangeClosed(1, Long.getLong("atoll.seeds", DEFAULT_SEEDS));
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> BulkTransfer.run(seed)));
    }

    /** Without this a failing seed would be worth nothing. */
    @Test
    void transfer_sameSeed_isTheSameEventByEvent() {
        assertEquals(BulkTransfer.run(42), BulkTransfer.run(42));
    }
}
