package dev.atoll.shim;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Java's socket options and the stack's: which a kind of socket has, what its values may be, and how it is set.
 *
 * <p>The options of module {@code jdk.net} are found by name, because a program's JVM need not have that module.
 */
final class OptionTable {
    private static final String INCOMING_NAPI_ID = "SO_INCOMING_NAPI_ID";
    private static final int LARGEST_LINGER_SECONDS = 65535;

    /** Values of IP_MTU_DISCOVER, ip(7): fragment what is too long, and refuse to. The JDK knows no others. */
    private static final int PMTUDISC_DONT = 0;

    private static final int PMTUDISC_DO = 2;

    private static final Map<String, EndpointOption<?>> BY_NAME = Map.ofEntries(
            Map.entry("SO_SNDBUF", EndpointOption.SO_SNDBUF),
            Map.entry("SO_RCVBUF", EndpointOption.SO_RCVBUF),
            Map.entry("SO_KEEPALIVE", EndpointOption.SO_KEEPALIVE),
            Map.entry("SO_REUSEADDR", EndpointOption.SO_REUSEADDR),
            Map.entry("SO_REUSEPORT", EndpointOption.SO_REUSEPORT),
            Map.entry("SO_LINGER", EndpointOption.SO_LINGER),
            Map.entry("SO_BROADCAST", EndpointOption.SO_BROADCAST),
            Map.entry("IP_TOS", EndpointOption.IP_TOS),
            Map.entry("IP_DONTFRAGMENT", EndpointOption.IP_MTU_DISCOVER),
            Map.entry("IP_MULTICAST_TTL", EndpointOption.IP_MULTICAST_TTL),
            Map.entry("IP_MULTICAST_LOOP", EndpointOption.IP_MULTICAST_LOOP),
            Map.entry("TCP_NODELAY", EndpointOption.TCP_NODELAY),
            Map.entry("TCP_QUICKACK", EndpointOption.TCP_QUICKACK),
            Map.entry("TCP_KEEPIDLE", EndpointOption.TCP_KEEPIDLE),
            Map.entry("TCP_KEEPINTERVAL", EndpointOption.TCP_KEEPINTVL),
            Map.entry("TCP_KEEPCOUNT", EndpointOption.TCP_KEEPCNT));

    private static final String[] TCP_EXTENSIONS = {
        "TCP_QUICKACK", "TCP_KEEPIDLE", "TCP_KEEPINTERVAL", "TCP_KEEPCOUNT", INCOMING_NAPI_ID
    };
    private static final String[] SERVER_EXTENSIONS = TCP_EXTENSIONS;
    private static final String[] DATAGRAM_EXTENSIONS = {INCOMING_NAPI_ID, "IP_DONTFRAGMENT"};

    static final Set<SocketOption<?>> SOCKET = set(
            TCP_EXTENSIONS,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEPORT,
            StandardSocketOptions.IP_TOS,
            StandardSocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_LINGER,
            StandardSocketOptions.TCP_NODELAY);

    static final Set<SocketOption<?>> SERVER_SOCKET = set(
            SERVER_EXTENSIONS,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEPORT,
            StandardSocketOptions.IP_TOS);

    /** A channel has what its adaptor needs too. */
    static final Set<SocketOption<?>> SOCKET_CHANNEL = SOCKET;

    static final Set<SocketOption<?>> SERVER_CHANNEL = set(
            SERVER_EXTENSIONS,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEPORT);

    static final Set<SocketOption<?>> ASYNC_SOCKET_CHANNEL = set(
            TCP_EXTENSIONS,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEPORT,
            StandardSocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.TCP_NODELAY);

    static final Set<SocketOption<?>> DATAGRAM_CHANNEL = set(
            DATAGRAM_EXTENSIONS,
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEPORT,
            StandardSocketOptions.SO_BROADCAST,
            StandardSocketOptions.IP_TOS,
            StandardSocketOptions.IP_MULTICAST_IF,
            StandardSocketOptions.IP_MULTICAST_TTL,
            StandardSocketOptions.IP_MULTICAST_LOOP);

    private OptionTable() {}

