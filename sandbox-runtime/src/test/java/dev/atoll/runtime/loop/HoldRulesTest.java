package dev.atoll.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HoldRulesTest {
    /** Frames protocol code may nest, several times what it does, each with a few locals. */
    private static final int WORK_DEPTH = 60;

    @Test
    void ordinaryThread_may() {
        assertTrue(HoldRules.mayHold());
    }

    @Test
    void interruptedThread_mayNot_andKeepsItsFlag() {
        Thread.currentThread().interrupt();
        assertFalse(HoldRules.mayHold());
        assertTrue(Thread.interrupted());
    }

    /** Java before 21 has none: there the answer is no for every thread. */
    @Test
    void virtualThread_mayNot() throws Exception {
        if (Runtime.version().feature() < 21) {
            assertFalse(HoldRules.isVirtual(Thread.currentThread()));
            return;
        }
        AtomicReference<Boolean> may = new AtomicReference<>();
        Thread thread = (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, (Runnable)
                        () -> may.set(HoldRules.mayHold()));
        thread.join();
        assertEquals(false, may.get());
    }

    /** At every depth at which the rules say yes, work of protocol code's size runs; near the end they say no. */
    @Test
    void nearTheEndOfTheStack_mayNotBeforeWorkWouldOverflow() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        int[] answers = new int[2];
        Thread thread = new Thread(
                null,
                () -> {
                    // First with interpreted frames, then with compiled ones, which are smaller.
                    for (int round = 0; round < 50 && failure.get() == null; round++) {
                        try {
                            descend(1_000_000, answers, failure);
                        } catch (StackOverflowError e) {
                            answers[0]++;
                        }
                    }
                },
                "deep",
                512 * 1024);
        thread.start();
        thread.join();
        assertEquals(null, failure.get());
        assertTrue(answers[0] >= 50, "the end of the stack was reached");
        assertTrue(answers[1] >= 50, "and was seen coming");
    }

    private static int descend(int depth, int[] answers, AtomicReference<Throwable> failure) {
        if (HoldRules.mayHold()) {
            try {
                work(WORK_DEPTH, 1, 2, 3, 4);
            } catch (StackOverflowError e) {
                failure.compareAndSet(null, e);
                return 0;
            }
        } else {
            answers[1]++;
        }
        return depth == 0 ? 0 : 1 + descend(depth - 1, answers, failure);
    }

    private static long work(int depth, long a, long b, long c, long d) {
        return depth == 0 ? a : work(depth - 1, b, c, d, a + d) + b * c;
    }
}
