package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** Asks on a link who has an address: ARP for IPv4, neighbour discovery for IPv6. Under the stack's hold. */
public interface NeighborResolver {
    /**
     * Asks.
     *
     * @param linkAddress the neighbour to ask, or 0 to ask everybody
     * @param waiting a packet that waits for the answer, whose source is a good one for the question, or null
     */
    void solicit(Device device, IpAddress address, long linkAddress, @Nullable PacketBuffer waiting);
}
