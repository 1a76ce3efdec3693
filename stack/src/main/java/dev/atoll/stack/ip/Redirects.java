package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Better first hops that routers told of (RFC 4861 section 8.3). At most {@link #MAX_ENTRIES}: the oldest makes room.
 */
final class Redirects {
    /** Destinations that may be redirected at once. */
    static final int MAX_ENTRIES = 256;

    private record Key(int deviceId, IpAddress destination) {}

    // Insertion-ordered: the eldest goes first.
    private final Map<Key, IpAddress> entries = new LinkedHashMap<>();

    private final Counters counters;

    Redirects(Counters counters) {
        this.counters = counters;
    }

    void put(Device device, IpAddress destination, IpAddress nextHop) {
        Key key = new Key(device.id(), destination);
        if (entries.size() >= MAX_ENTRIES && !entries.containsKey(key)) {
            entries.remove(entries.keySet().iterator().next());
            counters.redirectsEvicted++;
        }
        entries.put(key, nextHop);
    }

    @Nullable IpAddress find(Device device, IpAddress destination) {
        return entries.isEmpty() ? null : entries.get(new Key(device.id(), destination));
    }

    /** Forgets the redirect of a destination; false if there is none. */
    boolean remove(Device device, IpAddress destination) {
        return !entries.isEmpty() && entries.remove(new Key(device.id(), destination)) != null;
    }

    /** Forgets what was redirected to a hop; false if nothing was. */
    boolean removeTo(Device device, IpAddress nextHop) {
        return entries.entrySet()
                .removeIf(entry -> entry.getKey().deviceId() == device.id()
                        && entry.getValue().equals(nextHop));
    }

    void removeAll(Device device) {
        entries.keySet().removeIf(key -> key.deviceId() == device.id());
    }

    void archive(Archive archive) {
        List<Map.Entry<Key, IpAddress>> known = new ArrayList<>(entries.entrySet());
        archive.list(known, MAX_ENTRIES, Redirects::archiveEntry);
        if (archive.isRestoring()) {
            entries.clear();
            for (Map.Entry<Key, IpAddress> each : known) {
                entries.put(each.getKey(), each.getValue());
            }
        }
    }

    private static Map.Entry<Key, IpAddress> archiveEntry(Archive archive, Map.@Nullable Entry<Key, IpAddress> value) {
        int deviceId = archive.int32(value == null ? 0 : value.getKey().deviceId);
        IpAddress destination = ArchivedValues.address(archive, value == null ? null : value.getKey().destination);
        IpAddress nextHop = ArchivedValues.address(archive, value == null ? null : value.getValue());
        return value == null ? Map.entry(new Key(deviceId, destination), nextHop) : value;
    }
}
