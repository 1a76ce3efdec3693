package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.TcpState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The wait of a close with SO_LINGER above 0: until the peer has all that was written, at most that long. */
final class Linger {
    /** No event tells that the last byte was acknowledged, so it is looked at this often. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Linger() {}

    static void await(TcpEndpoint endpoint, int seconds) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            endpoint.shutdownWrite();
        } catch (StackException e) {
            return; // the connection is gone, and what was written with it
        }
        boolean interrupted = false;
        while (endpoint.unacknowledgedBytes() > 0
                && endpoint.state() != TcpState.CLOSED
                && deadlineNs - System.nanoTime() > 0) {
            LockSupport.parkNanos(endpoint, LOOK_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
