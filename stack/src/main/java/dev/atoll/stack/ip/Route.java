package dev.atoll.stack.ip;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.IpAddress;

/**
 * The way to one destination from one local address. Whoever has a route may keep it: when the table, a redirect or
 * what is known of the path changes, it finds its way anew the next time something is sent. Under the stack's hold.
 */
public final class Route {
    private static final int PINNED = 0;

    private final Routes routes;
    private final NetworkLayer network;
    private final IpAddress source;
    private final IpAddress destination;
    private final int nicId;
    private Device link;
    /** Packets stay in this host: they leave by its loopback device, whoever's address the destination is. */
    private boolean looped;

    private IpAddress nextHop;
    private boolean broadcast;
    private RouteOptions options = RouteOptions.DEFAULT;
    private PathMtus.Entry path = PathMtus.UNLIMITED;
    private int generation;

    Route(Routes routes, NetworkLayer network, IpAddress source, IpAddress destination, int nicId, Routes.Hop hop) {
        this(routes, network, source, destination, nicId, hop, routes.generation());
    }

    /**
     * @param generation of the table in which the hop was found
     */
    Route(
            Routes routes,
            NetworkLayer network,
            IpAddress source,
            IpAddress destination,
            int nicId,
            Routes.Hop hop,
            int generation) {
        this.routes = routes;
        this.network = network;
        this.source = source;
        this.destination = destination;
        this.nicId = nicId;
        link = hop.link();
        nextHop = hop.nextHop();
        take(hop);
        this.generation = generation;
    }

    /** The way to a neighbour or a group on a device's link, whatever the table says. */
    static Route onLink(Routes routes, NetworkLayer network, Device device, IpAddress source, IpAddress destination) {
        Routes.Hop hop = new Routes.Hop(device, destination, false);
        return new Route(routes, network, source, destination, device.id(), hop, PINNED);
    }

    private void take(Routes.Hop hop) {
        link = hop.link();
        looped = hop.device() != link;
        nextHop = hop.nextHop();
        broadcast = hop.broadcast();
        options = hop.options();
        path = routes.pathMtus().find(destination, hop.device().id());
    }

    /** Looks the way up again if something changed; false if there is none any more. */
    public boolean refresh() {
        if (generation == PINNED || generation == routes.generation()) {
            return true;
        }
        Routes.Hop hop = routes.findHop(destination, nicId);
        if (hop == null) {
            return false;
        }
        take(hop);
        generation = routes.generation();
        return true;
    }

    NetworkLayer network() {
        return network;
    }

    int nicId() {
        return nicId;
    }

    /** In which {@link Routes#generation} the way was found, or that it is pinned. */
    int generation() {
        return generation;
    }

    /** Where packets leave. */
    public Device device() {
        return looped ? routes.loopback() : link;
    }

    /**
     * The NIC on whose link the destination is: that of {@link #device}, or the one that has the destination's address, if
     * packets to it stay in this host. It tells which link a link-local address is of.
     */
    public int linkId() {
        return link.id();
    }

    /** The local address they carry. */
    public IpAddress source() {
        return source;
    }

    /** Where they go. */
    public IpAddress destination() {
        return destination;
    }

    /** Who gets them on the link: a router, or the destination itself. */
    public IpAddress nextHop() {
        return nextHop;
    }

    /** Whether the destination is a broadcast address. */
    public boolean broadcast() {
        return broadcast;
    }

    /** Bytes of the network header in front of each packet. */
    public int headerBytes() {
        return network.headerBytes();
    }

    /** The most bytes behind the network header: the length field of IPv4 counts the header, that of IPv6 does not. */
    public int maxPayloadBytes() {
        return destination.isV4() ? 0xffff - network.headerBytes() : 0xffff;
    }

    /** What a TCP super-segment on this route is called. */
    public int tcpGsoType() {
        return network.tcpGsoType();
    }

    /** The largest IP packet the path is known to carry, bytes. */
    public int mtuBytes() {
        int bytes = Routes.mtuBytes(network, device(), options);
        return options.mtuLocked() ? bytes : Math.min(bytes, path.mtuBytes());
    }

    /** What the table says of the way besides. */
    public RouteOptions options() {
        return options;
    }

    /** Whether the path carries less than we are willing to send, so that routers must cut (Linux's locked MTU). */
    boolean pathMayFragment() {
        return options.mtuLocked() || path.mayFragment();
    }

    @Override
    public String toString() {
        return destination + " from " + source + " via " + nextHop + " dev " + device().name();
    }
}
