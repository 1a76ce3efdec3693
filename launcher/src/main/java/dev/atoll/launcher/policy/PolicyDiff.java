package dev.atoll.launcher.policy;

import dev.atoll.launcher.policy.space.Diagram;
import dev.atoll.launcher.policy.space.Diagrams;
import dev.atoll.launcher.policy.space.Interfaces;
import dev.atoll.launcher.policy.space.Outcome;
import dev.atoll.launcher.policy.space.Outcomes;
import dev.atoll.launcher.policy.space.Region;
import dev.atoll.launcher.policy.space.Space;
import dev.atoll.launcher.policy.space.TooComplexException;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RuleSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which new connections fare otherwise under another policy, however that is written. */
public final class PolicyDiff {
    static final char ALLOWED = '+';
    static final char DENIED = '-';
    static final char OTHERWISE = '~';

    private static final String SAME = "same";

    /** What became of packets and becomes of them now. */
    record Change(Outcome before, Outcome after) {
        /** Without the rule that decided before, where nobody is told: so it divides no packets that fare alike. */
        private Change inShort() {
            return sign() == OTHERWISE ? this : new Change(new Outcome(before.kind(), null, null, ""), after);
        }

        char sign() {
            boolean was = before.kind() == Outcome.Kind.ACCEPT;
            boolean is = after.kind() == Outcome.Kind.ACCEPT;
            boolean known = before.kind() != Outcome.Kind.UNKNOWN && after.kind() != Outcome.Kind.UNKNOWN;
            return was == is || !known ? OTHERWISE : is ? ALLOWED : DENIED;
        }
    }

    /** The packets of one family and direction that fare otherwise. */
    record Difference(Family family, boolean outgoing, Region packets, Change change) {
        String direction() {
            return outgoing ? "outgoing" : "incoming";
        }
    }

    private final List<Difference> differences;

    private PolicyDiff(List<Difference> differences) {
        this.differences = differences;
    }

    /**
     * Compares two policies.
     *
     * @throws TooComplexException if they are too complex for that
     */
    public static PolicyDiff of(RuleSet before, RuleSet after) throws TooComplexException {
        return of(before, after, false);
    }

    /**
     * Compares two policies.
     *
     * @param full whether each difference has the rule that decided before, which divides packets that fare alike
     */
    static PolicyDiff of(RuleSet before, RuleSet after, boolean full) throws TooComplexException {
        Interfaces interfaces = new Interfaces(List.of(before, after));
        List<Difference> differences = new ArrayList<>();
        for (Family family : Family.values()) {
            Space space = new Space(family, interfaces, new Diagrams());
            Outcomes first = new Outcomes(space, before, Outcomes.FIRST);
            Outcomes second = new Outcomes(space, after, Outcomes.FIRST);
            add(differences, space, true, first.sent(), first.outgoing(), second.outgoing(), full);
            add(differences, space, false, first.received(), first.incoming(), second.incoming(), full);
        }
        return new PolicyDiff(differences);
    }

    private static void add(
            List<Difference> differences,
            Space space,
            boolean outgoing,
            Diagram packets,
            Diagram before,
            Diagram after,
            boolean full) {
        Diagrams diagrams = space.diagrams();
        Diagram begun = diagrams.and(packets, space.state(ConnState.NEW));
        // Each by itself, so that what becomes of other packets divides no boxes.
        for (char sign : new char[] {ALLOWED, DENIED, OTHERWISE}) {
            Diagram changed = diagrams.combine(before, after, (was, is) -> {
                Outcome old = (Outcome) was;
                Outcome now = (Outcome) is;
                Change change = new Change(old, now);
                return old.isLike(now) || change.sign() != sign ? SAME : full ? change : change.inShort();
            });
            Diagram looked = diagrams.choose(begun, changed, diagrams.leaf(SAME));
            for (Region region : Region.of(space, looked, SAME)) {
                differences.add(new Difference(space.family(), outgoing, region, (Change) region.value()));
            }
        }
    }

    List<Difference> differences() {
        return differences;
    }

    /** Whether something is let through that was not before, or may be. */
    public boolean allowsMore() {
        return differences.stream()
                .anyMatch(difference -> difference.change().sign() == ALLOWED
                        || difference.change().after().kind() == Outcome.Kind.UNKNOWN);
    }

    /** The differences as {@code policy diff} prints them. */
    public List<String> lines() {
        if (differences.isEmpty()) {
            return List.of("no difference");
        }
        List<String> lines = new ArrayList<>();
        String heading = "";
        for (Difference difference : differences) {
            String of = difference.direction() + ", " + difference.family() + ":";
            if (!of.equals(heading)) {
                lines.add(of);
                heading = of;
            }
            Change change = difference.change();
            lines.add(change.sign() + " " + difference.packets() + " " + becomes(change));
        }
        lines.add(
                count(ALLOWED) + " allowed, " + count(DENIED) + " denied, " + count(OTHERWISE) + " otherwise changed");
        return lines;
    }

    private long count(char sign) {
        return differences.stream()
                .filter(difference -> difference.change().sign() == sign)
                .count();
    }

    private static String becomes(Change change) {
        if (change.sign() == OTHERWISE) {
            return "(" + text(change.before()) + " -> " + text(change.after()) + ")";
        }
        String translations = change.after().translations();
        return "(" + place(change.after().origin()) + (translations.isEmpty() ? "" : ", " + translations) + ")";
    }

    private static String text(Outcome outcome) {
        StringBuilder text = new StringBuilder(outcome.kind().name());
        if (outcome.rejectWith() != null) {
            text.append(' ').append(outcome.rejectWith().optionName());
        }
        if (!outcome.translations().isEmpty()) {
            text.append(' ').append(outcome.translations());
        }
        return text.append(' ').append(place(outcome.origin())).toString();
    }

    private static String place(@Nullable Origin origin) {
        return origin == null ? "no rule" : origin.source() + ":" + origin.line();
    }
}
