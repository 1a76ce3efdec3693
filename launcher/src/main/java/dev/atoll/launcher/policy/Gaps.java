package dev.atoll.launcher.policy;

import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.launcher.policy.space.Diagram;
import dev.atoll.launcher.policy.space.Diagrams;
import dev.atoll.launcher.policy.space.Outcomes;
import dev.atoll.launcher.policy.space.Space;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a policy forgets: answers to what it lets through, names, the loopback interface. */
final class Gaps {
    private static final int DNS_PORT = 53;
    private static final String LOOPBACK = "lo";

    private final Space space;
    private final Diagrams diagrams;
    private final RuleSet ruleSet;

    private final Outcomes first;
    private final Outcomes answer;
    private final Diagram begun;
    private final Diagram asked;

    Gaps(Space space, RuleSet ruleSet) {
        this.space = space;
        this.ruleSet = ruleSet;
        diagrams = space.diagrams();
        first = new Outcomes(space, ruleSet, Outcomes.FIRST);
        answer = new Outcomes(space, ruleSet, Outcomes.ANSWER);
        begun = diagrams.and(first.accepted(first.outgoing()), state(first.sent(), ConnState.NEW));
        asked = diagrams.and(first.accepted(first.incoming()), state(first.received(), ConnState.NEW));
    }

    List<Warning> find() {
        List<Warning> warnings = new ArrayList<>();
        Diagram answered =
                diagrams.and(answer.accepted(answer.incoming()), state(answer.received(), ConnState.ESTABLISHED));
        Diagram answering =
                diagrams.and(answer.accepted(answer.outgoing()), state(answer.sent(), ConnState.ESTABLISHED));
        answers(far(begun, true), far(answered, false), Hook.INPUT, warnings);
        answers(far(asked, false), far(answering, true), Hook.OUTPUT, warnings);
        loopback(warnings);
        return warnings;
    }

    private Diagram state(Diagram set, ConnState state) {
        return diagrams.and(set, space.state(state));
    }

    /** What does not stay on this host. */
    private Diagram far(Diagram set, boolean out) {
        return diagrams.without(set, space.nic(out, LOOPBACK));
    }

    /** Whether what is let through can be answered at the hook of the other direction. */
    private void answers(Diagram first, Diagram answers, Hook hook, List<Warning> warnings) {
        List<String> unanswered = new ArrayList<>();
        for (int protocol : List.of(IpProtocol.TCP, IpProtocol.UDP)) {
            Diagram of = space.protocol(protocol);
            if (diagrams.and(first, of) != diagrams.none && diagrams.and(answers, of) == diagrams.none) {
                unanswered.add(protocol == IpProtocol.TCP ? "TCP" : "UDP");
            }
        }
        if (unanswered.isEmpty()) {
            return;
        }
        boolean in = hook == Hook.INPUT;
        warnings.add(new Warning(
                Warning.Kind.NO_ANSWERS,
                place(hook),
                hook + " lets no answer " + (in ? "in" : "out") + ": what " + (in ? "OUTPUT lets out" : "INPUT lets in")
                        + " over " + String.join(" and ", unanswered) + " is never answered",
                List.of(),
                "add -A " + hook + " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"));
    }

    private void loopback(List<Warning> warnings) {
        Diagram itself = diagrams.and(space.loopback(), space.protocol(IpProtocol.TCP));
        boolean out = meets(begun, itself, space.nic(true, LOOPBACK));
        boolean in = meets(asked, itself, space.nic(false, LOOPBACK));
        if (out && in) {
            return;
        }
        List<String> rules = new ArrayList<>();
        if (!out) {
            rules.add("-A OUTPUT -o lo -j ACCEPT");
        }
        if (!in) {
            rules.add("-A INPUT -i lo -j ACCEPT");
        }
        warnings.add(new Warning(
                Warning.Kind.NO_LOOPBACK,
                place(out ? Hook.INPUT : Hook.OUTPUT),
                (out ? "INPUT lets" : in ? "OUTPUT lets" : "OUTPUT and INPUT let")
                        + " no connection through on lo: the program cannot reach itself on localhost",
                List.of(),
                "add " + String.join(" and ", rules)));
    }

    private boolean meets(Diagram first, Diagram second, Diagram third) {
        return diagrams.and(diagrams.and(first, second), third) != diagrams.none;
    }

    /** What is to be said if no family lets questions for names out, though one lets something out; null if nothing is. */
    static @Nullable Warning names(List<Gaps> families) {
        Gaps opens = null;
        for (Gaps family : families) {
            Diagram out = family.far(family.begun, true);
            Diagram questions =
                    family.diagrams.and(family.space.protocol(IpProtocol.UDP), family.space.destinationPort(DNS_PORT));
            if (family.diagrams.and(out, questions) != family.diagrams.none) {
                return null;
            }
            opens = opens == null && out != family.diagrams.none ? family : opens;
        }
        if (opens == null) {
            return null;
        }
        Origin place = opens.place(Hook.OUTPUT);
        String rule = HoconPolicy.isHocon(place.source())
                ? "{ to = SERVER, port = 53, proto = udp, action = allow }"
                : "-A OUTPUT -d SERVER -p udp --dport 53 -j ACCEPT";
        return new Warning(
                Warning.Kind.NO_DNS,
                place,
                "no rule lets DNS out (UDP to port 53): the program cannot look up names",
                List.of(),
                "add " + rule + ", with the server that --dns names");
    }

    /** Where the policy of a built-in chain of table filter is written, or where the table begins. */
    private Origin place(Hook hook) {
        Table table = ruleSet.table(space.family(), TableName.FILTER);
        Chain chain = table == null ? null : table.chain(hook.name());
        if (chain != null && chain.origin() != null) {
            return chain.origin();
        }
        return table == null ? ruleSet.tables().get(0).origin() : table.origin();
    }
}
