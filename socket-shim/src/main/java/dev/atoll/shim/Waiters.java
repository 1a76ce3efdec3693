package dev.atoll.shim;

import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.ReadinessListener;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for one endpoint: at most one thread that reads (accepts, connects), at most one that writes, and the keys of
 * the selectors its channel is registered with. All blocking of the shim, but for a selector's, happens here.
 *
 * <p>A wake-up cannot be lost: a thread puts itself down first and then tries its operation once more before it parks,
 * and the endpoint tells its listener after the event. A wake-up for nothing is harmless, because the operation is tried
 * again.
 *
 * <p>This object knows the endpoint, but neither the socket nor the channel, so that these can become unreachable while
 * the endpoint lives. Thread-safe; holds no lock while it calls out.
 */
final class Waiters implements ReadinessListener {
    /** The readiness at which reading or accepting is worth a try. */
    static final int FOR_READER = Readiness.IN | Readiness.ERR | Readiness.HUP | Readiness.RDHUP;

    /** The readiness at which writing is worth a try, and a connect is over. */
    static final int FOR_WRITER = Readiness.OUT | Readiness.ERR | Readiness.HUP;

    private static final AtollKey[] NO_KEYS = {};

    private volatile @Nullable Thread reader;
    /** What the reader waits for; written before {@code reader}. */
    private volatile int readerBits;

    private volatile @Nullable Thread writer;
    private volatile AtollKey[] keys = NO_KEYS;

    @Override
    public void onReady(Endpoint endpoint, int readiness) {
        int now = endpoint.readiness();
        Thread reads = reader;
        if (reads != null && (now & readerBits) != 0) {
            LockSupport.unpark(reads);
        }
        Thread writes = writer;
        if (writes != null && (now & FOR_WRITER) != 0) {
            LockSupport.unpark(writes);
        }
        for (AtollKey key : keys) {
            key.endpointChanged(now);
        }
    }

    /** Wakes every thread that waits: the socket was closed or shut. */
    void wakeThreads() {
        LockSupport.unpark(reader);
        LockSupport.unpark(writer);
    }

    /** Has every selector look again: what its keys mean has changed though the endpoint has not. */
    void wakeSelectors() {
        for (AtollKey key : keys) {
            key.channelChanged();
        }
    }

    synchronized void add(AtollKey key) {
        AtollKey[] longer = Arrays.copyOf(keys, keys.length + 1);
        longer[keys.length] = key;
        keys = longer;
    }

    synchronized void remove(AtollKey key) {
        AtollKey[] rest = new AtollKey[keys.length];
        int count = 0;
        for (AtollKey each : keys) {
            if (each != key) {
                rest[count++] = each;
            }
        }
        keys = count == 0 ? NO_KEYS : Arrays.copyOf(rest, count);
    }

    /** What an interrupt does to a thread that waits. */
    enum Interrupts {
        /** Nothing; the flag is set again afterwards. */
        IGNORED,
        /** Ends the wait with {@link InterruptedIOException}; the flag stays. */
        END_WAIT,
        /** Closes the channel, by the JDK's own doing; the one who waits looks whether it is still open. */
        CLOSE_CHANNEL;

        /** As the JDK's sockets do it: a virtual thread's wait ends, a platform thread's does not. */
        static Interrupts ofSocket() {
            return Threads.currentIsVirtual() ? END_WAIT : IGNORED;
        }
    }

    /**
     * Puts the calling thread down as the one that reads or accepts.
     *
     * @param timeoutNanos how long it may wait in all, or 0 for ever
     */
    Wait beginRead(long timeoutNanos, Interrupts interrupts) {
        return begin(FOR_READER, timeoutNanos, interrupts);
    }

    /** Puts the calling thread down as the one that connects, which nobody who reads does at the same time. */
    Wait beginConnect(long timeoutNanos, Interrupts interrupts) {
        return begin(FOR_WRITER, timeoutNanos, interrupts);
    }

    private Wait begin(int bits, long timeoutNanos, Interrupts interrupts) {
        Wait wait = new Wait(false, timeoutNanos, interrupts);
        readerBits = bits;
        reader = Thread.currentThread();
        return wait;
    }

    /** Puts the calling thread down as the one that writes. */
    Wait beginWrite(Interrupts interrupts) {
        Wait wait = new Wait(true, 0, interrupts);
        writer = Thread.currentThread();
        return wait;
    }

    /** One thread's wait for one operation; ended by its {@link #close}. */
    final class Wait implements AutoCloseable {
        private final boolean writes;
        private final boolean timed;
        private final long deadlineNs;
        private final Interrupts interrupts;
        private boolean interrupted;

        private Wait(boolean writes, long timeoutNanos, Interrupts interrupts) {
            this.writes = writes;
            this.timed = timeoutNanos > 0;
            this.deadlineNs = System.nanoTime() + timeoutNanos;
            this.interrupts = interrupts;
        }

        /**
         * Waits until the operation is worth another try.
         *
         * @return false if the time is up
         * @throws InterruptedIOException if an interrupt is to end the wait
         */
        boolean await() throws InterruptedIOException {
            if (timed) {
                long remainingNs = deadlineNs - System.nanoTime();
                if (remainingNs <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, remainingNs);
            } else {
                LockSupport.park(this);
            }
            switch (interrupts) {
                case IGNORED -> {
                    // With the flag set park would return at once, for ever.
                    if (Thread.interrupted()) {
                        interrupted = true;
                    }
                }
                case END_WAIT -> {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedIOException();
                    }
                }
                case CLOSE_CHANNEL -> {
                    if (Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait(); // the interrupting thread is about to close the channel
                    }
                }
            }
            return true;
        }

        @Override
        public void close() {
            if (writes) {
                writer = null;
            } else {
                reader = null;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
