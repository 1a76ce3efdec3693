package dev.atoll.runtime.localhost;

import dev.atoll.runtime.loop.FailureReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread that watches sockets of the kernel and moves what comes by them. A daemon named {@value #THREAD_NAME}.
 *
 * <p>It calls the stack, and threads that give a port back wait for it. So it must never wait for a thread of which it does not
 * know what that waits for: interrupts pass it by, since an interrupted thread may not hold a stack and would leave its work to
 * another.
 */
final class LocalhostLoop {
    static final String THREAD_NAME = "atoll-localhost";

    private static final long NS_PER_MS = 1_000_000;

    /** How often who waits for the thread looks whether it is there at all. */
    private static final long LOOK_AGAIN_MS = 100;

    /** As much as goes in one call. */
    private static final int SCRATCH_BYTES = 64 * 1024;

    private final Selector selector;
    private final FailureReport report;
    private final Runnable housekeeping;
    private final long houseKeepingMs;
    private final Queue<Runnable> tasks;
    private final AtomicBoolean wakePending = new AtomicBoolean();
    private final Thread thread;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    private long houseKeptNs = System.nanoTime();
    private volatile boolean stopping;

    private final Consumer<SelectionKey> handle = new Consumer<>() {
        @Override
        public void accept(SelectionKey key) {
            ((Crossing) key.attachment()).ready(key);
        }
    };

    /**
     * @param housekeeping what is done now and then, on the loop's thread
     * @param houseKeepingMs how often
     */
    LocalhostLoop(Selector selector, FailureReport report, Runnable housekeeping, long houseKeepingMs) {
        this(selector, report, housekeeping, houseKeepingMs, new ConcurrentLinkedQueue<>());
    }

    /**
     * @param tasks for any number of threads
     */
    LocalhostLoop(
            Selector selector,
            FailureReport report,
            Runnable housekeeping,
            long houseKeepingMs,
            Queue<Runnable> tasks) {
        this.selector = selector;
        this.tasks = tasks;
        this.report = report;
        this.housekeeping = housekeeping;
        this.houseKeepingMs = houseKeepingMs;
        thread = new DeafThread(this);
        thread.setDaemon(true);
    }

    private static final class DeafThread extends Thread {
        private final LocalhostLoop loop;

        DeafThread(LocalhostLoop loop) {
            super(THREAD_NAME);
            this.loop = loop;
        }

        @Override
        public void run() {
            loop.run();
        }

        @Override
        public void interrupt() {
            // A program may interrupt every thread it finds.
        }
    }

    void start() {
        thread.start();
    }

    /** Whether it watches nothing any more. */
    boolean isEnded() {
        return stopping;
    }

    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Bytes on their way, of whoever is at work; on the loop's thread. */
    ByteBuffer scratch() {
        return scratch;
    }

    /** Has something done by the loop soon; nothing any more once it has ended. */
    void execute(Runnable task) {
        tasks.add(task);
        if (!isCurrentThread() && !wakePending.getAndSet(true)) {
            selector.wakeup();
        }
    }

    /** Watches a channel from now on. On the loop's thread. */
    @Nullable SelectionKey watch(SelectableChannel channel, int interest, Crossing crossing) {
        try {
            return channel.register(selector, interest, crossing);
        } catch (ClosedChannelException e) {
            // Given back before it was ever watched.
            return null;
        } catch (ClosedSelectorException e) {
            crossing.end();
            return null;
        }
    }

    /**
     * Waits until channels that were closed before have left the selector: only then has the kernel given their ports back. The loop's
     * own thread sees to it itself.
     */
    void letGo() {
        if (isCurrentThread()) {
            selectNow();
            return;
        }
        CountDownLatch gone = new CountDownLatch(1);
        execute(() -> {
            selectNow();
            gone.countDown();
        });
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                if (gone.await(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void selectNow() {
        try {
            selector.selectNow(handle);
        } catch (ClosedSelectorException e) {
            // The loop has ended, and every channel has left the selector with that.
        } catch (IOException e) {
            throw new IllegalStateException("the selector of " + THREAD_NAME + " failed", e);
        }
    }

    private void run() {
        try {
            while (!stopping) {
                runTasks();
                keepHouse();
                // Behind the tasks, since one that looks at the sockets takes wakings with it, and before the look at
                // what is left: whoever comes from here on wakes the selector.
                wakePending.set(false);
                if (tasks.isEmpty() && !stopping) {
                    selector.select(handle, houseKeepingMs);
                } else {
                    selector.selectNow(handle);
                }
            }
        } catch (Throwable e) {
            report.localhostFailed(e);
        } finally {
            stopping = true;
            endQuietly();
        }
    }

    private void keepHouse() {
        long nowNs = System.nanoTime();
        if (nowNs - houseKeptNs >= houseKeepingMs * NS_PER_MS) {
            houseKeptNs = nowNs;
            housekeeping.run();
        }
    }

    /** Those there are now; what they leave behind comes after the next look at the sockets. */
    private void runTasks() {
        int count = tasks.size();
        for (int i = 0; i < count; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    /** Whoever ends the sandbox waits for this thread, so that nobody else may be called with what it throws. */
    private void endQuietly() {
        try {
            end();
        } catch (RuntimeException e) {
            report.localhostFailed(e);
        }
    }

    private void end() {
        List<Crossing> open = new ArrayList<>();
        for (SelectionKey key : selector.keys()) {
            open.add((Crossing) key.attachment());
        }
        for (Crossing each : open) {
            each.end();
        }
        try {
            selector.close();
        } catch (IOException ignored) {
            // Nobody is left to watch anything.
        }
        runTasks();
    }

    /** Interest in a channel, unless it was closed meanwhile. */
    static void setInterest(@Nullable SelectionKey key, int interest) {
        if (key == null) {
            return;
        }
        try {
            if (key.interestOps() != interest) {
                key.interestOps(interest);
            }
        } catch (CancelledKeyException ignored) {
            // Whoever closed it says so elsewhere.
        }
    }

    /** Ends the thread and waits for it. */
    void close() {
        stopping = true;
        selector.wakeup();
        boolean interrupted = false;
        while (!isCurrentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
