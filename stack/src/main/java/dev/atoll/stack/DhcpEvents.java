package dev.atoll.stack;

import dev.atoll.stack.dhcp.DhcpObserver;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;

/** Hands what a DHCP client gets to a listener, after the hold. */
final class DhcpEvents implements DhcpObserver {
    private final EventQueue queue;
    private final int nicId;
    private final DhcpListener listener;

    DhcpEvents(EventQueue queue, int nicId, DhcpListener listener) {
        this.queue = queue;
        this.nicId = nicId;
        this.listener = listener;
    }

    @Override
    public void bound(DhcpLease lease) {
        queue.add(() -> listener.onLease(nicId, lease));
    }

    @Override
    public void lost(DhcpLoss why) {
        queue.add(() -> listener.onLeaseLost(nicId, why));
    }
}
