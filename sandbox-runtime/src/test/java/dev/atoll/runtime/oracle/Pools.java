package dev.atoll.runtime.oracle;

import java.util.List;

/** What rules and packets have in common, so that they meet. */
final class Pools {
    static final List<Integer> PORTS = List.of(22, 53, 80, 443, 1023, 1024, 5000, 8080, 40000, 65535, 0);

    private Pools() {}
}
