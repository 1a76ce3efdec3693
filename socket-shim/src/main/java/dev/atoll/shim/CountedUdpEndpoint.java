package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.UdpEndpoint;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A UDP endpoint of the program's. Under a security manager it counts until it is closed, and there may be {@code
 * sun.net.maxDatagramSockets} of them: the JDK's own limit, against code that is not trusted and would take every port.
 */
final class CountedUdpEndpoint {
    private static final int DEFAULT_MAX = 25;

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final UdpEndpoint endpoint;
    private final AtomicBoolean counted;

    private CountedUdpEndpoint(UdpEndpoint endpoint, boolean counted) {
        this.endpoint = endpoint;
        this.counted = new AtomicBoolean(counted);
    }

    /** Read when the first one is counted, as the JDK does. */
    private static final class Max {
        static final int VALUE =
                Permissions.privileged(() -> Integer.getInteger("sun.net.maxDatagramSockets", DEFAULT_MAX));
    }

    /**
     * Makes one.
     *
     * @throws SocketException if there are too many, or the stack refuses
     */
    static CountedUdpEndpoint open(StackSockets sockets) throws SocketException {
        boolean counts = Permissions.areAsked();
        if (counts && OPEN.incrementAndGet() > Max.VALUE) {
            OPEN.decrementAndGet();
            throw new SocketException("maximum number of DatagramSockets reached");
        }
        try {
            return new CountedUdpEndpoint(sockets.newUdpEndpoint(), counts);
        } catch (StackException e) {
            if (counts) {
                OPEN.decrementAndGet();
            }
            throw Failures.ofCall(e);
        }
    }

    UdpEndpoint endpoint() {
        return endpoint;
    }

    /** Closes it; again, it does nothing. */
    void close() {
        endpoint.close();
        if (counted.getAndSet(false)) {
            OPEN.decrementAndGet();
        }
    }
}
