package dev.atoll.stack.nic;

import dev.atoll.stack.wire.IpAddress;

/** Told when a NIC becomes a member of a multicast group, or ceases to be one. Under the stack's hold. */
public interface GroupObserver {
    void joined(Device device, IpAddress group);

    void left(Device device, IpAddress group);

    /** Nobody is told. */
    GroupObserver NOBODY = new GroupObserver() {
        @Override
        public void joined(Device device, IpAddress group) {}

        @Override
        public void left(Device device, IpAddress group) {}
    };
}
