package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

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
    private Device device;
    private IpAddress nextHop;
    private boolean broadcast;
    private PathMtus.Entry path = PathMtus.UNLIMITED;
    private int generation;

    Route(Routes routes, NetworkLayer network, IpAddress source, IpAddress destination, int nicId, Routes.Hop hop) {
        this.routes = routes;
        this.network = network;
        this.source = source;
        this.destination = destination;
        this.nicId = nicId;
        device = hop.device();
        nextHop = hop.nextHop();
        take(hop);
        generation = routes.generation();
    }

    private Route(Routes routes, NetworkLayer network, IpAddress source, IpAddress destination, Device device) {
        this(routes, network, source, destination, device.id(), new Routes.Hop(device, destination, false));
        generation = PINNED;
    }

    /** The way to a neighbour or a group on a device's link, whatever the table says. */
    static Route onLink(Routes routes, NetworkLayer network, Device device, IpAddress source, IpAddress destination) {
        return new Route(routes, network, source, destination, device);
    }

    private void take(Routes.Hop hop) {
        device = hop.device();
        nextHop = hop.nextHop();
        broadcast = hop.broadcast();
        path = routes.pathMtus().find(destination, device.id());
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

    /** Where packets leave. */
    public Device device() {
        return device;
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
        return Math.min(network.mtuBytes(device), path.mtuBytes());
    }

    /** Whether the path carries less than we are willing to send, so that routers must cut (Linux's locked MTU). */
    boolean pathMayFragment() {
        return path.mayFragment();
    }

    @Override
    public String toString() {
        return destination + " from " + source + " via " + nextHop + " dev " + device.name();
    }

    /** A route that somebody keeps; what is known of the path is looked up again. */
    static Route archive(Archive archive, @Nullable Route saved, Routes routes) {
        IpAddress source = ArchivedValues.address(archive, saved == null ? null : saved.source);
        IpAddress destination = ArchivedValues.address(archive, saved == null ? null : saved.destination);
        int nicId = archive.int32(saved == null ? 0 : saved.nicId);
        Device device = routes.archiveDevice(archive, saved == null ? null : saved.device);
        IpAddress nextHop = ArchivedValues.address(archive, saved == null ? null : saved.nextHop);
        boolean broadcast = archive.bool(saved != null && saved.broadcast);
        Route route = saved;
        if (route == null) {
            Routes.Hop hop = new Routes.Hop(device, nextHop, broadcast);
            route = new Route(routes, routes.network(destination), source, destination, nicId, hop);
        }
        route.generation = archive.int32(route.generation);
        return route;
    }
}
