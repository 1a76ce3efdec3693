package dev.atoll.shim;

import dev.atoll.stack.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * What every socket of one sandbox shares.
 *
 * @param sockets where endpoints come from
 * @param names where names are looked up
 */
record ShimContext(StackSockets sockets, NameService names) {
    /** What {@code InetAddress.getLocalHost()} is inside, also for embedders whose own JVM has another answer. */
    InetAddress localHost() throws UnknownHostException {
        String name = names.localHostName();
        IpAddress address = names.lookup(name).get(0);
        return InetAddress.getByAddress(name, address.octets());
    }
}
