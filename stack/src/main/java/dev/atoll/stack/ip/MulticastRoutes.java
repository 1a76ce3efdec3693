package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ways of packets to groups, of both families: by source and group, or by the group alone for sources that have no
 * route of their own. Somebody sets them; nothing is learned. Under the stack's hold.
 */
public final class MulticastRoutes {
    /** Routes; adding more is refused. */
    public static final int MAX_ROUTES = 4096;

    /** Ways out of one route; Linux's MAXVIFS. */
    public static final int MAX_OUTGOING = 32;

    /** A power of 2. */
    private static final int BUCKETS = 256;

    /** A way out, for packets that come in with at least so many hops. */
    public record Outgoing(Device device, int minTtl) {}

    /** One route and what it was used for. */
    public static final class Entry {
        final IpAddress source;
        final IpAddress group;
        private Device input;
        private List<Outgoing> outgoing;
        /** Of the same order as {@link #outgoing}. */
        private List<Routes.Hop> hops;

        private long packets;
        private long bytes;
        private long lastUsedNs;
        private boolean unexpectedTold;
        private long unexpectedToldNs;
        private @Nullable Entry next;

        private Entry(IpAddress source, IpAddress group, Device input, List<Outgoing> outgoing, long nowNs) {
            this.source = source;
            this.group = group;
            this.input = input;
            this.outgoing = outgoing;
            hops = hops(group, outgoing);
            lastUsedNs = nowNs;
        }

        private static List<Routes.Hop> hops(IpAddress group, List<Outgoing> outgoing) {
            List<Routes.Hop> hops = new ArrayList<>(outgoing.size());
            for (Outgoing way : outgoing) {
                hops.add(new Routes.Hop(way.device(), group, /* broadcast= */ false));
            }
            return hops;
        }

        private void lead(Device newInput, List<Outgoing> newOutgoing) {
            input = newInput;
            outgoing = newOutgoing;
            hops = hops(group, newOutgoing);
        }

        /** Unspecified for any. */
        public IpAddress source() {
            return source;
        }

        public IpAddress group() {
            return group;
        }

        /** The device that packets have to come by. */
        public Device input() {
            return input;
        }

        public List<Outgoing> outgoing() {
            return outgoing;
        }

        Routes.Hop hop(int index) {
            return hops.get(index);
        }

        /** Packets that came by the expected device. */
        public long packets() {
            return packets;
        }

        /** Their bytes, IP headers included. */
        public long bytes() {
            return bytes;
        }

        /** When the last of them came, or else when the route was added, in the stack's time. */
        public long lastUsedNs() {
            return lastUsedNs;
        }

        void use(PacketBuffer packet, long nowNs) {
            packets++;
            bytes += packet.length();
            lastUsedNs = nowNs;
        }

        /** Whether it may be told once more that a packet came by another device than expected. */
        boolean mayTellUnexpected(long nowNs, long intervalNs) {
            if (unexpectedTold && nowNs - unexpectedToldNs < intervalNs) {
                return false;
            }
            unexpectedTold = true;
            unexpectedToldNs = nowNs;
            return true;
        }

        private boolean isOf(long sourceHigh, long sourceLow, long groupHigh, long groupLow) {
            return group.low() == groupLow
                    && group.high() == groupHigh
                    && source.low() == sourceLow
                    && source.high() == sourceHigh;
        }
    }

    private final Routes routes;
    /** In the order in which they were added. */
    private final List<Entry> entries = new ArrayList<>();

    private final @Nullable Entry[] buckets = new Entry[BUCKETS];

    MulticastRoutes(Routes routes) {
        this.routes = routes;
    }

    /** In the order in which they were added; do not change. */
    public List<Entry> entries() {
        return entries;
    }

    /** The route of exactly that source and group, or null. */
    public @Nullable Entry get(IpAddress source, IpAddress group) {
        return get(source.high(), source.low(), group.high(), group.low());
    }

    /** The route of a packet: of its source, or else of all sources; null if there is none. */
    @Nullable Entry find(PacketBuffer packet) {
        Entry own = get(packet.sourceHigh, packet.sourceLow, packet.destinationHigh, packet.destinationLow);
        if (own != null) {
            return own;
        }
        long anyLow = packet.ipVersion == 4 ? IpAddress.V4_ANY.low() : IpAddress.V6_ANY.low();
        return get(0, anyLow, packet.destinationHigh, packet.destinationLow);
    }

