package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.FullAddress;
import org.jspecify.annotations.Nullable;

/** What all endpoints have in common. */
public interface Endpoint extends AutoCloseable {
    /** Returned instead of a count: nothing can be done now; a listener is told when to try again. */
    int WOULD_BLOCK = -2;

    /** Returned by reads instead of a count: the peer has sent all it will send. */
    int END_OF_STREAM = -1;

    /** A number no other endpoint of this stack has or had. */
    long uniqueId();

    /** What the endpoint is ready for now: {@link Readiness} bits. Takes no lock. */
    int readiness();

    /**
     * Sets who is told of readiness; at most one listener, null for none. The listener is called once soon after this
     * if the endpoint is ready for anything by then.
     */
    void setReadinessListener(@Nullable ReadinessListener listener);

    /**
     * Binds to a local address and port.
     *
     * @param local port 0 for an ephemeral port (RFC 6056); an unspecified address for any
     * @throws StackException ADDRESS_IN_USE, BAD_LOCAL_ADDRESS, UNKNOWN_NIC, INVALID if bound already, CLOSED
     */
    void bind(FullAddress local) throws StackException;

    /** The local address and port, or null before binding. */
    @Nullable FullAddress localAddress();

    /** The peer, or null when not connected. */
    @Nullable FullAddress remoteAddress();

    /** Takes the pending error, as SO_ERROR does: null if there is none. It is reported once. */
    @Nullable StackException takeError();

    /**
     * Sets an option.
     *
     * @throws StackException UNKNOWN_OPTION if this kind of endpoint has no such option, INVALID if the value is out
     *     of range, CLOSED
     */
    <T> void setOption(EndpointOption<T> option, T value) throws StackException;

    /**
     * Reads an option.
     *
     * @throws StackException UNKNOWN_OPTION, CLOSED
     */
    <T> T getOption(EndpointOption<T> option) throws StackException;

    /**
     * Gives the endpoint up. Returns at once; what the protocol still has to do (sending what was written, waiting in
     * TIME_WAIT) goes on without it. Closing again does nothing; other calls then give CLOSED.
     */
    @Override
    void close();
}