    private static Set<SocketOption<?>> set(String[] extensions, SocketOption<?>... standard) {
        Set<SocketOption<?>> options = new HashSet<>(Arrays.asList(standard));
        for (String name : extensions) {
            SocketOption<?> option = extension(name);
            if (option != null) {
                options.add(option);
            }
        }
        return Collections.unmodifiableSet(options);
    }

    /** An option of jdk.net; null if there is none, because that module is missing or older, so that no program can name it. */
    private static @Nullable SocketOption<?> extension(String name) {
        try {
            Class<?> holder = Class.forName("jdk.net.ExtendedSocketOptions");
            return (SocketOption<?>) holder.getField(name).get(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** The checks that come before an option is read. */
    static void check(Set<SocketOption<?>> supported, SocketOption<?> option) {
        Objects.requireNonNull(option);
        if (!supported.contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    /** The checks that come before an option is set. */
    static void check(Set<SocketOption<?>> supported, SocketOption<?> option, Object value) {
        check(supported, option);
        if (!option.type().isInstance(value)) {
            throw new IllegalArgumentException("Invalid value '" + value + "'");
        }
    }

    /** Sets a supported option to a value of its type. */
    static void set(Endpoint endpoint, SocketOption<?> option, Object value) throws SocketException {
        EndpointOption<?> target = BY_NAME.get(option.name());
        if (target == null) {
            // SO_INCOMING_NAPI_ID says which queue of a device a packet came by: read only, in the kernel as well.
            throw new SocketException("Protocol not available");
        }
        try {
            setUnchecked(endpoint, target, checked(target, value));
        } catch (StackException e) {
            throw ofOption(option, e);
        }
    }

    /** Reads a supported option. */
    static Object get(Endpoint endpoint, SocketOption<?> option) throws SocketException {
        EndpointOption<?> target = BY_NAME.get(option.name());
        if (target == null) {
            return 0; // no packet came by a device with a NAPI id
        }
        try {
            Object value = endpoint.getOption(target);
            return target == EndpointOption.IP_MTU_DISCOVER ? (Object) value.equals(PMTUDISC_DO) : value;
        } catch (StackException e) {
            throw ofOption(option, e);
        }
    }

    /** The options of {@code jdk.net} have an exception of their own for a socket that is of another protocol. */
    private static SocketException ofOption(SocketOption<?> option, StackException e) {
        if (e.error() == StackError.UNKNOWN_OPTION
                && Arrays.asList(TCP_EXTENSIONS).contains(option.name())) {
            throw new UnsupportedOperationException("unsupported socket option", e);
        }
        return Failures.ofCall(e);
    }

    /** SO_LINGER in seconds, or -1; for close, which must not fail. */
    static int lingerSeconds(Endpoint endpoint) {
        try {
            return endpoint.getOption(EndpointOption.SO_LINGER);
        } catch (StackException e) {
            return -1; // the endpoint is gone already, so there is nothing to wait for
        }
    }

    private static Object checked(EndpointOption<?> option, Object value) {
        if (option == EndpointOption.IP_MTU_DISCOVER) {
            return value.equals(true) ? PMTUDISC_DO : PMTUDISC_DONT;
        }
        if (!(value instanceof Integer number)) {
            return value;
        }
        if ((option == EndpointOption.SO_SNDBUF || option == EndpointOption.SO_RCVBUF) && number < 0) {
            throw new IllegalArgumentException("Invalid send/receive buffer size");
        }
        if (option == EndpointOption.SO_LINGER) {
            return number < 0 ? -1 : Math.min(number, LARGEST_LINGER_SECONDS);
        }
        if (option == EndpointOption.IP_TOS && (number < 0 || number > 255)) {
            throw new IllegalArgumentException("Invalid IP_TOS value");
        }
        if (option == EndpointOption.IP_MULTICAST_TTL && (number < 0 || number > 255)) {
            throw new IllegalArgumentException("Invalid TTL/hop value");
        }
        return value;
    }

    private static <T> void setUnchecked(Endpoint endpoint, EndpointOption<T> option, Object value)
            throws StackException {
        endpoint.setOption(option, option.type().cast(value));
    }
}
