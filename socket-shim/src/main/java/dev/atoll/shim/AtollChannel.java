package dev.atoll.shim;

import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import java.nio.channels.SelectionKey;

/** A channel of ours, as a selector sees it. */
interface AtollChannel {
    /** What a key waits for is always reported too, as poll(2) does it. */
    int ALWAYS = Readiness.ERR | Readiness.HUP;

    Waiters waiters();

    Endpoint endpoint();

    /**
     * What of {@code interest} the channel is ready for, given its endpoint's readiness; depends on the channel's own
     * state as well (a connection that is not finished yet is not ready for reading).
     */
    int readyOps(int readiness, int interest);

    /** The {@link Readiness} bits that matter for an interest set; none for an empty one. */
    static int readinessFor(int interest) {
        int bits = interest == 0 ? 0 : ALWAYS;
        if ((interest & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
            bits |= Readiness.IN;
        }
        if ((interest & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            bits |= Readiness.OUT;
        }
        return bits;
    }
}
