package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The routing table of both families: the longest prefix wins, then the smallest metric, then the entry added first.
 * Own addresses come before the table and lead to {@code lo}.
 *
 * <p>At most {@link #MAX_ENTRIES} entries. Under the stack's hold.
 */
public final class Routes {
    /** Entries; adding more is refused. */
    public static final int MAX_ENTRIES = 4096;

    /**
     * One line of the table.
     *
     * @param gateway the router, or null if the destinations are on the link itself
     */
    public record Entry(Subnet destination, @Nullable IpAddress gateway, Device device, RouteOptions options) {
        /** One of that metric. */
        public Entry(Subnet destination, @Nullable IpAddress gateway, Device device, int metric) {
            this(destination, gateway, device, RouteOptions.ofMetric(metric));
        }

        int metric() {
            return options.metric();
        }
    }

    /**
     * Where a packet goes first.
     *
     * @param link whose link the destination is on: the device, or the one that has the destination's address if packets to
     *     it stay in this host
     */
    record Hop(Device device, IpAddress nextHop, boolean broadcast, RouteOptions options, Device link) {
        Hop(Device device, IpAddress nextHop, boolean broadcast, RouteOptions options) {
            this(device, nextHop, broadcast, options, device);
        }

        /** One that no entry of the table leads to. */
        Hop(Device device, IpAddress nextHop, boolean broadcast) {
            this(device, nextHop, broadcast, RouteOptions.DEFAULT);
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final List<Device> devices;
    private final Device loopback;
    private final PathMtus pathMtus;
    private final Redirects redirects;
    private final DeadGateways dead;
    private @Nullable NetworkLayer ipv4;
    private @Nullable NetworkLayer ipv6;
    private int generation = 1;
    private boolean handleLocal = true;

    /**
     * @param devices the stack's devices, which this only reads
     * @param loopback where packets to own addresses go
     */
    public Routes(Cycle cycle, Counters counters, List<Device> devices, Device loopback) {
        this.devices = devices;
        this.loopback = loopback;
        pathMtus = new PathMtus(cycle, counters, this);
        redirects = new Redirects(counters);
        dead = new DeadGateways(cycle, this);
    }

    void attach(@Nullable NetworkLayer newIpv4, @Nullable NetworkLayer newIpv6) {
        ipv4 = newIpv4;
        ipv6 = newIpv6;
    }

    /** Whether the stack has IPv4, or IPv6. */
    public boolean hasFamily(boolean v4) {
        return (v4 ? ipv4 : ipv6) != null;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Counts what makes routes look their way up anew. */
    int generation() {
        return generation;
    }

    /** Something routes depend on changed. */
    public void changed() {
        generation = generation == -1 ? 1 : generation + 1;
    }

    PathMtus pathMtus() {
        return pathMtus;
    }

    /** Adds an entry; false if the table is full or has the same one already. */
    public boolean add(Entry entry) {
        if (entries.size() >= MAX_ENTRIES || has(entry)) {
            return false;
        }
        int at = 0;
        while (at < entries.size() && !before(entry, entries.get(at))) {
            at++;
        }
        entries.add(at, entry);
        changed();
        return true;
    }

    private boolean has(Entry wanted) {
        for (Entry entry : entries) {
            if (isSame(entry, wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Field by field: a record's own equals is bound when first called, and a program that starts would wait for it. */
    private static boolean isSame(Entry a, Entry b) {
        return a.destination().equals(b.destination())
                && Objects.equals(a.gateway(), b.gateway())
                && a.device() == b.device()
                && a.metric() == b.metric();
    }

    private static boolean before(Entry a, Entry b) {
        int longer = a.destination().prefixLength() - b.destination().prefixLength();
        return longer > 0 || (longer == 0 && a.metric() < b.metric());
    }

    /** Puts an entry in the place of those to the same destination with the same metric; false if the table is full. */
    public boolean replace(Entry entry) {
        entries.removeIf(old -> old.destination().equals(entry.destination()) && old.metric() == entry.metric());
        return add(entry);
    }

    /** Removes entries equal in destination, gateway and device; says how many. */
    public int remove(Subnet destination, @Nullable IpAddress gateway, Device device) {
        int before = entries.size();
        entries.removeIf(entry -> entry.destination().equals(destination)
                && Objects.equals(entry.gateway(), gateway)
                && entry.device() == device);
        changed();
        return before - entries.size();
    }

    /** Removes just this entry; false if it is not there. */
    public boolean remove(Entry gone) {
        for (int i = 0; i < entries.size(); i++) {
            if (isSame(entries.get(i), gone)) {
                entries.remove(i);
                changed();
                return true;
            }
        }
        return false;
    }

    /** Removes every entry through a device that goes away. */
    public void removeAll(Device device) {
        entries.removeIf(entry -> entry.device() == device);
        redirects.removeAll(device);
        dead.removeAll(device);
        changed();
    }

    /** The stack's devices; do not change. */
    public List<Device> devices() {
        return devices;
    }

    /** The device of that id, or null. */
    public @Nullable Device device(int nicId) {
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).id() == nicId) {
                return devices.get(i);
            }
        }
        return null;
    }

    /** The device of that name, or null. */
    public @Nullable Device device(String name) {
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).name().equals(name)) {
                return devices.get(i);
            }
        }
        return null;
    }

    /** Whether it is an address of some device of this stack, or in the loopback network. */
    public boolean isLocal(long high, long low) {
        if (isLoopbackNetwork(high, low)) {
            return true;
        }
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).isAssigned(high, low)) {
                return true;
            }
        }
        return false;
    }

    /** Sends what is for own addresses of links out like anything else; before the stack runs. */
    public void sendLocalOut() {
        handleLocal = false;
    }

    /** Whether packets to own addresses stay in the stack. */
    boolean handlesLocal() {
        return handleLocal;
    }

    private boolean staysHere(IpAddress to, int nicId) {
        return isLocalOn(to.high(), to.low(), nicId)
                && (handleLocal || to.isLoopback() || loopback.isAssigned(to.high(), to.low()));
    }

    Device loopback() {
        return loopback;
    }

    private Hop hopHere(IpAddress to, int nicId) {
        Device link = to.isV4() ? loopback : owner(to.high(), to.low(), nicId);
        return new Hop(loopback, to, /* broadcast= */ false, RouteOptions.DEFAULT, link);
    }

    /**
     * The device that an own IPv6 address is of, which Linux takes for the one that packets to it come in by, though they go
     * over the loopback device: an address that means something on its link only (RFC 4007 section 6) would not be on any.
     *
     * @param nicId the NIC that is asked first, for an address that several have, or 0
     */
    Device owner(long high, long low, int nicId) {
        Device first = nicId == 0 ? null : device(nicId);
        if (first != null && first.isAssigned(high, low)) {
            return first;
        }
        if (loopback.isAssigned(high, low)) {
            return loopback;
        }
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).isAssigned(high, low)) {
                return devices.get(i);
            }
        }
        return loopback;
    }

    /** Whether endpoints may be bound to a unicast address: an own one, or any if some device lends them. */
    public boolean isBindable(IpAddress address) {
        boolean bindable = isLocal(address.high(), address.low());
        for (int i = 0; i < devices.size() && !bindable; i++) {
            bindable = devices.get(i).isSpoofing();
        }
        return bindable;
    }

    /** Whether packets with this source may have been sent here: from an own address, or one that was taken for own. */
    public boolean mayBeOwn(long high, long low) {
        boolean own = isLocal(high, low);
        for (int i = 0; i < devices.size() && !own; i++) {
            own = devices.get(i).isSpoofing() || devices.get(i).isPromiscuous();
        }
        return own;
    }

    /**
     * The same as seen on a NIC's link: an IPv6 link-local address is ours there only if that NIC has it.
     *
     * @param nicId the NIC, or 0 for any
     */
    boolean isLocalOn(long high, long low, int nicId) {
        if (nicId == 0 || !IpAddress.isV6LinkLocal(high)) {
            return isLocal(high, low);
        }
        Device device = device(nicId);
        return device != null && (device.isLoopback() ? isLocal(high, low) : device.isAssigned(high, low));
    }

    /** As {@link dev.atoll.stack.filter.RoutingView#typeOf}. */
    AddressType typeOf(long high, long low, String nic) {
        boolean v4 = IpAddress.isV4(high, low);
        int address = (int) low;
        if (v4 && (address == -1 || address >>> 24 == 0)) {
            return AddressType.BROADCAST;
        }
        if (v4 ? address >>> 28 == 0xe : high >>> 56 == 0xff) {
            return AddressType.MULTICAST;
        }
        Device only = nic.isEmpty() ? null : device(nic);
        boolean own = (only == null || only.isLoopback()) && isLoopbackNetwork(high, low);
        boolean broadcast = false;
        for (int i = 0; i < devices.size(); i++) {
            Device device = devices.get(i);
            if (nic.isEmpty() || device == only) {
                own |= device.isAssigned(high, low);
                broadcast |= v4 && device.addressTable().isSubnetBroadcast(low);
            }
        }
        if (own) {
            return AddressType.LOCAL;
        }
        return broadcast ? AddressType.BROADCAST : AddressType.UNICAST;
    }

    /** 127.0.0.0/8 is the host itself as a whole (RFC 1122 section 3.2.1.3). */
    private boolean isLoopbackNetwork(long high, long low) {
        return IpAddress.isV4(high, low) && (low >>> 24 & 0xff) == 127 && loopback.isEnabled();
    }

    /**
     * Finds the way to a destination.
     *
     * @param source the local address to use, or null to have one chosen
     * @param nicId the NIC to leave by, or 0
     * @return null if there is none
     */
    public @Nullable Route find(IpAddress destination, @Nullable IpAddress source, int nicId) {
        IpAddress to = destination;
        if (to.isUnspecified()) {
            to = to.isV4() ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
        }
        NetworkLayer network = to.isV4() ? ipv4 : ipv6;
        if (network == null || (source != null && source.isV4() != to.isV4())) {
            return null;
        }
        if (staysHere(to, nicId)) {
            // All of 127.0.0.0/8 is talked to from 127.0.0.1, as the local table of Linux has it.
            IpAddress own = isLoopbackNetwork(to.high(), to.low()) ? IpAddress.V4_LOOPBACK : to;
            // Only an address that others of its links may have as well depends on the NIC.
            int ofLink = IpAddress.isV6LinkLocal(to.high()) ? nicId : 0;
            return new Route(this, network, source == null ? own : source, to, ofLink, hopHere(to, nicId));
        }
        Hop hop = findHop(to, nicId);
        if (hop == null) {
            return null;
        }
        IpAddress local = source == null ? sourceFor(hop, to) : source;
        return local == null ? null : new Route(this, network, local, to, nicId, hop);
    }

    /** The way back to where a packet came from, from the address it was sent to; or null. */
    public @Nullable Route findReply(PacketBuffer packet) {
        IpAddress to = new IpAddress(packet.sourceHigh, packet.sourceLow);
        IpAddress from = new IpAddress(packet.destinationHigh, packet.destinationLow);
        // A link-local address means something on its own link only (RFC 4007 section 6).
        return find(to, from, !to.isV4() && to.isLinkLocal() ? packet.nicId : 0);
    }

    /** The way to a neighbour or a group on a device's link, whatever the table says. */
    public Route onLink(Device device, IpAddress source, IpAddress destination) {
        NetworkLayer network = Objects.requireNonNull(destination.isV4() ? ipv4 : ipv6);
        return Route.onLink(this, network, device, source, destination);
    }

    /** The first hop to a destination, or null. */
    @Nullable Hop findHop(IpAddress to, int nicId) {
        if (staysHere(to, nicId)) {
            return hopHere(to, nicId);
        }
        boolean group = to.isMulticast();
        boolean ofLink = to.isV4() ? group || to.isLimitedBroadcast() : group || to.isLinkLocal();
        if ((group && !to.isV4()) || (nicId != 0 && ofLink)) {
            Device device = linkDevice(nicId);
            return device == null ? null : new Hop(device, to, to.isLimitedBroadcast());
        }
        Entry entry = findEntry(to, nicId);
        if (entry != null) {
            Device device = entry.device();
            boolean broadcast = to.isLimitedBroadcast() || device.isSubnetBroadcast(to);
            // A group or broadcast is heard on the link; no router is asked to carry it there.
            IpAddress nextHop = entry.gateway() == null || group || broadcast ? to : entry.gateway();
            IpAddress better = redirects.find(device, to);
            return new Hop(device, better == null ? nextHop : better, broadcast, entry.options());
        }
        return nicId == 0 || !to.isV4() ? null : onLinkHop(to, nicId);
    }

    /** The first entry that leads there; one whose gateway is dead gives way to others for the same destination. */
    private @Nullable Entry findEntry(IpAddress to, int nicId) {
        Entry lastResort = null;
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Device device = entry.device();
            if (!device.isEnabled() || (nicId != 0 && device.id() != nicId)) {
                continue;
            }
            boolean leads = entry.destination().contains(to) || (to.isLimitedBroadcast() && entry.gateway() == null);
            if (!leads || !(hasSource(device, to.isV4()) || preferredSource(entry.options()) != null)) {
                continue;
            }
            if (lastResort != null && !entry.destination().equals(lastResort.destination())) {
                return lastResort;
            }
            if (entry.gateway() == null || !dead.contains(device, entry.gateway())) {
                return entry;
            }
            lastResort = lastResort == null ? entry : lastResort;
        }
        return lastResort;
    }

    /** A neighbour was given up, or has spoken: gateways are what matters here (RFC 1122 section 3.3.1.4). */
    void neighborAnswers(Device device, IpAddress neighbor, boolean answers) {
        if (answers) {
            if (dead.remove(device, neighbor)) {
                changed();
            }
        } else if (isGateway(device, neighbor) && dead.add(device, neighbor)) {
            changed();
        }
    }

    private boolean isGateway(Device device, IpAddress neighbor) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.device() == device && neighbor.equals(entry.gateway())) {
                return true;
            }
        }
        return false;
    }

    /** Sent by a NIC of the caller's choice, what no route leads to is taken to be on its link, as on Linux. */
    private @Nullable Hop onLinkHop(IpAddress to, int nicId) {
        Device device = device(nicId);
        if (device == null || !device.isEnabled() || device.isLoopback() || !hasSource(device, true)) {
            return null;
        }
        return new Hop(device, to, to.isLimitedBroadcast() || device.isSubnetBroadcast(to));
    }

    /** The device a link-scoped destination is reached by: the one asked for, else the first that carries IPv6. */
    private @Nullable Device linkDevice(int nicId) {
        for (int i = 0; i < devices.size(); i++) {
            Device device = devices.get(i);
            if (device.isEnabled() && (nicId == 0 ? !device.isLoopback() : device.id() == nicId)) {
                return device;
            }
        }
        return null;
    }

    private static boolean hasSource(Device device, boolean ipv4) {
        if (device.isSpoofing() || device.isPromiscuous()) {
            return true;
        }
        List<LocalAddress> addresses = device.addresses();
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).address().isV4() == ipv4 && addresses.get(i).isSource()) {
                return true;
            }
        }
        return false;
    }

    /** The largest packet that a link and a route over it carry, whatever is known of paths. */
    static int mtuBytes(NetworkLayer network, Device device, RouteOptions options) {
        int bytes = network.mtuBytes(device);
        return options.mtuBytes() == 0 ? bytes : Math.min(bytes, options.mtuBytes());
    }

    /** The source that a route asks for, if it is ours now. */
    private @Nullable IpAddress preferredSource(RouteOptions options) {
        IpAddress source = options.source();
        return source != null && isLocal(source.high(), source.low()) ? source : null;
    }

    private @Nullable IpAddress sourceFor(Hop hop, IpAddress destination) {
        IpAddress preferred = preferredSource(hop.options());
        if (preferred != null) {
            return preferred;
        }
        return destination.isV4()
                ? sourceFor(hop.device(), hop.nextHop())
                : SourceSelection.select(hop.device(), destination, hop.nextHop());
    }

    /** The best source on a device for a destination on its link, or null (RFC 6724 section 5). */
    public @Nullable IpAddress sourceOn(Device device, IpAddress destination) {
        return sourceFor(new Hop(device, destination, false), destination);
    }

    /** The device's address in the next hop's subnet, else its first; a deprecated one only if there is no other. */
    private static @Nullable IpAddress sourceFor(Device device, IpAddress nextHop) {
        LocalAddress best = null;
        int bestRank = 0;
        for (int i = 0; i < device.addresses().size(); i++) {
            LocalAddress local = device.addresses().get(i);
            if (local.address().isV4() && local.isSource()) {
                int rank = (local.state() == AddressState.DEPRECATED ? 1 : 3)
                        + (local.subnet().contains(nextHop) ? 1 : 0);
                if (rank > bestRank) {
                    best = local;
                    bestRank = rank;
                }
            }
        }
        return best == null ? null : best.address();
    }

    // --- What the network said about paths

    /** A router on the link knows a better first hop for a destination (RFC 4861 section 8.3). */
    public void redirect(Device device, IpAddress destination, IpAddress nextHop) {
        redirects.put(device, destination, nextHop);
        changed();
    }

    /** A next hop is gone: what was redirected to it goes by the table again (RFC 4861 section 7.3.3). */
    public void nextHopLost(Device device, IpAddress nextHop) {
        if (redirects.removeTo(device, nextHop)) {
            changed();
        }
    }

    /** The first hop to a destination does not answer: if it was a redirect's, the table decides again. */
    void redirectFailed(Device device, long destinationHigh, long destinationLow) {
        if (redirects.remove(device, new IpAddress(destinationHigh, destinationLow))) {
            changed();
        }
    }

    /**
     * Transport hears nothing by way of a route any more (RFC 1122 section 3.3.1.4): if a redirect led there the table
     * decides again, as with Linux's negative advice; else the first hop is asked whether it is there.
     */
    public void doubt(Route route) {
        if (redirects.remove(route.device(), route.destination())) {
            changed();
        } else {
            route.device().doubtReachable(route.nextHop());
        }
    }

    /** The first hop packets to a destination take now, or null; for judging redirects. */
    public @Nullable IpAddress nextHopOn(Device device, IpAddress destination) {
        Hop hop = findHop(destination, 0);
        return hop == null || hop.device() != device ? null : hop.nextHop();
    }

    /**
     * The path to a destination carries only packets of this size, somebody says.
     *
     * @param nicId the NIC that a link-local destination is reached by
     * @param mtuBytes 0 if the router did not say what size (RFC 1191 section 5)
     * @return what is believed of it: no path needs packets to be as small as a forger might like them
     */
    public int pathMtu(IpAddress destination, int nicId, int mtuBytes) {
        if (pathMtus.reduce(destination, nicId, mtuBytes)) {
            changed();
        }
        return Math.max(mtuBytes, destination.isV4() ? PathMtus.MIN_V4_BYTES : Ipv6.MIN_MTU_BYTES);
    }

    /** As {@link dev.atoll.stack.filter.RoutingView#pathMtuBytes}. */
    int pathMtuBytes(IpAddress to, String nic) {
        Device by = nic.isEmpty() ? null : device(nic);
        Hop hop = findHop(to, by == null || by.isLoopback() ? 0 : by.id());
        NetworkLayer network = to.isV4() ? ipv4 : ipv6;
        if (hop == null || network == null) {
            return Integer.MAX_VALUE;
        }
        int bytes = mtuBytes(network, hop.device(), hop.options());
        return hop.options().mtuLocked()
                ? bytes
                : Math.min(bytes, pathMtus.find(to, hop.device().id()).mtuBytes());
    }

    // --- Saved and restored

    /** The table and what is known of paths; restoring, the devices are there already. */
    public void archive(Archive archive) {
        archive.section("routes");
        archive.list(entries, MAX_ENTRIES, this::archiveEntry);
        generation = archive.int32(generation);
        handleLocal = archive.bool(handleLocal);
        pathMtus.archive(archive);
        redirects.archive(archive);
        dead.archive(archive);
    }

    /** A device, known by its id. */
    public Device archivedDevice(Archive archive, @Nullable Device value) {
        int id = archive.int32(value == null ? 0 : value.id());
        Device device = value == null ? device(id) : value;
        if (device == null) {
            throw new ArchiveException("there is no NIC " + id);
        }
        return device;
    }

    /** An entry, in the table or not any more; the same one for all that have it. */
    public Entry archiveEntry(Archive archive, @Nullable Entry value) {
        return archive.shared(value, Entry.class, this::archiveNewEntry);
    }

    private Entry archiveNewEntry(Archive archive, @Nullable Entry value) {
        Subnet destination = ArchivedValues.subnet(archive, value == null ? null : value.destination());
        IpAddress gateway = archive.optional(value == null ? null : value.gateway(), ArchivedValues::address);
        Device device = archivedDevice(archive, value == null ? null : value.device());
        RouteOptions options = archiveOptions(archive, value == null ? null : value.options());
        return value == null ? new Entry(destination, gateway, device, options) : value;
    }

    private static RouteOptions archiveOptions(Archive archive, @Nullable RouteOptions value) {
        int metric = archive.int32(value == null ? 0 : value.metric());
        IpAddress source = archive.optional(value == null ? null : value.source(), ArchivedValues::address);
        int mtuBytes = archive.int32(value == null ? 0 : value.mtuBytes());
        boolean locked = archive.bool(value != null && value.mtuLocked());
        int mssBytes = archive.int32(value == null ? 0 : value.advertisedMssBytes());
        int window = archive.int32(value == null ? 0 : value.initialWindowSegments());
        if (value != null) {
            return value;
        }
        try {
            return new RouteOptions(metric, source, mtuBytes, locked, mssBytes, window);
        } catch (IllegalArgumentException e) {
            throw new ArchiveException("route: " + e.getMessage());
        }
    }

    /** A route that somebody keeps; after {@link #archive}, since what is known of its path is looked up. */
    public Route archiveRoute(Archive archive, @Nullable Route value) {
        IpAddress source = ArchivedValues.address(archive, value == null ? null : value.source());
        IpAddress destination = ArchivedValues.address(archive, value == null ? null : value.destination());
        int nicId = archive.int32(value == null ? 0 : value.nicId());
        Device device = archivedDevice(archive, value == null ? null : value.device());
        IpAddress nextHop = ArchivedValues.address(archive, value == null ? null : value.nextHop());
        boolean broadcast = archive.bool(value != null && value.broadcast());
        RouteOptions options = archiveOptions(archive, value == null ? null : value.options());
        int foundIn = archive.int32(value == null ? 0 : value.generation());
        if (value != null) {
            return value;
        }
        NetworkLayer network = destination.isV4() ? ipv4 : ipv6;
        if (network == null) {
            throw new ArchiveException("a route leads to " + destination + ", a family that this stack does not have");
        }
        return new Route(
                this, network, source, destination, nicId, new Hop(device, nextHop, broadcast, options), foundIn);
    }
}
