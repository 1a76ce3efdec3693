package dev.atoll.stack.simulation;

import dev.atoll.stack.wire.FullAddress;

/**
 * Who talks to whom.
 *
 * @param service where the server's program is reached
 * @param faults what the network goes through meanwhile
 */
record Pair(SimNetwork network, Faults faults, Host client, Host server, FullAddress service) {
    /** Whether something that began then had the network to itself. */
    boolean isAfterFaults(long beganNs) {
        return beganNs >= faults.overNs();
    }

    /** Has a program go on later. */
    void wake(Program program, long inNs) {
        network.at(network.nowNs() + inNs, program::again);
    }

    @Override
    public String toString() {
        return client + " to " + server + " at " + service;
    }
}
