package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** What matchers and targets ask of addresses and ways as they are at the moment. */
public interface RoutingView {
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

    /**
     * What an address is to this host, as Linux's local table has it: what is neither its own nor a broadcast nor a group is
     * unicast. Halves are those of {@link IpAddress}.
     *
     * @param nic the NIC whose own addresses and broadcasts count; empty for all
     */
    AddressType typeOf(long high, long low, String nic);

    /**
     * The largest packet that the way to an address is known to carry, bytes.
     *
     * @param nic the NIC it is left by; empty for the one that the table names
     * @return {@link Integer#MAX_VALUE} if no way is known
     */
    int pathMtuBytes(IpAddress to, String nic);

    /** The name of the NIC by which packets to an address leave; empty if no way is known. */
    default String nicTo(IpAddress to) {
        return "";
    }
}
