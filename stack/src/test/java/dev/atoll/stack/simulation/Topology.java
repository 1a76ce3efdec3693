package dev.atoll.stack.simulation;

import dev.atoll.stack.Nic;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Segments in a row, each joined to the next by a router, and hosts on them: one segment with two or three hosts, or two
 * or three segments with hosts at both ends. Segments have MTUs of their own, so that senders have to find out what the
 * path carries.
 *
 * <p>Segment S is 10.0.S.0/24 and fd00:0:0:S::/64, and host or router N has the address N of it.
 */
final class Topology {
    private static final int NETWORK = 0x0a00_0000;
    private static final int PREFIX_LENGTH = 24;
    private static final long NETWORK6 = 0xfd00L << 48;
    private static final int PREFIX_LENGTH6 = 64;

    /** A host or router, and where it is. */
    private record Place(Host host, List<Integer> segments) {
        int first() {
            return segments.get(0);
        }

        int last() {
            return segments.get(segments.size() - 1);
        }
    }

    private final SimNetwork network;
    private final Chance chance;
    private final boolean ipv6;
    private final List<Switch> switches = new ArrayList<>();
    private final List<Integer> mtus = new ArrayList<>();
    private final List<Host> hosts = new ArrayList<>();
    private final List<Place> routers = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final int corrupting;

    /**
     * Draws one.
     *
     * @param ipv6 whether everybody has IPv6 besides IPv4
     */
    Topology(SimNetwork network, Chance chance, boolean ipv6) {
        this.network = network;
        this.chance = chance;
        this.ipv6 = ipv6;
        int segments = chance.between(1, 3);
        corrupting = chance.between(0, segments - 1);
        for (int i = 0; i < segments; i++) {
            switches.add(network.addSwitch());
            int mtu = BadNetworks.mtu(chance);
            mtus.add(ipv6 ? Math.max(mtu, Ipv6.MIN_MTU_BYTES) : mtu);
        }
        hosts.add(place(List.of(0)).host);
        hosts.add(place(List.of(segments - 1)).host);
        if (chance.happens(0.5)) {
            hosts.add(place(List.of(chance.between(0, segments - 1))).host);
        }
        for (int i = 0; i + 1 < segments; i++) {
            routers.add(place(List.of(i, i + 1)));
        }
    }

    private Place place(List<Integer> segments) {
        Host host = network.addHost();
        for (int segment : segments) {
            boolean corrupts = segment == corrupting;
            Impairments up = BadNetworks.direction(chance, switches.size(), corrupts);
            Impairments down = BadNetworks.direction(chance, switches.size(), false);
            host.attach(switches.get(segment), mtus.get(segment), up, down);
        }
        Place place = new Place(host, segments);
        places.add(place);
        return place;
    }

    /** Turns everything on; {@code programs} has a host's programs started whenever it is booted. */
    void boot(Host.Setup programs) {
        for (Place place : places) {
            place.host.boot(ipv6, host -> {
                configure(place);
                programs.apply(host);
            });
        }
    }

    /** The hosts that are no routers. */
    List<Host> hosts() {
        return Collections.unmodifiableList(hosts);
    }

    List<Host> routers() {
        return routers.stream().map(Place::host).toList();
    }

    List<Switch> switches() {
        return Collections.unmodifiableList(switches);
    }

    /** The address by which a host that is no router is known. */
    IpAddress address(Host host, boolean v4) {
        for (Place place : places) {
            if (place.host == host) {
                return address(host, place.first(), v4);
            }
        }
        throw new IllegalArgumentException(host + " is not of this network");
    }

    static int prefixLength(IpAddress address) {
        return address.isV4() ? PREFIX_LENGTH : PREFIX_LENGTH6;
    }

    private static IpAddress address(Host host, int segment, boolean v4) {
        return v4
                ? IpAddress.v4(NETWORK | segment << 8 | host.number())
                : new IpAddress(NETWORK6 | segment, host.number());
    }

    private void configure(Place place) throws StackException {
        configure(place, true);
        if (ipv6) {
            configure(place, false);
        }
    }

    private void configure(Place place, boolean v4) throws StackException {
        for (int i = 0; i < place.segments.size(); i++) {
            Nic nic = place.host.ports().get(i).nic();
            IpAddress address = address(place.host, place.segments.get(i), v4);
            nic.addAddress(address, prefixLength(address));
            nic.setForwarding(v4, place.segments.size() > 1);
        }
        for (int segment = 0; segment < switches.size(); segment++) {
            if (segment < place.first()) {
                addRoute(place, segment, routers.get(place.first() - 1), place.first(), v4);
            } else if (segment > place.last()) {
                addRoute(place, segment, routers.get(place.last()), place.last(), v4);
            }
        }
    }

    private static void addRoute(Place place, int to, Place router, int via, boolean v4) throws StackException {
        IpAddress any = address(place.host, to, v4);
        Nic nic = place.host.ports().get(place.segments.indexOf(via)).nic();
        place.host.stack().routes().add(Subnet.containing(any, prefixLength(any)), address(router.host, via, v4), nic);
    }

    @Override
    public String toString() {
        return switches.size() + " segments of MTU " + mtus + ", " + hosts.size() + " hosts, " + routers.size()
                + " routers, " + (ipv6 ? "both families" : "IPv4");
    }
}
