package dev.atoll.stack;

import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/**
 * Told what a stack's NICs configure by themselves and what routers say. Called outside the stack's hold, by whichever
 * thread just had it, in the order in which it happened; may call the stack. What waits while it blocks, and which events are
 * lost, is as {@link NeighborListener#onNeighbor} says.
 */
public interface Ipv6Listener {
    /**
     * An address came, went or changed its state.
     *
     * @param present whether the NIC still had it
     */
    default void onAddress(int nicId, Nic.Address address, boolean present) {}

    /** A router offered itself as default router, or ended to. */
    default void onRouter(int nicId, IpAddress router, boolean present) {}

    /** A router named DNS servers (RFC 8106 section 5.1); 0 seconds means not to use them any more. */
    default void onDnsServers(int nicId, List<IpAddress> servers, long lifetimeSeconds) {}

    /** A router named domains to search (RFC 8106 section 5.2); 0 seconds means not to use them any more. */
    default void onDnsSearchList(int nicId, List<String> domains, long lifetimeSeconds) {}

    /** A router says that DHCPv6 has addresses, or other settings, to give (RFC 4861 section 4.2). */
    default void onDhcpv6(int nicId, boolean addresses, boolean otherSettings) {}
}
