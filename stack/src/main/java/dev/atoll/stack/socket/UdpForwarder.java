package dev.atoll.stack.socket;

/** Decides about datagrams that no endpoint is for, to whatever address they go. */
@FunctionalInterface
public interface UdpForwarder {
    /**
     * A datagram came from someone who has sent none before, as far as is known. Called outside the stack's hold, by
     * whichever thread just had it; must not block, but may hand the request to another thread.
     */
    void onRequest(UdpForwardRequest request);
}
