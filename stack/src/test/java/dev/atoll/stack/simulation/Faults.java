package dev.atoll.stack.simulation;

import dev.atoll.stack.Nic;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What a network goes through while traffic flows: a seed decides what happens to whom, when, and for how long. All of it
 * heals, and before any connection may give up.
 */
final class Faults {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_FAULTS = 6;
    /** Faults begin within so much time. */
    private static final long SPAN_NS = 25 * SECOND_NS;

    private static final long MAX_OUTAGE_NS = 12 * SECOND_NS;
    private static final long MAX_SUSPENSION_NS = 60 * SECOND_NS;
    private static final long MAX_WALL_STEP_NS = TimeUnit.DAYS.toNanos(10_000);

    /** What can happen. Something new is one more of these and one more case of {@link #begin}. */
    private enum Kind {
        /** A segment, or one host's cable, or one direction of it, loses everything. */
        PARTITION,
        /** A router crashes and comes back. */
        ROUTER_RESTART,
        /** A host crashes and comes back, its connections forgotten. */
        HOST_RESTART,
        /** A host's stack is saved in mid-flow and goes on as another. */
        MOVE,
        /** A host stands still for a while, and finds its timers late. */
        SUSPENSION,
        /** Somebody sets a host's wall clock. */
        WALL_CLOCK_STEP,
        /** A NIC is disabled and enabled again. */
        NIC_DISABLED,
        /** An address is removed and put back. */
        ADDRESS_REMOVED,
        /** A NIC forgets its neighbours. */
        NEIGHBOR_FLUSH
    }

    private record Fault(Kind kind, long beginNs, long endNs) {}

    private final SimNetwork network;
    private final Topology topology;
    private final Chance chance;
    private final Consumer<Host> crashed;
    private final boolean wallClockSteps;
    private final List<Fault> faults = new ArrayList<>();
    private long overNs;

    /**
     * Draws them and plans them.
     *
     * @param wallClockSteps false leaves those out, and changes nothing else
     * @param crashed told of each host that crashes
     */
    Faults(SimNetwork network, Topology topology, Chance chance, boolean wallClockSteps, Consumer<Host> crashed) {
        this.network = network;
        this.topology = topology;
        this.chance = chance;
        this.crashed = crashed;
        this.wallClockSteps = wallClockSteps;
        overNs = network.nowNs();
        int count = chance.between(0, MAX_FAULTS);
        for (int i = 0; i < count; i++) {
            Kind kind = Kind.values()[chance.between(0, Kind.values().length - 1)];
            long beginNs = network.nowNs() + chance.upTo(SPAN_NS);
            Fault fault = new Fault(kind, beginNs, beginNs + chance.upTo(MAX_OUTAGE_NS));
            faults.add(fault);
            overNs = Math.max(overNs, fault.endNs);
            network.at(beginNs, () -> begin(fault));
        }
    }

    /** When the last of them is over. */
    long overNs() {
        return overNs;
    }

    /** Whether the network had one between two moments. */
    boolean anyBetween(long fromNs, long toNs) {
        return faults.stream().anyMatch(fault -> fault.beginNs <= toNs && fault.endNs >= fromNs);
    }

    private <T> T any(List<T> of) {
        return of.get(chance.between(0, of.size() - 1));
    }

    private void begin(Fault fault) {
        Host host = any(network.hosts());
        switch (fault.kind) {
            case PARTITION -> partition(fault);
            case ROUTER_RESTART -> {
                if (!topology.routers().isEmpty()) {
                    restart(fault, any(topology.routers()));
                }
            }
            case HOST_RESTART -> restart(fault, any(topology.hosts()));
            case MOVE -> move(host);
            case SUSPENSION -> suspend(host);
            case WALL_CLOCK_STEP -> stepWallClock(host);
            case NIC_DISABLED -> disable(fault, any(host.ports()));
            case ADDRESS_REMOVED -> removeAddress(fault, any(host.ports()));
            case NEIGHBOR_FLUSH -> flush(any(host.ports()));
        }
    }

    private void note(String what) {
        network.log().note(network.nowNs(), what);
    }

    private void partition(Fault fault) {
        Switch segment = any(topology.switches());
        Port port = any(segment.ports());
        List<Direction> cut = new ArrayList<>();
        switch (chance.between(0, 3)) {
            case 0 ->
                segment.ports().forEach(each -> {
                    cut.add(each.up());
                    cut.add(each.down());
                });
            case 1 -> cut.add(port.up());
            case 2 -> cut.add(port.down());
            default -> {
                cut.add(port.up());
                cut.add(port.down());
            }
        }
        note("partition of " + cut.size() + " directions at " + port);
        cut.forEach(Direction::cut);
        network.at(fault.endNs, () -> {
            note("partition at " + port + " heals");
            cut.forEach(Direction::mend);
        });
    }

    private void restart(Fault fault, Host host) {
        if (host.isOn()) {
            host.crash();
            crashed.accept(host);
            network.at(fault.endNs, host::boot);
        }
    }

    private void move(Host host) {
        long nowNs = chance.upTo(MAX_WALL_STEP_NS);
        if (host.isOn()) {
            note(host + " is moved");
            host.move(nowNs);
        }
    }

    private void suspend(Host host) {
        long ns = chance.upTo(MAX_SUSPENSION_NS);
        note(host + " was suspended for " + ns / 1_000_000 + " ms");
        host.clock().suspendedFor(ns);
        host.touch();
    }

    private void stepWallClock(Host host) {
        long ns = chance.upTo(2 * MAX_WALL_STEP_NS) - MAX_WALL_STEP_NS;
        if (wallClockSteps) {
            note("the wall clock of " + host + " is set");
            host.clock().setWall(ns);
        }
    }

    /** Does something at the fault's end, if the host has not been restarted until then. */
    private void atEnd(Fault fault, Host host, Runnable action) {
        int boots = host.boots();
        network.at(fault.endNs, () -> {
            if (host.isOn() && host.boots() == boots) {
                action.run();
                host.touch();
            }
        });
    }

    private void disable(Fault fault, Port port) {
        Host host = port.host();
        if (host.isOn()) {
            note(port + " is disabled");
            port.nic().setEnabled(false);
            host.touch();
            atEnd(fault, host, () -> {
                note(port + " is enabled");
                port.nic().setEnabled(true);
            });
        }
    }

    private void removeAddress(Fault fault, Port port) {
        Host host = port.host();
        boolean v4 = chance.happens(0.5);
        if (!host.isOn()) {
            return;
        }
        Nic nic = port.nic();
        for (Nic.Address each : nic.addresses()) {
            IpAddress address = each.address();
            if (address.isV4() == v4 && !address.isLinkLocal()) {
                note(port + " loses " + address);
                change(() -> nic.removeAddress(address));
                host.touch();
                atEnd(fault, host, () -> {
                    note(port + " has " + address + " again");
                    change(() -> port.nic().addAddress(address, each.prefixLength()));
                });
                return;
            }
        }
    }

    private interface Change {
        void make() throws StackException;
    }

    private static void change(Change change) {
        try {
            change.make();
        } catch (StackException e) {
            throw new AssertionError(e);
        }
    }

    private void flush(Port port) {
        if (port.host().isOn()) {
            note(port + " forgets its neighbours");
            port.nic().neighbors().clear();
            port.host().touch();
        }
    }

    @Override
    public String toString() {
        return faults.stream()
                .map(fault ->
                        fault.kind + " at " + fault.beginNs / 1_000_000 + " to " + fault.endNs / 1_000_000 + " ms")
                .toList()
                .toString();
    }
}
