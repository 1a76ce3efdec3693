package dev.atoll.stack.socket;

/** Decides about connections that are asked for and that no listener waits for, to whatever address they go. */
@FunctionalInterface
public interface TcpForwarder {
    /**
     * Someone wants to connect. Called outside the stack's hold, by whichever thread just had it; must not block, but
     * may hand the request to another thread. The one who asked waits until the request is settled.
     */
    void onRequest(TcpForwardRequest request);
}
