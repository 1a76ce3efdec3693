package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What routers said about the MTU of paths (RFC 1191 section 5, RFC 8201 section 5.3), for each destination.
 *
 * <p>At most {@link #MAX_ENTRIES}: the oldest makes room. An entry is forgotten after ten minutes, so that a path that
 * has become wider is noticed.
 */
final class PathMtus implements Timer.Action {
    /** Destinations remembered. */
    static final int MAX_ENTRIES = 4096;

    /** Linux's mtu_expires. */
    static final long EXPIRES_NS = 600_000_000_000L;

    /**
     * Linux's min_pmtu: no report makes us send smaller packets over IPv4. One that asks for less is taken for this
     * much, and packets on that path may be cut by routers.
     */
    static final int MIN_V4_BYTES = 552;

    /** No limit known. */
    static final Entry UNLIMITED = new Entry(Integer.MAX_VALUE, false, 0);

    /** What is known of a path. */
    record Entry(int mtuBytes, boolean mayFragment, long expiresNs) {}

    /** A link-local destination is another one on another link; the NIC is 0 for others. */
    private record Key(int nicId, IpAddress destination) {}

    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final Timer timer;
    // Insertion-ordered, which is by expiry: the eldest goes first.
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    /**
     * @param routes told when something ceases to be known
     */
    PathMtus(Cycle cycle, Counters counters, Routes routes) {
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        timer = cycle.newTimer(this);
    }

    private static Key key(IpAddress destination, int nicId) {
        return new Key(!destination.isV4() && destination.isLinkLocal() ? nicId : 0, destination);
    }

    /** What is known of the path to a destination. */
    Entry find(IpAddress destination, int nicId) {
        if (entries.isEmpty()) {
            return UNLIMITED;
        }
        Entry entry = entries.get(key(destination, nicId));
        return entry == null ? UNLIMITED : entry;
    }

    /** A path is narrower than was thought; false if that was known, or worse, or cannot be. */
    boolean reduce(IpAddress destination, int nicId, int mtuBytes) {
        if (!destination.isV4() && mtuBytes < Ipv6.MIN_MTU_BYTES) {
            return false;
        }
        boolean less = destination.isV4() && mtuBytes < MIN_V4_BYTES;
        int bytes = less ? MIN_V4_BYTES : mtuBytes;
        Key key = key(destination, nicId);
        Entry known = entries.get(key);
        if (known != null && known.mtuBytes <= bytes && (known.mayFragment || !less)) {
            return false;
        }
        entries.remove(key);
        if (entries.size() >= MAX_ENTRIES) {
            entries.remove(entries.keySet().iterator().next());
            counters.pathMtusEvicted++;
        }
        Entry entry = new Entry(bytes, less, cycle.nowNs() + EXPIRES_NS);
        entries.put(key, entry);
        if (!timer.isArmed()) {
            timer.arm(entry.expiresNs);
        }
        return true;
    }

    /** The oldest entry may be over. */
    @Override
    public void fire() {
        Iterator<Entry> oldest = entries.values().iterator();
        boolean forgotten = false;
        @Nullable Entry next = null;
        while (oldest.hasNext() && next == null) {
            Entry entry = oldest.next();
            if (entry.expiresNs - cycle.nowNs() > 0) {
                next = entry;
            } else {
                oldest.remove();
                forgotten = true;
            }
        }
        if (next != null) {
            timer.arm(next.expiresNs);
        }
        if (forgotten) {
            routes.changed();
        }
    }

    void archive(Archive archive) {
        List<Map.Entry<Key, Entry>> known = new ArrayList<>(entries.entrySet());
        archive.list(known, MAX_ENTRIES, PathMtus::archiveEntry);
        if (archive.isRestoring()) {
            entries.clear();
            for (Map.Entry<Key, Entry> each : known) {
                entries.put(each.getKey(), each.getValue());
            }
        }
        timer.archive(archive);
    }

    private static Map.Entry<Key, Entry> archiveEntry(Archive archive, Map.@Nullable Entry<Key, Entry> value) {
        int nicId = archive.int32(value == null ? 0 : value.getKey().nicId);
        IpAddress destination = ArchivedValues.address(archive, value == null ? null : value.getKey().destination);
        int mtuBytes = archive.int32(value == null ? 0 : value.getValue().mtuBytes);
        boolean mayFragment = archive.bool(value != null && value.getValue().mayFragment);
        long expiresNs = archive.int64(value == null ? 0 : value.getValue().expiresNs);
        return value == null
                ? Map.entry(new Key(nicId, destination), new Entry(mtuBytes, mayFragment, expiresNs))
                : value;
    }
}
