package dev.atoll.stack.transport;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The ways that are open to an endpoint, given what it is bound to. */
public final class BoundRoutes {
    private BoundRoutes() {}

    /**
     * Finds the way to a destination.
     *
     * @param bound what the endpoint is bound to: a local address, {@code ::} for any, {@code 0.0.0.0} for any of
     *     IPv4, or null
     * @param v6Only the endpoint does without IPv4
     * @return null if there is none, or none from that address
     */
    public static @Nullable Route find(
            Routes routes, IpAddress destination, @Nullable IpAddress bound, boolean v6Only, int nicId) {
        if (destination.isV4() ? v6Only : IpAddress.V4_ANY.equals(bound)) {
            return null;
        }
        IpAddress source = bound == null || bound.isUnspecified() || bound.isMulticast() ? null : bound;
        return routes.find(destination, source, nicId);
    }

    /**
     * Refuses an address that message endpoints cannot be bound to.
     *
     * @throws StackException BAD_LOCAL_ADDRESS
     */
    public static void requireBindable(Routes routes, IpAddress address) throws StackException {
        boolean ok = address.isUnspecified()
                || address.isMulticast()
                || address.isLimitedBroadcast()
                || routes.isBindable(address);
        if (!ok) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
    }
}
