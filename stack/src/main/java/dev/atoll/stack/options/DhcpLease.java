package dev.atoll.stack.options;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.List;

/**
 * What a DHCPv4 server gave a NIC (RFC 2131, RFC 2132).
 *
 * @param address the NIC's address
 * @param prefixLength length of its subnet's prefix, bits
 * @param server who gave it
 * @param leaseSeconds for how long, or {@link #INFINITE}
 * @param routes the ways it named, default routes included, in its order
 * @param dnsServers recursive DNS servers, best first
 * @param domain the domain of the host, or empty
 * @param searchDomains domains to search, in order (RFC 3397)
 * @param mtuBytes the largest packet to send on the link, or 0 if it did not say
 */
public record DhcpLease(
        IpAddress address,
        int prefixLength,
        IpAddress server,
        long leaseSeconds,
        List<Route> routes,
        List<IpAddress> dnsServers,
        String domain,
        List<String> searchDomains,
        int mtuBytes) {
    /** A lease without an end. */
    public static final long INFINITE = 0xffff_ffffL;

    /**
     * A way (RFC 2132 section 3.5, RFC 3442).
     *
     * @param gateway the router, or unspecified if the destinations are on the link itself
     */
    public record Route(Subnet destination, IpAddress gateway) {}
}
