package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.testing.Requirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Congestion control, HyStart and proportional rate reduction by themselves. */
class CongestionTest {
    private static final long MS = 1_000_000;
    private static final long RTT_NS = 100 * MS;

    private final SendersWindow window = new SendersWindow();

    /** Segments that {@link #slowStartRound} has acknowledged. */
    private int acked;

    private int grow(CongestionControl control, int rounds, long fromNs) {
        return grow(control, window, rounds, fromNs);
    }

    /** One round trip after the other, each segment acknowledged by itself; the window after {@code rounds} of them. */
    private static int grow(CongestionControl control, SendersWindow window, int rounds, long fromNs) {
        long now = fromNs;
        for (int round = 0; round < rounds; round++) {
            int segments = window.segments();
            for (int i = 0; i < segments; i++) {
                control.acknowledged(1, now + i * RTT_NS / segments);
            }
            now += RTT_NS;
        }
        return window.segments();
    }

    @Test
    @Requirement("RFC 9293 MUST-19")
    @Requirement("RFC 5681 3.1-1")
    void slowStart_eachRoundTrip_doubles() {
        NewReno reno = new NewReno(window);
        assertEquals(10, window.segments());
        assertEquals(80, grow(reno, 3, 0));
    }

    @Test
    @Requirement("RFC 9438 4.10-1")
    void cubic_belowTheThreshold_doublesEachRoundTrip() {
        Cubic cubic = new Cubic(window);
        window.setThreshold(60);
        assertEquals(40, grow(cubic, 2, 0));
        int beyond = grow(cubic, 1, 2 * RTT_NS);
        assertTrue(beyond >= 60 && beyond < 65, () -> "it is " + beyond);
    }

    /** RFC 5681 section 3.1, equation 3. */
    @Test
    @Requirement("RFC 9293 MUST-19")
    @Requirement("RFC 5681 3.1-1")
    @Requirement("RFC 5681 3.1-7")
    void reno_congestionAvoidance_growsByOneARoundTrip() {
        NewReno reno = new NewReno(window);
        window.set(20);
        window.setThreshold(20);
        assertEquals(25, grow(reno, 5, 0), 1);
    }

    @Test
    @Requirement("RFC 5681 3.2-5")
    void reno_loss_halves() {
        window.set(21);
        window.outputEnded(true, 23, 0, 23_000, 0);
        assertEquals(10, new NewReno(window).thresholdAfterLoss(), "of the window, as limited transmit does not count");
    }

    /** RFC 9438 section 4.6: 0.7 of the window. */
    @Test
    @Requirement("RFC 9438 4.6-1")
    @Requirement("RFC 9438 4.6-2")
    void cubic_loss_keepsSevenTenths_andTwoSegments() {
        window.set(100);
        assertEquals(70, new Cubic(window).thresholdAfterLoss());
        window.set(2);
        assertEquals(2, new Cubic(window).thresholdAfterLoss());
    }

    /** RFC 9438 section 4.2: back at the plateau after K = cbrt(W_max * 0.3 / 0.4) seconds, and flat around it. */
    @Test
    @Requirement("RFC 9438 4.2-1")
    @Requirement("RFC 9438 5.1-1")
    @Requirement("features I10")
    void cubic_afterLoss_comesBackToThePlateauInTimeK() {
        Cubic cubic = new Cubic(window);
        window.set(1000);
        int threshold = cubic.thresholdAfterLoss();
        window.setThreshold(threshold);
        window.set(threshold);
        double seconds = Math.cbrt(1000 * 0.3 / 0.4);
        int half = grow(cubic, (int) (seconds / 2 * 10), 0);
        assertTrue(half > 900 && half < 1000, () -> "half way it is " + half);
        int whole = grow(cubic, (int) (seconds / 2 * 10), (long) (seconds / 2 * 1e9) / RTT_NS * RTT_NS);
        assertTrue(whole > 980 && whole <= 1010, () -> "at K it is " + whole);
    }

    /** RFC 9438 section 4.5: as long after the plateau as before it, the window is as far above it as it was below. */
    @Test
    @Requirement("RFC 9438 4.5-1")
    void cubic_beyondThePlateau_growsFasterAndFaster() {
        Cubic cubic = new Cubic(window);
        window.set(1000);
        int threshold = cubic.thresholdAfterLoss();
        window.setThreshold(threshold);
        window.set(threshold);
        double seconds = Math.cbrt(1000 * 0.3 / 0.4);
        int rounds = (int) (seconds * 1.5 * 10);
        int before = grow(cubic, rounds, 0);
        assertEquals(1000 + 300 / 8, before, 15);
        int after = grow(cubic, (int) (seconds / 2 * 10), rounds * RTT_NS);
        assertEquals(1300, after, 40);
    }

