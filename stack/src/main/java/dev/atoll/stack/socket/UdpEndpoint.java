package dev.atoll.stack.socket;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** A UDP endpoint (RFC 768). */
public interface UdpEndpoint extends MessageEndpoint {
    /**
     * Becomes a member of a multicast group.
     *
     * @param nicId the NIC, or 0 for the one the routes say
     * @param source only datagrams of this sender, or null for all
     * @throws StackException UNKNOWN_NIC, INVALID (not a group), ADDRESS_IN_USE (a member already), NO_BUFFER_SPACE (more
     *     than 20 memberships of one endpoint, 10 senders of an IPv4 group, 64 of an IPv6 group)
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
     * @throws StackException BAD_LOCAL_ADDRESS if not a member or nothing changes, INVALID if joined for single senders,
     *     NO_BUFFER_SPACE if that many are refused already
     */
    void blockSource(IpAddress group, int nicId, IpAddress source, boolean blocked) throws StackException;
}
