package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.TransportEndpointId;

/**
 * A connection that somebody asks for. It counts among those in flight until it is {@linkplain #accept accepted},
 * {@linkplain #refuse refused} or {@linkplain #drop dropped}, once, from any thread.
 */
public interface TcpForwardRequest {
    /** Where it is to go, as the local end, and who asks. */
    TransportEndpointId id();

    /** The NIC the request came in by. */
    int nicId();

    /**
     * Answers the handshake.
     *
     * @return the connection, which becomes ready for {@link Readiness#OUT} once the peer has completed the handshake,
     *     and has an error if it does not
     * @throws StackException INVALID if the request was settled before; RESET if the one who asked has given up; NETWORK_UNREACHABLE
     *     if there is no way back; ADDRESS_IN_USE if there is such a connection by now; NO_BUFFER_SPACE; CLOSED
     */
    TcpEndpoint accept() throws StackException;

    /** Answers with RST. Does nothing if the request was settled before. */
    void refuse();

    /** Does not answer: who asked will ask again. Does nothing if the request was settled before. */
    void drop();
}
