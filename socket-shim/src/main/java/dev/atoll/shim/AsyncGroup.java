package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A group of asynchronous channels and the threads that complete their operations.
 *
 * <p><b>Threads.</b> As many threads of the pool as it says, and one internal thread more unless the pool is fixed, run
 * {@link #loop}: they take what there is to do from one queue. A channel whose endpoint has become ready is put there by the
 * stack's thread, at most once at a time; so are handlers, in a fixed group. In other groups a handler that cannot be run
 * where its operation completed is given to the executor; the internal thread never runs one. Timeouts have a thread of
 * their own, which starts with the first and only queues.
 *
 * <p><b>Identity.</b> While a thread works for a group, {@code BINDING} says so. Only such a thread may run a handler
 * within the call that started the operation, and only so many on top of each other.
 *
 * <p><b>End.</b> After {@link #shutdown} the group ends with its last channel: the loops finish what is queued and leave, and
 * the last one shuts the executor down. So no handler is left without a thread.
 *
 * <p>Thread-safe. {@code lock} is the last one taken.
 */
final class AsyncGroup extends AsynchronousChannelGroup implements Executor {
    /** As the JDK, and set by the same property. */
    private static final int MAX_HANDLERS_ON_STACK =
            Permissions.privileged(() -> Integer.getInteger("sun.nio.ch.maxCompletionHandlersOnStack", 16));

    private static final ThreadLocal<Binding> BINDING = new ThreadLocal<>();

    private final AsyncThreadPool pool;
    private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final ScheduledThreadPoolExecutor timers;
    private final DeafLock lock = new DeafLock();

    /** Guarded by {@code lock}. */
    private final Set<AsyncCore> channels = new HashSet<>();

    private int loops;
    private volatile boolean shutdown;
    /** Written with {@code lock} held, once. */
    private volatile boolean ending;

    private static final class Binding {
        final AsyncGroup group;
        int handlersOnStack;

        Binding(AsyncGroup group) {
            this.group = group;
        }
    }

    private AsyncGroup(AsynchronousChannelProvider provider, AsyncThreadPool pool) {
        super(provider);
        this.pool = pool;
        this.timers = new ScheduledThreadPoolExecutor(1, AsyncThreadPool::newDaemon);
        timers.setRemoveOnCancelPolicy(true);
    }

    /** A group whose loops run. */
    static AsyncGroup start(AsynchronousChannelProvider provider, AsyncThreadPool pool) {
        AsyncGroup group = new AsyncGroup(provider, pool);
        if (!pool.isFixed()) {
            group.startLoop(false);
        }
        for (int i = 0; i < pool.loops(); i++) {
            group.startLoop(true);
        }
        return group;
    }

    boolean isFixed() {
        return pool.isFixed();
    }

    // ---- channels

    /** A channel that is in the group until {@link #remove}. */
    void add(AsyncCore channel) {
        lock.lock();
        try {
            if (shutdown) {
                throw new ShutdownChannelGroupException();
            }
            channels.add(channel);
        } finally {
            lock.unlock();
        }
    }

    void remove(AsyncCore channel) {
        boolean last;
        lock.lock();
        try {
            last = channels.remove(channel) && channels.isEmpty() && shutdown;
        } finally {
            lock.unlock();
        }
        if (last) {
            end();
        }
    }

    /** From any thread, the stack's too: what a loop is to do for a channel. */
    void enqueue(Runnable todo) {
        work.add(todo);
    }

    @Nullable Future<?> schedule(Runnable timeout, long delay, TimeUnit unit) {
        try {
            return timers.schedule(timeout, delay, unit);
        } catch (RejectedExecutionException e) {
            return null; // the group has ended, and with it the operation
        }
    }

    // ---- handlers

    /** Whether the calling thread may run a handler now. */
    boolean mayRunHandlerHere() {
        Binding binding = BINDING.get();
        return binding != null && binding.group == this && binding.handlersOnStack < MAX_HANDLERS_ON_STACK;
    }

    /** Runs the handler of a published operation, if it has one: here where that is allowed, otherwise in another thread. */
    void deliver(AsyncOperation<?, ?> published) {
        if (!published.hasHandler()) {
            return;
        }
        if (mayRunHandlerHere()) {
            runHandlerHere(published);
        } else {
            submit(published);
        }
    }

    private static void runHandlerHere(AsyncOperation<?, ?> published) {
        BINDING.get().handlersOnStack++;
        published.runHandler();
    }

    /** Has the handler of a published operation, if it has one, run in a thread of the group that is not this one. */
    void submit(AsyncOperation<?, ?> published) {
        if (!published.hasHandler()) {
            return;
        }
        try {
            executePooled(() -> {
                BINDING.get().handlersOnStack = 1;
                published.runHandler();
            });
        } catch (RejectedExecutionException e) {
            Binding binding = BINDING.get();
            if (binding == null || binding.group != this) {
                ShutdownChannelGroupException refused = new ShutdownChannelGroupException();
                refused.initCause(e);
                throw refused;
            }
            runHandlerHere(published); // the program has shut its executor down, but this thread is the group's
        }
    }

    /** Runs a task of the program's in a thread of the group, as groups of the JDK do. */
    @Override
    public void execute(Runnable task) {
        if (!Permissions.areAsked()) {
            executePooled(task);
            return;
        }
        Permissions.Caller caller = new Permissions.Caller();
        executePooled(() -> caller.run(task));
    }

    private void executePooled(Runnable task) {
        if (!pool.isFixed()) {
            pool.executor().execute(bound(task));
            return;
        }
        lock.lock();
        try {
            if (ending && loops == 0) {
                throw new RejectedExecutionException();
            }
            work.add(task);
        } finally {
            lock.unlock();
        }
    }

    private Runnable bound(Runnable task) {
        return () -> {
            Binding before = BINDING.get(); // of a task that the executor runs within another
            BINDING.set(new Binding(this));
            try {
                task.run();
            } finally {
                if (before == null) {
                    BINDING.remove();
                } else {
                    BINDING.set(before);
                }
            }
        };
    }

    // ---- loops

    private void startLoop(boolean pooled) {
        lock.lock();
        try {
            loops++;
        } finally {
            lock.unlock();
        }
        runLoop(pooled);
    }

    private void runLoop(boolean pooled) {
        try {
            if (pooled) {
                pool.executor().execute(bound(this::loop));
            } else {
                AsyncThreadPool.newDaemon(this::loop).start();
            }
        } catch (RejectedExecutionException e) {
            leave(false); // the program has shut its executor down
        }
    }

    private void loop() {
        boolean regular = false;
        try {
            while (runNext()) {
                // until the group's end
            }
            regular = true;
        } finally {
            if (!regular) {
                runLoop(BINDING.get() != null); // a handler has thrown, which ends this thread; another takes its place
            }
        }
    }

    /** False at the group's end. A method of its own, so that a loop at rest keeps hold of nothing it has run. */
    private boolean runNext() {
        Binding binding = BINDING.get();
        if (binding != null) {
            binding.handlersOnStack = 0;
        }
        Runnable next;
        try {
            next = ending ? work.poll() : work.take();
        } catch (InterruptedException e) {
            return true; // the program interrupted a thread of its pool; that does not end the group
        }
        if (next == null) {
            return !leave(true);
        }
        next.run();
        return true;
    }

    /** Nothing to do, but a loop that waits for work sees that the group ends. */
    private static void lookAgain() {}

    /** Ends one loop, unless it is to stay as long as there is work and there is some: then false. */
    private boolean leave(boolean onlyIfIdle) {
        boolean last;
        lock.lock();
        try {
            if (onlyIfIdle && !work.isEmpty()) {
                return false;
            }
            loops--;
            last = ending && loops == 0;
            if (ending && !last) {
                work.add(AsyncGroup::lookAgain); // for the next one
            }
        } finally {
            lock.unlock();
        }
        if (last) {
            pool.shutdown();
        }
        return true;
    }

    // ---- the end

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return pool.executor().isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return pool.executor().awaitTermination(timeout, unit);
    }

    @Override
    public void shutdown() {
        boolean empty;
        lock.lock();
        try {
            shutdown = true;
            empty = channels.isEmpty();
        } finally {
            lock.unlock();
        }
        if (empty) {
            end();
        }
    }

    @Override
    public void shutdownNow() {
        List<AsyncCore> open;
        lock.lock();
        try {
            shutdown = true; // so there are no more than these
            open = new ArrayList<>(channels);
        } finally {
            lock.unlock();
        }
        ShutdownChannelGroupException refused = null;
        for (AsyncCore each : open) {
            try {
                each.close();
            } catch (ShutdownChannelGroupException e) {
                refused = e; // a handler has no thread to run in any more, but the others' channels are closed too
            }
        }
        shutdown();
        if (refused != null) {
            throw refused;
        }
    }

    private void end() {
        boolean idle;
        lock.lock();
        try {
            if (ending) {
                return;
            }
            ending = true;
            idle = loops == 0;
            work.add(AsyncGroup::lookAgain);
        } finally {
            lock.unlock();
        }
        Permissions.runPrivileged(timers::shutdownNow);
        if (idle) {
            pool.shutdown();
        }
    }
}
