package dev.atoll.stack.ndp;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/** Told what neighbour discovery finds out. Under the stack's hold. */
public interface NdpObserver {
    /** An address's state changed; or it was removed, which its absence shows. */
    void addressChanged(Device device, LocalAddress address);

    /** A router offered itself as default router, or ended to. */
    void routerChanged(Device device, IpAddress router, boolean present);

    /** A router named recursive DNS servers (RFC 8106 section 5.1); 0 seconds means not to use them any more. */
    void dnsServers(Device device, List<IpAddress> servers, long lifetimeSeconds);

    /** A router named domains to search (RFC 8106 section 5.2). */
    void dnsSearchList(Device device, List<String> domains, long lifetimeSeconds);

    /** A router says that DHCPv6 has addresses, or other settings, to give (RFC 4861 section 4.2). */
    void dhcpv6(Device device, boolean addresses, boolean otherSettings);

    /** Nobody listens. */
    NdpObserver NOBODY = new NdpObserver() {
        @Override
        public void addressChanged(Device device, LocalAddress address) {}

        @Override
        public void routerChanged(Device device, IpAddress router, boolean present) {}

        @Override
        public void dnsServers(Device device, List<IpAddress> servers, long lifetimeSeconds) {}

        @Override
        public void dnsSearchList(Device device, List<String> domains, long lifetimeSeconds) {}

        @Override
        public void dhcpv6(Device device, boolean addresses, boolean otherSettings) {}
    };
}
