package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionControl;
import dev.atoll.stack.congestion.CongestionWindow;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What TCP relies on in a {@link CongestionControl}. */
public abstract class CongestionControlContract {
    private static final long RTT_NS = 100_000_000;
    private static final int STEPS = 2000;

    protected CongestionControlContract() {}

    /** A new one for this window. */
    protected abstract CongestionControl create(CongestionWindow window);

    /** Calls as a connection makes them, in an order that the seed decides; says all windows and thresholds. */
    private static int[] drive(CongestionControl control, CongestionWindow window, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] trace = new int[2 * STEPS];
        long nowNs = 1_000 * RTT_NS;
        int sequence = 0;
        for (int step = 0; step < STEPS; step++) {
            nowNs += random.nextLong(RTT_NS);
            int acked = 1 + random.nextInt(window.segments());
            sequence += acked * 1000;
            switch (random.nextInt(40)) {
                case 0 -> window.setThreshold(control.thresholdAfterLoss());
                case 1 -> {
                    window.setThreshold(control.thresholdAfterLoss());
                    control.timedOut();
                    window.set(1);
                }
                case 2 -> window.set(control.windowAfterUndo(window.segments()));
                case 3 -> control.restarted(RTT_NS, nowNs);
                case 4 -> control.paced();
                case 5, 6, 7 -> control.notLimiting(nowNs);
                default -> {
                    control.measured(RTT_NS + random.nextLong(RTT_NS), sequence, sequence + 5000, nowNs);
                    control.acknowledged(acked, nowNs);
                }
            }
            trace[2 * step] = window.segments();
            trace[2 * step + 1] = window.threshold();
        }
        return trace;
    }

    @Test
    void name_isOneThatCanBeSet_andAlwaysTheSame() {
        CongestionControl control = create(new CongestionWindow());
        String name = control.name();
        assertTrue(!name.isEmpty() && name.length() <= 15, name);
        assertEquals(name, create(new CongestionWindow()).name());
        CongestionWindow window = new CongestionWindow();
        CongestionControl used = create(window);
        drive(used, window, 1);
        assertEquals(name, used.name());
    }

    @Test
    void thresholdAfterLoss_isTwoOrMore_howeverSmallTheWindow() {
        for (int segments : new int[] {1, 2, 3, 10, 1000, CongestionWindow.MAX_SEGMENTS}) {
            CongestionWindow window = new CongestionWindow();
            CongestionControl control = create(window);
            window.set(segments);
            int threshold = control.thresholdAfterLoss();
            assertTrue(threshold >= CongestionWindow.MIN_THRESHOLD, segments + " segments: " + threshold);
        }
    }

    @Test
    void loss_doesNotRaiseTheWindow() {
        for (int segments : new int[] {10, 100, 1000}) {
            CongestionWindow window = new CongestionWindow();
            CongestionControl control = create(window);
            window.set(segments);
            int before = window.segments();
            assertTrue(control.thresholdAfterLoss() <= before, "a loss is no reason to send faster");
            assertEquals(before, window.segments(), "how the window gets there is not its business");
        }
    }

    @Test
    void sameCalls_makeTheSameWindows() {
        for (long seed = 1; seed <= 5; seed++) {
            CongestionWindow window = new CongestionWindow();
            CongestionWindow again = new CongestionWindow();
            assertArrayEquals(drive(create(window), window, seed), drive(create(again), again, seed), "seed " + seed);
        }
    }

    @Test
    void connections_doNotShareAnything() {
        CongestionWindow alone = new CongestionWindow();
        int[] expected = drive(create(alone), alone, 1);
        CongestionWindow window = new CongestionWindow();
        CongestionControl control = create(window);
        CongestionWindow other = new CongestionWindow();
        drive(create(other), other, 2);
        assertArrayEquals(expected, drive(control, window, 1));
    }

    @Test
    void archive_isAllThatItKnows() {
        CongestionWindow window = new CongestionWindow();
        CongestionControl control = create(window);
        drive(control, window, 1);
        Archive saving = Archive.saving();
        window.archive(saving);
        control.archive(saving);
        Archive restoring = Archive.restoring(saving.toByteArray());
        CongestionWindow restoredWindow = new CongestionWindow();
        CongestionControl restored = create(restoredWindow);
        restoredWindow.archive(restoring);
        restored.archive(restoring);
        assertArrayEquals(drive(control, window, 2), drive(restored, restoredWindow, 2));
    }
}
