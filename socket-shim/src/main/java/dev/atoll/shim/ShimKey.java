package dev.atoll.shim;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/** A key of an {@link AtollSelector}. The ready set is changed by the selecting thread only. */
abstract class ShimKey extends AbstractSelectionKey {
    private final SelectableChannel channel;
    private final AtollSelector selector;
    private volatile int readyOps;

    ShimKey(SelectableChannel channel, AtollSelector selector) {
        this.channel = channel;
        this.selector = selector;
    }

    @Override
    public final SelectableChannel channel() {
        return channel;
    }

    @Override
    public final Selector selector() {
        return selector;
    }

    final AtollSelector atollSelector() {
        return selector;
    }

    final void ensureValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    final void checkOps(int ops) {
        if ((ops & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException();
        }
    }

    @Override
    public final int readyOps() {
        ensureValid();
        return readyOps;
    }

    /** The ready set, also of a cancelled key. */
    final int rawReadyOps() {
        return readyOps;
    }

    final void rawReadyOps(int ops) {
        readyOps = ops;
    }

    /** What the key is ready for by the latest look at its channel; no more than its interest set. */
    abstract int polledOps();

    /** The key leaves its selector. With the selector's locks held. */
    abstract void detach();

    @Override
    public final String toString() {
        String text = "channel=" + channel + ", selector=" + selector;
        return isValid() ? text + ", interestOps=" + interestOps() + ", readyOps=" + readyOps : text + ", invalid";
    }
}
