package dev.atoll.shim;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * The key of a channel of the platform (a pipe, a Unix-domain channel, an inherited channel): stands for a key of the
 * platform's own selector inside ours.
 */
final class ForeignKey extends ShimKey {
    private @Nullable SelectionKey inner;
    /** What the platform's selector reported last; the selecting thread's. */
    private int polled;

    ForeignKey(SelectableChannel channel, AtollSelector selector) {
        super(channel, selector);
    }

    /** Registers the channel with the platform's selector. The caller holds the channel's locks already. */
    void attachTo(Selector platform, int ops) throws ClosedChannelException {
        inner = channel().register(platform, ops, this);
    }

    private SelectionKey inner() {
        SelectionKey key = inner;
        if (key == null) {
            throw new CancelledKeyException();
        }
        return key;
    }

    @Override
    public int interestOps() {
        ensureValid();
        return inner().interestOps();
    }

    @Override
    public SelectionKey interestOps(int ops) {
        ensureValid();
        inner().interestOps(ops);
        return this;
    }

    @Override
    public int interestOpsOr(int ops) {
        ensureValid();
        return inner().interestOpsOr(ops);
    }

    @Override
    public int interestOpsAnd(int ops) {
        ensureValid();
        return inner().interestOpsAnd(ops);
    }

    void polled(int ops) {
        polled = ops;
    }

    @Override
    int polledOps() {
        return polled;
    }

    @Override
    void detach() {
        SelectionKey key = inner;
        if (key != null) {
            key.cancel();
        }
    }
}
