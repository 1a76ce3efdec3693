package dev.atoll.stack.env;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A reentrant lock that leaves the interrupt status of threads alone: one that waits neither hears an interrupt nor clears its
 * flag.
 *
 * <p>The locks of {@code java.util.concurrent} clear the flag of a thread that waits and set it again once it owns the lock, by
 * {@link Thread#interrupt}. A program may have overridden that method, to close the socket that the thread reads say, and
 * would then run inside of the lock: it waits for a monitor whose owner waits for the lock, and nobody goes on.
 *
 * <p>For sections that end soon: a thread waits parked, but with its flag set it can only give up the processor and look
 * again. Threads do not take turns, as with a {@link ReentrantLock} that is not fair.
 */
public final class DeafLock {
    private static final class Waiter {
        final Thread thread = Thread.currentThread();
        /** Whether it is to be woken; cleared by who wakes it. */
        volatile boolean waits;
    }

    /** How often a thread looks before it parks: some microseconds, which sections end within and parking takes longer than. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
    /** Made by the first who waits. */
    private volatile @Nullable ConcurrentLinkedQueue<Waiter> waiters;

    /** The owner's. */
    private int holds;

    /** Of nobody. */
    public DeafLock() {}

    /** Takes the lock, once more if the calling thread has it, and waits for whoever else has it. */
    public void lock() {
        Thread current = Thread.currentThread();
        if (owner.getPlain() != current && !owner.compareAndSet(null, current)) {
            await(current);
        }
        holds++;
    }

    @SuppressWarnings("ThreadPriorityCheck") // it is right without the yield, too, and only takes longer
    private void await(Thread current) {
        for (int i = 0; i < SPINS; i++) {
            if (owner.getOpaque() == null && owner.compareAndSet(null, current)) {
                return;
            }
            Thread.onSpinWait();
        }
        Waiter waiter = new Waiter();
        ConcurrentLinkedQueue<Waiter> queue = queue();
        queue.add(waiter);
        // Whoever gives the lock up looks for waiters then: it sees this one, or this one a free lock.
        waiter.waits = true;
        while (!owner.compareAndSet(null, current)) {
            LockSupport.park(this);
            if (waiter.waits) {
                // Nobody has woken it: its flag is set, and park does not wait.
                Thread.yield();
            }
            waiter.waits = true;
        }
        queue.remove(waiter);
    }

    private ConcurrentLinkedQueue<Waiter> queue() {
        ConcurrentLinkedQueue<Waiter> queue = waiters;
        return queue != null ? queue : makeQueue();
    }

    /** A monitor is deaf, too. */
    private synchronized ConcurrentLinkedQueue<Waiter> makeQueue() {
        ConcurrentLinkedQueue<Waiter> queue = waiters;
        if (queue == null) {
            queue = new ConcurrentLinkedQueue<>();
            waiters = queue;
        }
        return queue;
    }

    /**
     * Gives the lock up, if the calling thread has not taken it more often than this.
     *
     * @throws IllegalMonitorStateException if it does not have it
     */
    public void unlock() {
        if (!isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("the lock is not this thread's");
        }
        holds--;
        if (holds == 0) {
            owner.set(null);
            ConcurrentLinkedQueue<Waiter> queue = waiters;
            if (queue != null) {
                wakeFirst(queue);
            }
        }
    }

    private static void wakeFirst(ConcurrentLinkedQueue<Waiter> queue) {
        Waiter first = queue.peek();
        if (first != null && first.waits) {
            first.waits = false;
            LockSupport.unpark(first.thread);
        }
    }

    /** Whether the calling thread has it. */
    public boolean isHeldByCurrentThread() {
        return owner.getPlain() == Thread.currentThread();
    }

    /** How often the calling thread has taken it and not given it up, 0 if it does not have it. */
    public int holdCount() {
        return isHeldByCurrentThread() ? holds : 0;
    }
}
