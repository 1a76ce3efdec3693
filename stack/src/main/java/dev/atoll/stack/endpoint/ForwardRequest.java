package dev.atoll.stack.endpoint;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.hold.Notification;
import dev.atoll.stack.transport.ForwardQueue;
import dev.atoll.stack.wire.TransportEndpointId;

/**
 * What is the same of requests to forwarders, whatever the protocol. Told outside the hold; settled from any thread.
 *
 * @param <W> what waits
 * @param <P> the protocol side of an endpoint that comes of it
 */
abstract class ForwardRequest<W extends ForwardQueue.Waiting, P> extends Notification {
    private final Hold hold;
    private final ForwardQueue<W, P> queue;
    private final W waiting;

    ForwardRequest(Hold hold, ForwardQueue<W, P> queue, W waiting) {
        this.hold = hold;
        this.queue = queue;
        this.waiting = waiting;
    }

    @Override
    protected final void prepare() {
        // What waits does not change.
    }

    public final TransportEndpointId id() {
        return waiting.id();
    }

    public final int nicId() {
        return waiting.nicId();
    }

    /** Accepts it; the wrapper makes an endpoint of its protocol side. */
    final <E> E accept(Wrapper<P, E> wrapper) throws StackException {
        return hold.call(() -> {
            if (hold.isClosed()) {
                throw new StackException(StackError.CLOSED);
            }
            return wrapper.wrap(queue.accept(waiting));
        });
    }

    /** Puts the endpoint's outer side around its protocol side. */
    @FunctionalInterface
    interface Wrapper<P, E> {
        E wrap(P protocol);
    }

    public final void refuse() {
        hold.query(() -> {
            queue.refuse(waiting);
            return true;
        });
    }

    public final void drop() {
        hold.query(() -> {
            queue.drop(waiting);
            return true;
        });
    }

    @Override
    public final String toString() {
        return id().toString();
    }
}
