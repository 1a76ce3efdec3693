package dev.atoll.stack;

import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;

/**
 * Told what a {@link DhcpClient} gets. Called outside the stack's hold by whatever thread ended a call; must not block.
 */
public interface DhcpListener {
    /** The NIC has the lease's address and routes now; also called when the lease was renewed or its terms changed. */
    void onLease(int nicId, DhcpLease lease);

    /** The NIC has lost its lease, or did not get it because somebody has the address. */
    void onLeaseLost(int nicId, DhcpLoss why);
}
