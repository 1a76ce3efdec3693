package dev.atoll.stack.wire;

import java.util.List;

/**
 * What RFC 6724 says of addresses before it chooses among them: their scope, and the default policy table. Sources are chosen
 * by the stack, destinations by whoever looks names up.
 */
public final class AddressPolicy {
    private static final int SCOPE_LINK = 2;
    private static final int SCOPE_SITE = 5;
    private static final int SCOPE_GLOBAL = 0xe;

    /** Of no address of the table: it covers all. */
    private static final Policy ALL = Policy.of("::/0", 40, 1);

    /** Section 2.1, the longest prefix first; IPv4 is in it by its mapped addresses. */
    private static final List<Policy> POLICIES = List.of(
            Policy.of("::1/128", 50, 0),
            new Policy(Subnet.V4_ALL, 35, 4),
            Policy.of("::/96", 1, 3),
            Policy.of("2001::/32", 5, 5),
            Policy.of("2002::/16", 30, 2),
            Policy.of("3ffe::/16", 1, 12),
            Policy.of("fec0::/10", 1, 11),
            Policy.of("fc00::/7", 3, 13));

    private record Policy(Subnet prefix, int precedence, int label) {
        static Policy of(String prefix, int precedence, int label) {
            return new Policy(Subnet.parse(prefix), precedence, label);
        }
    }

    private AddressPolicy() {}

    /** Destinations are best reached from sources of the same label. */
    public static int label(IpAddress address) {
        return find(address).label();
    }

    /** Of destinations, that of the higher precedence is the better. */
    public static int precedence(IpAddress address) {
        return find(address).precedence();
    }

    private static Policy find(IpAddress address) {
        for (int i = 0; i < POLICIES.size(); i++) {
            Policy policy = POLICIES.get(i);
            if (policy.prefix().contains(address)) {
                return policy;
            }
        }
        return ALL;
    }

    /** Sections 3.1 and 3.2, as a scope of groups (RFC 4291 section 2.7); loopback counts as link-local. */
    public static int scope(IpAddress address) {
        if (address.isMulticast() && !address.isV4()) {
            return address.multicastScope();
        }
        if (address.isLinkLocal() || address.isLoopback()) {
            return SCOPE_LINK;
        }
        return address.high() >>> 54 == 0x3fb ? SCOPE_SITE : SCOPE_GLOBAL;
    }

    /** Section 2.2: the bits that a source has in common with a destination of its family, not beyond the source's own prefix. */
    public static int commonPrefix(IpAddress source, int prefixLength, IpAddress destination) {
        long high = source.high() ^ destination.high();
        int common = high != 0
                ? Long.numberOfLeadingZeros(high)
                : 64 + Long.numberOfLeadingZeros(source.low() ^ destination.low());
        // An IPv4 address is the end of its mapped one.
        return Math.min(common - (128 - source.bitLength()), prefixLength);
    }
}
