package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.Family;
import java.util.Locale;

/** What iptables hands its rules to. */
enum Backend {
    /** The kernel's own evaluation of iptables' rules. */
    LEGACY,
    /** nftables, which iptables translates its rules to. */
    NFT;

    /** A program of this back end. */
    String program(Family family, String suffix) {
        return (family == Family.IPV4 ? "iptables-" : "ip6tables-") + name().toLowerCase(Locale.ROOT) + suffix;
    }
}
