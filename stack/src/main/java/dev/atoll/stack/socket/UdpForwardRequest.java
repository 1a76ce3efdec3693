package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.TransportEndpointId;

/**
 * Datagrams that somebody sends to where no endpoint is. It counts among those in flight, and a few datagrams wait in it,
 * until it is {@linkplain #accept accepted}, {@linkplain #refuse refused} or {@linkplain #drop dropped}, once, from any
 * thread.
 */
public interface UdpForwardRequest {
    /** Where the datagrams go, as the local end, and who sends them. */
    TransportEndpointId id();

    /** The NIC the first of them came in by. */
    int nicId();

    /**
     * Makes an endpoint for them, connected to who sends them, which has received those that wait.
     *
     * @throws StackException INVALID if the request was settled before; NETWORK_UNREACHABLE if there is no way back;
     *     ADDRESS_IN_USE if there is such an endpoint by now; CLOSED
     */
    UdpEndpoint accept() throws StackException;

    /** Answers the first datagram with "port unreachable". Does nothing if the request was settled before. */
    void refuse();

    /** Does not answer. Does nothing if the request was settled before. */
    void drop();
}
