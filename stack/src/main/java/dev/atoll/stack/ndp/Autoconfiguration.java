package dev.atoll.stack.ndp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.AddressTable;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.ArchivedValues;
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

    /** A temporary address and how long it may be used at most, however often its prefix is renewed. */
    private record Temporary(LocalAddress address, long preferredCapNs, long validCapNs) {}

    /** A prefix in use. */
    private static final class Prefix {
        final Subnet subnet;
        final IpAddress router;
        long preferredUntilNs;
        long validUntilNs;
        /** Its temporary addresses in the order they were made; the last one is in use. */
        final List<Temporary> temporaries = new ArrayList<>();

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
        timer = cycle.newTimer(new Timer.Action() {
            @Override
            public void fire() {
                expire();
            }
        });
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
        } else {
            renew(prefix, preferredSeconds, validSeconds);
        }
        // A lifetime of 0 is over now.
        expire();
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
            }
        }
        for (Temporary temporary : prefix.temporaries) {
            limit(temporary, prefix);
            revive(temporary.address);
        }
    }

    /** As long as the prefix, but never beyond its own limits (RFC 8981 section 3.4, step 1). */
    private static void limit(Temporary temporary, Prefix prefix) {
        temporary.address.setLifetimes(
                Math.min(temporary.preferredCapNs, prefix.preferredUntilNs),
                Math.min(temporary.validCapNs, prefix.validUntilNs));
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
        LocalAddress address = make(prefix, id, AddressKind.SLAAC);
        address.setLifetimes(prefix.preferredUntilNs, prefix.validUntilNs);
        if (!device.addAddress(address)) {
            counters.advertisedBeyondLimit++;
        }
    }

    /** RFC 8981 section 3.4. */
    private void addTemporary(Prefix prefix) {
        long now = cycle.nowNs();
        long desyncNs = cycle.rng().nextInt(MAX_DESYNC_SECONDS) * SECOND_NS;
        long preferredCap = now + TEMPORARY_PREFERRED_NS - desyncNs;
        long validCap = now + TEMPORARY_VALID_NS;
        LocalAddress address = make(prefix, ids.random(), AddressKind.TEMPORARY);
        Temporary temporary = new Temporary(address, preferredCap, validCap);
        limit(temporary, prefix);
        // Whether it could be added or not: the next try is its successor's.
        prefix.temporaries.add(temporary);
        if (!device.addAddress(address)) {
            counters.advertisedBeyondLimit++;
        }
    }

    /** When the temporary address of a prefix needs a successor, or {@link LocalAddress#FOREVER}. */
    private long regenerateNs(Prefix prefix) {
        long now = cycle.nowNs();
        // One that would be replaced as soon as it is made is not made (RFC 8981 section 3.4, step 5).
        if (!settings.temporaryAddresses() || !isAfter(prefix.preferredUntilNs, now + REGEN_ADVANCE_NS)) {
            return LocalAddress.FOREVER;
        }
        if (prefix.temporaries.isEmpty()) {
            return now;
        }
        Temporary last = prefix.temporaries.get(prefix.temporaries.size() - 1);
        return last.preferredCapNs - REGEN_ADVANCE_NS;
    }

    private static boolean isAfter(long untilNs, long momentNs) {
        return untilNs == LocalAddress.FOREVER || untilNs - momentNs > 0;
    }

    private static LocalAddress make(Prefix prefix, long id, AddressKind kind) {
        IpAddress address = new IpAddress(prefix.subnet.network().high(), id);
        LocalAddress local = new LocalAddress(address, PREFIX_BITS, kind);
        local.setAdvertisedBy(prefix.router);
        return local;
    }

    /** Another host has an address that was made here: another is made, unless that fails too often. */
    void duplicate(LocalAddress address) {
        device.removeAddress(address.address());
        Prefix prefix = find(address.subnet());
        if (prefix == null) {
            return;
        }
        boolean again = ++prefix.conflicts <= Ipv6Interface.MAX_REGENERATIONS;
        if (address.kind() == AddressKind.TEMPORARY) {
            if (again) {
                prefix.temporaries.removeIf(temporary -> temporary.address == address);
                addTemporary(prefix);
            }
        } else if (again && settings.opaqueIds()) {
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
            prefix.temporaries.removeIf(temporary -> isOver(temporary.address.validUntilNs(), now));
            if (isOver(regenerateNs(prefix), now)) {
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
            next = Math.min(next, Math.min(prefix.validUntilNs, regenerateNs(prefix)));
        }
        if (next == LocalAddress.FOREVER) {
            timer.cancel();
        } else {
            timer.arm(next);
        }
    }

    // --- Saved and restored

    void archive(Archive archive) {
        archive.list(prefixes, MAX_PREFIXES, Autoconfiguration::archivePrefix);
        timer.archive(archive);
    }

    private static Prefix archivePrefix(Archive archive, @Nullable Prefix value) {
        Subnet subnet = ArchivedValues.subnet(archive, value == null ? null : value.subnet);
        IpAddress router = ArchivedValues.address(archive, value == null ? null : value.router);
        Prefix prefix = value == null ? new Prefix(subnet, router) : value;
        prefix.preferredUntilNs = archive.int64(prefix.preferredUntilNs);
        prefix.validUntilNs = archive.int64(prefix.validUntilNs);
        archive.list(prefix.temporaries, AddressTable.MAX_ADDRESSES, Autoconfiguration::archiveTemporary);
        prefix.conflicts = archive.int32(prefix.conflicts);
        return prefix;
    }

    private static Temporary archiveTemporary(Archive archive, @Nullable Temporary value) {
        LocalAddress address = LocalAddress.archived(archive, value == null ? null : value.address);
        long preferredCapNs = archive.int64(value == null ? 0 : value.preferredCapNs);
        long validCapNs = archive.int64(value == null ? 0 : value.validCapNs);
        return value == null ? new Temporary(address, preferredCapNs, validCapNs) : value;
    }
}
