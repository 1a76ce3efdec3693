package dev.atoll.stack.transport;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the endpoint of a packet: a hash table with chains, keyed by a secret so that nobody outside can fill one
 * chain. Lookups allocate nothing.
 *
 * <p>A packet is for the connected endpoint of its four values, else for one bound to its local address and port, else
 * for one bound to its port on any address of its family, else on any address at all. Grows with its content; how much that is, ports and backlogs bound.
 */
public final class Demuxer {
    private static final int INITIAL_BUCKETS = 64;
    /** More than any layer has. */
    private static final int MAX_ENTRIES = 1 << 22;

    private final long key0;
    private final long key1;
    private @Nullable DemuxEntry[] buckets = new DemuxEntry[INITIAL_BUCKETS];
    private int size;

    public Demuxer(Rng rng) {
        key0 = rng.nextLong();
        key1 = rng.nextLong() | 1;
    }

    /** Registered entries. */
    public int size() {
        return size;
    }

    public void register(DemuxEntry entry, TransportEndpointId id) {
        Check.that(entry.id() == null, "an entry is registered once");
        if (size >= buckets.length) {
            grow();
        }
        entry.registeredAs(id);
        entry.hash = hash(
                id.localAddress().high(),
                id.localAddress().low(),
                id.localPort(),
                id.remoteAddress().high(),
                id.remoteAddress().low(),
                id.remotePort());
        link(entry);
        size++;
    }

    /** Does nothing if the entry is not registered. */
    public void unregister(DemuxEntry entry) {
        if (entry.id() == null) {
            return;
        }
        int bucket = entry.hash & buckets.length - 1;
        DemuxEntry at = buckets[bucket];
        if (at == entry) {
            buckets[bucket] = entry.next;
        } else {
            while (at != null && at.next != entry) {
                at = at.next;
            }
            Check.that(at != null, "a registered entry is in its chain");
            if (at != null) {
                at.next = entry.next;
            }
        }
        entry.next = null;
        entry.registeredAs(null);
        size--;
    }

    /** The endpoint a packet with these values is for. */
    public @Nullable DemuxEntry find(TransportEndpointId id, int nicId) {
        IpAddress local = id.localAddress();
        IpAddress remote = id.remoteAddress();
        return find(local.high(), local.low(), id.localPort(), remote.high(), remote.low(), id.remotePort(), nicId);
    }

    /**
     * The endpoint a packet is for: local values are the packet's destination.
     *
     * @param nicId the NIC it came in by
     */
    public @Nullable DemuxEntry find(
            long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort, int nicId) {
        int hash = hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        for (DemuxEntry at = buckets[hash & buckets.length - 1]; at != null; at = at.next) {
            if (at.hash == hash
                    && at.takesFrom(nicId)
                    && matches(at, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)) {
                return at;
            }
        }
        return findUnconnected(localHigh, localLow, localPort, hash, nicId);
    }

    /**
     * The endpoint without a peer that a packet is for: one bound to the local address and port, else to the port on any
     * address.
     */
    public @Nullable DemuxEntry findUnconnected(
            long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort, int nicId) {
        int spread = hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        return findUnconnected(localHigh, localLow, localPort, spread, nicId);
    }

    private @Nullable DemuxEntry findUnconnected(long localHigh, long localLow, int localPort, int spread, int nicId) {
        DemuxEntry entry = select(localHigh, localLow, localPort, false, spread, nicId);
        if (entry != null || !IpAddress.isV4(localHigh, localLow)) {
            return entry != null ? entry : select(0, 0, localPort, false, spread, nicId);
        }
        entry = select(0, IpAddress.V4_PREFIX, localPort, false, spread, nicId);
        return entry != null ? entry : select(0, 0, localPort, true, spread, nicId);
    }

    /**
     * Of the endpoints without a peer that are bound alike, one bound to the NIC, else the one registered last; if that
     * shares its port, one of those that share it, the same for all packets of a sender.
     *
     * @param dualOnly only those that take IPv4 too
     * @param spread a hash of the packet's four values
     */
    private @Nullable DemuxEntry select(
            long localHigh, long localLow, int localPort, boolean dualOnly, int spread, int nicId) {
        int hash = hash(localHigh, localLow, localPort, 0, 0, 0);
        DemuxEntry best = null;
        int sharing = 0;
        for (DemuxEntry at = buckets[hash & buckets.length - 1]; at != null; at = at.next) {
            if (at.hash != hash
                    || !at.takesFrom(nicId)
                    || (dualOnly && at.isV6Only())
                    || !matches(at, localHigh, localLow, localPort, 0, 0, 0)) {
                continue;
            }
            if (best == null || (at.nicId() != 0 && best.nicId() == 0)) {
                best = at;
                sharing = 0;
            }
            if (sharesWith(at, best)) {
                sharing++;
            }
        }
        if (best == null || sharing <= 1) {
            return best;
        }
        // Multiplied and shifted instead of divided: the upper bits of the hash are as good as the lower ones.
        int chosen = (int) ((spread & 0xffff_ffffL) * sharing >>> 32);
        for (DemuxEntry at = buckets[hash & buckets.length - 1]; at != null; at = at.next) {
            if (at.hash == hash
                    && !(dualOnly && at.isV6Only())
                    && matches(at, localHigh, localLow, localPort, 0, 0, 0)
                    && sharesWith(at, best)
                    && chosen-- == 0) {
                return at;
            }
        }
        return best;
    }

