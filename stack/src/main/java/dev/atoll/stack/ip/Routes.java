package dev.atoll.stack.ip;

import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The routing table: the longest prefix wins, then the smallest metric, then the entry added first. Own addresses come
 * before the table and lead to {@code lo}.
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
    public record Entry(Subnet destination, @Nullable IpAddress gateway, Device device, int metric) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<Device> devices;
    private final Device loopback;

    /**
     * @param devices the stack's devices, which this only reads
     * @param loopback where packets to own addresses go
     */
    public Routes(List<Device> devices, Device loopback) {
        this.devices = devices;
        this.loopback = loopback;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Adds an entry; false if the table is full or has the same one already. */
    public boolean add(Entry entry) {
        if (entries.size() >= MAX_ENTRIES || entries.contains(entry)) {
            return false;
        }
        int at = 0;
        while (at < entries.size() && !before(entry, entries.get(at))) {
            at++;
        }
        entries.add(at, entry);
        return true;
    }

    private static boolean before(Entry a, Entry b) {
        int longer = a.destination().prefixLength() - b.destination().prefixLength();
        return longer > 0 || (longer == 0 && a.metric() < b.metric());
    }

    /** Removes entries equal in destination, gateway and device; says how many. */
    public int remove(Subnet destination, @Nullable IpAddress gateway, Device device) {
        int before = entries.size();
        entries.removeIf(entry -> entry.destination().equals(destination)
                && Objects.equals(entry.gateway(), gateway)
                && entry.device() == device);
        return before - entries.size();
    }

    /** Removes every entry through a device that goes away. */
    public void removeAll(Device device) {
        entries.removeIf(entry -> entry.device() == device);
    }

    /** Whether it is an address of some device of this stack, or in the loopback network. */
    public boolean isLocal(long high, long low) {
        if (isLoopbackNetwork(high, low)) {
            return true;
        }
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).findAddress(high, low) != null) {
                return true;
            }
        }
        return false;
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
        IpAddress to = destination.isUnspecified() ? IpAddress.V4_LOOPBACK : destination;
        if (!to.isV4()) {
            return null;
        }
        if (isLocal(to.high(), to.low())) {
            return new Route(loopback, source == null ? to : source, to, to, false);
        }
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Device device = entry.device();
            if (!device.isEnabled() || (nicId != 0 && device.id() != nicId)) {
                continue;
            }
            if (entry.destination().contains(to) || (to.isLimitedBroadcast() && entry.gateway() == null)) {
                IpAddress nextHop = entry.gateway() == null ? to : entry.gateway();
                IpAddress local = source == null ? sourceFor(device, nextHop) : source;
                if (local != null) {
                    return new Route(
                            device, local, to, nextHop, to.isLimitedBroadcast() || device.isSubnetBroadcast(to));
                }
            }
        }
        return null;
    }

    /** The device's address in the next hop's subnet, else its first. */
    private static @Nullable IpAddress sourceFor(Device device, IpAddress nextHop) {
        LocalAddress first = null;
        for (int i = 0; i < device.addresses().size(); i++) {
            LocalAddress local = device.addresses().get(i);
            if (local.address().isV4() == nextHop.isV4()) {
                if (local.subnet().contains(nextHop)) {
                    return local.address();
                }
                if (first == null) {
                    first = local;
                }
            }
        }
        return first == null ? null : first.address();
    }
}