    /** RFC 9438 section 4.2: the target is bounded, however far the curve has come. */
    @Test
    @Requirement("RFC 9438 4.2-2")
    void cubic_curveFarAbove_growsByHalfARoundTripAtMost() {
        Cubic cubic = new Cubic(window);
        window.set(100);
        window.setThreshold(cubic.thresholdAfterLoss());
        window.set(window.threshold());
        grow(cubic, 1, 0);
        int before = window.segments();
        int after = grow(cubic, 1, 1000 * RTT_NS);
        assertTrue(after <= before * 3 / 2 + 1, () -> before + " became " + after);
        assertTrue(after > before * 5 / 4, () -> before + " became " + after);
    }

    /** RFC 9438 sections 4.2 and 5.8: a program that pauses does not find the window grown as if it had not. */
    @Test
    @Requirement("RFC 9438 4.2-3")
    void cubic_windowNotUsed_isNoTimeOnTheCurve() {
        int[] after = new int[2];
        for (int pauses = 0; pauses < 2; pauses++) {
            Cubic cubic = new Cubic(window);
            window.set(1000);
            window.setThreshold(cubic.thresholdAfterLoss());
            window.set(window.threshold());
            int rounds = 20;
            grow(cubic, rounds, 0);
            for (int round = 0; round < 100 * pauses; round++) {
                cubic.notLimiting(++rounds * RTT_NS);
            }
            after[pauses] = grow(cubic, 20, rounds * RTT_NS);
        }
        assertEquals(after[0], after[1], 5);
    }

    /** RFC 9438 section 4.7. */
    @Test
    @Requirement("RFC 9438 4.7-1")
    void cubic_secondLossBelowThePlateau_convergesFaster() {
        Cubic first = new Cubic(window);
        window.set(1000);
        window.set(first.thresholdAfterLoss());
        window.setThreshold(window.segments());
        window.set(800);
        window.set(first.thresholdAfterLoss());
        window.setThreshold(window.segments());
        // The plateau is now 800 * 0.85 = 680: growth slows down there instead of at 800.
        int after = grow(first, 70, 0);
        assertTrue(after >= 660 && after <= 720, () -> "it is " + after);
    }

    /** RFC 9438 section 4.3: where the curve is slower than Reno would be, it is as fast. */
    @Test
    @Requirement("RFC 9438 4.3-1")
    void cubic_smallWindow_isNoSlowerThanReno() {
        Cubic cubic = new Cubic(window);
        window.set(10);
        window.set(cubic.thresholdAfterLoss());
        window.setThreshold(window.segments());
        int grown = grow(cubic, 20, 0);
        assertTrue(grown >= 7 + 9, () -> "grew to " + grown);
    }

    @Test
    @Requirement("RFC 9438 4.3-2")
    void letterCubic_renoBeyondTheOldWindow_isReno() {
        int[] grown = new int[2];
        for (int letter = 0; letter < 2; letter++) {
            SendersWindow window = new SendersWindow();
            CongestionControl cubic = letter == 1 ? new LetterCubic(window) : new Cubic(window);
            window.set(10);
            window.set(cubic.thresholdAfterLoss());
            window.setThreshold(window.segments());
            for (int i = 0; i < 400; i++) {
                cubic.acknowledged(window.segments(), 2L * i * MS); // A path so short that Reno is ahead of the curve.
            }
            grown[letter] = window.segments();
        }
        double pace = (grown[1] - 10) / (double) (grown[0] - 10);
        assertEquals(1 / 0.53, pace, 0.05, () -> "grew to " + grown[0] + " and " + grown[1]);
    }

