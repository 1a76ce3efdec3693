package dev.atoll.stack.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeafLockTest {
    private final DeafLock lock = new DeafLock();

    /** Only the lock's owner counts. */
    private int count;

    /** Takes the lock once; counts the calls of its {@code interrupt}. */
    private final class Taker extends Thread {
        final AtomicInteger interrupts = new AtomicInteger();
        volatile boolean interruptedInside;
        volatile boolean interruptedAfter;

        @Override
        public void run() {
            lock.lock();
            count++;
            interruptedInside = isInterrupted();
            lock.unlock();
            interruptedAfter = isInterrupted();
        }

        @Override
        public void interrupt() {
            interrupts.incrementAndGet();
            super.interrupt();
        }
    }

    private Taker waiting() {
        Taker taker = new Taker();
        taker.start();
        while (taker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return taker;
    }

    @Test
    void whoWaits_isParkedAndGoesOnWhenTheLockIsFree() throws Exception {
        lock.lock();
        Taker first = waiting();
        Taker second = waiting();
        assertEquals(0, count);
        lock.unlock();
        first.join();
        second.join();
        assertEquals(2, count);
        assertFalse(first.interruptedInside);
    }

    @Test
    void interruptedWhileItWaits_goesOnWaiting_andNobodyElseInterrupts() throws Exception {
        lock.lock();
        Taker taker = waiting();
        taker.interrupt();
        while (taker.getState() == Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        lock.unlock();
        taker.join();
        assertEquals(1, count);
        assertEquals(1, taker.interrupts.get());
        assertTrue(taker.interruptedInside);
        assertTrue(taker.interruptedAfter);
    }

    @Test
    void takenTwice_isGivenUpTwice() throws Exception {
        lock.lock();
        lock.lock();
        assertEquals(2, lock.holdCount());
        lock.unlock();
        assertTrue(lock.isHeldByCurrentThread());
        Taker taker = waiting();
        lock.unlock();
        assertFalse(lock.isHeldByCurrentThread());
        assertEquals(0, lock.holdCount());
        taker.join();
        assertEquals(1, count);
    }

    @Test
    void ofAnother_isNotGivenUp() throws Exception {
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        Thread owner = new Thread(lock::lock);
        owner.start();
        owner.join();
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertEquals(0, lock.holdCount());
    }

    @Test
    void manyThreads_someInterrupted_oneAtATime() throws Exception {
        int rounds = 20_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            boolean interrupted = i % 3 == 0;
            threads.add(new Thread(() -> {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                for (int round = 0; round < rounds; round++) {
                    lock.lock();
                    lock.lock();
                    count++;
                    lock.unlock();
                    lock.unlock();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(threads.size() * rounds, count);
    }
}
