package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import org.jspecify.annotations.Nullable;

/** A TCP endpoint that waits for connections. Options set on it are inherited by what it accepts. */
public interface TcpListener extends Endpoint {
    /**
     * Starts to listen, or changes the backlog; binds to an ephemeral port if not bound.
     *
     * @param backlog connections that may wait to be accepted; a value below 1 counts as 1, one above the stack's
     *     limit as the limit
     * @throws StackException ADDRESS_IN_USE, BAD_LOCAL_ADDRESS, CLOSED
     */
    void listen(int backlog) throws StackException;

    /**
     * The next connection whose handshake is complete, or null if there is none yet.
     *
     * @throws StackException INVALID when not listening, CLOSED
     */
    @Nullable TcpEndpoint accept() throws StackException;
}
