package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.NameService;
import dev.atoll.stack.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * What every socket of one sandbox shares.
 *
 * @param sockets where endpoints come from
 * @param names where names are looked up
 */
record ShimContext(StackSockets sockets, NameService names) {
    /** What {@code InetAddress.getLocalHost()} is inside, also for embedders whose own JVM has another answer. */
    InetAddress localHost() throws UnknownHostException {
        String name = localHostName();
        return InetAddress.getByAddress(name, lookup(name).get(0).octets());
    }

    /** What gethostname(2) would say. */
    String localHostName() {
        return Permissions.privileged(names::localHostName);
    }

    /** Before an endpoint is bound, connected or used: tells it whose code does it, if anybody wants to know. */
    void noteCaller(Endpoint endpoint) throws StackException {
        if (sockets.wantsCallers()) {
            endpoint.setOption(EndpointOption.SO_CALLER, Permissions.privileged(Callers::find));
        }
    }

    /** All addresses of a name, best first; never empty. */
    List<IpAddress> lookup(String host) throws UnknownHostException {
        try {
            return Permissions.privileged(() -> names.lookup(host));
        } catch (NameService.UnknownNameException e) {
            throw unknown(e);
        }
    }

    /** The name of an address. */
    String reverse(IpAddress address) throws UnknownHostException {
        try {
            return Permissions.privileged(() -> names.reverse(address));
        } catch (NameService.UnknownNameException e) {
            throw unknown(e);
        }
    }

    private static UnknownHostException unknown(NameService.UnknownNameException e) {
        UnknownHostException unknown = new UnknownHostException(e.getMessage());
        unknown.initCause(e);
        return unknown;
    }
}
