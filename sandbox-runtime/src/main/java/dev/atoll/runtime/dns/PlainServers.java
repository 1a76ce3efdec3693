package dev.atoll.runtime.dns;

import dev.atoll.stack.wire.FullAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Name servers that do not speak EDNS, as far as they have shown. They may be replaced or mended, or the question may have been
 * lost and not disliked, so that it is forgotten after a while. Any thread.
 */
final class PlainServers {
    static final long REMEMBERED_NS = TimeUnit.MINUTES.toNanos(15);

    /** Since when, in {@link System#nanoTime}; the servers are those of the options, so it stays small. */
    private final Map<FullAddress, Long> sinceNs = new ConcurrentHashMap<>();

    void add(FullAddress server, long nowNs) {
        sinceNs.put(server, nowNs);
    }

    boolean contains(FullAddress server, long nowNs) {
        Long since = sinceNs.get(server);
        return since != null && nowNs - since < REMEMBERED_NS;
    }
}
