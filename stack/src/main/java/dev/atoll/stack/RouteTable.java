package dev.atoll.stack;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where packets go: the longest prefix wins, then the smallest metric, then the route added first. Methods may be
 * called from any thread.
 */
public final class RouteTable {
    private final Hold hold;
    private final Routes routes;

    RouteTable(Hold hold, Routes routes) {
        this.hold = hold;
        this.routes = routes;
    }

    /**
     * One route.
     *
     * @param gateway the router, or null if the destinations are on the link itself
     */
    public record Entry(Subnet destination, @Nullable IpAddress gateway, int nicId, RouteOptions options) {
        /** One of that metric, and nothing else. */
        public Entry(Subnet destination, @Nullable IpAddress gateway, int nicId, int metric) {
            this(destination, gateway, nicId, RouteOptions.ofMetric(metric));
        }

        /** The metric of its options. */
        public int metric() {
            return options.metric();
        }
    }

    /**
     * Adds a route of metric 0.
     *
     * @throws StackException as {@link #add(Subnet, IpAddress, Nic, int)}
     */
    public void add(Subnet destination, @Nullable IpAddress gateway, Nic nic) throws StackException {
        add(destination, gateway, nic, 0);
    }

    /**
     * Adds a route.
     *
     * @throws StackException DUPLICATE_ADDRESS if there is the same one or the table is full
     */
    public void add(Subnet destination, @Nullable IpAddress gateway, Nic nic, int metric) throws StackException {
        add(destination, gateway, nic, RouteOptions.ofMetric(metric));
    }

    /**
     * Adds a route with all that {@code ip route add} can say of it.
     *
     * @throws StackException DUPLICATE_ADDRESS if there is one alike in destination, gateway, NIC and metric, or the table is
     *     full; BAD_LOCAL_ADDRESS if the source is not an address of the stack
     * @throws IllegalArgumentException if the source is of another family, or the MTU less than IPv6 has
     */
    public void add(Subnet destination, @Nullable IpAddress gateway, Nic nic, RouteOptions options)
            throws StackException {
        checkOptions(destination, options);
        hold.call(new Hold.Work<Boolean>() {
            @Override
            public Boolean run() throws StackException {
                requireSource(options);
                if (!routes.add(new Routes.Entry(destination, gateway, nic.device, options))) {
                    throw new StackException(StackError.DUPLICATE_ADDRESS, destination.toString());
                }
                return true;
            }
        });
    }

    /**
     * The same, in the place of all routes to that destination with that metric, if there are any ({@code ip route
     * replace}): whoever has one of them finds the new way with the next packet.
     *
     * @throws StackException as {@link #add(Subnet, IpAddress, Nic, RouteOptions)}
     */
    public void replace(Subnet destination, @Nullable IpAddress gateway, Nic nic, RouteOptions options)
            throws StackException {
        checkOptions(destination, options);
        hold.call(new Hold.Work<Boolean>() {
            @Override
            public Boolean run() throws StackException {
                requireSource(options);
                if (!routes.replace(new Routes.Entry(destination, gateway, nic.device, options))) {
                    throw new StackException(StackError.DUPLICATE_ADDRESS, destination.toString());
                }
                return true;
            }
        });
    }

    private static void checkOptions(Subnet destination, RouteOptions options) {
        IpAddress source = options.source();
        Check.argument(
                source == null || source.isV4() == destination.network().isV4(),
                "source",
                source,
                "an address of the family of " + destination);
        boolean v4 = destination.network().isV4();
        Check.argument(
                v4 || options.mtuBytes() == 0 || options.mtuBytes() >= 1280,
                "mtuBytes",
                options.mtuBytes(),
                "0, or 1280 or more (RFC 8200 section 5)");
    }

    private void requireSource(RouteOptions options) throws StackException {
        IpAddress source = options.source();
        if (source != null && !routes.isLocal(source.high(), source.low())) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS, source.toString());
        }
    }

    /**
     * Removes a route.
     *
     * @throws StackException NETWORK_UNREACHABLE if there is none
     */
    public void remove(Subnet destination, @Nullable IpAddress gateway, Nic nic) throws StackException {
        hold.call(() -> {
            if (routes.remove(destination, gateway, nic.device) == 0) {
                throw new StackException(StackError.NETWORK_UNREACHABLE, destination.toString());
            }
            return true;
        });
    }

    /** The routes in the order they are tried. */
    public List<Entry> list() {
        return hold.query(() -> routes.entries().stream()
                .map(entry -> new Entry(
                        entry.destination(), entry.gateway(), entry.device().id(), entry.options()))
                .toList());
    }
}
