package dev.atoll.shim;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.MessageEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a host answers, as the JDK finds it out: by an echo request every second and, where none can be sent, by a connection to
 * the echo port (7), to which a refusal is an answer too. An interrupt does not end it, as it does not end the JDK's native method.
 *
 * <p>Used by one thread.
 */
final class Reachability {
    /** RFC 792 and RFC 4443 section 4. */
    private static final byte ECHO_REQUEST = 8;

    private static final byte ECHO_REPLY = 0;
    private static final byte ECHO_REQUEST_6 = (byte) 128;
    private static final byte ECHO_REPLY_6 = (byte) 129;

    /** A header, and as much again. */
    private static final int REQUEST_BYTES = 16;

    private static final int SEQUENCE_AT = 6;
    private static final int ECHO_PORT = 7;
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);

    private final ShimContext context;
    private final FullAddress target;
    private final @Nullable FullAddress source;
    private final int hops;
    private final long deadlineNs;

    private Reachability(
            ShimContext context, FullAddress target, @Nullable FullAddress source, int hops, long deadlineNs) {
        this.context = context;
        this.target = target;
        this.source = source;
        this.hops = hops;
        this.deadlineNs = deadlineNs;
    }

    /**
     * @param target the host; its port does not matter
     * @param source the address to ask from, or null for any
     * @param hops how far to ask, or 0 for as far as packets usually go
     */
    static boolean probe(
            ShimContext context, FullAddress target, @Nullable FullAddress source, int hops, int timeoutMillis)
            throws IOException {
        IpAddress address = target.address();
        if (address.isUnspecified()) {
            address = address.isV4() ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
        }
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        Reachability probe = new Reachability(
                context, new FullAddress(target.nicId(), address, ECHO_PORT), source, hops, deadlineNs);
        try {
            return probe.ping();
        } catch (StackException e) {
            // A rule denies echo requests, or there is no way: connecting tells which.
            return probe.knock();
        }
    }

    private boolean ping() throws IOException {
        Waiters waiters = new Waiters();
        try (IcmpEndpoint endpoint =
                context.sockets().newIcmpEndpoint(target.address().isV4())) {
            endpoint.setReadinessListener(waiters);
            context.noteCaller(endpoint);
            if (hops > 0) {
                endpoint.setOption(EndpointOption.IP_TTL, hops);
            }
            if (source != null) {
                endpoint.bind(new FullAddress(source.nicId(), source.address(), 0));
            }
            FullAddress host = new FullAddress(target.nicId(), target.address(), 0);
            for (short sequence = 1; ; sequence++) {
                // A request for which there is no room is lost, as one on the way may be.
                int unusedSent = endpoint.send(request(sequence), host);
                long untilNs = System.nanoTime() + REPEAT_NS;
                boolean last = untilNs - deadlineNs >= 0;
                if (isAnswered(endpoint, waiters, last ? deadlineNs : untilNs)) {
                    return true;
                }
                if (last) {
                    return false;
                }
            }
        }
    }

    /** The stack fills identifier and checksum in. */
    private ByteBuffer request(short sequence) {
        return ByteBuffer.allocate(REQUEST_BYTES)
                .put(0, target.address().isV4() ? ECHO_REQUEST : ECHO_REQUEST_6)
                .putShort(SEQUENCE_AT, sequence);
    }

    private boolean isAnswered(MessageEndpoint endpoint, Waiters waiters, long untilNs) throws IOException {
        byte expected = target.address().isV4() ? ECHO_REPLY : ECHO_REPLY_6;
        ByteBuffer reply = ByteBuffer.allocate(REQUEST_BYTES);
        try (Waiters.Wait wait = waiters.beginRead(remainingNs(untilNs), Waiters.Interrupts.IGNORED)) {
            do {
                FullAddress sender = endpoint.receive(reply.clear());
                while (sender != null) {
                    if (sender.address().equals(target.address()) && reply.position() > 0 && reply.get(0) == expected) {
                        return true;
                    }
                    sender = endpoint.receive(reply.clear());
                }
            } while (wait.await());
        }
        return false;
    }

    private boolean knock() throws IOException {
        Waiters waiters = new Waiters();
        try (TcpEndpoint endpoint = context.sockets().newTcpEndpoint()) {
            endpoint.setReadinessListener(waiters);
            context.noteCaller(endpoint);
            if (hops > 0) {
                endpoint.setOption(EndpointOption.IP_TTL, hops);
            }
            if (source != null) {
                endpoint.bind(new FullAddress(source.nicId(), source.address(), 0));
            }
            if (endpoint.connect(target)) {
                return true;
            }
            try (Waiters.Wait wait = waiters.beginConnect(remainingNs(deadlineNs), Waiters.Interrupts.IGNORED)) {
                while ((endpoint.readiness() & Waiters.FOR_WRITER) == 0) {
                    if (!wait.await()) {
                        return false;
                    }
                }
            }
            StackException failure = endpoint.takeError();
            return failure == null || isAnswer(failure);
        } catch (StackException e) {
            return isAnswer(e); // no route or no answer: not reachable is what was asked
        }
    }

    /** A refusal that no rule of this side has made. */
    private static boolean isAnswer(StackException e) {
        return e.error() == StackError.REFUSED && e.detail() == null;
    }

    /** What a wait takes for a time; none would be for ever. */
    private static long remainingNs(long untilNs) {
        return Math.max(1, untilNs - System.nanoTime());
    }
}
