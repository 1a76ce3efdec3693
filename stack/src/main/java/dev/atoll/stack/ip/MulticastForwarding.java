package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a router does with packets to groups, as Linux's ipmr and netstack: a packet that comes by the NIC its route expects
 * leaves by each other NIC of the route, one hop older, if the policy's FORWARD chain lets it. One whose group has no route
 * waits for it, and somebody is told. Nothing is said to its sender but, over IPv6, that it is too big (RFC 1122 section
 * 3.2.2, RFC 4443 section 2.4). Under the stack's hold.
 */
public final class MulticastForwarding {
    /** How often a route's packets on another NIC than expected are told of; Linux's MFC_ASSERT_THRESH. */
    private static final long UNEXPECTED_INTERVAL_NS = 3_000_000_000L;

    /** Told what packets lack. */
    public interface Observer {
        /** Packets of a source to a group wait for a route. */
        void missingRoute(IpAddress source, IpAddress group, Device in);

        /** A packet came by another device than its route expects. */
        void unexpectedInput(IpAddress source, IpAddress group, Device in, Device expected);
    }

    private final Cycle cycle;
    private final BufferPool pool;
    private final Forwarding forwarding;
    private final MulticastRoutes routes;
    private final PendingMulticast pending;
    private @Nullable Observer observer;

    MulticastForwarding(Cycle cycle, BufferPool pool, Routes unicast, Forwarding forwarding) {
        this.cycle = cycle;
        this.pool = pool;
        this.forwarding = forwarding;
        routes = new MulticastRoutes(unicast);
        pending = new PendingMulticast(cycle, pool, unicast);
    }

    public void setObserver(Observer newObserver) {
        observer = newObserver;
    }

    public MulticastRoutes routes() {
        return routes;
    }

    /**
     * Whether packets from an address may leave their link: not those of nobody, or of one who has an address of the link
     * alone (RFC 3927 section 7, RFC 4291 section 2.5.6).
     */
    public static boolean mayBeSource(IpAddress address) {
        return !address.isMulticast()
                && !address.isLoopback()
                && !address.isLimitedBroadcast()
                && !staysOnLink(address.high(), address.low());
    }

    /** Whether a group reaches beyond a link: RFC 5771 section 4, RFC 4291 section 2.7. */
    public static boolean mayBeGroup(IpAddress address) {
        return isGroupBeyondLink(address.high(), address.low());
    }

    private static boolean isGroupBeyondLink(long high, long low) {
        if (IpAddress.isV4(high, low)) {
            int bits = (int) low;
            return bits >>> 28 == 0xe && bits >>> 8 != 0xe00000;
        }
        return high >>> 56 == 0xff && (high >>> 48 & 0xf) > 2;
    }

    private static boolean staysOnLink(long high, long low) {
        if (IpAddress.isV4(high, low)) {
            int bits = (int) low;
            return bits >>> 24 == 0 || bits >>> 16 == 0xa9fe;
        }
        return (high | low) == 0 || IpAddress.isV6LinkLocal(high);
    }

    /**
     * Whether a packet that came in is to be passed on to its group. One of this host's own is not, and no segments that
     * were joined: TCP does not speak to groups (RFC 9293 section 3.9.2.3).
     */
    static boolean concerns(Device in, PacketBuffer packet) {
        return packet.type == PacketType.MULTICAST
                && in.isMulticastForwarding(packet.ipVersion == 4)
                && !packet.looped
                && packet.joined == null
                && isGroupBeyondLink(packet.destinationHigh, packet.destinationLow)
                && !staysOnLink(packet.sourceHigh, packet.sourceLow);
    }

    /** Passes on a packet that is {@linkplain #concerns to be}; does not take it. */
    void forward(Device in, NetworkLayer network, PacketBuffer packet) {
        if (network.hopsLeft(packet) <= 1) {
            in.countDrop(DropReason.IP_HOPS_EXCEEDED);
            return;
        }
        MulticastRoutes.Entry route = routes.find(packet);
        if (route != null) {
            forward(route, in, network, packet);
        } else if (pending.add(in, network, packet) && observer != null) {
            observer.missingRoute(source(packet), group(packet), in);
        }
    }

    private void forward(MulticastRoutes.Entry route, Device in, NetworkLayer network, PacketBuffer packet) {
        if (route.input() != in) {
            in.countDrop(DropReason.MULTICAST_UNEXPECTED_NIC);
            if (observer != null && route.mayTellUnexpected(cycle.nowNs(), UNEXPECTED_INTERVAL_NS)) {
                observer.unexpectedInput(source(packet), group(packet), in, route.input());
            }
            return;
        }
        route.use(packet, cycle.nowNs());
        int hops = network.hopsLeft(packet);
        List<MulticastRoutes.Outgoing> outgoing = route.outgoing();
        for (int i = 0; i < outgoing.size(); i++) {
            if (hops < outgoing.get(i).minTtl()) {
                in.countDrop(DropReason.MULTICAST_TTL_THRESHOLD);
                continue;
            }
            PacketBuffer copy = pool.copy(packet);
            DropReason fault = forwarding.leave(in, network, copy, route.hop(i));
            if (fault != null) {
                in.countDrop(fault);
                copy.release();
            }
        }
    }

    private static IpAddress source(PacketBuffer packet) {
        return new IpAddress(packet.sourceHigh, packet.sourceLow);
    }

    private static IpAddress group(PacketBuffer packet) {
        return new IpAddress(packet.destinationHigh, packet.destinationLow);
    }

    /**
     * Adds a route, or leads the one there is elsewhere, and passes on what waited for it.
     *
     * @param source unspecified for any
     * @return false if there are too many
     */
    public boolean add(IpAddress source, IpAddress group, Device input, List<MulticastRoutes.Outgoing> outgoing) {
        MulticastRoutes.Entry route = routes.put(source, group, input, outgoing, cycle.nowNs());
        if (route == null) {
            return false;
        }
        pending.resolve(route, this::received);
        return true;
    }

    private void received(Device in, NetworkLayer network, PacketBuffer packet) {
        if (concerns(in, packet)) {
            forward(in, network, packet);
        } else {
            // It was switched off meanwhile.
            in.countDrop(DropReason.MULTICAST_NO_ROUTE);
        }
        packet.release();
    }

    /** Removes the route of exactly that source and group; false if there is none. */
    public boolean remove(IpAddress source, IpAddress group) {
        return routes.remove(source, group);
    }

    /** The device goes, and with it what leads from and to it. */
    public void removeAll(Device device) {
        routes.removeAll(device);
        pending.removeAll(device);
    }

    /** Drops what waits: the stack closes. */
    void close() {
        pending.clear();
    }

    /** The routes: what waits for one has no place in an archive, since whoever was told of it is elsewhere. */
    void archive(Archive archive) {
        routes.archive(archive);
    }
}
