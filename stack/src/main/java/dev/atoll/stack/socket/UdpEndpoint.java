package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A UDP endpoint (RFC 768). */
public interface UdpEndpoint extends Endpoint {
    /**
     * Fixes the peer: only its datagrams are received, and errors about it are reported. Binds if not bound. A
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
     * Sends one datagram; binds if not bound.
     *
     * @param payload the bytes from position to limit, consumed if sent
     * @param remote where to; null for the connected peer
     * @return bytes sent, or {@link #WOULD_BLOCK}
     * @throws StackException DESTINATION_REQUIRED, MESSAGE_TOO_LONG, NETWORK_UNREACHABLE, HOST_UNREACHABLE,
     *     PERMISSION_DENIED (broadcast without the option), REFUSED for an earlier datagram to a connected peer or, with
     *     the rule as detail, by the policy, NOT_PERMITTED (dropped by the policy), CLOSED
     */
    int send(ByteBuffer payload, @Nullable FullAddress remote) throws StackException;

    /**
     * Takes the next datagram into {@code target}; what does not fit is lost.
     *
     * @return its sender, or null if none waits
     * @throws StackException a pending error such as REFUSED (once), CLOSED
     */
    @Nullable FullAddress receive(ByteBuffer target) throws StackException;

    /** Payload bytes of the next datagram, or -1 if none waits. */
    int nextLength();

    /**
     * Becomes a member of a multicast group.
     *
     * @param nicId the NIC, or 0 for the one the routes say
     * @param source only datagrams of this sender, or null for all
     * @throws StackException UNKNOWN_NIC, INVALID (not a group), ADDRESS_IN_USE (a member already), NO_BUFFER_SPACE
     */
    void joinGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException;

    /**
     * Ends a membership made with the same arguments.
     *
     * @throws StackException BAD_LOCAL_ADDRESS if there is none
     */
    void leaveGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException;

    /**
     * Refuses datagrams of one sender to a group joined for all senders, or lets them pass again.
     *
     * @throws StackException BAD_LOCAL_ADDRESS if not a member, INVALID if joined for single senders
     */
    void blockSource(IpAddress group, int nicId, IpAddress source, boolean blocked) throws StackException;
}
