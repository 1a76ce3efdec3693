package dev.atoll.launcher.link;

import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked of the link.
 *
 * @param argument what stands after the colon of {@code --link KIND:ARGUMENT}, or empty
 * @param address the program's address and prefix, or null for a free one
 * @param router the next hop, or null for one that suits the address
 * @param ipv6 the same for IPv6
 * @param mtuBytes the largest IP packet
 * @param offload whether packets may cross a TAP or veth as super-segments and with their checksums open
 * @param takeDefault whether an interface may be taken that carries a default route of the caller's
 */
public record LinkRequest(
        String argument,
        @Nullable Address address,
        @Nullable IpAddress router,
        Ipv6Request ipv6,
        int mtuBytes,
        boolean offload,
        boolean takeDefault) {
    /** The same with another argument. */
    public LinkRequest withArgument(String newArgument) {
        return new LinkRequest(newArgument, address, router, ipv6, mtuBytes, offload, takeDefault);
    }
}
