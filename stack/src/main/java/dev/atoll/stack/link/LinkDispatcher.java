package dev.atoll.stack.link;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Timer;

/** What a link sees of its stack. Called under the stack's hold. */
public interface LinkDispatcher {
    /** The pool from which a link takes packets for incoming frames. */
    BufferPool pool();

    /** Monotonic time of this cycle, nanoseconds. */
    long nowNs();

    /** A timer in the stack's time, which fires under its hold. A link that has one disposes of it in the end. */
    Timer newTimer(Timer.Action action);

    /**
     * Takes one incoming frame, beginning with the Ethernet header if the link has one, and owns it from here. The link has set
     * {@code arrivalNs}, and the checksum and segment fields if it knows them.
     */
    void deliver(PacketBuffer frame);

    /** The link has room again after {@link LinkEndpoint#transmit} said no. */
    void writable();

    /** The link is gone and will carry nothing more; what is connected through it ends with that. */
    void linkFailed(String reason);
}
