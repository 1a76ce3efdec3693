package dev.atoll.runtime.dns;

import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.ReadinessListener;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Lets one thread wait for one endpoint. It parks, so that a virtual thread that waits here gives its carrier back. */
final class ReadySignal implements ReadinessListener {
    private volatile boolean raised;
    private volatile @Nullable Thread waiter;

    @Override
    public void onReady(Endpoint endpoint, int readiness) {
        raised = true;
        LockSupport.unpark(waiter);
    }

    /**
     * Waits for the next signal since the last one seen. An interrupt does not end a lookup, as it does not end
     * getaddrinfo(3); the thread keeps its flag.
     *
     * @param deadlineNs in {@link System#nanoTime}
     * @return false if the time is over
     */
    boolean await(long deadlineNs) {
        // Before the first look: who raises the signal after it finds the thread.
        waiter = Thread.currentThread();
        boolean interrupted = false;
        long leftNs = deadlineNs - System.nanoTime();
        while (!raised && leftNs > 0) {
            LockSupport.parkNanos(this, leftNs);
            // With the flag set it would not wait.
            interrupted |= Thread.interrupted();
            leftNs = deadlineNs - System.nanoTime();
        }
        boolean seen = raised;
        if (seen) {
            raised = false;
        }
        waiter = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return seen;
    }
}
