package dev.atoll.stack.packetdrill;

import dev.atoll.stack.socket.Readiness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code poll}, over the endpoints' readiness; a timeout of 0 returns at once, any other waits. */
final class PollCall implements Attempt {
    private final SystemCalls calls;
    private final List<Expression> entries;
    private final boolean waits;

    PollCall(SystemCalls calls, List<Expression> arguments) throws ScriptFailure {
        if (!(arguments.get(0) instanceof Expression.Listing list)) {
            throw ScriptFailure.failed("expected a list of {fd=N, events=E, revents=E}");
        }
        this.calls = calls;
        entries = list.items();
        waits = Values.number(arguments.get(2)) != 0;
    }

    @Override
    public @Nullable Outcome attempt() throws ScriptFailure {
        int ready = 0;
        StringBuilder wrong = new StringBuilder();
        for (Expression entry : entries) {
            long actual = ready(entry);
            ready += actual != 0 ? 1 : 0;
            long expected = Values.number(member(entry, "revents", new Expression.Int(0)));
            if (actual != expected) {
                wrong.append("; revents is ")
                        .append(actual)
                        .append(", expected ")
                        .append(expected);
            }
        }
        if (ready == 0 && waits) {
            return null;
        }
        if (wrong.length() > 0) {
            throw ScriptFailure.failed("poll gave " + ready + wrong);
        }
        return Outcome.of(ready);
    }

    private long ready(Expression entry) throws ScriptFailure {
        Socket socket = calls.at(member(entry, "fd", new Expression.Int(-1)));
        if (socket == null) {
            throw ScriptFailure.skip("poll of a descriptor that is closed");
        }
        long asked =
                Values.number(member(entry, "events", new Expression.Int(0))) | Constants.POLLERR | Constants.POLLHUP;
        int readiness = socket.endpoint().readiness();
        long events = 0;
        events |= (readiness & Readiness.IN) != 0 ? Constants.POLLIN : 0;
        events |= (readiness & Readiness.OUT) != 0 ? Constants.POLLOUT : 0;
        events |= (readiness & Readiness.ERR) != 0 ? Constants.POLLERR : 0;
        events |= (readiness & Readiness.HUP) != 0 ? Constants.POLLHUP : 0;
        events |= (readiness & Readiness.RDHUP) != 0 ? Constants.POLLRDHUP : 0;
        return events & asked;
    }

    private static Expression member(Expression entry, String name, Expression otherwise) throws ScriptFailure {
        if (!(entry instanceof Expression.Struct struct)) {
            throw ScriptFailure.failed("expected {fd=N, events=E, revents=E}, found " + entry);
        }
        Expression value = struct.member(name);
        return value == null ? otherwise : value;
    }
}
