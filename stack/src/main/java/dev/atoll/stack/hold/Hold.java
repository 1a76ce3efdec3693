package dev.atoll.stack.hold;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DeafLock;
import dev.atoll.stack.env.Driver;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.TimerQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to run a stack's protocol code: one thread has it at a time.
 *
 * <p>A thread that {@link Driver#mayHold} enters, works, and exits; entering again while inside is allowed and does
 * nothing. A thread that may not hold {@linkplain #submit submits} its work, which the next holder does on its way out,
 * and waits. When the outermost holder exits it first finishes what protocol code left to do, then gives the hold up,
 * then delivers notifications, which may enter again.
 */
public final class Hold {
    /** Work that a holder does; null is a result like others, which callers that expect it know. */
    @FunctionalInterface
    public interface Work<T> {
        @Nullable T run() throws StackException;
    }

    private static final class Task<T> {
        final Work<T> work;
        final Thread waiter = Thread.currentThread();
        private @Nullable T result;
        private @Nullable StackException exception;
        private @Nullable Throwable bug;
        volatile boolean done;

        Task(Work<T> work) {
            this.work = work;
        }

        void run() {
            try {
                result = work.run();
            } catch (StackException e) {
                exception = e;
            } catch (RuntimeException | Error e) {
                // The waiter is told too: it must not wait for ever for work that nobody will finish.
                bug = e;
            } finally {
                done = true;
                LockSupport.unpark(waiter);
            }
        }

        @Nullable T get() throws StackException {
            if (exception != null) {
                throw new StackException(exception.error(), exception.detail());
            }
            if (bug != null) {
                throw new IllegalStateException("protocol code failed", bug);
            }
            return result;
        }
    }

    /** A list that once held more is not kept. */
    private static final int MAX_KEPT = 256;

    private final DeafLock lock = new DeafLock();
    private final ConcurrentLinkedQueue<Task<?>> tasks = new ConcurrentLinkedQueue<>();
    private final Cycle cycle;
    private final Driver driver;
    private final Runnable finish;
    /** In the order in which they were asked for. */
    private @Nullable Notification notifications;

    private @Nullable Notification lastNotification;
    /** Told when all others have been. */
    private @Nullable Notification blocking;
    /** Taken by who leaves the hold and given back after delivery, so that others who leave meanwhile make their own. */
    private final AtomicReference<@Nullable List<Notification>> spare = new AtomicReference<>();

    private long driverDeadlineNs = TimerQueue.NEVER;
    private boolean closed;

    /**
     * @param finish what is done before a hold ends: deliver what looped back
     */
    public Hold(Cycle cycle, Driver driver, Runnable finish) {
        this.cycle = cycle;
        this.driver = driver;
        this.finish = finish;
    }

    /** Takes the hold, waiting for whoever has it; false if this thread must submit instead. */
    public boolean enter() {
        if (lock.isHeldByCurrentThread()) {
            lock.lock();
            return true;
        }
        if (!driver.mayHold()) {
            return false;
        }
        lock.lock();
        cycle.begin();
        return true;
    }

    /** Takes the hold for the driving thread itself, which always may. */
    public void enterAsDriver() {
        lock.lock();
        if (lock.holdCount() == 1) {
            cycle.begin();
        }
    }

    /** Gives the hold up and tells whoever waits to be told. */
    public void exit() {
        exit(false);
    }

    /**
     * The driving thread gives the hold up and learns when it must be back.
     *
     * @return the next deadline, or {@link TimerQueue#NEVER}
     */
    public long exitAsDriver() {
        return exit(true);
    }

    private long exit(boolean asDriver) {
        if (lock.holdCount() > 1) {
            lock.unlock();
            return TimerQueue.NEVER;
        }
        boolean wake = false;
        long deadlineNs = TimerQueue.NEVER;
        List<Notification> toDeliver = null;
        Notification lastly = null;
        try {
            runTasks();
            finish.run();
            toDeliver = takeNotifications();
            lastly = blocking;
            blocking = null;
            deadlineNs = cycle.timers().nextDeadlineNs();
            if (asDriver) {
                driverDeadlineNs = deadlineNs;
            } else if (isEarlier(deadlineNs, driverDeadlineNs)) {
                driverDeadlineNs = deadlineNs;
                wake = true;
            }
        } finally {
            lock.unlock();
        }
        // A task queued after the last look above would wait for nobody.
        if (wake || !tasks.isEmpty()) {
            driver.wake();
        }
        if (toDeliver != null) {
            deliver(toDeliver);
        }
        if (lastly != null) {
            lastly.deliver();
        }
        return deadlineNs;
    }

    private void deliver(List<Notification> toDeliver) {
        int count = toDeliver.size();
        for (int i = 0; i < count; i++) {
            toDeliver.get(i).deliver();
        }
        if (count <= MAX_KEPT) {
            toDeliver.clear();
            spare.set(toDeliver);
        }
    }

    private static boolean isEarlier(long deadlineNs, long thanNs) {
        return deadlineNs != TimerQueue.NEVER && (thanNs == TimerQueue.NEVER || deadlineNs - thanNs < 0);
    }

    private void runTasks() {
        Task<?> task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
    }

    private @Nullable List<Notification> takeNotifications() {
        Notification at = notifications;
        if (at == null) {
            return null;
        }
        notifications = null;
        lastNotification = null;
        List<Notification> taken = spare.getAndSet(null);
        if (taken == null) {
            taken = new ArrayList<>(4);
        }
        while (at != null) {
            at.prepare();
            taken.add(at);
            at = at.dequeue();
        }
        return taken;
    }

    /** The stack is closed: endpoints are of no use any more. While holding. */
    public void markClosed() {
        closed = true;
    }

    /** Whether the stack is closed. While holding. */
    public boolean isClosed() {
        return closed;
    }

    /** Queues a notification for the end of this hold; only while holding. */
    public void notifyLater(Notification notification) {
        if (!notification.isQueued()) {
            if (notifications == null) {
                notifications = notification;
            }
            notification.enqueue(lastNotification);
            lastNotification = notification;
        }
    }

    /**
     * Queues the one notification that may block, so that others of this hold do not wait for it; only while holding. It has
     * nothing to prepare.
     */
    public void notifyLast(Notification notification) {
        Check.that(blocking == null || blocking == notification, "one notification of a stack may block");
        blocking = notification;
    }

    /** Has the work done by a thread that may hold, and waits for it, uninterruptibly. */
    @SuppressWarnings("NullAway") // Whether null may come back depends on the work, which NullAway cannot follow.
    public <T> T submit(Work<T> work) throws StackException {
        Task<T> task = new Task<>(work);
        tasks.add(task);
        driver.wake();
        boolean interrupted = false;
        while (!task.done) {
            LockSupport.park(this);
            // A set interrupt flag would turn the wait into a busy one.
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return task.get();
    }

    /** Enters if the thread may, else submits: for what is not on a hot path. */
    @SuppressWarnings("NullAway") // As for submit.
    public <T> T call(Work<T> work) throws StackException {
        if (!enter()) {
            return submit(work);
        }
        try {
            return work.run();
        } finally {
            exit();
        }
    }

    /** As {@link #call} for work that cannot fail. */
    public <T> T query(Work<T> work) {
        try {
            return call(work);
        } catch (StackException e) {
            throw new IllegalStateException(Objects.requireNonNull(e.getMessage()), e);
        }
    }
}
