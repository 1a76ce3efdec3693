package dev.atoll.stack;

import dev.atoll.stack.wire.PrimaryBehavior;

/**
 * How an address that is set by hand is used.
 *
 * @param primary whether it is chosen as a source
 * @param deprecated valid, but chosen as a source only if there is no other (RFC 4862 section 2)
 * @param subnetRoute whether the route to its subnet is added with it
 */
public record AddressOptions(PrimaryBehavior primary, boolean deprecated, boolean subnetRoute) {
    /** As {@code ip address add} has it. */
    public static final AddressOptions DEFAULT = new AddressOptions(PrimaryBehavior.CAN_BE_PRIMARY, false, true);
}
