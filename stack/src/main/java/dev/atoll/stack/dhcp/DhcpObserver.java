package dev.atoll.stack.dhcp;

import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;

/** Told what becomes of a NIC's lease. Under the stack's hold. */
public interface DhcpObserver {
    /** The NIC has the lease's address and routes from now on; also told when it is renewed. */
    void bound(DhcpLease lease);

    /** The NIC has them no more, or never got them. */
    void lost(DhcpLoss why);
}
