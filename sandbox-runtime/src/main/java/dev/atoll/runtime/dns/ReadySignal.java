package dev.atoll.runtime.dns;

import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.ReadinessListener;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets a thread wait for one endpoint. A lock of java.util.concurrent and not a monitor, so that a virtual thread that
 * waits here gives its carrier back.
 */
final class ReadySignal implements ReadinessListener {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean raised;

    @Override
    public void onReady(Endpoint endpoint, int readiness) {
        lock.lock();
        try {
            raised = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next signal since the last one seen. An interrupt does not end a lookup, as it does not end
     * getaddrinfo(3); the thread keeps its flag.
     *
     * @param deadlineNs in {@link System#nanoTime}
     * @return false if the time is over
     */
    boolean await(long deadlineNs) {
        boolean interrupted = false;
        lock.lock();
        try {
            while (!raised) {
                long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    return false;
                }
                try {
                    changed.awaitNanos(leftNs);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            raised = false;
            return true;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
