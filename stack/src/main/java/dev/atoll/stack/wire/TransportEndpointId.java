package dev.atoll.stack.wire;

/**
 * What identifies an endpoint to the demultiplexer, seen from this host. A port of 0 or an unspecified address stands
 * for any: as the local address, {@code ::} for any of both families and {@code 0.0.0.0} for any of IPv4.
 */
public record TransportEndpointId(IpAddress localAddress, int localPort, IpAddress remoteAddress, int remotePort) {
    /** The wildcard of remote addresses: 0.0.0.0 and :: are the same there. */
    public static final IpAddress ANY = IpAddress.V6_ANY;

    public TransportEndpointId {
        remoteAddress = remoteAddress.isUnspecified() ? ANY : remoteAddress;
    }

    /** An endpoint that talks to anybody. */
    public static TransportEndpointId unconnected(IpAddress localAddress, int localPort) {
        return new TransportEndpointId(localAddress, localPort, ANY, 0);
    }
}
