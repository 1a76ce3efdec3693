package dev.atoll.stack.ndp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.AddressTable;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * IPv6 on one NIC: its link-local address, and for each address the way from tentative to assigned (RFC 4862 section
 * 5.4). Under the stack's hold.
 */
final class Ipv6Interface implements DuplicateDetection.Outcome {
    /** How often an address that somebody has is replaced by another (RFC 7217 section 6: IDGEN_RETRIES). */
    static final int MAX_REGENERATIONS = 3;

    private static final long LINK_LOCAL_PREFIX = 0xfe80L << 48;
    private static final int LINK_LOCAL_BITS = 64;

    private final Device device;
    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final NdpWriter writer;
    private final InterfaceIds ids;
    private final Ipv6Settings settings;
    private final NdpLayer layer;
    private final RouterDiscovery routers;
    private final Autoconfiguration autoconfiguration;
    private final List<DuplicateDetection> detections = new ArrayList<>();
    private int linkLocalTries;

    Ipv6Interface(
            Device device,
            Cycle cycle,
            Counters counters,
            Routes routes,
            NdpWriter writer,
            InterfaceIds ids,
            Ipv6Settings settings,
            NdpLayer layer) {
        this.device = device;
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        this.writer = writer;
        this.ids = ids;
        this.settings = settings;
        this.layer = layer;
        autoconfiguration = new Autoconfiguration(device, cycle, counters, routes, ids, settings, layer);
        routers = new RouterDiscovery(device, cycle, counters, routes, writer, autoconfiguration, layer);
    }

    RouterDiscovery routers() {
        return routers;
    }

    /** The NIC is on: addresses it has are checked, and it gets its link-local one. */
    void start() {
        for (LocalAddress address : List.copyOf(device.addresses())) {
            if (!address.address().isV4() && !isKnown(address)) {
                addressAdded(address);
            }
        }
        if (settings.linkLocal() && device.hasLinkAddresses()) {
            linkLocalTries = 0;
            addLinkLocal();
        }
        if (device.isForwarding(false)) {
            device.groups().join(IpAddress.V6_ALL_ROUTERS);
        }
    }

    /** The NIC is off: what it configured by itself is forgotten, what was set by hand will be checked again. */
    void stop() {
        routers.stop();
        autoconfiguration.stop();
        if (device.isForwarding(false)) {
            device.groups().leave(IpAddress.V6_ALL_ROUTERS);
        }
        for (DuplicateDetection detection : detections) {
            detection.stop();
        }
        detections.clear();
        for (LocalAddress address : List.copyOf(device.addresses())) {
            if (!address.address().isV4()) {
                if (address.kind() == AddressKind.STATIC) {
                    device.groups().leave(address.address().solicitedNode());
                    address.setState(!device.hasLinkAddresses() ? AddressState.PREFERRED : AddressState.TENTATIVE);
                } else {
                    device.removeAddress(address.address());
                }
            }
        }
        routes.changed();
    }

    private void addLinkLocal() {
        long id = settings.opaqueIds()
                ? ids.opaque(device, LINK_LOCAL_PREFIX, linkLocalTries)
                : InterfaceIds.eui64(device.linkAddressBits());
        IpAddress address = linkLocal(id);
        device.addAddress(new LocalAddress(address, LINK_LOCAL_BITS, AddressKind.LINK_LOCAL));
    }

    private static IpAddress linkLocal(long id) {
        return new IpAddress(LINK_LOCAL_PREFIX, id);
    }

    // --- Addresses

    private boolean isKnown(LocalAddress address) {
        return find(address) != null;
    }

    private @Nullable DuplicateDetection find(LocalAddress address) {
        for (DuplicateDetection detection : detections) {
            if (detection.address() == address) {
                return detection;
            }
        }
        return null;
    }

    void addressAdded(LocalAddress address) {
        if (!device.isEnabled() || device.isIpv6Disabled()) {
            address.setState(AddressState.TENTATIVE);
            return;
        }
        if (!device.hasLinkAddresses() || settings.dadTransmits() == 0) {
            device.groups().join(address.address().solicitedNode());
            assign(address);
            return;
        }
        // Tentative before anything is sent: not even the report for its group comes from it (RFC 4862 section 5.4.2).
        address.setState(AddressState.TENTATIVE);
        // Heard from now on in any case; the first question reports what was not.
        if (settings.delayedGroupReports()) {
            device.groups().joinUnreported(address.address().solicitedNode());
        } else {
            device.groups().join(address.address().solicitedNode());
        }
        DuplicateDetection detection =
                new DuplicateDetection(cycle, writer, device, address, settings.dadTransmits(), this);
        detections.add(detection);
        detection.start();
        layer.observer().addressChanged(device, address);
    }

