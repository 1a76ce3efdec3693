package dev.atoll.stack.nic;

import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;

/** What may be seen and set of a device's neighbours from above, both families together. */
public final class NeighborTableView {
    private final NeighborCache v4;
    private final NeighborCache v6;
    private final ProxyTable proxies;

    NeighborTableView(NeighborCache v4, NeighborCache v6, ProxyTable proxies) {
        this.v4 = v4;
        this.v6 = v6;
        this.proxies = proxies;
    }

    /**
     * One line of the listing.
     *
     * @param updatedNs monotonic time at which state or link address last changed
     */
    public record Entry(
            IpAddress address, MacAddress linkAddress, NeighborState state, boolean isRouter, long updatedNs) {}

    private NeighborCache of(IpAddress address) {
        return address.isV4() ? v4 : v6;
    }

    public List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        for (Neighbor neighbor : v4.all()) {
            entries.add(neighbor.toEntry());
        }
        for (Neighbor neighbor : v6.all()) {
            entries.add(neighbor.toEntry());
        }
        return entries;
    }

    /** False if there are as many static entries as there may be. */
    public boolean setStatic(IpAddress address, MacAddress linkAddress) {
        return of(address).setStatic(address, linkAddress.bits());
    }

    /** Notes a link address that a neighbour is said to have: known, but not reachable. */
    public void hint(IpAddress address, MacAddress linkAddress) {
        of(address).learned(address, linkAddress.bits());
    }

    /** False if there is no such entry. */
    public boolean remove(IpAddress address) {
        return of(address).remove(address);
    }

    public void clear() {
        v4.clear();
        v6.clear();
    }

    /** The other hosts that the device answers for. */
    public ProxyTable proxies() {
        return proxies;
    }

    public NeighborSettings settings(boolean ipv4) {
        return (ipv4 ? v4 : v6).settings();
    }

    public void setSettings(boolean ipv4, NeighborSettings settings) {
        (ipv4 ? v4 : v6).setSettings(settings);
    }
}
