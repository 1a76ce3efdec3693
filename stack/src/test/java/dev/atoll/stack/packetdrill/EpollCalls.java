package dev.atoll.stack.packetdrill;

import dev.atoll.stack.socket.Readiness;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code epoll_create}, {@code epoll_ctl} and {@code epoll_wait}, level and edge triggered, over endpoints' readiness. */
final class EpollCalls {
    private static final long CTL_DEL = 2;

    /** What one epoll descriptor watches. */
    private static final class Watched {
        long events;
        /** What it was ready for when last looked at, and how much had arrived by then. */
        long before;

        long arrived;
    }

    private final SystemCalls calls;
    private final Map<Long, Map<Long, Watched>> sets = new TreeMap<>();

    EpollCalls(SystemCalls calls) {
        this.calls = calls;
    }

    Attempt create(Expression wanted) throws ScriptFailure {
        long fd = Values.number(wanted);
        return () -> {
            sets.put(fd, new TreeMap<>());
            return Outcome.of(fd);
        };
    }

    Attempt control(List<Expression> arguments) throws ScriptFailure {
        Map<Long, Watched> set = set(arguments.get(0));
        long operation = Values.number(arguments.get(1));
        long fd = Values.number(arguments.get(2));
        if (operation == CTL_DEL) {
            return () -> set.remove(fd) == null ? Outcome.error("ENOENT") : Outcome.DONE;
        }
        Watched watched = new Watched();
        watched.events = events(arguments.get(3));
        return () -> {
            set.put(fd, watched);
            return Outcome.DONE;
        };
    }

    /** The script gives the one event that is expected, or none. */
    Attempt await(List<Expression> arguments) throws ScriptFailure {
        Map<Long, Watched> set = set(arguments.get(0));
        long expected = events(arguments.get(1));
        boolean waits = Values.number(arguments.get(3)) != 0;
        return () -> {
            int ready = 0;
            long actual = 0;
            for (Map.Entry<Long, Watched> entry : set.entrySet()) {
                long events = take(entry.getKey(), entry.getValue());
                if (events != 0) {
                    ready++;
                    actual = events;
                }
            }
            if (ready == 0 && waits) {
                return null;
            }
            if (actual != expected) {
                throw ScriptFailure.failed("epoll_wait gave events " + actual + ", expected " + expected);
            }
            return Outcome.of(ready);
        };
    }

    /** What is no longer ready can become ready again. */
    void observe() throws ScriptFailure {
        for (Map<Long, Watched> set : sets.values()) {
            for (Map.Entry<Long, Watched> entry : set.entrySet()) {
                entry.getValue().before &= ready(entry.getKey(), entry.getValue());
            }
        }
    }

    /** Events to report, if there are any now; edge triggered only if something came. */
    private long take(long fd, Watched watched) throws ScriptFailure {
        Socket socket = calls.at(new Expression.Int(fd));
        if (socket == null) {
            return 0;
        }
        long now = ready(fd, watched);
        long arrived = socket.tcp().info().bytesReceived();
        boolean edge = (now & ~watched.before) != 0 || arrived != watched.arrived;
        watched.before = now;
        watched.arrived = arrived;
        return edge || (watched.events & Constants.EPOLLET) == 0 ? now : 0;
    }

    private long ready(long fd, Watched watched) throws ScriptFailure {
        Socket socket = calls.at(new Expression.Int(fd));
        if (socket == null) {
            return 0;
        }
        int readiness = socket.endpoint().readiness();
        long now = 0;
        now |= (readiness & Readiness.IN) != 0 ? Constants.POLLIN : 0;
        now |= (readiness & Readiness.OUT) != 0 ? Constants.POLLOUT : 0;
        now |= (readiness & Readiness.RDHUP) != 0 ? Constants.POLLRDHUP : 0;
        now &= watched.events;
        now |= (readiness & Readiness.ERR) != 0 ? Constants.POLLERR : 0;
        now |= (readiness & Readiness.HUP) != 0 ? Constants.POLLHUP : 0;
        return now;
    }

    private Map<Long, Watched> set(Expression fd) throws ScriptFailure {
        Map<Long, Watched> set = sets.get(Values.number(fd));
        if (set == null) {
            throw ScriptFailure.failed("descriptor " + fd + " is no epoll");
        }
        return set;
    }

    private static long events(Expression event) throws ScriptFailure {
        @Nullable Expression events = event instanceof Expression.Struct struct ? struct.member("events") : null;
        if (events == null) {
            throw ScriptFailure.failed("expected {events=E, fd=N}, found " + event);
        }
        return Values.number(events);
    }
}
