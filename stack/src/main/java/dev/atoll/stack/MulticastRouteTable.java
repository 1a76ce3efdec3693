package dev.atoll.stack;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.MulticastForwarding;
import dev.atoll.stack.ip.MulticastRoutes;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * By which NICs packets to groups are passed on. A route of a packet's source and group comes before one of the group alone.
 * Routes are saved with the stack; packets that wait for one are not. Methods may be called from any thread.
 *
 * <p>Nothing is learned: whoever runs a routing protocol, or a proxy for IGMP and MLD, adds what it found out. Packets of this
 * stack's own endpoints leave by the NIC that their endpoint names, and by no route of these.
 */
public final class MulticastRouteTable {
    private final Hold hold;
    private final IpLayer ip;

    MulticastRouteTable(Hold hold, IpLayer ip) {
        this.hold = hold;
        this.ip = ip;
    }

    /**
     * A way out of the stack.
     *
     * @param minTtl the least TTL or hop limit, as it came in, of packets that leave here: 0 to 255; whatever it is, a packet
     *     that came with 1 or less goes nowhere
     */
    public record Outgoing(int nicId, int minTtl) {
        /**
         * A way out.
         *
         * @throws IllegalArgumentException if {@code minTtl} is not 0 to 255
         */
        public Outgoing {
            Check.argument(minTtl >= 0 && minTtl <= 255, "minTtl", minTtl, "0 to 255");
        }
    }

    /**
     * One route.
     *
     * @param source the unicast address packets come from, or the unspecified one of the group's family for any that has no
     *     route of its own
     * @param group beyond 224.0.0.0/24 over IPv4, of a scope beyond the link over IPv6
     * @param expectedNicId the NIC packets have to come in by; what comes by another is dropped
     * @param outgoing where they leave, each NIC once, at most 32; empty to drop them, and say nothing
     */
    public record Entry(IpAddress source, IpAddress group, int expectedNicId, List<Outgoing> outgoing) {
        /** A route; the list is copied. */
        public Entry {
            outgoing = List.copyOf(outgoing);
        }
    }

    /**
     * What a route was used for.
     *
     * @param packets that came in by the expected NIC, whether or not they left
     * @param bytes of those, IP headers included
     * @param lastUsedNs when the last of them came, or if none did when the route was added: nanoseconds of the stack's time
     */
    public record Statistics(long packets, long bytes, long lastUsedNs) {}

    /**
     * Adds a route, or replaces the one of the same source and group, whose statistics go on; passes on packets that wait for
     * it.
     *
     * @throws StackException INVALID for a source or a group that is none or stays on its link, families that differ, a NIC
     *     that is named twice, is {@code lo}, or is both expected and outgoing; UNKNOWN_NIC; NOT_SUPPORTED for a family that
     *     the stack does not have; NO_BUFFER_SPACE if there are 4096 routes, or more than 32 ways out of this one
     */
    public void add(Entry route) throws StackException {
        hold.call(() -> {
            check(route.source(), route.group());
            Device input = device(route.expectedNicId());
            List<MulticastRoutes.Outgoing> outgoing = new ArrayList<>();
            List<Device> used = new ArrayList<>(List.of(input));
            for (Outgoing way : route.outgoing()) {
                Device device = device(way.nicId());
                if (used.contains(device)) {
                    throw new StackException(StackError.INVALID, device.name() + " is named twice");
                }
                used.add(device);
                outgoing.add(new MulticastRoutes.Outgoing(device, way.minTtl()));
            }
            if (outgoing.size() > MulticastRoutes.MAX_OUTGOING
                    || !ip.multicast().add(route.source(), route.group(), input, outgoing)) {
                throw new StackException(
                        StackError.NO_BUFFER_SPACE, route.group().toString());
            }
            return true;
        });
    }

    private void check(IpAddress source, IpAddress group) throws StackException {
        boolean v4 = group.isV4();
        if (!MulticastForwarding.mayBeGroup(group)) {
            throw new StackException(StackError.INVALID, group + " is no group that is passed on");
        }
        IpAddress any = v4 ? IpAddress.V4_ANY : IpAddress.V6_ANY;
        if (!source.equals(any) && (source.isV4() != v4 || !MulticastForwarding.mayBeSource(source))) {
            throw new StackException(StackError.INVALID, source + " is no source that is passed on to " + group);
        }
        if (!ip.has(v4)) {
            throw new StackException(StackError.NOT_SUPPORTED, group.toString());
        }
    }

    private Device device(int nicId) throws StackException {
        Device device = ip.routes().device(nicId);
        if (device == null) {
            throw new StackException(StackError.UNKNOWN_NIC, String.valueOf(nicId));
        }
        if (device.isLoopback()) {
            throw new StackException(StackError.INVALID, device.name());
        }
        return device;
    }

    /**
     * Removes a route.
     *
     * @param source as it was added
     * @throws StackException NETWORK_UNREACHABLE if there is none
     */
    public void remove(IpAddress source, IpAddress group) throws StackException {
        hold.call(() -> {
            if (!ip.multicast().remove(source, group)) {
                throw missing(source, group);
            }
            return true;
        });
    }

    /**
     * What a route was used for so far; when it was last used tells whether it is still wanted.
     *
     * @param source as it was added
     * @throws StackException NETWORK_UNREACHABLE if there is none
     */
    public Statistics statistics(IpAddress source, IpAddress group) throws StackException {
        return hold.call(() -> {
            MulticastRoutes.Entry route = ip.multicast().routes().get(source, group);
            if (route == null) {
                throw missing(source, group);
            }
            return new Statistics(route.packets(), route.bytes(), route.lastUsedNs());
        });
    }

    private static StackException missing(IpAddress source, IpAddress group) {
        return new StackException(StackError.NETWORK_UNREACHABLE, source + " to " + group);
    }

    /** The routes in the order in which they were added. */
    public List<Entry> list() {
        return hold.query(() -> ip.multicast().routes().entries().stream()
                .map(MulticastRouteTable::toEntry)
                .toList());
    }

    private static Entry toEntry(MulticastRoutes.Entry route) {
        List<Outgoing> outgoing = route.outgoing().stream()
                .map(way -> new Outgoing(way.device().id(), way.minTtl()))
                .toList();
        return new Entry(route.source(), route.group(), route.input().id(), outgoing);
    }
}
