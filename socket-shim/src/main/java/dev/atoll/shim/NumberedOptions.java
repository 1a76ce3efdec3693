package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;

/** The options that {@link SocketOptions} knows by number, with the values and refusals of old. */
final class NumberedOptions {
    private NumberedOptions() {}

    static void set(Endpoint endpoint, int option, Object value) throws SocketException {
        switch (option) {
            case SocketOptions.SO_LINGER -> {
                // false switches it off; a number is the interval
                boolean off = value instanceof Boolean on && !on;
                OptionTable.set(endpoint, StandardSocketOptions.SO_LINGER, off ? -1 : intValue(value, "SO_LINGER"));
            }
            case SocketOptions.SO_OOBINLINE -> setInline(endpoint, booleanValue(value, "SO_OOBINLINE"));
            case SocketOptions.SO_SNDBUF ->
                setPositive(endpoint, StandardSocketOptions.SO_SNDBUF, intValue(value, "SO_SNDBUF"));
            case SocketOptions.SO_RCVBUF ->
                setPositive(endpoint, StandardSocketOptions.SO_RCVBUF, intValue(value, "SO_RCVBUF"));
            default -> {
                SocketOption<?> named = named(option);
                if (named == null) {
                    throw new SocketException("Unknown option " + option);
                }
                Object checked = named.type() == Boolean.class
                        ? (Object) booleanValue(value, named.name())
                        : (Object) intValue(value, named.name());
                try {
                    OptionTable.set(endpoint, named, checked);
                } catch (IllegalArgumentException e) {
                    throw Failures.asSocketException(e);
                }
            }
        }
    }

    static Object get(Endpoint endpoint, int option) throws SocketException {
        if (option == SocketOptions.SO_LINGER) {
            int seconds = (Integer) OptionTable.get(endpoint, StandardSocketOptions.SO_LINGER);
            return seconds == -1 ? (Object) false : (Object) seconds;
        }
        if (option == SocketOptions.SO_OOBINLINE) {
            return isInline(endpoint);
        }
        SocketOption<?> named = named(option);
        if (named == null) {
            throw new SocketException("Unknown option " + option);
        }
        return OptionTable.get(endpoint, named);
    }

    private static @Nullable SocketOption<?> named(int option) {
        return switch (option) {
            case SocketOptions.TCP_NODELAY -> StandardSocketOptions.TCP_NODELAY;
            case SocketOptions.SO_SNDBUF -> StandardSocketOptions.SO_SNDBUF;
            case SocketOptions.SO_RCVBUF -> StandardSocketOptions.SO_RCVBUF;
            case SocketOptions.SO_KEEPALIVE -> StandardSocketOptions.SO_KEEPALIVE;
            case SocketOptions.SO_REUSEADDR -> StandardSocketOptions.SO_REUSEADDR;
            case SocketOptions.SO_REUSEPORT -> StandardSocketOptions.SO_REUSEPORT;
            case SocketOptions.IP_TOS -> StandardSocketOptions.IP_TOS;
            default -> null;
        };
    }

    private static void setPositive(Endpoint endpoint, SocketOption<Integer> option, int value) throws SocketException {
        if (value <= 0) {
            throw new SocketException(option.name() + " <= 0");
        }
        OptionTable.set(endpoint, option, value);
    }

    /** SO_OOBINLINE, which has no name in the JDK's public options. */
    static void setInline(Endpoint endpoint, boolean on) throws SocketException {
        try {
            endpoint.setOption(EndpointOption.SO_OOBINLINE, on);
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
    }

    static boolean isInline(Endpoint endpoint) throws SocketException {
        try {
            return endpoint.getOption(EndpointOption.SO_OOBINLINE);
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
    }

    static boolean booleanValue(Object value, String option) throws SocketException {
        if (value instanceof Boolean on) {
            return on;
        }
        throw new SocketException("Bad value for " + option);
    }

    static int intValue(Object value, String option) throws SocketException {
        if (value instanceof Integer number) {
            return number;
        }
        throw new SocketException("Bad value for " + option);
    }
}
