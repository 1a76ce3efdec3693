package dev.atoll.stack.packetdrill;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code setsockopt} and {@code getsockopt}: the C names over the stack's options of the same names. */
final class SocketOptions {
    private static final Map<String, EndpointOption<Boolean>> SWITCHES = Map.ofEntries(
            Map.entry("SO_REUSEADDR", EndpointOption.SO_REUSEADDR),
            Map.entry("SO_REUSEPORT", EndpointOption.SO_REUSEPORT),
            Map.entry("SO_KEEPALIVE", EndpointOption.SO_KEEPALIVE),
            Map.entry("SO_OOBINLINE", EndpointOption.SO_OOBINLINE),
            Map.entry("SO_BROADCAST", EndpointOption.SO_BROADCAST),
            Map.entry("TCP_NODELAY", EndpointOption.TCP_NODELAY),
            Map.entry("TCP_CORK", EndpointOption.TCP_CORK),
            Map.entry("TCP_QUICKACK", EndpointOption.TCP_QUICKACK));

    private static final Map<String, EndpointOption<Integer>> NUMBERS = Map.ofEntries(
            Map.entry("SO_SNDBUF", EndpointOption.SO_SNDBUF),
            Map.entry("SO_RCVBUF", EndpointOption.SO_RCVBUF),
            Map.entry("SO_MAX_PACING_RATE", EndpointOption.SO_MAX_PACING_RATE),
            Map.entry("TCP_USER_TIMEOUT", EndpointOption.TCP_USER_TIMEOUT),
            Map.entry("TCP_NOTSENT_LOWAT", EndpointOption.TCP_NOTSENT_LOWAT),
            Map.entry("TCP_LINGER2", EndpointOption.TCP_LINGER2),
            Map.entry("TCP_SYNCNT", EndpointOption.TCP_SYNCNT),
            Map.entry("TCP_DEFER_ACCEPT", EndpointOption.TCP_DEFER_ACCEPT),
            Map.entry("TCP_WINDOW_CLAMP", EndpointOption.TCP_WINDOW_CLAMP),
            Map.entry("TCP_RTO_MIN_US", EndpointOption.TCP_RTO_MIN_US),
            Map.entry("IP_TOS", EndpointOption.IP_TOS),
            Map.entry("IP_TTL", EndpointOption.IP_TTL),
            Map.entry("TCP_KEEPIDLE", EndpointOption.TCP_KEEPIDLE),
            Map.entry("TCP_KEEPINTVL", EndpointOption.TCP_KEEPINTVL),
            Map.entry("TCP_KEEPCNT", EndpointOption.TCP_KEEPCNT),
            Map.entry("TCP_MAXSEG", EndpointOption.TCP_MAXSEG));

    private SocketOptions() {}

    static Outcome set(Socket socket, List<Expression> arguments) throws StackException, ScriptFailure {
        String name = name(arguments);
        Expression value = arguments.get(3);
        EndpointOption<Boolean> asSwitch = SWITCHES.get(name);
        EndpointOption<Integer> asNumber = NUMBERS.get(name);
        if (asSwitch != null) {
            socket.set(asSwitch, Values.number(value) != 0);
        } else if (asNumber != null) {
            socket.set(asNumber, (int) Values.number(value));
        } else if (name.equals("IP_MTU_DISCOVER") || name.equals("TCP_INQ")) {
            return Outcome.DONE; // The first sets the DF bit, at which no script looks; for the second see recvmsg.
        } else if (name.equals("TCP_CONGESTION") && value instanceof Expression.Text algorithm) {
            socket.set(EndpointOption.TCP_CONGESTION, algorithm.value());
        } else if (name.equals("SO_LINGER")) {
            socket.set(EndpointOption.SO_LINGER, linger(value));
        } else {
            throw ScriptFailure.skip("socket option " + name);
        }
        return Outcome.DONE;
    }

    /** The script gives the value that must come back. */
    static Outcome get(Socket socket, List<Expression> arguments) throws StackException, ScriptFailure {
        String name = name(arguments);
        Expression value = arguments.get(3);
        long actual;
        EndpointOption<Boolean> asSwitch = SWITCHES.get(name);
        EndpointOption<Integer> asNumber = NUMBERS.get(name);
        if (name.equals("SO_ERROR")) {
            actual = errorNumber(socket.endpoint().takeError());
        } else if (asSwitch != null) {
            actual = socket.endpoint().getOption(asSwitch) ? 1 : 0;
        } else if (asNumber != null) {
            actual = socket.endpoint().getOption(asNumber);
            if (name.equals("SO_SNDBUF") || name.equals("SO_RCVBUF")) {
                actual *= 2; // Linux tells what it reserves, which is twice what was asked for.
            }
        } else {
            throw ScriptFailure.skip("reading socket option " + name);
        }
        boolean any = value instanceof Expression.Ellipsis
                || (value instanceof Expression.Listing list
                        && list.items().size() == 1
                        && Values.isEllipsis(list.items().get(0)));
        if (!any && actual != Values.number(value) && (int) actual != (int) Values.number(value)) {
            throw ScriptFailure.failed(name + " is " + actual + ", expected " + Values.number(value));
        }
        return Outcome.DONE;
    }

    private static String name(List<Expression> arguments) throws ScriptFailure {
        if (arguments.size() >= 4 && arguments.get(2) instanceof Expression.Word word) {
            return word.name();
        }
        throw ScriptFailure.skip("socket options without a name");
    }

    private static int linger(Expression value) throws ScriptFailure {
        if (value instanceof Expression.Struct struct) {
            Expression on = struct.member("onoff");
            Expression seconds = struct.member("linger");
            if (on != null && seconds != null) {
                return Values.number(on) == 0 ? -1 : (int) Values.number(seconds);
            }
        }
        throw ScriptFailure.failed("expected {onoff=N, linger=N}, found " + value);
    }

    private static long errorNumber(@Nullable StackException error) throws ScriptFailure {
        if (error == null) {
            return 0;
        }
        return Values.number(new Expression.Word(Constants.errno(error.error())));
    }
}
