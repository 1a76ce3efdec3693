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
 * @param shared whether the launcher's switch drives the program's end, so that it has addresses for several JVMs
 */
public record LinkRequest(
        String argument,
        @Nullable Address address,
        @Nullable IpAddress router,
        Ipv6Request ipv6,
        int mtuBytes,
        boolean offload,
        boolean takeDefault,
        boolean shared) {
    /** For one program. */
    public LinkRequest(
            String argument,
            @Nullable Address address,
            @Nullable IpAddress router,
            Ipv6Request ipv6,
            int mtuBytes,
            boolean offload,
            boolean takeDefault) {
        this(argument, address, router, ipv6, mtuBytes, offload, takeDefault, false);
    }

    /** The same with another argument. */
    public LinkRequest withArgument(String newArgument) {
        return new LinkRequest(newArgument, address, router, ipv6, mtuBytes, offload, takeDefault, shared);
    }

    /** As {@link #forSeveral}, with addresses that are free. */
    public LinkRequest beside() {
        return new LinkRequest(
                "", null, null, new Ipv6Request(Ipv6Request.Kind.NONE, null, null), mtuBytes, false, false, true);
    }

    /** The same for several JVMs. A switch passes frames on as they are, so nothing is left to the other end. */
    public LinkRequest forSeveral() {
        return new LinkRequest(argument, address, router, ipv6, mtuBytes, false, takeDefault, true);
    }
}