    void addressRemoved(LocalAddress address) {
        endDetection(address);
        device.groups().leave(address.address().solicitedNode());
        routes.changed();
        layer.observer().addressChanged(device, address);
    }

    private void endDetection(LocalAddress address) {
        DuplicateDetection detection = find(address);
        if (detection != null) {
            detection.stop();
            detections.remove(detection);
        }
    }

    @Override
    public void unique(DuplicateDetection detection) {
        detections.remove(detection);
        assign(detection.address());
    }

    private void assign(LocalAddress address) {
        boolean preferred =
                address.preferredUntilNs() == LocalAddress.FOREVER || address.preferredUntilNs() - cycle.nowNs() > 0;
        address.setState(preferred ? AddressState.PREFERRED : AddressState.DEPRECATED);
        routes.changed();
        layer.observer().addressChanged(device, address);
        if (address.address().isLinkLocal()) {
            discoverRouters();
        }
    }

    private void discoverRouters() {
        if (settings.routerDiscovery() && !device.isLoopback() && !device.isForwarding(false)) {
            routers.start();
        }
    }

    /** A host asks routers; a router is asked, and hears of that by its groups (RFC 4861 sections 6.2.7 and 6.3.7). */
    void forwardingChanged() {
        if (device.isForwarding(false)) {
            routers.forgetRouters();
            device.groups().join(IpAddress.V6_ALL_ROUTERS);
        } else {
            device.groups().leave(IpAddress.V6_ALL_ROUTERS);
            discoverRouters();
        }
    }

    /** Somebody asks whether an address is free that we are about to take. */
    void probedByOther(LocalAddress address, long nonce) {
        DuplicateDetection detection = find(address);
        if (detection == null) {
            return;
        }
        if (detection.isOwn(nonce)) {
            counters.loopedProbes++;
            return;
        }
        duplicate(address);
    }

    /** Somebody says that an address is his. */
    void claimedByOther(LocalAddress address) {
        if (address.state() == AddressState.TENTATIVE) {
            duplicate(address);
        } else if (address.isAssigned()) {
            // Too late to give way (RFC 4862 section 5.4.4 leaves it open): Linux keeps the address, too.
            counters.addressConflicts++;
        }
    }

    /** RFC 4862 section 5.4.5: an address made by hand stays unusable, one made here makes place for another. */
    private void duplicate(LocalAddress address) {
        endDetection(address);
        counters.duplicateAddresses++;
        address.setState(AddressState.DUPLICATE);
        layer.observer().addressChanged(device, address);
        boolean isLinkAddress = address.address().equals(linkLocal(InterfaceIds.eui64(device.linkAddressBits())));
        if (settings.disabledByDuplicate() && isLinkAddress) {
            device.disableIpv6();
            return;
        }
        switch (address.kind()) {
            case STATIC, DHCP -> device.groups().leave(address.address().solicitedNode());
            case LINK_LOCAL -> {
                if (settings.opaqueIds() && ++linkLocalTries <= MAX_REGENERATIONS) {
                    device.removeAddress(address.address());
                    addLinkLocal();
                } else {
                    device.groups().leave(address.address().solicitedNode());
                }
            }
            case SLAAC, TEMPORARY -> autoconfiguration.duplicate(address);
        }
    }

    // --- Saved and restored

    void archive(Archive archive) {
        linkLocalTries = archive.int32(linkLocalTries);
        if (archive.isRestoring()) {
            forget();
        }
        archive.list(detections, AddressTable.MAX_ADDRESSES, this::archiveDetection);
        routers.archive(archive);
        autoconfiguration.archive(archive);
    }

    /** Ends what is under way, without a word and without a trace elsewhere. */
    void forget() {
        for (DuplicateDetection detection : detections) {
            detection.stop();
        }
        detections.clear();
        routers.forget();
        autoconfiguration.stop();
    }

    private DuplicateDetection archiveDetection(Archive archive, @Nullable DuplicateDetection value) {
        LocalAddress address = LocalAddress.archived(archive, value == null ? null : value.address());
        DuplicateDetection detection = value == null
                ? new DuplicateDetection(cycle, writer, device, address, settings.dadTransmits(), this)
                : value;
        detection.archive(archive);
        return detection;
    }
}
