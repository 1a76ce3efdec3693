package dev.atoll.stack.ndp;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.nic.NeighborState;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ndp;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routers and the on-link prefixes one NIC was told of (RFC 4861 section 6.3): asks for them when the NIC begins,
 * takes advertisements, and lets go of what is not renewed.
 *
 * <p>At most {@link #MAX_ROUTERS} and {@link #MAX_PREFIXES}; what is advertised beyond that is counted and not taken.
 */
final class RouterDiscovery {
    static final int MAX_ROUTERS = 10;
    static final int MAX_PREFIXES = 10;

    /** RFC 4861 section 10. */
    static final int MAX_SOLICITATIONS = 3;

    static final long SOLICITATION_INTERVAL_NS = 4_000_000_000L;
    static final int MAX_SOLICITATION_DELAY_NS = 1_000_000_000;

    /** Linux's metric for what routers advertise; a preferred router has less (RFC 4191). */
    static final int METRIC = 1024;
    /** A router that does not answer comes after every other until it advertises again (section 6.3.6). */
    static final int UNREACHABLE_METRIC = 4096;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MAX_REACHABLE_MS = 3_600_000;
    /** RFC 4861 sets no limit; more would let a forged advertisement keep packets waiting for hours. */
    private static final long MAX_RETRANS_MS = 60_000;

    /** What ends some day: a router or a prefix. */
    private static final class Advertised {
        final Subnet destination;
        final @Nullable IpAddress router;
        int metric;
        long expiresNs;

        Advertised(Subnet destination, @Nullable IpAddress router) {
            this.destination = destination;
            this.router = router;
        }
    }

    private final Device device;
    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final NdpWriter writer;
    private final Autoconfiguration autoconfiguration;
    private final NdpLayer layer;
    private final Timer solicitTimer;
    private final Timer lifeTimer;
    private final List<Advertised> routers = new ArrayList<>();
    private final List<Advertised> prefixes = new ArrayList<>();
    private int solicitationsLeft;

    RouterDiscovery(
            Device device,
            Cycle cycle,
            Counters counters,
            Routes routes,
            NdpWriter writer,
            Autoconfiguration autoconfiguration,
            NdpLayer layer) {
        this.device = device;
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        this.writer = writer;
        this.autoconfiguration = autoconfiguration;
        this.layer = layer;
        solicitTimer = cycle.newTimer(this::solicit);
        lifeTimer = cycle.newTimer(this::expire);
    }

    // --- Asking (section 6.3.7)

    void start() {
        solicitationsLeft = MAX_SOLICITATIONS;
        cycle.armIn(solicitTimer, cycle.rng().nextInt(MAX_SOLICITATION_DELAY_NS));
    }

    void stop() {
        solicitTimer.dispose();
        lifeTimer.dispose();
        while (!routers.isEmpty()) {
            drop(routers, routers.get(0));
        }
        while (!prefixes.isEmpty()) {
            drop(prefixes, prefixes.get(0));
        }
    }

    private void solicit() {
        solicitationsLeft--;
        if (solicitationsLeft > 0) {
            cycle.armIn(solicitTimer, SOLICITATION_INTERVAL_NS);
        }
        writer.solicitRouters(device, linkLocalSource());
    }

    private IpAddress linkLocalSource() {
        for (LocalAddress address : device.addresses()) {
            if (address.kind() == AddressKind.LINK_LOCAL && address.isAssigned()) {
                return address.address();
            }
        }
        return IpAddress.V6_ANY;
    }

    // --- Advertisements (section 6.3.4)

    /** Takes an advertisement that was found valid, its ICMPv6 header at {@code at}. */
    void advertised(IpAddress router, PacketBuffer packet, int at) {
        ByteBuffer data = packet.data();
        int options = at + Ndp.ROUTER_ADVERTISEMENT_BYTES;
        int end = packet.end();
        long sourceLink = Ndp.linkAddress(data, options, end, Ndp.OPTION_SOURCE_LINK);
        if (NdpLayer.isUnicastLink(sourceLink)) {
            device.neighborLearned(router, sourceLink);
        }
        int lifetimeSeconds = Ndp.routerLifetimeSeconds(data, at);
        if (lifetimeSeconds > 0) {
            // The answer that was asked for; one that is no default router does not count (section 6.3.7).
            solicitationsLeft = 0;
            solicitTimer.cancel();
        }
        takeRouter(router, lifetimeSeconds, METRIC - Ndp.routerPreference(data, at));
        device.markRouter(router, true);
        takeTimes(Ndp.reachableTimeMs(data, at), Ndp.retransTimerMs(data, at));
        for (int option = options; option < end; option += Ndp.optionBytes(data, option)) {
            takeOption(router, data, option);
        }
        if (Ndp.managed(data, at) || Ndp.otherConfiguration(data, at)) {
            layer.observer().dhcpv6(device, Ndp.managed(data, at), Ndp.otherConfiguration(data, at));
        }
        armLifetimes();
    }

    private void takeTimes(long reachableMs, long retransMs) {
        NeighborSettings now = device.neighborTable().settings(false);
        // 0 means that the router says nothing; more than an hour is not allowed (section 6.2.1).
        long reachableNs =
                reachableMs == 0 || reachableMs > MAX_REACHABLE_MS ? now.baseReachableNs() : reachableMs * 1_000_000;
        long retransNs = retransMs == 0 || retransMs > MAX_RETRANS_MS ? now.retransmitNs() : retransMs * 1_000_000;
        if (reachableNs != now.baseReachableNs() || retransNs != now.retransmitNs()) {
            device.neighborTable().setSettings(false, now.withTimes(reachableNs, retransNs));
        }
    }

    private void takeOption(IpAddress router, ByteBuffer data, int option) {
        int bytes = Ndp.optionBytes(data, option);
        switch (Ndp.optionType(data, option)) {
            case Ndp.OPTION_MTU -> {
                long mtu = Ndp.option32(data, option);
                if (bytes == Ndp.LINK_OPTION_BYTES && mtu >= Ipv6.MIN_MTU_BYTES && mtu <= device.mtuBytes()) {
                    device.setIpv6MtuBytes((int) mtu);
                    routes.changed();
                }
            }
            case Ndp.OPTION_PREFIX -> {
                if (bytes == Ndp.PREFIX_OPTION_BYTES) {
                    takePrefix(router, data, option);
                }
            }
            case Ndp.OPTION_RDNSS, Ndp.OPTION_DNSSL -> DnsOptions.report(layer.observer(), device, data, option);
            default -> {
                // Section 4.2: what is not known is passed over.
            }
        }
    }

    private void takePrefix(IpAddress router, ByteBuffer data, int option) {
        int length = Ndp.prefixLength(data, option);
        IpAddress prefix = new IpAddress(Ndp.prefixHigh(data, option), Ndp.prefixLow(data, option));
        if (length > 128 || prefix.isLinkLocal() || prefix.isMulticast() || prefix.isV4()) {
            return;
        }
        long validSeconds = Ndp.validLifetimeSeconds(data, option);
        Subnet subnet = Subnet.containing(prefix, length);
        if (Ndp.prefixOnLink(data, option)) {
            take(prefixes, MAX_PREFIXES, subnet, null, validSeconds, METRIC / 4);
        }
        if (Ndp.prefixAutonomous(data, option)) {
            autoconfiguration.advertised(router, subnet, Ndp.preferredLifetimeSeconds(data, option), validSeconds);
        }
    }

    private void takeRouter(IpAddress router, int lifetimeSeconds, int metric) {
        boolean had = find(routers, Subnet.V6_ALL, router) != null;
        take(routers, MAX_ROUTERS, Subnet.V6_ALL, router, lifetimeSeconds, metric);
        boolean has = find(routers, Subnet.V6_ALL, router) != null;
        if (had != has) {
            layer.observer().routerChanged(device, router, has);
        }
    }

    private void take(
            List<Advertised> list,
            int limit,
            Subnet destination,
            @Nullable IpAddress router,
            long lifetimeSeconds,
            int metric) {
        Advertised known = find(list, destination, router);
        if (lifetimeSeconds == 0) {
            if (known != null) {
                drop(list, known);
            }
            return;
        }
        if (known == null) {
            if (list.size() >= limit) {
                counters.advertisedBeyondLimit++;
                return;
            }
            known = new Advertised(destination, router);
            list.add(known);
        } else if (known.metric != metric) {
            routes.remove(destination, router, device);
        }
        if (known.metric != metric) {
            known.metric = metric;
            routes.add(new Routes.Entry(destination, router, device, metric));
        }
        known.expiresNs = lifetimeSeconds == Autoconfiguration.INFINITE_SECONDS
                ? LocalAddress.FOREVER
                : cycle.nowNs() + lifetimeSeconds * SECOND_NS;
    }

    private static @Nullable Advertised find(List<Advertised> list, Subnet destination, @Nullable IpAddress router) {
        for (Advertised advertised : list) {
            if (advertised.destination.equals(destination)
                    && (router == null ? advertised.router == null : router.equals(advertised.router))) {
                return advertised;
            }
        }
        return null;
    }

    private void drop(List<Advertised> list, Advertised gone) {
        list.remove(gone);
        routes.remove(gone.destination, gone.router, device);
    }

    // --- Ends

    private void expire() {
        expire(routers);
        expire(prefixes);
        armLifetimes();
    }

    private void expire(List<Advertised> list) {
        for (Advertised advertised : List.copyOf(list)) {
            if (advertised.expiresNs != LocalAddress.FOREVER && advertised.expiresNs - cycle.nowNs() <= 0) {
                drop(list, advertised);
                IpAddress router = advertised.router;
                if (router != null) {
                    layer.observer().routerChanged(device, router, false);
                }
            }
        }
    }

    private void armLifetimes() {
        long next = Math.min(earliest(routers), earliest(prefixes));
        if (next == LocalAddress.FOREVER) {
            lifeTimer.cancel();
        } else {
            lifeTimer.arm(next);
        }
    }

    private static long earliest(List<Advertised> list) {
        long earliest = LocalAddress.FOREVER;
        for (Advertised advertised : list) {
            earliest = Math.min(earliest, advertised.expiresNs);
        }
        return earliest;
    }

    /** A router says it is none any more, or does not answer (sections 6.3.6 and 7.3.3). */
    void lost(IpAddress router, NeighborState state) {
        routes.nextHopLost(device, router);
        Advertised known = find(routers, Subnet.V6_ALL, router);
        if (known == null) {
            return;
        }
        if (state != NeighborState.FAILED) {
            drop(routers, known);
            layer.observer().routerChanged(device, router, false);
        } else if (known.metric != UNREACHABLE_METRIC) {
            routes.remove(known.destination, router, device);
            known.metric = UNREACHABLE_METRIC;
            routes.add(new Routes.Entry(known.destination, router, device, UNREACHABLE_METRIC));
        }
    }
}
