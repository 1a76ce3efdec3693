package dev.atoll.stack.ip;

import dev.atoll.stack.wire.Subnet;
import java.util.List;

/**
 * The labels of the default policy table of RFC 6724 section 2.1, the longest prefix first. Its precedences order
 * destinations, which is the resolver's affair.
 */
final class PolicyTable {
    private record Policy(Subnet prefix, int label) {
        static Policy of(String prefix, int label) {
            return new Policy(Subnet.parse(prefix), label);
        }
    }

    private static final List<Policy> POLICIES = List.of(
            Policy.of("::1/128", 0),
            Policy.of("::/96", 3),
            Policy.of("2001::/32", 5),
            Policy.of("2002::/16", 2),
            Policy.of("3ffe::/16", 12),
            Policy.of("fec0::/10", 11),
            Policy.of("fc00::/7", 13),
            Policy.of("::/0", 1));

    private PolicyTable() {}

    /** The label of an IPv6 address. */
    static int label(long high, long low) {
        for (int i = 0; i < POLICIES.size(); i++) {
            if (POLICIES.get(i).prefix().contains(high, low)) {
                return POLICIES.get(i).label();
            }
        }
        return 1;
    }
}
