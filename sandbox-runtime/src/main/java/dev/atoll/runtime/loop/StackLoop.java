package dev.atoll.runtime.loop;

import dev.atoll.runtime.link.PolledLink;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.TimerQueue;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives a stack with one thread and a selector of the JDK's own: the driver for the program's JVM.
 *
 * <p>The thread, a daemon named {@value #THREAD_NAME}, waits for the links' descriptors, a wake-up or the next
 * deadline, whichever is first, then runs the stack once and begins again. A cycle costs the thread one {@code
 * epoll_wait} besides what the links do, and allocates nothing.
 *
 * <p>Nothing is owned but the selector and the thread: links are closed by their stack. Before the
 * loop has begun and when it has ended, every thread may hold; one that was just too late to see the end, and left its
 * work for the loop, gets a thread for it.
 */
public final class StackLoop implements StackDriver {
    /** The driving thread's name, as thread dumps show it. */
    public static final String THREAD_NAME = "atoll-loop";

    private static final long NS_PER_MS = 1_000_000;

    /** {@link #select} argument: do not wait. */
    private static final long AT_ONCE = Long.MIN_VALUE;

    private final Selector selector;
    private final Clock clock;
    private final FailureReport report;

    /** A wake-up is on its way and not yet taken note of: further ones would be system calls for nothing. */
    private final AtomicBoolean wakePending = new AtomicBoolean();

    private final AtomicBoolean reported = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile @Nullable DrivenStack driven;
    private volatile @Nullable Thread thread;

    private Port[] ports = new Port[0];
    private boolean moreToDo;

    // Anonymous classes here and below and no lambdas: decision 0620.

    private final Consumer<SelectionKey> noteReady = new Consumer<>() {
        @Override
        public void accept(SelectionKey key) {
            noteReady(key);
        }
    };

    private final Runnable pollLinks = new Runnable() {
        @Override
        public void run() {
            pollLinks();
        }
    };

    private final Runnable wake = new Runnable() {
        @Override
        public void run() {
            wake();
        }
    };

    private static final Runnable NOTHING = new Runnable() {
        @Override
        public void run() {}
    };

    /** One watched link. */
    private static final class Port {
        final PolledLink link;
        final SelectionKey key;
        int watched = SelectionKey.OP_READ;
        boolean readable;
        boolean writable;

        @Nullable String failure;

        boolean failureReported;

        Port(PolledLink link, SelectionKey key) {
            this.link = link;
            this.key = key;
        }
    }

    /**
     * @param provider the JDK's own provider, taken before any hook is installed
     * @param clock the stack's clock
     * @param report hears of the stack's end if it ends by itself
     * @throws IOException if no selector can be opened
     */
    public StackLoop(SelectorProvider provider, Clock clock, FailureReport report) throws IOException {
        this.selector = provider.openSelector();
        this.clock = clock;
        this.report = report;
    }

    @Override
    public boolean mayHold() {
        return thread == null || ended || HoldRules.mayHold();
    }

    @Override
    public void wake() {
        if (Thread.currentThread() == thread || wakePending.getAndSet(true)) {
            return;
        }
        DrivenStack stack = driven;
        if (ended && stack != null) {
            Thread late = new Thread(() -> finish(stack), THREAD_NAME);
            late.setDaemon(true);
            late.start();
        } else {
            selector.wakeup();
        }
    }

    @Override
    public void start(DrivenStack stack, List<? extends PolledLink> links) throws IOException {
        Check.that(!started.getAndSet(true), "a driver is started once");
        Port[] watched = new Port[links.size()];
        for (int i = 0; i < watched.length; i++) {
            PolledLink link = links.get(i);
            SelectionKey key = link.descriptor().selectable().register(selector, SelectionKey.OP_READ);
            watched[i] = new Port(link, key);
            key.attach(watched[i]);
            link.onInterestChanged(wake);
        }
        ports = watched;
        Thread driving = new Thread(THREAD_NAME) {
            @Override
            public void run() {
                drive(stack);
            }
        };
        driving.setDaemon(true);
        driven = stack;
        thread = driving;
        driving.start();
    }

    private void drive(DrivenStack stack) {
        try {
            // The first cycle polls nothing: it runs what was queued before the loop began.
            long wait = AT_ONCE;
            while (!stopping) {
                select(wait);
                // Before the stack runs: what is queued from here on is seen by this run or wakes the next select.
                wakePending.set(false);
                moreToDo = false;
                long deadlineNs = stack.run(pollLinks);
                afterRun();
                wait = moreToDo ? AT_ONCE : deadlineNs;
            }
        } catch (Throwable e) {
            fail(stack, e);
        } finally {
            ended = true;
            finish(stack);
            closeSelector();
        }
    }

    /** What was queued for the loop before it ended is done, so that nobody waits for it for ever. */
    private void finish(DrivenStack stack) {
        wakePending.set(false);
        try {
            stack.run(NOTHING);
        } catch (Throwable e) {
            reportOnce(e);
        }
    }

    private void reportOnce(Throwable cause) {
        if (!reported.getAndSet(true)) {
            report.stackFailed(cause);
        }
    }

    /** Waits until a link is ready, somebody wakes the loop, or the deadline has come. */
    private void select(long deadlineNs) throws IOException {
        // A program may interrupt every thread it finds: that must not turn waiting into spinning.
        Thread.interrupted();
        if (deadlineNs == AT_ONCE) {
            selector.selectNow(noteReady);
        } else if (deadlineNs == TimerQueue.NEVER) {
            selector.select(noteReady);
        } else {
            long waitNs = deadlineNs - clock.nowNs();
            if (waitNs <= 0) {
                selector.selectNow(noteReady);
            } else {
                // Rounded up: too early would be a cycle for nothing, and then another.
                selector.select(noteReady, (waitNs + NS_PER_MS - 1) / NS_PER_MS);
            }
        }
    }

    private static void noteReady(SelectionKey key) {
        Port port = (Port) key.attachment();
        try {
            port.readable = key.isReadable();
            port.writable = key.isWritable();
        } catch (CancelledKeyException e) {
            // Its link was closed by another thread meanwhile; polling it does nothing.
            port.readable = false;
            port.writable = false;
        }
    }

    private void pollLinks() {
        for (Port port : ports) {
            boolean readable = port.readable;
            boolean writable = port.writable;
            port.readable = false;
            port.writable = false;
            moreToDo |= port.link.poll(readable, writable);
            port.failure = port.link.failure();
        }
    }

    private void afterRun() {
        for (Port port : ports) {
            String failure = port.failure;
            if (failure != null && !port.failureReported) {
                port.failureReported = true;
                report.linkFailed(failure);
            }
            int wanted = port.link.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (port.watched != wanted && port.key.isValid()) {
                port.watched = wanted;
                try {
                    port.key.interestOps(wanted);
                } catch (CancelledKeyException ignored) {
                    // Its link was closed by another thread meanwhile: nothing is left to watch.
                }
            }
        }
    }

    /** Protocol state can no longer be trusted: nothing may go out any more, and nobody may wait for it. */
    private void fail(DrivenStack stack, Throwable cause) {
        // First: whoever closes must be one who may hold, and nobody else would do its work.
        ended = true;
        try {
            stack.close();
        } catch (Throwable e) {
            cause.addSuppressed(e);
            closeDescriptors(cause);
        }
        reportOnce(cause);
    }

    private void closeDescriptors(Throwable cause) {
        for (Port port : ports) {
            try {
                port.link.descriptor().close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException ignored) {
            // The epoll descriptor is gone either way, and nobody is left to act on it.
        }
    }

    @Override
    public void close() {
        stopping = true;
        Thread driving = thread;
        if (driving == null) {
            closeSelector();
            return;
        }
        selector.wakeup();
        if (driving != Thread.currentThread()) {
            joinUninterruptibly(driving);
        }
    }

    private static void joinUninterruptibly(Thread driving) {
        boolean interrupted = false;
        while (true) {
            try {
                driving.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
