package dev.atoll.stack.nic;

import dev.atoll.stack.wire.IpAddress;

/** Told what a NIC listens to. Under the stack's hold. */
public interface GroupObserver {
    /** The group was joined or left, or other senders to it are wanted: see {@link GroupTable#filter}. */
    void changed(Device device, IpAddress group);

    /** The NIC was switched on again: nobody on its link may know of its groups. */
    void restarted(Device device);

    /** Nobody listens. */
    GroupObserver NOBODY = new GroupObserver() {
        @Override
        public void changed(Device device, IpAddress group) {}

        @Override
        public void restarted(Device device) {}
    };
}
