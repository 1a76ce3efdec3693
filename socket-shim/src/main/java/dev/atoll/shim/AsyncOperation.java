package dev.atoll.shim;

import java.io.IOException;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One operation of an asynchronous channel, and the future that the program got for it if it gave no handler.
 *
 * <p><b>States.</b> PENDING → SETTLED (there is an outcome that nobody has seen) → DONE, or PENDING → CANCELLED. The first
 * step is made with the lock of the operation's {@link AsyncSlot}, so there is one outcome; {@link #publish} makes the
 * second without it, and the handler is run after that.
 *
 * @param <V> the result
 * @param <A> what the program attached
 */
abstract class AsyncOperation<V, A> implements Future<V> {
    private enum State {
        PENDING,
        SETTLED,
        DONE,
        CANCELLED
    }

    private final AsyncSlot slot;
    private final @Nullable CompletionHandler<V, ? super A> handler;
    private final @Nullable A attachment;
    private final CountDownLatch over = new CountDownLatch(1);

    /** Written before the state. */
    private @Nullable V result;

    private @Nullable Throwable failure;
    private volatile State state = State.PENDING;
    private volatile @Nullable Future<?> timer;

    AsyncOperation(AsyncSlot slot, @Nullable CompletionHandler<V, ? super A> handler, @Nullable A attachment) {
        this.slot = slot;
        this.handler = handler;
        this.attachment = attachment;
    }

    /**
     * Tries to get done, without waiting, and calls {@link #succeed} if it did; with the slot's lock held.
     *
     * @return false if it is too early
     * @throws Exception the failure that is the outcome
     */
    abstract boolean attempt() throws Exception;

    /**
     * A last look at a result, without a lock.
     *
     * @throws SecurityException if the program may not have it: that is the outcome then, and the result is discarded
     */
    void beforeResultIsSeen(@Nullable V result) {}

    /** What a failure does to the channel before anybody hears of it. */
    void beforeFailureIsSeen() {}

    /** Whether the channel goes on with it after it was cancelled, to give what comes of it to {@link #discard}. */
    boolean goesOnCancelled() {
        return false;
    }

    /** What else a cancellation forbids. */
    void afterCancel() {}

    /** Gives up what came of a cancelled operation. */
    void discard(@Nullable V result) {}

    /** Closes the channel. */
    abstract void closeChannel();

    // ---- the outcome; with the slot's lock held, or before anybody else knows the operation

    final void succeed(@Nullable V value) {
        settle(value, null);
    }

    final void fail(Throwable cause) {
        settle(null, cause);
    }

    private void settle(@Nullable V value, @Nullable Throwable cause) {
        result = value;
        failure = cause;
        if (state == State.PENDING) {
            state = State.SETTLED;
        }
    }

    /** False if it has an outcome already. */
    final boolean becomeCancelled() {
        if (state != State.PENDING) {
            return false;
        }
        state = State.CANCELLED;
        return true;
    }

    // ---- telling of it; without a lock

    /** Of a settled operation: wakes who waits for the future. A handler is run by {@link #runHandler} afterwards. */
    final void publish() {
        if (failure == null && state != State.CANCELLED) {
            lookAtResult();
        }
        if (failure != null) {
            beforeFailureIsSeen();
        }
        if (state == State.CANCELLED) {
            discard(result);
        } else {
            end(State.DONE);
        }
    }

    private void lookAtResult() {
        try {
            beforeResultIsSeen(result);
        } catch (SecurityException e) {
            discard(result);
            result = null;
            failure = e;
        }
    }

    private void end(State last) {
        state = last;
        over.countDown();
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }

    final void setTimer(@Nullable Future<?> started) {
        timer = started;
        if (started != null && state != State.PENDING) {
            started.cancel(false);
        }
    }

    final boolean hasHandler() {
        return handler != null;
    }

    /** Of a published operation. */
    final void runHandler() {
        CompletionHandler<V, ? super A> told = handler;
        if (told == null) {
            return;
        }
        if (failure == null) {
            told.completed(result, attachment);
        } else {
            told.failed(failure, attachment);
        }
        // An interrupt that the handler left behind is nobody else's.
        Thread.interrupted();
    }

    // ---- the future

    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        if (!slot.cancel(this)) {
            return false;
        }
        afterCancel();
        if (mayInterruptIfRunning) {
            closeChannel();
        }
        end(State.CANCELLED);
        return true;
    }

    @Override
    public final boolean isCancelled() {
        return state == State.CANCELLED;
    }

    @Override
    public final boolean isDone() {
        State now = state;
        return now == State.DONE || now == State.CANCELLED;
    }

    @Override
    public final @Nullable V get() throws InterruptedException, ExecutionException {
        if (!isDone()) {
            over.await();
        }
        return outcome();
    }

    @Override
    public final @Nullable V get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (unit == null) {
            throw new NullPointerException();
        }
        if (!isDone() && !over.await(timeout, unit)) {
            throw new TimeoutException();
        }
        return outcome();
    }

    private @Nullable V outcome() throws ExecutionException {
        if (state == State.CANCELLED) {
            throw new CancellationException();
        }
        Throwable cause = failure;
        if (cause != null) {
            boolean asItIs = cause instanceof IOException || cause instanceof SecurityException;
            throw new ExecutionException(asItIs ? cause : new IOException(cause));
        }
        return result;
    }
}