    /** RFC 9438 section 4.9: after a reduction that was a mistake the window is where it would have been without. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement("RFC 9438 4.9-2")
    void letterCubic_reductionUndone_goesOnAlongTheCurve(boolean timeout) {
        int[] after = new int[2];
        for (int mistakes = 0; mistakes < 2; mistakes++) {
            SendersWindow window = new SendersWindow();
            LetterCubic cubic = new LetterCubic(window);
            window.set(200);
            window.setThreshold(cubic.thresholdAfterLoss());
            window.set(window.threshold());
            int threshold = window.threshold();
            int before = grow(cubic, window, 20, 0);
            if (mistakes > 0) {
                window.setThreshold(cubic.thresholdAfterLoss());
                window.set(timeout ? 1 : window.threshold());
                if (timeout) {
                    cubic.timedOut();
                }
                window.set(cubic.windowAfterUndo(before));
                window.setThreshold(threshold);
            }
            after[mistakes] = grow(cubic, window, 30, 20 * RTT_NS);
            assertTrue(after[mistakes] > before, "the curve rises");
        }
        assertEquals(after[0], after[1], 1);
    }

    @Test
    @Requirement("RFC 9438 4.8-1")
    void cubic_timeout_forgetsThePlateau() {
        Cubic cubic = new Cubic(window);
        window.set(100);
        window.setThreshold(cubic.thresholdAfterLoss());
        cubic.timedOut();
        window.set(70);
        // No plateau known: at least 5 % a round trip.
        assertTrue(grow(cubic, 1, 0) >= 73);
    }

    @Test
    @Requirement("features I10")
    void hyStart_delayGrownForEightSamples_endsSlowStart() {
        HyStart hyStart = new HyStart();
        int una = 0;
        for (int i = 0; i < 8; i++) {
            una += 100;
            assertFalse(hyStart.shouldEnd(windowOf(20), 140 * MS, RTT_NS, una, 100_000, 10L * i * MS));
        }
        assertTrue(hyStart.shouldEnd(windowOf(20), 140 * MS, RTT_NS, una + 100, 100_000, 80 * MS));
    }

    @Test
    void hyStart_oneShortDelayInTheRound_goesOn() {
        HyStart hyStart = new HyStart();
        for (int i = 0; i < 20; i++) {
            long rtt = i == 3 ? RTT_NS : 140 * MS;
            assertFalse(hyStart.shouldEnd(windowOf(20), rtt, RTT_NS, i * 100, 100_000, 10L * i * MS));
        }
    }

    @Test
    void hyStart_longTrain_endsSlowStart() {
        HyStart hyStart = new HyStart();
        boolean ended = false;
        for (int i = 0; i <= 60 && !ended; i++) {
            ended = hyStart.shouldEnd(windowOf(20), RTT_NS, RTT_NS, i, 100_000, i * MS);
        }
        assertTrue(ended);
    }

    @Test
    void hyStart_smallWindow_neverEnds() {
        HyStart hyStart = new HyStart();
        for (int i = 0; i < 100; i++) {
            assertFalse(hyStart.shouldEnd(windowOf(15), 500 * MS, RTT_NS, i, 100_000, i * MS));
        }
    }

    private static CongestionWindow windowOf(int segments) {
        CongestionWindow window = new CongestionWindow();
        window.set(segments);
        return window;
    }

    /** One round of slow start under HyStart++: each segment acknowledged by itself, after the same round trip. */
    private void slowStartRound(LetterCubic cubic, long rttNs) {
        int end = acked + window.segments();
        while (acked < end) {
            int sndNxt = acked + window.segments();
            acked++;
            cubic.measured(rttNs, acked, sndNxt, acked * MS);
            cubic.acknowledged(1, acked * MS);
        }
    }

    /** RFC 9406 section 4.2. */
    @Test
    @Requirement("RFC 9438 4.10-2")
    void hyStartPlusPlus_roundTripGrows_slowsDownForFiveRoundsAndEnds() {
        LetterCubic cubic = new LetterCubic(window);
        slowStartRound(cubic, RTT_NS);
        slowStartRound(cubic, RTT_NS);
        assertEquals(40, window.segments(), "twice at full pace");
        slowStartRound(cubic, 113 * MS);
        int slowed = window.segments();
        assertEquals(40 + 7 + 33 / 4, slowed, "at full pace until eight measurements had come");
        for (int round = 1; round < 5; round++) {
            assertTrue(window.isSlowStart(), "no five rounds yet");
            int before = window.segments();
            slowStartRound(cubic, 113 * MS);
            assertEquals(before + before / 4, window.segments(), 1);
        }
        assertFalse(window.isSlowStart());
        assertEquals(window.segments(), window.threshold());
    }

