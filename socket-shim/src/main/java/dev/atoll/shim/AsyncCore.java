package dev.atoll.shim;

import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.ReadinessListener;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.InterruptedByTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the asynchronous channels have in common: an operation starts here, and comes to its end by the endpoint's readiness,
 * by its timeout or by close.
 *
 * <p><b>No event is lost.</b> An operation first waits in its slot and then readiness is looked at; the listener is told after
 * the event and then looks at the slot. The mark "is queued" is taken off before the slots are tried.
 *
 * <p><b>Threads.</b> {@link #onReady} runs in the stack's thread and only queues. {@link #run} runs in a loop of the group.
 * {@link #start} and {@link #close} run in the program's threads.
 *
 * <p>The endpoint refers to this object, and so does the group: an asynchronous channel is never collected while it is open.
 */
final class AsyncCore implements ReadinessListener, Runnable {
    private final AsyncGroup group;
    private final Endpoint endpoint;
    /** For reading, or accepting. */
    private final AsyncSlot in;
    /** For connecting and writing. */
    private final @Nullable AsyncSlot out;

    private final AtomicBoolean queued = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    private AsyncCore(AsyncGroup group, Endpoint endpoint, AsyncSlot in, @Nullable AsyncSlot out) {
        this.group = group;
        this.endpoint = endpoint;
        this.in = in;
        this.out = out;
    }

    /**
     * Takes the endpoint over, which is closed if that fails.
     *
     * @throws java.nio.channels.ShutdownChannelGroupException if the group takes no more channels
     */
    static AsyncCore open(AsyncGroup group, Endpoint endpoint, AsyncSlot in, @Nullable AsyncSlot out) {
        AsyncCore core = new AsyncCore(group, endpoint, in, out);
        try {
            group.add(core);
        } catch (RuntimeException e) {
            endpoint.close();
            throw e;
        }
        endpoint.setReadinessListener(core);
        return core;
    }

    boolean isOpen() {
        return !closed.get();
    }

    /** Settles an operation that is over before it began. */
    void finishAtOnce(AsyncOperation<?, ?> settled) {
        settled.publish();
        group.deliver(settled);
    }

    /** How an operation begins. */
    enum Beginning {
        /** In the calling thread, and so may its handler. */
        HERE,
        /** In the calling thread, but its handler does not run in it. */
        HERE_HANDLER_ELSEWHERE,
        /**
         * In the calling thread, unless the handler belongs to a fixed group and cannot run here: then in the thread that
         * runs the handler, as the JDK has it, so that nothing is moved ahead of a group whose threads are busy.
         */
        HERE_IF_OF_USE
    }

    /**
     * Starts an operation that has taken its slot.
     *
     * @param timeout after which it fails; 0 or less for none
     */
    void start(AsyncOperation<?, ?> operation, AsyncSlot slot, Beginning beginning, long timeout, TimeUnit unit) {
        boolean here = beginning != Beginning.HERE_IF_OF_USE
                || !operation.hasHandler()
                || !group.isFixed()
                || group.mayRunHandlerHere();
        if (!here || !slot.tryFirst(operation)) {
            await(operation, slot, timeout, unit);
            return;
        }
        operation.publish();
        if (beginning == Beginning.HERE_HANDLER_ELSEWHERE) {
            group.submit(operation);
        } else {
            group.deliver(operation);
        }
    }

    private void await(AsyncOperation<?, ?> operation, AsyncSlot slot, long timeout, TimeUnit unit) {
        slot.startWaiting();
        if (timeout > 0) {
            Runnable timeOut = () -> timeOut(operation, slot);
            operation.setTimer(group.schedule(() -> group.enqueue(timeOut), timeout, unit));
        }
        if (closed.get()) {
            failWaiting(slot);
        } else if (slot.waitsFor(endpoint.readiness())) {
            queue();
        }
    }

    private void timeOut(AsyncOperation<?, ?> operation, AsyncSlot slot) {
        if (slot.timeOut(operation, new InterruptedByTimeoutException())) {
            operation.publish();
            group.submit(operation);
        }
    }

    @Override
    public void onReady(Endpoint ready, int readiness) {
        int now = ready.readiness();
        if (in.waitsFor(now) || (out != null && out.waitsFor(now))) {
            queue();
        }
    }

    /** What waits is to be tried once more: a direction was shut. */
    void queue() {
        if (queued.compareAndSet(false, true)) {
            group.enqueue(this);
        }
    }

    /** Tries what waits. */
    @Override
    public void run() {
        queued.set(false);
        AsyncOperation<?, ?> came = in.tryWaiting();
        AsyncOperation<?, ?> went = out == null ? null : out.tryWaiting();
        if (went != null) {
            went.publish();
        }
        if (came != null) {
            came.publish();
        }
        if (went != null && came != null) {
            group.submit(went); // or it would wait for the other's handler
        } else if (went != null) {
            group.deliver(went);
        }
        if (came != null) {
            group.deliver(came);
        }
    }

    /** Whatever fails on the way, nobody is left waiting and the group knows. */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            endpoint.close();
        } finally {
            try {
                failWaiting(in);
            } finally {
                try {
                    if (out != null) {
                        failWaiting(out);
                    }
                } finally {
                    group.remove(this);
                }
            }
        }
    }

    private void failWaiting(AsyncSlot slot) {
        AsyncOperation<?, ?> failed = slot.failWaiting(new AsynchronousCloseException());
        if (failed != null) {
            failed.publish();
            group.submit(failed);
        }
    }
}
