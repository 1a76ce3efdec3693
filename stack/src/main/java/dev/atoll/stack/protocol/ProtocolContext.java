package dev.atoll.stack.protocol;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.Timer;

/** What a stack gives to a protocol. All but {@link #execute} only under the stack's hold. */
public interface ProtocolContext {
    /** The pool that packets to send come from. */
    BufferPool pool();

    /** Monotonic time of this hold, nanoseconds. */
    long nowNs();

    Rng rng();

    /** A timer that fires under the stack's hold; armed for a moment of {@link #nowNs}. */
    Timer newTimer(Timer.Action action);

    /**
     * Runs work of another thread under the stack's hold and returns when it is done: how endpoints of the protocol
     * come in. From any thread; waits only for other holders.
     */
    void execute(Runnable work);
}
