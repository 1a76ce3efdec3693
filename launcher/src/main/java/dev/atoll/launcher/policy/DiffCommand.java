package dev.atoll.launcher.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.policy.space.Outcome;
import dev.atoll.launcher.policy.space.TooComplexException;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.RuleSet;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** {@code policy diff}: which new connections fare otherwise under another policy, however that is written. */
final class DiffCommand {
    private final PrintStream out;

    DiffCommand(PrintStream out) {
        this.out = out;
    }

    int run(PolicyRequest.Diff request) throws LaunchException {
        Map<String, IpSet> sets = WrittenPolicy.sets(request);
        RuleSet before = WrittenPolicy.read(request.before(), sets).rules();
        RuleSet after = WrittenPolicy.read(request.after(), sets).rules();
        PolicyDiff diff;
        try {
            diff = PolicyDiff.of(before, after, request.json());
        } catch (TooComplexException e) {
            throw new LaunchException(ExitCode.FAILED, "policy diff: " + e.getMessage(), e);
        }
        if (request.json()) {
            JsonText.print(out, json -> write(json, request, diff.differences()));
        } else {
            diff.lines().forEach(out::println);
        }
        return diff.differences().isEmpty() ? 0 : ExitCode.FOUND.number();
    }

    // --- JSON

    private static void write(JsonGenerator json, PolicyRequest.Diff request, List<PolicyDiff.Difference> differences)
            throws IOException {
        json.writeStringField("before", request.before());
        json.writeStringField("after", request.after());
        json.writeArrayFieldStart("differences");
        for (PolicyDiff.Difference difference : differences) {
            PolicyDiff.Change change = difference.change();
            json.writeStartObject();
            json.writeStringField(
                    "change",
                    change.sign() == PolicyDiff.ALLOWED
                            ? "allowed"
                            : change.sign() == PolicyDiff.DENIED ? "denied" : "changed");
            json.writeStringField("direction", difference.direction());
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
