package dev.atoll.stack.simulation;

import dev.atoll.stack.Stack;

/** Invariants that every stack of a network keeps, seen from outside. */
final class StackInvariants implements Invariants {
    /** Far more packets than some connections can have queued: only a leak gets there. */
    private static final long MAX_PACKETS = 50_000;
    /** Far more than the programs of a host open, those in TIME_WAIT included. */
    private static final int MAX_ENDPOINTS = 1000;

    private final SimNetwork network;

    StackInvariants(SimNetwork network) {
        this.network = network;
    }

    @Override
    public void check() {
        for (Host host : network.hosts()) {
            if (host.isOn()) {
                check(host, host.stack());
            }
        }
    }

    private static void check(Host host, Stack stack) {
        long packets = stack.packetsOutstanding();
        if (packets < 0 || packets > MAX_PACKETS) {
            throw new AssertionError(packets + " packets are outstanding at " + host);
        }
        int endpoints = stack.endpointCount();
        if (endpoints > MAX_ENDPOINTS) {
            throw new AssertionError(host + " has " + endpoints + " endpoints");
        }
    }
}
