package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    /** Over IPv6 only what is below TCP differs: fewer seeds find it. */
    private static final int IPV6_SHARE = 4;

    private static LongStream seeds(int share) {
        Long single = Long.getLong("atoll.seed");
        return single != null
                ? LongStream.of(single)
                : LongStream.rangeClosed(1, Long.getLong("atoll.seeds", DEFAULT_SEEDS) / share);
    }

    @TestFactory
    Stream<DynamicTest> transfer() {
        return seeds(1).mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> BulkTransfer.run(seed)));
    }

    @TestFactory
    Stream<DynamicTest> transfer_overIpv6() {
        return seeds(IPV6_SHARE)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> BulkTransfer.run(seed, true)));
    }

    /** Otherwise no seed would try it. */
    @Test
    void transfer_betweenHostsThatModerateInterrupts_joinsSegments() {
        assertEquals(0, BulkTransfer.run(1).joined());
        assertTrue(BulkTransfer.run(4).joined() + BulkTransfer.run(8).joined() > 0);
    }

    /** Without this a failing seed would be worth nothing. */
    @Test
    void transfer_sameSeed_isTheSameEventByEvent() {
        assertEquals(BulkTransfer.run(42), BulkTransfer.run(42));
        assertEquals(BulkTransfer.run(42, true), BulkTransfer.run(42, true));
    }
}
