package dev.atoll.stack;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.Routes;
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
    public record Entry(Subnet destination, @Nullable IpAddress gateway, int nicId, int metric) {}

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
        hold.call(new Hold.Work<Boolean>() {
            @Override
            public Boolean run() throws StackException {
                if (!routes.add(new Routes.Entry(destination, gateway, nic.device, metric))) {
                    throw new StackException(StackError.DUPLICATE_ADDRESS, destination.toString());
                }
                return true;
            }
        });
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
                        entry.destination(), entry.gateway(), entry.device().id(), entry.metric()))
                .toList());
    }
}
