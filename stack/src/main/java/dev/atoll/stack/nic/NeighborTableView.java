package dev.atoll.stack.nic;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;

/** What may be seen and set of a device's neighbours from above. */
public final class NeighborTableView {
    private final NeighborCache cache;

    NeighborTableView(NeighborCache cache) {
        this.cache = cache;
    }

    /** One line of the listing. */
    public record Entry(IpAddress address, MacAddress linkAddress, NeighborState state) {}

    public List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        for (Neighbor neighbor : cache.all()) {
            entries.add(new Entry(neighbor.address, new MacAddress(neighbor.linkAddress), neighbor.state));
        }
        return entries;
    }

    public void setStatic(IpAddress address, MacAddress linkAddress) {
        cache.setStatic(address, linkAddress.bits());
    }

    /** False if there is no such entry. */
    public boolean remove(IpAddress address) {
        return cache.remove(address);
    }

    public void clear() {
        cache.clear();
    }
}
