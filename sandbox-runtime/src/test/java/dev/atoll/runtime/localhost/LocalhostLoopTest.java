package dev.atoll.runtime.localhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.atoll.runtime.loop.FailureReport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A waking that a task takes with it by looking at the sockets. Nothing else ends a wait of this loop. */
@Timeout(60)
class LocalhostLoopTest {
    private static final long LIMIT_MS = 20_000;

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final WakingsOnly selector = new WakingsOnly();
    private final HaltingQueue tasks = new HaltingQueue();
    private final LocalhostLoop loop =
            new LocalhostLoop(selector, report(), () -> {}, TimeUnit.DAYS.toMillis(1), tasks);

    private FailureReport report() {
        return new FailureReport() {
            @Override
            public void stackFailed(Throwable cause) {
                failures.add(cause);
            }

            @Override
            public void linkFailed(String reason) {
                failures.add(new AssertionError(reason));
            }

            @Override
            public void localhostFailed(Throwable cause) {
                failures.add(cause);
            }
        };
    }

    @AfterEach
    void end() {
        // Also a loop that has missed a waking.
        loop.close();
        assertEquals(List.of(), failures);
    }

    /**
     * A thread has left its task and not woken the loop yet. The loop comes round for another reason, and does the task; then the
     * waking comes, and is taken by the task's look at the sockets. The next task must wake the loop again.
     */
    @Test
    void waking_behindItsTask_isTakenByTheTask_theNextTaskWakesAgain() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        loop.start();
        selector.awaitWaiting();
        tasks.halt = new CountDownLatch(1);
        Thread late = inBackground(() -> loop.execute(() -> {
            began.countDown();
            selector.awaitWoken();
            loop.letGo();
        }));
        tasks.left.await();
        selector.becomeReady();
        began.await();
        tasks.halt.countDown();
        late.join();
        selector.awaitWaiting();

        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        assertEquals(2, selector.wakings(), "a waking for each task");
        done.await();
    }

    /** Whoever ends the sandbox waits for the thread. */
    @Test
    void wakingOfClose_isTakenByATask_theLoopEndsAllTheSame() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        loop.start();
        selector.awaitWaiting();
        loop.execute(() -> {
            began.countDown();
            // The first was this task's own.
            selector.awaitWoken();
            loop.letGo();
        });
        began.await();
        Thread closes = inBackground(loop::close);
        closes.join(LIMIT_MS);
        assertFalse(closes.isAlive(), "waits for the loop still");
    }

    private static Thread inBackground(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** On demand, who adds a task comes no further than that. */
    @SuppressWarnings("serial") // nobody writes it
    private static final class HaltingQueue extends ConcurrentLinkedQueue<Runnable> {
        final transient CountDownLatch left = new CountDownLatch(1);
        transient volatile CountDownLatch halt = new CountDownLatch(0);

        @Override
        public boolean add(Runnable task) {
            boolean added = super.add(task);
            if (halt.getCount() > 0) {
                left.countDown();
                await(halt);
            }
            return added;
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** A selector of no channels: a waking ends the wait that it meets, or is taken by the next look. */
    private static final class WakingsOnly extends Selector {
        private boolean closed;
        private boolean waiting;
        private boolean ready;
        private boolean woken;
        private int wakings;

        synchronized void awaitWaiting() throws InterruptedException {
            while (!waiting) {
                wait();
            }
        }

        synchronized void awaitWoken() {
            try {
                while (!woken) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Ends a wait as a channel does. */
        synchronized void becomeReady() {
            ready = true;
            notifyAll();
        }

        synchronized int wakings() {
            return wakings;
        }

        @Override
        public synchronized Selector wakeup() {
            woken = true;
            wakings++;
            notifyAll();
            return this;
        }

        @Override
        public synchronized int select(long timeoutMs) throws IOException {
            waiting = true;
            notifyAll();
            try {
                while (!woken && !ready) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            waiting = false;
            return selectNow();
        }

        @Override
        public int select() throws IOException {
            return select(0);
        }

        @Override
        public synchronized int selectNow() {
            woken = false;
            ready = false;
            return 0;
        }

        @Override
        public Set<SelectionKey> keys() {
            return Set.of();
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            return new HashSet<>();
        }

        @Override
        public SelectorProvider provider() {
            return SelectorProvider.provider();
        }

        @Override
        public synchronized boolean isOpen() {
            return !closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
        }
    }
}
