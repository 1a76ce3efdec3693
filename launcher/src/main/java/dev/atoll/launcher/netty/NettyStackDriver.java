package dev.atoll.launcher.netty;

import dev.atoll.runtime.link.PolledLink;
import dev.atoll.runtime.loop.DrivenStack;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.loop.HoldRules;
import dev.atoll.runtime.loop.StackDriver;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.TimerQueue;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Drives a stack on a Netty epoll loop, beside whatever else that loop does: the driver for the launcher's own stacks.
 *
 * <p>The loop watches the links' descriptors; the links read and write them by themselves, the same links as in the
 * program's JVM. The stack runs when a link is ready, when somebody woke it, and when its deadline has come. The loop
 * belongs to the caller and is still there when the driver was closed.
 *
 * <p>Fields without a word of their own are the loop thread's.
 */
public final class NettyStackDriver implements StackDriver {
    private final IoEventLoop loop;
    private final Clock clock;
    private final FailureReport report;

    /** A run is on its way and has not begun: further ones would be tasks for nothing. Any thread. */
    private final AtomicBoolean wakePending = new AtomicBoolean();

    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile @Nullable DrivenStack driven;
    private volatile boolean ended;

    private final List<NettyLinkWatch> watches = new ArrayList<>();
    private @Nullable ScheduledFuture<?> timer;
    private long timerDeadlineNs = TimerQueue.NEVER;
    private boolean running;
    private boolean moreToDo;
    private boolean left;

    private final Runnable cycle = this::cycle;
    private final Runnable pollLinks = this::pollLinks;

    /**
     * @param loop a loop on epoll
     * @param clock the stack's clock
     * @param report hears of the stack's end if it ends by itself
     */
    public NettyStackDriver(IoEventLoop loop, Clock clock, FailureReport report) {
        this.loop = loop;
        this.clock = clock;
        this.report = report;
    }

    @Override
    public boolean mayHold() {
        return driven == null || ended || HoldRules.mayHold();
    }

    @Override
    public void wake() {
        // Inside a run the loop's thread will look at everything once more anyway.
        if (driven == null || (loop.inEventLoop() && running) || wakePending.getAndSet(true)) {
            return;
        }
        try {
            loop.execute(cycle);
        } catch (RejectedExecutionException e) {
            // The loop was shut down under us: what was left for it is done on a thread of its own.
            Thread late = new Thread(this::finish, "atoll-loop");
            late.setDaemon(true);
            late.start();
        }
    }

    @Override
    public void start(DrivenStack stack, List<? extends PolledLink> links) throws IOException {
        Check.that(!started.getAndSet(true), "a driver is started once");
        List<NettyLinkWatch> made = new ArrayList<>();
        for (PolledLink link : links) {
            made.add(NettyLinkWatch.register(loop, link, this::ready));
            link.onInterestChanged(this::wake);
        }
        driven = stack;
        wakePending.set(true);
        loop.execute(() -> {
            watches.addAll(made);
            cycle();
        });
    }

    /** A descriptor is ready. Before the first cycle nobody would poll it; that cycle polls everything. */
    private void ready() {
        if (!watches.isEmpty()) {
            cycle();
        }
    }

    /** Runs the stack once. */
    private void cycle() {
        // Before the stack runs: what is queued from here on is seen by this run or brings the next one.
        wakePending.set(false);
        if (ended) {
            finish();
            return;
        }
        running = true;
        try {
            moreToDo = false;
            long deadlineNs = stack().run(pollLinks);
            afterRun();
            if (moreToDo) {
                wakeAgain();
            }
            schedule(deadlineNs);
        } catch (Throwable e) {
            fail(e);
        } finally {
            running = false;
        }
    }

    /** Through the loop's queue, so that what else the loop does gets its turn. */
    private void wakeAgain() {
        if (!wakePending.getAndSet(true)) {
            loop.execute(cycle);
        }
    }

    private void pollLinks() {
        for (NettyLinkWatch watch : watches) {
            moreToDo |= watch.poll();
        }
    }

    private void afterRun() {
        for (NettyLinkWatch watch : watches) {
            String failure = watch.takeFailure();
            if (failure != null) {
                report.linkFailed(failure);
            }
            watch.updateInterest();
        }
    }

    /** At most one timer is set, for the earliest deadline known; one that comes too early finds nothing to do. */
    private void schedule(long deadlineNs) {
        if (deadlineNs == TimerQueue.NEVER) {
            cancelTimer();
            return;
        }
        if (timer != null && timerDeadlineNs == deadlineNs) {
            return;
        }
        cancelTimer();
        timerDeadlineNs = deadlineNs;
        long delayNs = Math.max(0, deadlineNs - clock.nowNs());
        timer = loop.schedule(this::deadlineCame, delayNs, TimeUnit.NANOSECONDS);
    }

    private void deadlineCame() {
        timer = null;
        cycle();
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private DrivenStack stack() {
        return Objects.requireNonNull(driven);
    }

    /** Protocol state can no longer be trusted: nothing may go out any more, and nobody may wait for it. */
    private void fail(Throwable cause) {
        // First: whoever closes must be one who may hold, and nobody else would do its work.
        ended = true;
        try {
            stack().close();
        } catch (Throwable e) {
            cause.addSuppressed(e);
            for (NettyLinkWatch watch : watches) {
                watch.closeDescriptor(cause);
            }
        }
        reportOnce(cause);
        end();
    }

    private void reportOnce(Throwable cause) {
        if (!reported.getAndSet(true)) {
            report.stackFailed(cause);
        }
    }

    /** On the loop's thread: nothing is watched any more, and what was left for the loop is done. */
    private void end() {
        ended = true;
        if (left) {
            return;
        }
        left = true;
        cancelTimer();
        for (NettyLinkWatch watch : watches) {
            watch.cancel();
        }
        if (!running) {
            finish();
        } else {
            loop.execute(this::finish);
        }
    }

    /** What was queued for the loop before it ended is done, so that nobody waits for it for ever. */
    private void finish() {
        wakePending.set(false);
        DrivenStack stack = driven;
        if (stack == null) {
            return;
        }
        try {
            stack.run(() -> {});
        } catch (Throwable e) {
            reportOnce(e);
        }
    }

    @Override
    public void close() {
        if (loop.inEventLoop()) {
            end();
            return;
        }
        try {
            loop.submit(this::end).syncUninterruptibly();
        } catch (RejectedExecutionException e) {
            // The loop was shut down: nothing of it runs any more.
            ended = true;
            finish();
        }
    }
}