    @Test
    @Requirement("RFC 9438 4.10-2")
    void hyStartPlusPlus_roundTripFallsAgain_goesOnAtFullPace() {
        LetterCubic cubic = new LetterCubic(window);
        slowStartRound(cubic, RTT_NS);
        slowStartRound(cubic, RTT_NS);
        slowStartRound(cubic, 113 * MS);
        slowStartRound(cubic, RTT_NS);
        for (int round = 0; round < 6; round++) {
            int before = window.segments();
            slowStartRound(cubic, RTT_NS);
            assertEquals(2 * before, window.segments());
        }
        assertTrue(window.isSlowStart());
    }

    @Test
    void hyStartPlusPlus_roundTripGrowsLittle_isNoQueue() {
        LetterCubic cubic = new LetterCubic(window);
        slowStartRound(cubic, RTT_NS);
        slowStartRound(cubic, 112 * MS);
        slowStartRound(cubic, 124 * MS);
        assertEquals(80, window.segments());
    }

    @Test
    void hyStartPlusPlus_manyAcknowledgedAtOnce_widensByEightUnlessPaced() {
        LetterCubic cubic = new LetterCubic(window);
        cubic.acknowledged(10, 0);
        assertEquals(18, window.segments());
        cubic.paced();
        cubic.acknowledged(18, 0);
        assertEquals(36, window.segments());
    }

    /** RFC 9406 section 4.3: later slow starts know where to end. */
    @Test
    void hyStartPlusPlus_afterATimeout_isOrdinarySlowStart() {
        LetterCubic cubic = new LetterCubic(window);
        window.setThreshold(cubic.thresholdAfterLoss());
        window.set(1);
        cubic.timedOut();
        window.setThreshold(1000);
        cubic.acknowledged(100, 0);
        assertEquals(101, window.segments());
    }

    /** RFC 9937 section 6.2: in proportion while more is in flight than the threshold. */
    @Test
    @Requirement("RFC 6675 5-2")
    @Requirement("RFC 5681 3.2-8")
    @Requirement("RFC 5681 4.3-2")
    @Requirement("features I28")
    void prr_aboveThreshold_sendsInProportion() {
        Prr prr = new Prr();
        prr.begin(100, 0);
        assertEquals(90 + 1, prr.window(70, 90, 1, false), "the first retransmission goes");
        prr.sent(1);
        assertEquals(90 + 6, prr.window(70, 90, 9, false), "7 of 10 delivered, 1 sent");
    }

    @Test
    void prr_belowThreshold_catchesUpByOneMoreIfSafe() {
        Prr prr = new Prr();
        prr.begin(20, 0);
        prr.sent(5);
        assertEquals(6 + 2, prr.window(14, 6, 2, false));
        assertEquals(6 + 2, prr.window(14, 6, 1, true));
    }

    @Test
    @Requirement("RFC 9438 5.8-1")
    @Requirement("RFC 9438 4.6-3")
    void window_notUsed_isNotLimiting() {
        window.start(0);
        window.outputEnded(false, 3, 0, 3000, 0);
        assertFalse(window.isLimiting());
        window.outputEnded(false, 6, 0, 6000, 0);
        assertTrue(window.isLimiting(), "in slow start half of it is enough");
        window.setThreshold(10);
        assertFalse(window.isLimiting());
        window.outputEnded(true, 10, 0, 10_000, 0);
        assertTrue(window.isLimiting());
    }

    @Test
    void window_idle_fallsByHalvesToTheInitialOne() {
        window.set(80);
        window.setThreshold(40);
        window.restart(2_500 * MS, 1_000 * MS, 0, 10, /* atOnce= */ false);
        assertEquals(20, window.segments());
        assertEquals(60, window.currentThreshold(true), "three quarters of what it was");
        window.restart(60_000 * MS, 1_000 * MS, 0, 10, /* atOnce= */ false);
        assertEquals(10, window.segments());
    }

    /** Large windows and curves of days: sums that leave their type would shrink the window, or stop it. */
    @Test
    @Requirement("pain 8")
    void cubic_largeWindowAfterDays_doesNotOverflow() {
        Cubic cubic = new Cubic(window);
        window.set(60_000);
        int threshold = cubic.thresholdAfterLoss();
        assertEquals(42_000, threshold, 100);
        window.setThreshold(threshold);
        window.set(threshold);
        int before = window.segments();
        long now = 0;
        for (int i = 0; i < 1000; i++) {
            now += 3_600_000 * MS;
            cubic.acknowledged(60_000, now);
            int grown = window.segments();
            assertTrue(grown >= before, () -> "shrank to " + grown);
            before = grown;
        }
        assertTrue(before > 60_000, "stays at " + before);
    }
}
