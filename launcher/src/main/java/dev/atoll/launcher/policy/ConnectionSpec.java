package dev.atoll.launcher.policy;

import dev.atoll.launcher.policy.trace.Connection;
import dev.atoll.runtime.policy.Accounts;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.OwnerMatcher;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection as users name it.
 *
 * @param outgoing whether the program begins it
 * @param to {@code HOST:PORT}; of an incoming one the port alone will do
 * @param from {@code ADDRESS} or {@code ADDRESS:PORT} of who begins it, or null
 * @param as {@code USER} or {@code USER:GROUP} as whom the program runs, by name or number, or null
 * @param caller whose code opens it
 */
record ConnectionSpec(
        boolean outgoing,
        int protocol,
        String to,
        @Nullable String from,
        @Nullable String as,
        SocketCaller caller) {
    /** The word for a connection that the program begins. */
    static final String CONNECT = "connect";

    /** The word for one that it takes. */
    static final String ACCEPT = "accept";

    /** The first of the ports that IANA has for such use. */
    private static final int EPHEMERAL_PORT = 49_152;

    /** What a program has unless a link gives it another. */
    private static final IpAddress PROGRAM = IpAddress.parse("10.66.0.2");

    private static final IpAddress PROGRAM6 = IpAddress.parse("fd61:746f:6c6c::2");

    /** Addresses of nobody (RFC 5737, RFC 3849). */
    private static final IpAddress STRANGER = IpAddress.parse("198.51.100.1");

    private static final IpAddress STRANGER6 = IpAddress.parse("2001:db8::1");

    private static final int MAX_PORT = 0xffff;

    /** What somebody wrote is no connection. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    /** The number of a protocol that connections are looked at of. */
    static int protocol(String name) throws MalformedException {
        return switch (name) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            default -> throw new MalformedException("\"" + name + "\" is no protocol, expected tcp or udp");
        };
    }

    /** One for each address of the host. */
    List<Connection> connections(HostResolver names) throws MalformedException {
        List<Connection> connections = new ArrayList<>();
        SocketOwner owner = as == null ? null : owner(as);
        FullAddress begins = from == null ? null : from(from);
        for (FullAddress goal : to(names, begins)) {
            FullAddress source = begins == null ? new FullAddress(sourceFor(goal.address()), EPHEMERAL_PORT) : begins;
            if (source.address().isV4() == goal.address().isV4()) {
                connections.add(new Connection(outgoing, protocol, source, goal, owner, host(), caller));
            }
        }
        if (connections.isEmpty()) {
            throw new MalformedException(to + " and " + from + " are not of one family");
        }
        return connections;
    }

    /** The name of where it goes, as rules have it; empty if that is an address. */
    private String host() {
        int colon = to.lastIndexOf(':');
        String host = outgoing && colon > 0 ? to.substring(0, colon) : "";
        String name = address(host) == null ? NameMatcher.canonical(host) : null;
        return name == null ? "" : name;
    }

    private IpAddress sourceFor(IpAddress goal) {
        if (goal.isLoopback()) {
            return goal;
        }
        if (outgoing) {
            return goal.isV4() ? PROGRAM : PROGRAM6;
        }
        return goal.isV4() ? STRANGER : STRANGER6;
    }

    private List<FullAddress> to(HostResolver names, @Nullable FullAddress begins) throws MalformedException {
        int colon = to.lastIndexOf(':');
        if (colon < 0 && !outgoing) {
            boolean v4 = begins == null || begins.address().isV4();
            return List.of(new FullAddress(v4 ? PROGRAM : PROGRAM6, port(to)));
        }
        if (colon <= 0) {
            throw new MalformedException("\"" + to + "\" is no place to go to, expected HOST:PORT");
        }
        int port = port(to.substring(colon + 1));
        String host = to.substring(0, colon);
        List<FullAddress> places = new ArrayList<>();
        for (IpAddress address : addresses(host, names)) {
            places.add(new FullAddress(address, port));
        }
        return places;
    }

    private static List<IpAddress> addresses(String host, HostResolver names) throws MalformedException {
        if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
            // It could not be told where the address ends and the port begins.
            throw new MalformedException("\"" + host + "\" is no host; an IPv6 address stands in brackets: [::1]:80");
        }
        IpAddress address = address(host);
        if (address != null) {
            return List.of(address);
        }
        List<IpAddress> found = names.resolve(host);
        if (found.isEmpty()) {
            throw new MalformedException("host \"" + host + "\" was not found");
        }
        return found;
    }

    private static FullAddress from(String text) throws MalformedException {
        IpAddress alone = address(text);
        if (alone != null) {
            return new FullAddress(alone, EPHEMERAL_PORT);
        }
        int colon = text.lastIndexOf(':');
        IpAddress address = colon < 0 ? null : address(text.substring(0, colon));
        if (address == null) {
            throw new MalformedException("\"" + text + "\" is no address, expected ADDRESS or ADDRESS:PORT");
        }
        return new FullAddress(address, port(text.substring(colon + 1)));
    }

    /** Without a group, the user's own of the accounts. */
    private static SocketOwner owner(String text) throws MalformedException {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        String group = colon < 0 ? null : text.substring(colon + 1);
        long userId = id(user, Accounts.user(user));
        if (userId < 0) {
            throw new MalformedException("\"" + user + "\" is no user, expected a name of /etc/passwd or a number");
        }
        long groupId = group == null ? Accounts.groupOf(userId) : id(group, Accounts.group(group));
        if (groupId < 0) {
            throw new MalformedException(
                    group == null
                            ? "user " + userId + " is not in /etc/passwd, expected its group, too: " + user + ":GROUP"
                            : "\"" + group + "\" is no group, expected a name of /etc/group or a number");
        }
        return new SocketOwner(userId, groupId, List.of());
    }

    private static long id(String text, long named) {
        return named >= 0 ? named : number(text, OwnerMatcher.MAX_ID);
    }

    /** A decimal number, or -1. */
    private static long number(String text, long most) {
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            number = number * 10 + digit;
            if (digit < 0 || digit > 9 || number > most) {
                return -1;
            }
        }
        return text.isEmpty() ? -1 : number;
    }

    private static @Nullable IpAddress address(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        try {
            return IpAddress.parse(brackets ? text.substring(1, text.length() - 1) : text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int port(String text) throws MalformedException {
        long port = number(text, MAX_PORT);
        if (port <= 0) {
            throw new MalformedException("\"" + text + "\" is no port, expected 1 to " + MAX_PORT);
        }
        return (int) port;
    }
}
