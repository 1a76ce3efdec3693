package dev.atoll.launcher.link;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.sys.AbstractLock;
import dev.atoll.launcher.sys.Netlink;
import dev.atoll.launcher.sys.NetlinkRequest;
import dev.atoll.launcher.sys.PacketSocket;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.runtime.control.ControlCodec;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.Route;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An interface that is there already: the program has its hardware address, MTU, addresses and routes until the end,
 * when {@link InterfaceWatcher} gives it back. It may be called from two threads, the one that runs and the one that ends
 * the link.
 */
final class TakenInterface implements OpenLink {
    private static final int IFLA_NET_NS_FD = 28;

    private final HostInterface device;
    private final LinkAddresses addresses;
    private final AbstractLock lock;
    private final HeldInterface held;
    private final InterfaceWatcher watcher;
    private boolean givenBack;

    private TakenInterface(
            HostInterface device,
            LinkAddresses addresses,
            AbstractLock lock,
            HeldInterface held,
            InterfaceWatcher watcher) {
        this.device = device;
        this.addresses = addresses;
        this.lock = lock;
        this.held = held;
        this.watcher = watcher;
    }

    /** Looks at it, and takes nothing yet. */
    static OpenLink open(LinkRequest request) throws LaunchException, SystemCallException {
        String name = request.argument();
        AbstractLock lock = AbstractLock.tryAcquire("dev.atoll/interface/" + name);
        if (lock == null) {
            throw HostInterface.refused(name, "another sandbox has it, or is giving it back");
        }
        try {
            HostInterface device = HostInterface.find(name);
            InterfaceRoute ofHost = device.defaultRoute();
            if (ofHost != null && !request.takeDefault()) {
                throw HostInterface.refused(
                        name,
                        "a default route of this host goes through it" + via(ofHost.gateway())
                                + ", which would be gone while the program runs; --take-default if that is meant");
            }
            LinkAddresses addresses = addresses(device, request);
            return watched(device, addresses, lock, HeldInterface.open());
        } catch (LaunchException | SystemCallException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static OpenLink watched(
            HostInterface device, LinkAddresses addresses, AbstractLock lock, HeldInterface held)
            throws SystemCallException, LaunchException {
        try {
            InterfaceWatcher watcher =
                    InterfaceWatcher.start(device, held.namespace().descriptor(), lock.descriptor());
            return new TakenInterface(device, addresses, lock, held, watcher);
        } catch (SystemCallException | LaunchException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private static LinkAddresses addresses(HostInterface device, LinkRequest request) throws LaunchException {
        List<Address> own = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        IpAddress router;
        if (request.address() == null) {
            takeAddresses(device, true, own, routes);
            router = takeRoutes(device, true, own, routes);
        } else {
            AddressPlan plan = AddressPlan.of(request.address(), request.router());
            own.add(plan.program());
            router = plan.router();
        }
        takeIpv6(device, request.ipv6(), own, routes);
        if (own.isEmpty()) {
            throw HostInterface.refused(
                    device.name(),
                    "it has no address that others can reach; give it one, or the program with --address ADDRESS/LENGTH");
        }
        if (own.size() > ControlCodec.MAX_LIST_ENTRIES || routes.size() > ControlCodec.MAX_LIST_ENTRIES) {
            throw HostInterface.refused(
                    device.name(),
                    "it has " + own.size() + " addresses and " + routes.size() + " routes, at most "
                            + ControlCodec.MAX_LIST_ENTRIES + " of each can be taken over");
        }
        return new LinkAddresses(own, router, routes);
    }

    private static void takeIpv6(HostInterface device, Ipv6Request request, List<Address> own, List<Route> routes)
            throws LaunchException {
        switch (request.kind()) {
            case NONE, OFF -> {}
            case FREE ->
                throw HostInterface.refused(
                        device.name(),
                        "what is free on its network is not known here; give the program an --address6 ADDRESS/LENGTH");
            case CHOSEN -> {
                AddressPlan plan = AddressPlan.ofIpv6(Objects.requireNonNull(request.address()), request.router());
                own.add(plan.program());
                routes.add(new Route(Subnet.V6_ALL, plan.router()));
            }
            case AS_FOUND -> {
                // The kernel gives every interface a link-local address; with that alone it is one of IPv4.
                if (hasIpv6(device)) {
                    takeAddresses(device, false, own, routes);
                    IpAddress unused = takeRoutes(device, false, own, routes);
                }
            }
        }
    }

    private static boolean hasIpv6(HostInterface device) {
        for (InterfaceAddress each : device.addresses()) {
            IpAddress address = each.address().address();
            if (each.usable() && !address.isV4() && !address.isLinkLocal()) {
                return true;
            }
        }
        return false;
    }

    private static void takeAddresses(HostInterface device, boolean ipv4, List<Address> own, List<Route> routes) {
        for (InterfaceAddress each : device.addresses()) {
            if (each.usable() && each.address().address().isV4() == ipv4) {
                own.add(each.address());
                if (each.peer() != null) {
                    routes.add(new Route(each.peer(), null));
                }
            }
        }
    }

    /**
     * Returns the next hop of the default route, or null. Among the routes that of IPv4 is only if it is something besides, that
     * of IPv6 always.
     */
    private static @Nullable IpAddress takeRoutes(
            HostInterface device, boolean ipv4, List<Address> own, List<Route> routes) {
        List<InterfaceRoute> sorted = new ArrayList<>();
        for (InterfaceRoute each : device.routes()) {
            if (each.main() && each.destination().network().isV4() == ipv4) {
                insert(sorted, each);
            }
        }
        IpAddress router = null;
        for (InterfaceRoute each : sorted) {
            if (each.destination().prefixLength() == 0 && each.gateway() != null && router == null) {
                router = each.gateway();
                if (!ipv4 || !each.options().equals(RouteOptions.DEFAULT)) {
                    routes.add(new Route(each.destination(), router, options(each, own)));
                }
            } else if (!has(routes, each)) {
                routes.add(new Route(each.destination(), each.gateway(), options(each, own)));
            }
        }
        return router;
    }

    /** With the source only if that is one of the program's: the kernel also takes those of other interfaces. */
    private static RouteOptions options(InterfaceRoute route, List<Address> own) {
        IpAddress source = route.options().source();
        for (Address each : own) {
            if (each.address().equals(source)) {
                return route.options();
            }
        }
        return route.options().withSource(null);
    }

    /** The smaller metric first; among equals the kernel's order. */
    private static void insert(List<InterfaceRoute> sorted, InterfaceRoute route) {
        int at = sorted.size();
        while (at > 0 && Integer.compareUnsigned(sorted.get(at - 1).metric(), route.metric()) > 0) {
            at--;
        }
        sorted.add(at, route);
    }

    private static boolean has(List<Route> routes, InterfaceRoute wanted) {
        for (Route route : routes) {
            if (route.destination().equals(wanted.destination())) {
                return true;
            }
        }
        return false;
    }

    private static String via(@Nullable IpAddress gateway) {
        return gateway == null ? "" : ", by " + gateway;
    }

    @Override
    public synchronized void bringUp() throws LaunchException {
        try {
            watcher.awaitReady(device.name());
            try (Netlink netlink = Netlink.open()) {
                netlink.change(NetlinkRequest.link(Netlink.RTM_NEWLINK, device.index())
                        .number(IFLA_NET_NS_FD, held.namespace().descriptor()));
            }
            held.drive(device.name());
        } catch (SystemCallException e) {
            throw VethLink.failure(device.name(), e);
        }
    }

    @Override
    public ControlRecord.LinkKind wire() {
        return ControlRecord.LinkKind.PACKET;
    }

    @Override
    public int programDescriptor() {
        return held.socket();
    }

    @Override
    public int headerBytes() {
        return PacketSocket.VNET_HEADER_BYTES;
    }

    @Override
    public LinkAddresses addresses() {
        return addresses;
    }

    @Override
    public MacAddress mac() {
        return device.mac();
    }

    @Override
    public int mtuBytes(int wanted) {
        return device.mtuBytes();
    }

    @Override
    public String description() {
        return VethLink.NAME + ":" + device.name();
    }

    @Override
    public void handOver() {
        // The launcher's copy is never read from; it is closed at the end.
    }

    /** The kernel takes some 20 ms for the way back, which it can while the program's processes end. */
    @Override
    public void programLeaves() {
        giveBack();
    }

    @Override
    public void close() {
        giveBack();
        held.close();
        lock.close();
    }

    private synchronized void giveBack() {
        if (givenBack) {
            return;
        }
        givenBack = true;
        held.reportLosses(description());
        String problem;
        try {
            problem = watcher.giveBack();
        } catch (SystemCallException e) {
            problem = String.valueOf(e.getMessage());
        }
        if (!problem.isEmpty()) {
            Terminal.line(device.name() + " was not given back as it was: " + problem);
        }
    }
}
