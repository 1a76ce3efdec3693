package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gateways that do not answer (RFC 1122 section 3.3.1.4): another route to the same destination takes their place until
 * they speak again, or for a while, after which they are tried again. At most {@link #MAX_ENTRIES}: the oldest makes room.
 */
final class DeadGateways implements Timer.Action {
    static final int MAX_ENTRIES = 64;
    /** How long one is left alone. */
    static final long RETRY_NS = 60_000_000_000L;

    private record Key(int deviceId, IpAddress gateway) {}

    private final Cycle cycle;
    private final Routes routes;
    private final Timer timer;
    /** When each is tried again, soonest first. */
    private final Map<Key, Long> untilNs = new LinkedHashMap<>();

    DeadGateways(Cycle cycle, Routes routes) {
        this.cycle = cycle;
        this.routes = routes;
        timer = cycle.newTimer(this);
    }

    boolean contains(Device device, IpAddress gateway) {
        return !untilNs.isEmpty() && untilNs.containsKey(new Key(device.id(), gateway));
    }

    /** One does not answer; false if that was known. */
    boolean add(Device device, IpAddress gateway) {
        Key key = new Key(device.id(), gateway);
        boolean known = untilNs.remove(key) != null;
        if (untilNs.size() >= MAX_ENTRIES) {
            untilNs.remove(untilNs.keySet().iterator().next());
        }
        untilNs.put(key, cycle.nowNs() + RETRY_NS);
        if (!timer.isArmed()) {
            cycle.armIn(timer, RETRY_NS);
        }
        return !known;
    }

    /** One speaks; false if that is no news. */
    boolean remove(Device device, IpAddress gateway) {
        return !untilNs.isEmpty() && untilNs.remove(new Key(device.id(), gateway)) != null;
    }

    void removeAll(Device device) {
        untilNs.keySet().removeIf(key -> key.deviceId() == device.id());
    }

    @Override
    public void fire() {
        long now = cycle.nowNs();
        if (untilNs.values().removeIf(until -> until - now <= 0)) {
            routes.changed();
        }
        if (!untilNs.isEmpty()) {
            timer.arm(untilNs.values().iterator().next());
        }
    }

    void archive(Archive archive) {
        List<Map.Entry<Key, Long>> known = new ArrayList<>(untilNs.entrySet());
        archive.list(known, MAX_ENTRIES, DeadGateways::archiveEntry);
        if (archive.isRestoring()) {
            untilNs.clear();
            for (Map.Entry<Key, Long> each : known) {
                untilNs.put(each.getKey(), each.getValue());
            }
        }
        timer.archive(archive);
    }

    private static Map.Entry<Key, Long> archiveEntry(Archive archive, Map.@Nullable Entry<Key, Long> value) {
        int deviceId = archive.int32(value == null ? 0 : value.getKey().deviceId);
        IpAddress gateway = ArchivedValues.address(archive, value == null ? null : value.getKey().gateway);
        long until = archive.int64(value == null ? 0 : value.getValue());
        return value == null ? Map.entry(new Key(deviceId, gateway), until) : value;
    }
}
