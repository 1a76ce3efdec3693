package dev.atoll.stack.wire;

import dev.atoll.stack.env.Check;

/**
 * Where an endpoint is or wants to go.
 *
 * @param nicId the NIC it is meant on, or 0 for whichever the routes say
 * @param address an address; {@code 0.0.0.0} or {@code ::} for any of the stack's own
 * @param port 0 to 65535; 0 when binding means an ephemeral port
 */
public record FullAddress(int nicId, IpAddress address, int port) {
    public FullAddress {
        Check.argument(nicId >= 0, "nicId", nicId, "0 or more");
        Check.argument(port >= 0 && port <= 0xffff, "port", port, "0 to 65535");
    }

    public FullAddress(IpAddress address, int port) {
        this(0, address, port);
    }

    /**
     * An address that was met on a NIC, which it keeps if it means nothing without: a link-local one of IPv6 (RFC 4007
     * section 6).
     */
    public static FullAddress onLink(int nicId, IpAddress address, int port) {
        return new FullAddress(!address.isV4() && address.isLinkLocal() ? nicId : 0, address, port);
    }

    /** {@code address:port}, with brackets around IPv6. */
    @Override
    public String toString() {
        String host = address.isV4() ? address.toString() : "[" + address + "]";
        return host + ":" + port;
    }
}
