package dev.atoll.stack.ndp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.nic.NeighborState;
import dev.atoll.stack.wire.ArchivedValues;
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
 * <p>At most {@link #MAX_ROUTERS}, {@link #MAX_PREFIXES} and {@link #MAX_SPECIFIC_ROUTES}; what is advertised beyond
 * that is counted and not taken.
 */
final class RouterDiscovery {
    static final int MAX_ROUTERS = 10;
    static final int MAX_PREFIXES = 10;
    /** Routes through routers to some destinations only (RFC 4191); as many as netstack takes. */
    static final int MAX_SPECIFIC_ROUTES = 10;

    /** RFC 4861 section 10: the first interval, which then doubles until it is the longest (RFC 7559 section 2). */
    static final long SOLICITATION_INTERVAL_NS = 4_000_000_000L;

    static final long MAX_SOLICITATION_INTERVAL_NS = 3_600_000_000_000L;
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
        /** Its line of the table, or null if the table had the same one from elsewhere or was full. */
        Routes.@Nullable Entry entry;

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
    private final List<Advertised> specificRoutes = new ArrayList<>();
    private final List<Advertised> prefixes = new ArrayList<>();
    private long solicitIntervalNs = SOLICITATION_INTERVAL_NS;

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
        solicitTimer = cycle.newTimer(new Timer.Action() {
            @Override
            public void fire() {
                solicit();
            }
        });
        lifeTimer = cycle.newTimer(new Timer.Action() {
            @Override
            public void fire() {
                expire();
            }
        });
    }

    // --- Asking (section 6.3.7, and for as long as nobody answers RFC 7559)

    void start() {
        solicitIntervalNs = SOLICITATION_INTERVAL_NS;
        cycle.armIn(solicitTimer, cycle.rng().nextInt(MAX_SOLICITATION_DELAY_NS));
    }

    void stop() {
        forgetRouters();
        solicitTimer.dispose();
        lifeTimer.dispose();
        while (!prefixes.isEmpty()) {
            drop(prefixes, prefixes.get(0));
        }
        device.setIpv6MtuBytes(Integer.MAX_VALUE);
        device.setIpv6HopLimit(0);
    }

    /** Ends asking, and what routers offered to carry. */
    void forgetRouters() {
        solicitTimer.cancel();
        while (!routers.isEmpty()) {
            dropRouter(routers.get(0));
        }
        while (!specificRoutes.isEmpty()) {
            drop(specificRoutes, specificRoutes.get(0));
        }
    }

    private void solicit() {
        // A tenth more or less, so that hosts that start together do not keep asking together.
        long tenth = solicitIntervalNs / 10;
        cycle.armIn(
                solicitTimer,
                solicitIntervalNs - tenth + (tenth >>> 9) * cycle.rng().nextInt(1 << 10));
        solicitIntervalNs = Math.min(2 * solicitIntervalNs, MAX_SOLICITATION_INTERVAL_NS);
        writer.solicitRouters(device, linkLocalSource());
    }

    private IpAddress linkLocalSource() {
        for (LocalAddress address : device.addresses()) {
            if (!address.address().isV4() && address.address().isLinkLocal() && address.isAssigned()) {
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
            solicitTimer.cancel();
        }
        takeRouter(router, lifetimeSeconds, METRIC - Ndp.routerPreference(data, at));
        device.markRouter(router, true);
        takeTimes(Ndp.reachableTimeMs(data, at), Ndp.retransTimerMs(data, at));
        int hopLimit = Ndp.curHopLimit(data, at);
        if (hopLimit != 0) {
            device.setIpv6HopLimit(hopLimit);
        }
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
            case Ndp.OPTION_ROUTE -> takeSpecificRoute(router, data, option);
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

    /** RFC 4191 section 2.3: destinations that the router is a better or worse way to than its default route says. */
    private void takeSpecificRoute(IpAddress router, ByteBuffer data, int option) {
        int length = Ndp.prefixLength(data, option);
        int bytes = Ndp.optionBytes(data, option);
        int needed = Ndp.LINK_OPTION_BYTES + (length + 63) / 64 * 8;
        if (length > 128 || bytes < needed || Ndp.isRoutePreferenceReserved(data, option)) {
            return;
        }
        long high = length == 0 ? 0 : Ndp.routePrefixHigh(data, option);
        long low = length <= 64 ? 0 : Ndp.routePrefixLow(data, option);
        IpAddress prefix = new IpAddress(high, low);
        int metric = METRIC - Ndp.routePreference(data, option);
        long lifetimeSeconds = Ndp.option32(data, option);
        if (length == 0) {
            // It overrides what the header said of the default route.
            takeRouter(router, lifetimeSeconds, metric);
        } else if (!prefix.isLinkLocal() && !prefix.isMulticast() && !prefix.isV4()) {
            Subnet destination = Subnet.containing(prefix, length);
            take(specificRoutes, MAX_SPECIFIC_ROUTES, destination, router, lifetimeSeconds, metric);
        }
    }

    private void takeRouter(IpAddress router, long lifetimeSeconds, int metric) {
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
        }
        setMetric(known, metric);
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

    private void setMetric(Advertised advertised, int metric) {
        if (advertised.metric != metric) {
            place(advertised, metric);
        }
    }

    /** Gives it a line of the table behind all others of the same metric. */
    private void place(Advertised advertised, int metric) {
        withdraw(advertised);
        advertised.metric = metric;
        Routes.Entry entry = new Routes.Entry(advertised.destination, advertised.router, device, metric);
        advertised.entry = routes.add(entry) ? entry : null;
    }

    /** Takes back the line of the table that came of it, and no other, however alike. */
    private void withdraw(Advertised advertised) {
        Routes.Entry entry = advertised.entry;
        if (entry != null) {
            routes.remove(entry);
            advertised.entry = null;
        }
    }

    private void drop(List<Advertised> list, Advertised gone) {
        list.remove(gone);
        withdraw(gone);
    }

    private void dropRouter(Advertised gone) {
        drop(routers, gone);
        IpAddress router = gone.router;
        if (router != null) {
            layer.observer().routerChanged(device, router, false);
        }
    }

    // --- Ends

    private void expire() {
        for (Advertised router : List.copyOf(routers)) {
            if (isOver(router)) {
                dropRouter(router);
            }
        }
        expire(specificRoutes);
        expire(prefixes);
        armLifetimes();
    }

    private void expire(List<Advertised> list) {
        for (Advertised advertised : List.copyOf(list)) {
            if (isOver(advertised)) {
                drop(list, advertised);
            }
        }
    }

    private boolean isOver(Advertised advertised) {
        return advertised.expiresNs != LocalAddress.FOREVER && advertised.expiresNs - cycle.nowNs() <= 0;
    }

    private void armLifetimes() {
        long next = Math.min(earliest(routers), Math.min(earliest(specificRoutes), earliest(prefixes)));
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
        boolean isHost = state != NeighborState.FAILED;
        Advertised known = find(routers, Subnet.V6_ALL, router);
        if (known != null && isHost) {
            dropRouter(known);
        } else if (known != null) {
            // Each time behind the others that do not answer: so all are asked in turn (section 6.3.6).
            place(known, UNREACHABLE_METRIC);
        }
        for (Advertised route : List.copyOf(specificRoutes)) {
            if (router.equals(route.router)) {
                if (isHost) {
                    drop(specificRoutes, route);
                } else {
                    // A worse line for the same destination would not help: the longer prefix still wins (RFC 4191
                    // section 3.2 passes over routers that do not answer).
                    withdraw(route);
                    route.metric = UNREACHABLE_METRIC;
                }
            }
        }
    }

    // --- Saved and restored

    /** Ends what is under way, and leaves the table alone. */
    void forget() {
        solicitTimer.dispose();
        lifeTimer.dispose();
        routers.clear();
        specificRoutes.clear();
        prefixes.clear();
    }

    void archive(Archive archive) {
        archive.list(routers, MAX_ROUTERS, this::archiveAdvertised);
        archive.list(specificRoutes, MAX_SPECIFIC_ROUTES, this::archiveAdvertised);
        archive.list(prefixes, MAX_PREFIXES, this::archiveAdvertised);
        solicitIntervalNs = Math.max(archive.int64(solicitIntervalNs), SOLICITATION_INTERVAL_NS);
        solicitTimer.archive(archive);
        lifeTimer.archive(archive);
    }

    private Advertised archiveAdvertised(Archive archive, @Nullable Advertised value) {
        Subnet destination = ArchivedValues.subnet(archive, value == null ? null : value.destination);
        IpAddress router = archive.optional(value == null ? null : value.router, ArchivedValues::address);
        Advertised advertised = value == null ? new Advertised(destination, router) : value;
        advertised.entry = archive.optional(advertised.entry, routes::archiveEntry);
        advertised.metric = archive.int32(advertised.metric);
        advertised.expiresNs = archive.int64(advertised.expiresNs);
        return advertised;
    }
}
