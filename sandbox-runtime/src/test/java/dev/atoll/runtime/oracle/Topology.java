package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The router that both filters are part of: its interfaces, who is on their links, and what lies beyond. Every address has
 * a link address of its own, so that a frame shows which way it took.
 *
 * @param far hosts that are reached by way of {@code gateway}, which is a neighbour of the second interface
 */
record Topology(Family family, List<Side> sides, List<IpAddress> far, String farNetwork, IpAddress gateway) {
    /** Bytes of a packet that either link carries. */
    static final int MTU_BYTES = 1500;

    /**
     * One interface.
     *
     * @param local its own addresses
     * @param prefixLength of their network, bits
     * @param neighbors other hosts of that network
     * @param others hosts that get packets only by a translation of whole networks
     */
    record Side(
            String nic, List<IpAddress> local, int prefixLength, List<IpAddress> neighbors, List<IpAddress> others) {
        List<IpAddress> everybody() {
            List<IpAddress> all = new ArrayList<>(neighbors);
            all.addAll(others);
            return all;
        }

        MacAddress mac() {
            return Topology.mac(local.get(0));
        }
    }

    static Topology of(Family family) {
        boolean v4 = family == Family.IPV4;
        String near = v4 ? "10.1.0." : "fd00:1::";
        String other = v4 ? "10.2.0." : "fd00:2::";
        String beyond = v4 ? "198.51.100." : "2001:db8:3::";
        int prefixLength = v4 ? 24 : 64;
        return new Topology(
                family,
                List.of(
                        new Side(
                                "eth0",
                                hosts(near, "1"),
                                prefixLength,
                                hosts(near, "2", "3", "77"),
                                hosts(near, "7", "8", "9")),
                        new Side(
                                "eth1",
                                v4 ? hosts(other, "1", "9") : hosts(other, "1"),
                                prefixLength,
                                hosts(other, "2", "3", "77"),
                                hosts(other, "7", "8"))),
                hosts(beyond, "7", "8"),
                beyond + (v4 ? "0/24" : "/64"),
                IpAddress.parse(other + "2"));
    }

    private static List<IpAddress> hosts(String network, String... numbers) {
        return List.of(numbers).stream()
                .map(number -> IpAddress.parse(network + number))
                .toList();
    }

    /** Locally administered, and the bits in which addresses differ. */
    static MacAddress mac(IpAddress address) {
        long low = address.low();
        long host = address.isV4() ? low & 0xffff_ffffL : (address.high() >>> 32 & 0xffff) << 16 | low & 0xffff;
        return new MacAddress(0x0200_0000_0000L | host);
    }
}
