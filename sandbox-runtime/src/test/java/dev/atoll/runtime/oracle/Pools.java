package dev.atoll.runtime.oracle;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What rules and packets have in common, so that they meet. */
final class Pools {
    static final List<Integer> PORTS = List.of(22, 53, 80, 443, 1023, 1024, 5000, 8080, 40000, 65535, 0);
    /** Identifiers of ICMP queries. */
    static final int ICMP_IDS = 4;

    private Pools() {}

    /** All ports and identifiers that are not chosen by a translation. */
    static Set<Integer> ports() {
        Set<Integer> ports = new TreeSet<>(PORTS);
        for (int id = 0; id < ICMP_IDS; id++) {
            ports.add(id);
        }
        return ports;
    }
}
