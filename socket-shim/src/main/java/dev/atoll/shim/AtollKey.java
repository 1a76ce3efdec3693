package dev.atoll.shim;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The key of a channel of ours.
 *
 * <p>Changes of the interest set are taken over when the next selection begins, as the JDK's selectors do it; until then
 * {@code watched} has what the selection in progress looks for.
 */
final class AtollKey extends ShimKey {
    private final AtollChannel endpointChannel;
    private final AtomicInteger interest = new AtomicInteger();
    /** In the selector's queue of keys to look at. */
    private final AtomicBoolean queued = new AtomicBoolean();
    /** In the selector's queue of keys whose interest set has changed. */
    private final AtomicBoolean changed = new AtomicBoolean();
    /** The interest set that selections look for; written by the selecting thread. */
    private volatile int watched;

    <C extends SelectableChannel & AtollChannel> AtollKey(C channel, AtollSelector selector) {
        super(channel, selector);
        this.endpointChannel = channel;
    }

    @Override
    public int interestOps() {
        ensureValid();
        return interest.get();
    }

    @Override
    public SelectionKey interestOps(int ops) {
        ensureValid();
        checkOps(ops);
        if (interest.getAndSet(ops) != ops) {
            interestChanged();
        }
        return this;
    }

    @Override
    public int interestOpsOr(int ops) {
        ensureValid();
        checkOps(ops);
        int before = interest.getAndUpdate(current -> current | ops);
        if ((before | ops) != before) {
            interestChanged();
        }
        return before;
    }

    @Override
    public int interestOpsAnd(int ops) {
        ensureValid();
        int before = interest.getAndUpdate(current -> current & ops);
        if ((before & ops) != before) {
            interestChanged();
        }
        return before;
    }

    private void interestChanged() {
        if (changed.compareAndSet(false, true)) {
            atollSelector().interestChanged(this);
        }
    }

    /** A selection begins: it looks for the interest set of now. */
    void watchInterest() {
        changed.set(false);
        watched = interest.get();
    }

    /** From the endpoint's listener. */
    void endpointChanged(int readiness) {
        if ((readiness & AtollChannel.readinessFor(watched)) != 0) {
            look(true);
        }
    }

    /** The channel's own state has changed. */
    void channelChanged() {
        look(true);
    }

    /** Has the selector look at this key, and wakes it if asked to. */
    void look(boolean wake) {
        if (queued.compareAndSet(false, true)) {
            atollSelector().lookAt(this);
        }
        if (wake) {
            atollSelector().wakeForKey();
        }
    }

    /** Taken from the queue: what happens from now on puts it there again. */
    void dequeued() {
        queued.set(false);
    }

    /** What of the watched interest the channel is ready for now. */
    int watchedOps() {
        int wanted = watched;
        int bits = endpointChannel.endpoint().readiness() & AtollChannel.readinessFor(wanted);
        return bits == 0 ? 0 : endpointChannel.readyOps(bits, wanted) & wanted;
    }

    @Override
    int polledOps() {
        int wanted = interest.get();
        int bits = endpointChannel.endpoint().readiness() & AtollChannel.readinessFor(wanted);
        return bits == 0 ? 0 : endpointChannel.readyOps(bits, wanted);
    }

    @Override
    void detach() {
        endpointChannel.waiters().remove(this);
    }
}
