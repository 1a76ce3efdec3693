package dev.atoll.stack;

import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.options.DhcpLease;
import dev.atoll.stack.options.DhcpLoss;
import org.jspecify.annotations.Nullable;

/**
 * Gives a stack that is {@linkplain StackBuilder#restore restored} what a stream cannot hold: the things of this process
 * that belong to its NICs. Called by the restoring thread, before anything is sent or received.
 */
@FunctionalInterface
public interface Restorer {
    /**
     * The link of a NIC. It may be another than before, with another link address: neighbours are then told.
     *
     * @return null if there is none, which ends the restoring
     */
    @Nullable LinkEndpoint link(String nicName);

    /** Who is told what the NIC's DHCP client gets; by default nobody. */
    default DhcpListener dhcpListener(String nicName) {
        return new DhcpListener() {
            @Override
            public void onLease(int nicId, DhcpLease lease) {
                // Nobody asked.
            }

            @Override
            public void onLeaseLost(int nicId, DhcpLoss why) {
                // Nobody asked.
            }
        };
    }

    /** The NIC's context; by default none. */
    default @Nullable Object context(String nicName) {
        return null;
    }
}
