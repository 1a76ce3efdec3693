package dev.atoll.launcher.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
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
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RuleSet;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code policy diff}: which new connections fare otherwise under another policy, however that is written. */
final class DiffCommand {
    private static final String SAME = "same";
    private static final char ALLOWED = '+';
    private static final char DENIED = '-';
    private static final char OTHERWISE = '~';

    /** What became of packets and becomes of them now. */
    private record Change(Outcome before, Outcome after) {
        /** Without the rule that decided before, where nobody is told: so it divides no packets that fare alike. */
        Change inShort() {
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
    private record Difference(Family family, boolean outgoing, Region packets, Change change) {}

    private final PrintStream out;

    DiffCommand(PrintStream out) {
        this.out = out;
    }

    int run(PolicyRequest.Diff request) throws LaunchException {
        Map<String, IpSet> sets = WrittenPolicy.sets(request);
        RuleSet before = WrittenPolicy.read(request.before(), sets).rules();
        RuleSet after = WrittenPolicy.read(request.after(), sets).rules();
        List<Difference> differences;
        try {
            differences = differences(before, after, request.json());
        } catch (TooComplexException e) {
            throw new LaunchException(ExitCode.FAILED, "policy diff: " + e.getMessage(), e);
        }
        if (request.json()) {
            JsonText.print(out, json -> write(json, request, differences));
        } else {
            print(differences);
        }
        return differences.isEmpty() ? 0 : ExitCode.FOUND.number();
    }

    private static List<Difference> differences(RuleSet before, RuleSet after, boolean full) {
        Interfaces interfaces = new Interfaces(List.of(before, after));
        List<Difference> differences = new ArrayList<>();
        for (Family family : Family.values()) {
            Space space = new Space(family, interfaces, new Diagrams());
            Outcomes first = new Outcomes(space, before, Outcomes.FIRST);
            Outcomes second = new Outcomes(space, after, Outcomes.FIRST);
            add(differences, space, true, first.sent(), first.outgoing(), second.outgoing(), full);
            add(differences, space, false, first.received(), first.incoming(), second.incoming(), full);
        }
        return differences;
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

    // --- Text

    private void print(List<Difference> differences) {
        if (differences.isEmpty()) {
            out.println("no difference");
            return;
        }
        String heading = "";
        for (Difference difference : differences) {
            String of = direction(difference) + ", " + difference.family() + ":";
            if (!of.equals(heading)) {
                out.println(of);
                heading = of;
            }
            Change change = difference.change();
            out.println(change.sign() + " " + difference.packets() + " " + becomes(change));
        }
        out.println(count(differences, ALLOWED) + " allowed, " + count(differences, DENIED) + " denied, "
                + count(differences, OTHERWISE) + " otherwise changed");
    }

    private static String direction(Difference difference) {
        return difference.outgoing() ? "outgoing" : "incoming";
    }

    private static long count(List<Difference> differences, char sign) {
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

    // --- JSON

    private static void write(JsonGenerator json, PolicyRequest.Diff request, List<Difference> differences)
            throws IOException {
        json.writeStringField("before", request.before());
        json.writeStringField("after", request.after());
        json.writeArrayFieldStart("differences");
        for (Difference difference : differences) {
            Change change = difference.change();
            json.writeStartObject();
            json.writeStringField(
                    "change", change.sign() == ALLOWED ? "allowed" : change.sign() == DENIED ? "denied" : "changed");
            json.writeStringField("direction", direction(difference));
            json.writeStringField("family", difference.family().toString());
            json.writeObjectFieldStart("packets");
            for (Map.Entry<String, String> field : difference.packets().fields().entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
            json.writeEndObject();
            write(json, "was", change.before());
            write(json, "is", change.after());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, String name, Outcome outcome) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("verdict", outcome.kind().name());
        json.writeStringField(
                "rejectWith",
                outcome.rejectWith() == null ? null : outcome.rejectWith().optionName());
        json.writeStringField("translation", outcome.translations().isEmpty() ? null : outcome.translations());
        if (outcome.origin() == null) {
            json.writeNullField("decidedBy");
        } else {
            json.writeFieldName("decidedBy");
            JsonText.write(json, outcome.origin());
        }
        json.writeEndObject();
    }
}
