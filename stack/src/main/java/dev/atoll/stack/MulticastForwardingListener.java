package dev.atoll.stack;

import dev.atoll.stack.wire.IpAddress;

/**
 * Told what packets to groups need to be passed on. Called outside the stack's hold, by whichever thread just had it, in the
 * order in which it happened; may call the stack, to {@linkplain MulticastRouteTable#add add the route} in particular. What
 * waits while it blocks, and which events are lost, is as {@link NeighborListener#onNeighbor} says.
 */
public interface MulticastForwardingListener {
    /**
     * Packets of a source to a group have no route. The first three wait for 10 seconds; a packet that comes later is told of
     * anew. At most 64 sources and groups wait for each NIC: of others nothing is told until one of those has its route or
     * its time is over.
     *
     * @param inputNicId the NIC that the first came in by
     */
    default void onMissingRoute(IpAddress source, IpAddress group, int inputNicId) {}

    /**
     * A packet to a group was dropped since it came in by another NIC than its route expects; told of a route once in 3 seconds
     * at most.
     */
    default void onUnexpectedInputInterface(IpAddress source, IpAddress group, int inputNicId, int expectedNicId) {}
}
