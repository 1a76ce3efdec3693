package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.CompletionHandler;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A completion handler that keeps what it was told, and by which thread. */
final class Outcome<V> implements CompletionHandler<V, Object> {
    private final CountDownLatch told = new CountDownLatch(1);
    private volatile @Nullable V result;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Object attachment;
    private volatile @Nullable Thread thread;

    @Override
    public void completed(V value, Object attached) {
        result = value;
        keep(attached);
    }

    @Override
    public void failed(Throwable cause, Object attached) {
        failure = cause;
        keep(attached);
    }

    private void keep(Object attached) {
        assertTrue(told.getCount() == 1, "a handler is told once");
        attachment = attached;
        thread = Thread.currentThread();
        told.countDown();
    }

    /** What a future's operation failed with. */
    static Throwable failureOf(Future<?> future) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        return Objects.requireNonNull(e.getCause());
    }

    boolean isTold() {
        return told.getCount() == 0;
    }

    private void await() throws InterruptedException {
        assertTrue(told.await(20, TimeUnit.SECONDS), "the handler is not told");
    }

    V result() throws InterruptedException {
        await();
        if (failure != null) {
            throw new AssertionError("the operation failed", failure);
        }
        return Objects.requireNonNull(result);
    }

    Throwable failure() throws InterruptedException {
        await();
        Throwable cause = failure;
        if (cause == null) {
            throw new AssertionError("the operation did not fail but gave " + result);
        }
        return cause;
    }

    @Nullable Object attachment() throws InterruptedException {
        await();
        return attachment;
    }

    Thread thread() throws InterruptedException {
        await();
        return Objects.requireNonNull(thread);
    }
}
