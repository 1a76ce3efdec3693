package dev.atoll.launcher.link;

import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.Route;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The program's end of a link, as far as IP knows it.
 *
 * @param program the program's addresses, at least one; the first is the one to name where one is named
 * @param router the next hop of the IPv4 default route, or null if there is none
 * @param routes others through the link, the better one of two first; those of the addresses' subnets are not among them, IPv6's default
 *     route is
 */
public record LinkAddresses(List<Address> program, @Nullable IpAddress router, List<Route> routes) {
    public LinkAddresses {
        program = List.copyOf(program);
        routes = List.copyOf(routes);
    }

    /** Whether the program has IPv6. */
    public boolean hasIpv6() {
        for (Address address : program) {
            if (!address.address().isV4()) {
                return true;
            }
        }
        return false;
    }
}
