package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.testing.Requirement;
import org.junit.jupiter.api.Test;

/** How long RACK waits for a segment that others have overtaken (RFC 8985 section 6.2, step 4). */
class RackTest {
    private static final long MS = 1_000_000;
    private static final long RTT_NS = 100 * MS;

    private final SackScoreboard board = new SackScoreboard();
    private final RttEstimator rtt = new RttEstimator();
    private final Rack rack = new Rack(board, rtt);
    private int rounds;

    RackTest() {
        rtt.sample(RTT_NS, 0);
        board.append(0, 1000, 0, 0, false);
        board.append(1000, 2000, 0, 0, false);
    }

    /** What is left of the reordering window when the second of two segments has just arrived and the first has not. */
    private long windowNs() {
        rack.delivered(/* repeated= */ false, 2000, 0, RTT_NS);
        return rack.detectLoss(RTT_NS, false, /* reorderingSeen= */ true, false, new AckSummary());
    }

    /** A round trip in which the peer reported a duplicate. */
    private void duplicate() {
        rack.duplicateReported();
        rounds++;
        rack.adaptWindow(rounds, rounds);
    }

    @Test
    @Requirement("RFC 8985 6.2-1")
    void delivered_soonerThanARoundTripAfterItsRepetition_saysNothing() {
        rack.delivered(/* repeated= */ true, 2000, 10 * MS, RTT_NS);
        assertFalse(rack.takeAdvanced());
        rack.delivered(/* repeated= */ true, 2000, 10 * MS, RTT_NS + 10 * MS);
        assertTrue(rack.takeAdvanced());
    }

    @Test
    @Requirement("RFC 8985 6.3-1")
    void timeout_sentLessThanARoundTripAgo_isNotLost() {
        rack.delivered(/* repeated= */ false, 2000, 0, RTT_NS);
        assertFalse(rack.isRecent(0, 300 * MS));
        assertFalse(rack.isRecent(200 * MS, 300 * MS));
        assertTrue(rack.isRecent(201 * MS, 300 * MS));
    }

    @Test
    @Requirement("RFC 8985 6.2-8")
    void window_duplicatesReported_growsByAQuarterOncePerRoundTrip() {
        assertEquals(RTT_NS / 4, windowNs());
        duplicate();
        assertEquals(RTT_NS / 2, windowNs());
        rack.duplicateReported();
        rack.adaptWindow(rounds - 1, rounds);
        assertEquals(RTT_NS / 2, windowNs(), "a second one in the same round trip");
    }

    @Test
    @Requirement("RFC 8985 6.2-9")
    void window_manyDuplicates_isARoundTripAtMost() {
        for (int i = 0; i < 300; i++) {
            duplicate();
        }
        assertEquals(RTT_NS, windowNs());
    }

    @Test
    @Requirement("RFC 8985 6.2-8")
    void window_sixteenRecoveriesWithoutDuplicates_isAQuarterAgain() {
        duplicate();
        for (int i = 0; i < 15; i++) {
            rack.recoveryEnded(/* undone= */ false);
            rack.adaptWindow(++rounds, rounds);
        }
        assertEquals(RTT_NS / 2, windowNs());
        rack.recoveryEnded(/* undone= */ false);
        rack.adaptWindow(++rounds, rounds);
        assertEquals(RTT_NS / 4, windowNs());
    }
}
