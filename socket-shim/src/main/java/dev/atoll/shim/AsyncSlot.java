package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The place of the one operation that an asynchronous channel may have under way in one direction.
 *
 * <p>An operation takes the place, is tried at once or not, and if it is not done waits there for readiness. Its lock is held
 * while it is tried, which never waits, so trying, failing and cancelling come one after the other; nothing is called out to
 * with the lock but the endpoint.
 */
final class AsyncSlot {
    private final int readinessBits;
    private final Supplier<RuntimeException> whenTaken;
    private final Supplier<RuntimeException> whenForbidden;
    private final DeafLock lock = new DeafLock();

    /** Guarded by {@code lock}. */
    private @Nullable AsyncOperation<?, ?> operation;

    private boolean forbidden;
    /** Whether the operation waits; written with {@code lock} held. */
    private volatile boolean waiting;

    /**
     * @param readinessBits the readiness at which a try is worth it
     * @param whenTaken what who comes second is told
     * @param whenForbidden what is said after a timeout or a cancellation
     */
    AsyncSlot(int readinessBits, Supplier<RuntimeException> whenTaken, Supplier<RuntimeException> whenForbidden) {
        this.readinessBits = readinessBits;
        this.whenTaken = whenTaken;
        this.whenForbidden = whenForbidden;
    }

    /** Throws unless the place can be taken. */
    void requireFree() {
        lock.lock();
        try {
            requireFreeLocked();
        } finally {
            lock.unlock();
        }
    }

    private void requireFreeLocked() {
        if (forbidden) {
            throw whenForbidden.get();
        }
        if (operation != null) {
            throw whenTaken.get();
        }
    }

    void take(AsyncOperation<?, ?> newcomer) {
        lock.lock();
        try {
            requireFreeLocked();
            operation = newcomer;
        } finally {
            lock.unlock();
        }
    }

    /** No further operation. */
    void forbid() {
        lock.lock();
        try {
            forbidden = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this readiness lets the waiting operation, if there is one, get done. */
    boolean waitsFor(int readiness) {
        return waiting && (readiness & readinessBits) != 0;
    }

    /** Tries the operation that has just taken the place; true if it is settled now and has left. */
    boolean tryFirst(AsyncOperation<?, ?> newcomer) {
        lock.lock();
        try {
            return tryLocked(newcomer);
        } finally {
            lock.unlock();
        }
    }

    /** From now on {@link #tryWaiting} sees the operation. */
    void startWaiting() {
        lock.lock();
        try {
            waiting = true;
        } finally {
            lock.unlock();
        }
    }

    /** Tries the waiting operation; gives it back if it is settled now, and has left. */
    @Nullable AsyncOperation<?, ?> tryWaiting() {
        lock.lock();
        try {
            AsyncOperation<?, ?> waits = waiting ? operation : null;
            return waits != null && tryLocked(waits) ? waits : null;
        } finally {
            lock.unlock();
        }
    }

    private boolean tryLocked(AsyncOperation<?, ?> tried) {
        try {
            if (!tried.attempt()) {
                return false;
            }
        } catch (Exception | Error e) {
            tried.fail(e);
        }
        leave();
        return true;
    }

    private void leave() {
        operation = null;
        waiting = false;
    }

    /** Fails the waiting operation, if there is one; gives it back. */
    @Nullable AsyncOperation<?, ?> failWaiting(Throwable cause) {
        lock.lock();
        try {
            AsyncOperation<?, ?> waits = waiting ? operation : null;
            if (waits != null) {
                waits.fail(cause);
                leave();
            }
            return waits;
        } finally {
            lock.unlock();
        }
    }

    /** Fails this operation if it still waits, and forbids others; false if it does not wait any more. */
    boolean timeOut(AsyncOperation<?, ?> late, Throwable cause) {
        lock.lock();
        try {
            if (operation != late) {
                return false;
            }
            forbidden = true;
            late.fail(cause);
            leave();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** False if the operation has an outcome already. */
    boolean cancel(AsyncOperation<?, ?> unwanted) {
        lock.lock();
        try {
            if (!unwanted.becomeCancelled()) {
                return false;
            }
            forbidden = true;
            if (operation == unwanted && !unwanted.goesOnCancelled()) {
                leave();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
