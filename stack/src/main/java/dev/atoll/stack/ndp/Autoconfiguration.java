package dev.atoll.stack.ndp;

import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses made from the prefixes of routers (RFC 4862 section 5.5), and temporary ones beside them (RFC 8981), with
 * their lifetimes. At most {@link #MAX_PREFIXES} prefixes are used; more are counted and not taken.
 */
final class Autoconfiguration {
    static final int MAX_PREFIXES = 10;

    /** A lifetime without an end, as it is on the wire. */
    static final long INFINITE_SECONDS = 0xffff_ffffL;

    private static final long SECOND_NS = 1_000_000_000L;

    /** Nobody who is not authenticated shortens a valid lifetime below this (RFC 4862 section 5.5.3 e). */
    static final long TWO_HOURS_NS = 7200 * SECOND_NS;

    /** Linux's temp_valid_lft, temp_prefered_lft and max_desync_factor. */
    static final long TEMPORARY_VALID_NS = 7 * 86_400 * SECOND_NS;

    static final long TEMPORARY_PREFERRED_NS = 86_400 * SECOND_NS;
    static final int MAX_DESYNC_SECONDS = 600;

    /** A new temporary address is made so long before the old one is deprecated (RFC 8981 section 3.8). */
    static final long REGEN_ADVANCE_NS = 5 * SECOND_NS;

    private static final int PREFIX_BITS = 64;

    /** A prefix in use. */
    private static final class Prefix {
        final Subnet subnet;
        final IpAddress router;
        long preferredUntilNs;
        long validUntilNs;
        /** The temporary address in use, whose successor is due at {@code regenerateNs}. */
        @Nullable LocalAddress temporary;

        long regenerateNs = LocalAddress.FOREVER;
        int conflicts;

        Prefix(Subnet subnet, IpAddress router) {
            this.subnet = subnet;
            this.router = router;
        }
    }

    private final Device device;
    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final InterfaceIds ids;
    private final Ipv6Settings settings;
    private final NdpLayer layer;
    private final Timer timer;
    private final List<Prefix> prefixes = new ArrayList<>();

    Autoconfiguration(
            Device device,
            Cycle cycle,
            Counters counters,
            Routes routes,
            InterfaceIds ids,
            Ipv6Settings settings,
            NdpLayer layer) {
        this.device = device;
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        this.ids = ids;
        this.settings = settings;
        this.layer = layer;
        timer = cycle.newTimer(this::expire);
    }

    void stop() {
        timer.dispose();
        prefixes.clear();
    }

    /** Takes an autonomous prefix (RFC 4862 section 5.5.3). */
    void advertised(IpAddress router, Subnet subnet, long preferredSeconds, long validSeconds) {
        if (!settings.autoconfiguration() || subnet.prefixLength() != PREFIX_BITS || preferredSeconds > validSeconds) {
            return;
        }
        Prefix prefix = find(subnet);
        if (prefix == null) {
            if (validSeconds == 0) {
                return;
            }
            if (prefixes.size() >= MAX_PREFIXES) {
                counters.advertisedBeyondLimit++;
                return;
            }
            prefix = new Prefix(subnet, router);
            prefix.preferredUntilNs = deadline(preferredSeconds);
            prefix.validUntilNs = deadline(validSeconds);
            prefixes.add(prefix);
            addStable(prefix);
            if (settings.temporaryAddresses()) {
                addTemporary(prefix);
            }
        } else {
            renew(prefix, preferredSeconds, validSeconds);
        }
        arm();
    }

    private long deadline(long seconds) {
        return seconds == INFINITE_SECONDS ? LocalAddress.FOREVER : cycle.nowNs() + seconds * SECOND_NS;
    }

    private void renew(Prefix prefix, long preferredSeconds, long validSeconds) {
        long now = cycle.nowNs();
        long offeredUntil = deadline(validSeconds);
        boolean longer = offeredUntil > prefix.validUntilNs || offeredUntil - now > TWO_HOURS_NS;
        if (longer) {
            prefix.validUntilNs = offeredUntil;
        } else if (prefix.validUntilNs == LocalAddress.FOREVER || prefix.validUntilNs - now > TWO_HOURS_NS) {
            prefix.validUntilNs = now + TWO_HOURS_NS;
        }
        prefix.preferredUntilNs = Math.min(deadline(preferredSeconds), prefix.validUntilNs);
        for (LocalAddress address : device.addresses()) {
            if (address.kind() == AddressKind.SLAAC && address.subnet().equals(prefix.subnet)) {
                address.setLifetimes(prefix.preferredUntilNs, prefix.validUntilNs);
                revive(address);
            } else if (address.kind() == AddressKind.TEMPORARY
                    && address.subnet().equals(prefix.subnet)) {
                // A temporary address only ever loses by it: its own limits stay (RFC 8981 section 3.4).
                address.setLifetimes(
                        Math.min(address.preferredUntilNs(), prefix.preferredUntilNs),
                        Math.min(address.validUntilNs(), prefix.validUntilNs));
            }
        }
    }

    private void revive(LocalAddress address) {
        if (address.state() == AddressState.DEPRECATED && address.preferredUntilNs() - cycle.nowNs() > 0) {
            change(address, AddressState.PREFERRED);
        }
    }

    private @Nullable Prefix find(Subnet subnet) {
        for (Prefix prefix : prefixes) {
            if (prefix.subnet.equals(subnet)) {
                return prefix;
            }
        }
        return null;
    }

    private void addStable(Prefix prefix) {
        long high = prefix.subnet.network().high();
        long id = settings.opaqueIds()
                ? ids.opaque(device, high, prefix.conflicts)
                : InterfaceIds.eui64(device.linkAddressBits());
        add(prefix, id, AddressKind.SLAAC, prefix.preferredUntilNs, prefix.validUntilNs);
    }

    /** RFC 8981 section 3.4. */
    private void addTemporary(Prefix prefix) {
        long now = cycle.nowNs();
        long desyncNs = cycle.rng().nextInt(MAX_DESYNC_SECONDS) * SECOND_NS;
        long preferredUntil = Math.min(prefix.preferredUntilNs, now + TEMPORARY_PREFERRED_NS - desyncNs);
        long validUntil = Math.min(prefix.validUntilNs, now + TEMPORARY_VALID_NS);
        if (preferredUntil - now <= REGEN_ADVANCE_NS) {
            // It would be replaced as soon as it is made.
            prefix.temporary = null;
            prefix.regenerateNs = LocalAddress.FOREVER;
            return;
        }
        prefix.temporary = add(prefix, ids.random(), AddressKind.TEMPORARY, preferredUntil, validUntil);
        prefix.regenerateNs = preferredUntil - REGEN_ADVANCE_NS;
    }

    private LocalAddress add(Prefix prefix, long id, AddressKind kind, long preferredUntil, long validUntil) {
        IpAddress address = new IpAddress(prefix.subnet.network().high(), id);
        LocalAddress local = new LocalAddress(address, PREFIX_BITS, kind);
        local.setLifetimes(preferredUntil, validUntil);
        local.setAdvertisedBy(prefix.router);
        if (!device.addAddress(local)) {
            counters.advertisedBeyondLimit++;
        }
        return local;
    }

    /** Another host has an address that was made here: another is made, unless that fails too often. */
    void duplicate(LocalAddress address) {
        device.removeAddress(address.address());
        Prefix prefix = find(address.subnet());
        if (prefix == null || ++prefix.conflicts > Ipv6Interface.MAX_REGENERATIONS) {
            return;
        }
        if (address.kind() == AddressKind.TEMPORARY) {
            addTemporary(prefix);
        } else if (settings.opaqueIds()) {
            addStable(prefix);
        }
        arm();
    }

    // --- Lifetimes

    private void expire() {
        long now = cycle.nowNs();
        for (LocalAddress address : List.copyOf(device.addresses())) {
            if (address.kind() != AddressKind.SLAAC && address.kind() != AddressKind.TEMPORARY) {
                continue;
            }
            if (isOver(address.validUntilNs(), now)) {
                device.removeAddress(address.address());
            } else if (isOver(address.preferredUntilNs(), now) && address.state() == AddressState.PREFERRED) {
                change(address, AddressState.DEPRECATED);
            }
        }
        prefixes.removeIf(prefix -> isOver(prefix.validUntilNs, now));
        for (Prefix prefix : prefixes) {
            if (prefix.temporary != null && isOver(prefix.regenerateNs, now)) {
                addTemporary(prefix);
            }
        }
        arm();
    }

    private static boolean isOver(long untilNs, long now) {
        return untilNs != LocalAddress.FOREVER && untilNs - now <= 0;
    }

    private void change(LocalAddress address, AddressState state) {
        address.setState(state);
        routes.changed();
        layer.observer().addressChanged(device, address);
    }

    private void arm() {
        long next = LocalAddress.FOREVER;
        for (LocalAddress address : device.addresses()) {
            if (address.kind() == AddressKind.SLAAC || address.kind() == AddressKind.TEMPORARY) {
                next = Math.min(next, address.validUntilNs());
                // A tentative one will be preferred until then; what is over already has nothing to wait for.
                if (!isOver(address.preferredUntilNs(), cycle.nowNs())) {
                    next = Math.min(next, address.preferredUntilNs());
                }
            }
        }
        for (Prefix prefix : prefixes) {
            next = Math.min(next, Math.min(prefix.validUntilNs, prefix.regenerateNs));
        }
        if (next == LocalAddress.FOREVER) {
            timer.cancel();
        } else {
            timer.arm(next);
        }
    }
}
