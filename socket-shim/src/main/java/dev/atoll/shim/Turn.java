package dev.atoll.shim;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose turn it is to read, or to write. Threads that want the same of one socket go one after the other, and the one
 * whose turn it is keeps it while it waits; nobody else ever waits for a turn.
 */
final class Turn {
    private final ReentrantLock lock = new ReentrantLock();

    void take() {
        lock.lock();
    }

    void give() {
        lock.unlock();
    }

    /**
     * Takes the turn within a time; an interrupt does not count and is kept.
     *
     * @return the time that is left, or 0 or less if the turn was not taken
     */
    long take(long timeoutNanos) {
        long deadlineNs = System.nanoTime() + timeoutNanos;
        long remainingNs = timeoutNanos;
        boolean taken = false;
        boolean interrupted = false;
        while (!taken && remainingNs > 0) {
            try {
                taken = lock.tryLock(remainingNs, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            remainingNs = deadlineNs - System.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (taken && remainingNs <= 0) {
            lock.unlock();
        }
        return remainingNs;
    }
}
