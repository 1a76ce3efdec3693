package dev.atoll.stack.ip;

import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What routers said about the MTU of paths (RFC 1191 section 5, RFC 8201 section 5.3), for each destination.
 *
 * <p>At most {@link #MAX_ENTRIES}: the oldest makes room. An entry is forgotten after ten minutes, so that a path that
 * has become wider is noticed.
 */
final class PathMtus {
    /** Destinations remembered. */
    static final int MAX_ENTRIES = 4096;

    /** Linux's mtu_expires. */
    static final long EXPIRES_NS = 600_000_000_000L;

    /** No limit known. */
    static final int UNLIMITED = 0xffff;

    private record Entry(int mtuBytes, long expiresNs) {}

    private final Cycle cycle;
    // Insertion-ordered: the eldest goes first.
    private final Map<IpAddress, Entry> entries = new LinkedHashMap<>();

    PathMtus(Cycle cycle) {
        this.cycle = cycle;
    }

    /** The MTU known for a destination, or {@link #UNLIMITED}. */
    int find(IpAddress destination) {
        if (entries.isEmpty()) {
            return UNLIMITED;
        }
        Entry entry = entries.get(destination);
        if (entry == null) {
            return UNLIMITED;
        }
        if (cycle.nowNs() - entry.expiresNs >= 0) {
            entries.remove(destination);
            return UNLIMITED;
        }
        return entry.mtuBytes;
    }

    /** A path is narrower than was thought; false if that was known, or worse. */
    boolean reduce(IpAddress destination, int mtuBytes) {
        if (find(destination) <= mtuBytes) {
            return false;
        }
        entries.remove(destination);
        if (entries.size() >= MAX_ENTRIES) {
            entries.remove(entries.keySet().iterator().next());
        }
        entries.put(destination, new Entry(mtuBytes, cycle.nowNs() + EXPIRES_NS));
        return true;
    }
}
