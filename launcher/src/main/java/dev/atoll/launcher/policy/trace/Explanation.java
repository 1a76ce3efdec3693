package dev.atoll.launcher.policy.trace;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection meets.
 *
 * @param legs in their order, to the one that ended it or to the answer's last; at least one
 */
public record Explanation(Connection connection, List<Leg> legs) {
    public Explanation {
        legs = List.copyOf(legs);
    }

    /** How it ends. */
    public enum Result {
        ACCEPT,
        DROP,
        REJECT
    }

    /** The leg that ended the connection, or the last of it. */
    private Leg last() {
        return legs.get(legs.size() - 1);
    }

    /** ACCEPT if the answer comes through as well. */
    public Result result() {
        return switch (last().verdict().kind()) {
            case ACCEPT -> Result.ACCEPT;
            case DROP -> Result.DROP;
            case REJECT -> Result.REJECT;
        };
    }

    /** How it is rejected, or null. */
    public @Nullable RejectWith rejectWith() {
        return last().verdict().rejectWith();
    }

    /** Whether what ends it is what becomes of the answer. */
    public boolean isAnswerRefused() {
        return last().answer() && !last().isPassed();
    }

    /** The hook at which it was decided. */
    public Hook hook() {
        return deciding().hook();
    }

    /**
     * The rule or policy that decided; null for a chain that the file does not mention, or if the connection table is full.
     */
    public @Nullable Origin origin() {
        return deciding().decidedBy();
    }

    /** What ended it; of one that passes, where table filter let its first packet pass. */
    private Leg deciding() {
        if (!last().isPassed()) {
            return last();
        }
        Leg decides = legs.get(0);
        for (Leg leg : legs) {
            boolean judges = leg.hook() == Hook.OUTPUT || leg.hook() == Hook.INPUT;
            if (judges && !leg.answer()) {
                decides = leg;
            }
        }
        return decides;
    }

    /** What the program gets to see. */
    public String programSees() {
        Leg end = last();
        if (end.isPassed()) {
            return connection.outgoing()
                    ? connection.isTcp()
                            ? "a connection, if somebody listens there"
                            : "the datagram's answer, if there is one"
                    : connection.isTcp() ? "a connection to accept" : "a datagram to receive";
        }
        if (!connection.outgoing()) {
            return end.answer()
                    ? "a peer that never answers: what the program sends back is not let out"
                    : "nothing; the peer " + peerSees(end.verdict().rejectWith());
        }
        boolean own = !end.answer() && (end.hook() == Hook.OUTPUT || end.hook() == Hook.POSTROUTING);
        if (own) {
            return refusedItself(end.verdict());
        }
        RejectWith with = end.verdict().rejectWith();
        if (!end.answer() && with != null) {
            // Its own host has rejected it, and tells it as another host would: without the rule.
            return exception(with.error(), null);
        }
        return silence();
    }

    private static String peerSees(@Nullable RejectWith with) {
        return with == null
                ? "gets no answer"
                : with == RejectWith.TCP_RESET ? "gets a TCP reset" : "gets an ICMP error, " + with.optionName();
    }

    private String refusedItself(Verdict verdict) {
        RejectWith with = verdict.rejectWith();
        Origin origin = verdict.origin();
        String rule = origin == null ? null : origin.toString();
        if (with != null) {
            return exception(with.error(), rule) + ", at once";
        }
        // A segment that is dropped is sent again; a datagram's sender is told.
        return connection.isTcp() ? silence() : exception(StackError.NOT_PERMITTED, rule) + ", at once";
    }

    private String silence() {
        return connection.isTcp() ? "silence, until its connect times out" : "silence: no answer comes";
    }

    /** As the program's JVM has it; {@code Failures} of the socket shim makes it. */
    private String exception(StackError error, @Nullable String rule) {
        String name =
                switch (error) {
                    case REFUSED ->
                        connection.isTcp() ? "java.net.ConnectException" : "java.net.PortUnreachableException";
                    case HOST_UNREACHABLE -> "java.net.NoRouteToHostException";
                    case PERMISSION_DENIED -> "java.net.BindException";
                    default -> "java.net.SocketException";
                };
        return name + ": " + new StackException(error, rule).getMessage();
    }
}