    private @Nullable Entry get(long sourceHigh, long sourceLow, long groupHigh, long groupLow) {
        Entry entry = buckets[bucket(sourceHigh, sourceLow, groupHigh, groupLow)];
        while (entry != null && !entry.isOf(sourceHigh, sourceLow, groupHigh, groupLow)) {
            entry = entry.next;
        }
        return entry;
    }

    /** No secret is needed: only what somebody set is in the table. */
    private static int bucket(long sourceHigh, long sourceLow, long groupHigh, long groupLow) {
        long mixed = (sourceHigh ^ Long.rotateLeft(sourceLow, 17)) * 0x9e3779b97f4a7c15L
                + (groupHigh ^ Long.rotateLeft(groupLow, 31));
        return (int) (mixed * 0x9e3779b97f4a7c15L >>> 56) & BUCKETS - 1;
    }

    /** Adds a route, or leads the one there is elsewhere, whose statistics go on; null if there are too many. */
    @Nullable Entry put(IpAddress source, IpAddress group, Device input, List<Outgoing> outgoing, long nowNs) {
        Entry known = get(source, group);
        if (known != null) {
            known.lead(input, List.copyOf(outgoing));
            return known;
        }
        if (entries.size() == MAX_ROUTES) {
            return null;
        }
        Entry entry = new Entry(source, group, input, List.copyOf(outgoing), nowNs);
        entries.add(entry);
        link(entry);
        return entry;
    }

    private void link(Entry entry) {
        int bucket = bucket(entry.source.high(), entry.source.low(), entry.group.high(), entry.group.low());
        entry.next = buckets[bucket];
        buckets[bucket] = entry;
    }

    /** False if there is none. */
    boolean remove(IpAddress source, IpAddress group) {
        Entry entry = get(source, group);
        if (entry == null) {
            return false;
        }
        entries.remove(entry);
        relink();
        return true;
    }

    /** The device goes: routes from it go with it, others lead there no longer. */
    void removeAll(Device device) {
        entries.removeIf(entry -> entry.input == device);
        relink();
        for (Entry entry : entries) {
            List<Outgoing> left = new ArrayList<>(entry.outgoing);
            if (left.removeIf(way -> way.device() == device)) {
                entry.lead(entry.input, List.copyOf(left));
            }
        }
    }

    private void relink() {
        Arrays.fill(buckets, null);
        for (Entry entry : entries) {
            link(entry);
        }
    }

    /** After the devices. */
    void archive(Archive archive) {
        archive.section("multicast routes");
        archive.list(entries, MAX_ROUTES, this::archiveEntry);
        relink();
    }

    private Entry archiveEntry(Archive archive, @Nullable Entry saved) {
        IpAddress source = ArchivedValues.address(archive, saved == null ? null : saved.source);
        IpAddress group = ArchivedValues.address(archive, saved == null ? null : saved.group);
        Device input = routes.archivedDevice(archive, saved == null ? null : saved.input);
        List<Outgoing> outgoing = new ArrayList<>(saved == null ? List.of() : saved.outgoing);
        archive.list(outgoing, MAX_OUTGOING, this::archiveOutgoing);
        Entry entry = saved == null ? new Entry(source, group, input, List.copyOf(outgoing), 0) : saved;
        entry.packets = archive.int64(entry.packets);
        entry.bytes = archive.int64(entry.bytes);
        entry.lastUsedNs = archive.int64(entry.lastUsedNs);
        entry.unexpectedTold = archive.bool(entry.unexpectedTold);
        entry.unexpectedToldNs = archive.int64(entry.unexpectedToldNs);
        return entry;
    }

    private Outgoing archiveOutgoing(Archive archive, @Nullable Outgoing saved) {
        Device device = routes.archivedDevice(archive, saved == null ? null : saved.device());
        int minTtl = archive.int32(saved == null ? 0 : saved.minTtl());
        return saved == null ? new Outgoing(device, minTtl) : saved;
    }
}
