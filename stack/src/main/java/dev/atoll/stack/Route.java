package dev.atoll.stack;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way to a destination, as {@link Stack#findRoute} found it. It stays valid: when routes, redirects or what is known
 * of the path change, it changes with them; while there is no way, it tells of the last one. Methods may be called from
 * any thread.
 */
public final class Route {
    private final Hold hold;
    private final IpLayer ip;
    private final dev.atoll.stack.ip.Route route;

    Route(Hold hold, IpLayer ip, dev.atoll.stack.ip.Route route) {
        this.hold = hold;
        this.ip = ip;
        this.route = route;
    }

    /** The local address packets carry. */
    public IpAddress source() {
        return route.source();
    }

    public IpAddress destination() {
        return route.destination();
    }

    /** The route as the table has it now. Under the hold. */
    private dev.atoll.stack.ip.Route current() {
        route.refresh();
        return route;
    }

    /** Who gets packets on the link: a router, or the destination itself. */
    public IpAddress nextHop() {
        return hold.query(() -> current().nextHop());
    }

    /** The NIC packets leave by. */
    public int nicId() {
        return hold.query(() -> current().device().id());
    }

    /** Whether packets stay in this stack. */
    public boolean isLoopback() {
        return hold.query(() -> current().device().isLoopback());
    }

    /** Whether the destination is a broadcast address. */
    public boolean isBroadcast() {
        return hold.query(() -> current().broadcast());
    }

    /** The largest IP packet the path is known to carry, bytes. */
    public int mtuBytes() {
        return hold.query(() -> current().mtuBytes());
    }

    /** Bytes of the link and network headers in front of each packet, without options. */
    public int headerBytes() {
        return hold.query(
                () -> current().headerBytes() + (route.device().hasLinkAddresses() ? Ethernet.HEADER_BYTES : 0));
    }

    /** Hops packets may go unless an endpoint says otherwise. */
    public int defaultTtl() {
        return hold.query(() -> ip.hops(current()));
    }

    /** The largest TCP super-segment the NIC takes, bytes, IP header included; 0 for none. */
    public int gsoMaxBytes() {
        return hold.query(() -> current().device().capabilities().gsoMaxBytes());
    }

    /** Whether transport checksums have to be complete: the link does not complete them. */
    public boolean needsTransportChecksum() {
        return hold.query(() -> !current().device().capabilities().transmitChecksum());
    }

    /**
     * The folded sum of the pseudo-header that checksums over this route begin with (RFC 9293 section 3.1, RFC 8200 section
     * 8.1).
     *
     * @param protocol protocol number
     * @param lengthBytes of the transport packet
     */
    public int pseudoHeaderChecksum(int protocol, int lengthBytes) {
        IpAddress from = source();
        IpAddress to = destination();
        return Checksum.fold(
                Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), protocol, lengthBytes));
    }

    /**
     * The link address packets are sent to, or null while it is not known, or if the link has none; groups and broadcasts
     * have one that is known without asking.
     */
    public @Nullable MacAddress linkAddress() {
        return hold.query(() -> {
            Device device = current().device();
            long bits = device.hasLinkAddresses() ? device.knownLinkAddress(route.nextHop()) : 0;
            return bits == 0 ? null : new MacAddress(bits);
        });
    }

    /**
     * Asks for the link address of the next hop if it is not known; {@link NeighborListener} tells of the answer.
     *
     * @return whether it is known already, or the link has none
     * @throws StackException HOST_UNREACHABLE if the next hop did not answer just now
     */
    public boolean resolve() throws StackException {
        return hold.call(() -> {
            Device device = current().device();
            return !device.hasLinkAddresses() || device.resolve(route.nextHop());
        });
    }

    @Override
    public String toString() {
        return route.toString();
    }
}
