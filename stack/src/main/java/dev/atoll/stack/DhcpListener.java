package dev.atoll.stack;

import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;

/**
 * Told what a {@link DhcpClient} gets. Called outside the stack's hold, by whichever thread just had it; may call the stack.
 * What waits while it blocks, and which events are lost, is as {@link NeighborListener#onNeighbor} says.
 */
public interface DhcpListener {
    /** The NIC has the lease's address and routes now; also called when the lease was renewed or its terms changed. */
    void onLease(int nicId, DhcpLease lease);

    /** The NIC has lost its lease, or did not get it because somebody has the address. */
    void onLeaseLost(int nicId, DhcpLoss why);
}
