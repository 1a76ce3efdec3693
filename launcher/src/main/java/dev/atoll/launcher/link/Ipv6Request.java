package dev.atoll.launcher.link;

import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked of the link for IPv6.
 *
 * @param address the program's address and prefix for {@link Kind#CHOSEN}, else null
 * @param router the next hop, or null for one that suits the address
 */
public record Ipv6Request(
        Kind kind, @Nullable Address address, @Nullable IpAddress router) {
    /** Whose choice the address is. */
    public enum Kind {
        /** What an interface that is there has; none on a link that the launcher makes. */
        AS_FOUND,
        /** No IPv6 on the link. */
        NONE,
        /** No IPv6 at all. */
        OFF,
        /** A free subnet. */
        FREE,
        /** The user's. */
        CHOSEN
    }

    /** What is meant where nothing is said. */
    public static final Ipv6Request AS_FOUND = new Ipv6Request(Kind.AS_FOUND, null, null);

    /** Whether the program has IPv6 at least on loopback. */
    public boolean isOn() {
        return kind != Kind.OFF;
    }

    /** Whether a link without IPv6 is not what was asked for. */
    public boolean isDemanded() {
        return kind == Kind.FREE || kind == Kind.CHOSEN;
    }
}
