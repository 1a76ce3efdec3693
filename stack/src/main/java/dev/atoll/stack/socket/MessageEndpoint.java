package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.MessageError;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An endpoint that sends and receives whole messages to and from anybody, or one peer. */
public interface MessageEndpoint extends Endpoint {
    /**
     * Fixes the peer: only its messages are received, and errors about it are reported. Binds if not bound. A
     * connected endpoint may be connected anew.
     *
     * @throws StackException NETWORK_UNREACHABLE, BAD_LOCAL_ADDRESS, NOT_SUPPORTED, CLOSED
     */
    void connect(FullAddress remote) throws StackException;

    /**
     * Forgets the peer.
     *
     * @throws StackException CLOSED
     */
    void disconnect() throws StackException;

    /**
     * Sends one message; binds if not bound.
     *
     * @param payload the bytes from position to limit, consumed if sent
     * @param remote where to; null for the connected peer
     * @return bytes sent, or {@link #WOULD_BLOCK}
     * @throws StackException DESTINATION_REQUIRED, MESSAGE_TOO_LONG, NETWORK_UNREACHABLE, HOST_UNREACHABLE,
     *     PERMISSION_DENIED (broadcast without the option), REFUSED for an earlier message to a connected peer or, with
     *     the rule as detail, by the policy, NOT_PERMITTED (dropped by the policy), CLOSED
     */
    int send(ByteBuffer payload, @Nullable FullAddress remote) throws StackException;

    /**
     * Takes the next message into {@code target}; what does not fit is lost.
     *
     * @return its sender, or null if none waits
     * @throws StackException a pending error such as REFUSED (once), CLOSED
     */
    @Nullable FullAddress receive(ByteBuffer target) throws StackException;

    /**
     * Takes the next message as {@link #receive} does and tells more of it.
     *
     * @return what is known of it, or null if none waits
     * @throws StackException as {@link #receive}
     */
    @Nullable ReceivedMessage receiveMessage(ByteBuffer target) throws StackException;

    /** Bytes of the next message, or -1 if none waits. */
    int nextLength();

    /** Takes the oldest entry of the error queue, which {@link EndpointOption#IP_RECVERR} fills; null if there is none. */
    @Nullable MessageError takeMessageError();
}
