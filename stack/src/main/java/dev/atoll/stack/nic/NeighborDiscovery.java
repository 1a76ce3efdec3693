package dev.atoll.stack.nic;

import dev.atoll.stack.wire.IpAddress;

/** What IPv6 does for a NIC beyond carrying packets. Under the stack's hold. */
public interface NeighborDiscovery extends NeighborResolver {
    /**
     * Says that an address of another host is to be found here.
     *
     * @param asker who asked, or {@code ::} for one who checks whether the address is free
     */
    void advertiseProxied(Device device, IpAddress target, IpAddress asker);

    /** An IPv6 address was added by hand; it becomes usable when it was found to be nobody else's. */
    void addressAdded(Device device, LocalAddress address);

    /** An IPv6 address was removed. */
    void addressRemoved(Device device, LocalAddress address);

    /** The NIC was switched on. */
    void started(Device device);

    /** The NIC was switched off or is going away. */
    void stopped(Device device);

    /** The NIC began to pass packets on, or ended to. */
    void forwardingChanged(Device device);

    /** A neighbour that was a router is none any more, or one that may be a router does not answer. */
    void routerLost(Device device, NeighborTableView.Entry router);
}
