package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The addresses that NICs have at the moment, for targets that translate to them. */
@FunctionalInterface
public interface NicAddresses {
    /**
     * The address that a NIC would send from.
     *
     * @param nic its name
     * @param peer to whom
     * @return null if it has none of the peer's family
     */
    @Nullable IpAddress find(String nic, IpAddress peer);

    /**
     * The address in whose name a NIC sends what others sent: as {@link #find}, but of IPv4 no loopback address, in whose place
     * stands that of another NIC, as on Linux.
     *
     * @return null if none has one of the peer's family
     */
    default @Nullable IpAddress findForOthers(String nic, IpAddress peer) {
        return find(nic, peer);
    }
}
