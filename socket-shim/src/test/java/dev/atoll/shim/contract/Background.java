package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A call made in a thread of its own, to see it block and what becomes of it. */
final class Background {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Thread thread;
    private volatile @Nullable Object result;
    private volatile @Nullable Throwable failure;
    private volatile boolean interruptedAfter;

    private Background(Callable<?> call) {
        thread = new Thread(
                () -> {
                    try {
                        result = call.call();
                    } catch (Exception e) {
                        failure = e;
                    } finally {
                        interruptedAfter = Thread.currentThread().isInterrupted();
                    }
                },
                "background");
        thread.setDaemon(true);
        thread.start();
    }

    static Background call(Callable<?> call) {
        return new Background(call);
    }

    /** Waits until the call is blocked: in a native method of the JDK's channels, or parked. */
    Background awaitBlocked() {
        long deadlineNs = System.nanoTime() + LIMIT_NANOS;
        int seen = 0;
        while (seen < 3) {
            if (!thread.isAlive()) {
                throw new AssertionError("the call did not block: " + result, failure);
            }
            if (System.nanoTime() - deadlineNs > 0) {
                fail("the call does not block");
            }
            seen = isBlocked() ? seen + 1 : 0;
            LockSupport.parkNanos(1_000_000);
        }
        return this;
    }

    private boolean isBlocked() {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length > 0
                && stack[0].isNativeMethod()
                && (stack[0].getClassName().startsWith("sun.nio.ch.")
                        || stack[0].getMethodName().equals("park"));
    }

    /** The methods on the stack of the blocked call, as {@code CLASS.METHOD}. */
    List<String> methods() {
        List<String> methods = new ArrayList<>();
        for (StackTraceElement each : thread.getStackTrace()) {
            methods.add(each.getClassName() + '.' + each.getMethodName());
        }
        return methods;
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    /** The exception the call ended with. */
    Throwable failure() throws InterruptedException {
        join();
        Throwable thrown = failure;
        if (thrown == null) {
            throw new AssertionError("the call did not fail but gave " + result);
        }
        return thrown;
    }

    /** Waits for the end, whatever it is. */
    void ended() throws InterruptedException {
        join();
    }

    /** What the call gave. */
    Object result() throws InterruptedException {
        join();
        if (failure != null) {
            throw new AssertionError("the call failed", failure);
        }
        return Objects.requireNonNull(result);
    }

    /** Whether the thread's interrupt flag was set when the call had ended. */
    boolean interruptedAfter() throws InterruptedException {
        join();
        return interruptedAfter;
    }

    private void join() throws InterruptedException {
        thread.join(TimeUnit.NANOSECONDS.toMillis(LIMIT_NANOS));
        if (thread.isAlive()) {
            AssertionError error = new AssertionError("the call does not end");
            error.setStackTrace(thread.getStackTrace());
            throw error;
        }
    }
}
