package dev.atoll.runtime.policy;

import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/**
 * Looks up the host names in a policy, once, when it is read: rules hold addresses, as with iptables.
 */
@FunctionalInterface
public interface HostResolver {
    /** Knows no name: a policy then holds addresses only. */
    HostResolver NONE = host -> List.of();

    /** The name's addresses of either family, or none if it is unknown. */
    List<IpAddress> resolve(String host);
}
