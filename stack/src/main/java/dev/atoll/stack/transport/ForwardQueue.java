package dev.atoll.stack.transport;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.TransportEndpointId;

/**
 * What waits in a protocol for somebody to decide about it: each is settled once, later calls change nothing. Under the
 * stack's hold.
 *
 * @param <W> what waits
 * @param <P> the protocol side of an endpoint that comes of it
 */
public interface ForwardQueue<W extends ForwardQueue.Waiting, P> {
    /** One sender's packets. */
    interface Waiting {
        /** Where they go, as the local end, and who sends them. */
        TransportEndpointId id();

        /** The NIC they came in by. */
        int nicId();
    }

    /**
     * Makes an endpoint of it.
     *
     * @throws StackException INVALID if it was settled before, or why there can be none
     */
    P accept(W waiting) throws StackException;

    /** Tells the sender that nobody is there. */
    void refuse(W waiting);

    /** Does not answer. */
    void drop(W waiting);
}