    private static boolean sharesWith(DemuxEntry entry, DemuxEntry best) {
        return entry.isReusePort() && best.isReusePort() && entry.nicId() == best.nicId();
    }

    /** The endpoint registered under exactly these values, the one registered last if there are several. */
    public @Nullable DemuxEntry findExact(
            long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort) {
        int hash = hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        for (DemuxEntry at = buckets[hash & buckets.length - 1]; at != null; at = at.next) {
            if (at.hash == hash && matches(at, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort)) {
                return at;
            }
        }
        return null;
    }

    /** Shows every unconnected endpoint on a port that would take packets to the address by the NIC: for groups. */
    public void forEachUnconnected(IpAddress localAddress, int localPort, int nicId, Consumer<DemuxEntry> visitor) {
        boolean ipv4 = localAddress.isV4();
        visitChain(localAddress.high(), localAddress.low(), localPort, false, nicId, visitor);
        if (ipv4 && !localAddress.isUnspecified()) {
            visitChain(0, IpAddress.V4_PREFIX, localPort, false, nicId, visitor);
        }
        visitChain(0, 0, localPort, ipv4, nicId, visitor);
    }

    private void visitChain(
            long localHigh, long localLow, int localPort, boolean dualOnly, int nicId, Consumer<DemuxEntry> visitor) {
        int hash = hash(localHigh, localLow, localPort, 0, 0, 0);
        DemuxEntry at = buckets[hash & buckets.length - 1];
        while (at != null) {
            DemuxEntry next = at.next;
            if (at.hash == hash
                    && at.takesFrom(nicId)
                    && !(dualOnly && at.isV6Only())
                    && matches(at, localHigh, localLow, localPort, 0, 0, 0)) {
                visitor.accept(at);
            }
            at = next;
        }
    }

    /** Every entry, in an order that depends on the secret: for closing down and listing, which sort. */
    public List<DemuxEntry> entries() {
        List<DemuxEntry> all = new ArrayList<>(size);
        for (DemuxEntry head : buckets) {
            for (DemuxEntry at = head; at != null; at = at.next) {
                all.add(at);
            }
        }
        return all;
    }

    private static boolean matches(
            DemuxEntry entry,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        TransportEndpointId id = entry.id();
        return id != null
                && id.localPort() == localPort
                && id.remotePort() == remotePort
                && id.remoteAddress().low() == remoteLow
                && id.localAddress().low() == localLow
                && id.remoteAddress().high() == remoteHigh
                && id.localAddress().high() == localHigh;
    }

    private int hash(long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort) {
        long mixed = mix(key0 ^ remoteLow);
        mixed = mix(mixed ^ localLow);
        mixed = mix(mixed ^ ((long) localPort << 16 | remotePort));
        if ((localHigh | remoteHigh) != 0) {
            mixed = mix(mixed ^ remoteHigh);
            mixed = mix(mixed ^ localHigh);
        }
        return (int) (mixed >>> 32);
    }

    private long mix(long value) {
        long product = value * 0xd6e8feb86659fd93L;
        return (product ^ product >>> 32) * key1;
    }

    private void link(DemuxEntry entry) {
        int bucket = entry.hash & buckets.length - 1;
        entry.next = buckets[bucket];
        buckets[bucket] = entry;
    }

    private void grow() {
        @Nullable DemuxEntry[] old = buckets;
        buckets = new DemuxEntry[old.length * 2];
        for (DemuxEntry head : old) {
            DemuxEntry at = head;
            while (at != null) {
                DemuxEntry next = at.next;
                link(at);
                at = next;
            }
        }
    }

    /**
     * The entries with what they are registered under. The secret is another in a restored stack: nobody outside has seen
     * its effects.
     *
     * @param codec makes the entries while restoring
     */
    public void archive(Archive archive, Archive.Codec<DemuxEntry> codec) {
        // In reverse, as each is put in front of those that are there.
        List<DemuxEntry> entries = entries();
        Collections.reverse(entries);
        int count = archive.count(entries.size(), MAX_ENTRIES);
        for (int i = 0; i < count; i++) {
            DemuxEntry saved = archive.isRestoring() ? null : entries.get(i);
            DemuxEntry entry = codec.archive(archive, saved);
            TransportEndpointId id = ArchivedValues.endpointId(archive, entry.id());
            if (archive.isRestoring()) {
                register(entry, id);
            }
        }
    }
}
