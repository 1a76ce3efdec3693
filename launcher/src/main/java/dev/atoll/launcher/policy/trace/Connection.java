package dev.atoll.launcher.policy.trace;

import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * A connection, or a datagram and its answer, that is looked at.
 *
 * @param outgoing whether the program begins it
 * @param protocol TCP or UDP
 * @param from who begins it
 * @param to of the same family
 * @param owner as whom the program runs; null if it was not said
 * @param host the name by which {@code to} was found, as rules with {@code -m fqdn} have it; empty if it was an address
 * @param caller whose code opens an outgoing one
 */
public record Connection(
        boolean outgoing,
        int protocol,
        FullAddress from,
        FullAddress to,
        @Nullable SocketOwner owner,
        String host,
        SocketCaller caller) {
    /** One to an address, by nobody's code. */
    public Connection(boolean outgoing, int protocol, FullAddress from, FullAddress to, @Nullable SocketOwner owner) {
        this(outgoing, protocol, from, to, owner, "", SocketCaller.UNKNOWN);
    }

    /** {@code tcp 10.66.0.2:49152 -> 192.0.2.7:443}. */
    @Override
    public String toString() {
        return Reasons.protocol(protocol) + " " + from + " -> " + to;
    }

    boolean isTcp() {
        return protocol == IpProtocol.TCP;
    }
}
