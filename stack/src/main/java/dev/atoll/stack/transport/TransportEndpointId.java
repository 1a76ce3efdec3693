package dev.atoll.stack.transport;

import dev.atoll.stack.wire.IpAddress;

/**
 * What identifies an endpoint to the demultiplexer, seen from this host. An unspecified address or a port of 0 stands
 * for any.
 */
public record TransportEndpointId(IpAddress localAddress, int localPort, IpAddress remoteAddress, int remotePort) {
    /** The wildcard of remote addresses, and of local ones: 0.0.0.0 and :: are the same to the demultiplexer. */
    public static final IpAddress ANY = IpAddress.V6_ANY;

    public TransportEndpointId {
        localAddress = localAddress.isUnspecified() ? ANY : localAddress;
        remoteAddress = remoteAddress.isUnspecified() ? ANY : remoteAddress;
    }

    /** An endpoint that talks to anybody. */
    public static TransportEndpointId unconnected(IpAddress localAddress, int localPort) {
        return new TransportEndpointId(localAddress, localPort, ANY, 0);
    }
}
