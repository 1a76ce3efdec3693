package dev.atoll.shim;

import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.TcpState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The wait of a close with SO_LINGER above 0: until the peer has all that was written, at most that long. */
final class Linger {
    /** No event tells that the last byte was acknowledged, so it is looked at this often. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Linger() {}

    /** After the output was shut. */
    static void await(TcpEndpoint endpoint, int seconds) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
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
