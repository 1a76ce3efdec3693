package dev.atoll.launcher.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.Origin;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code policy check}: everything that is wrong with policies, and what in them is probably not meant. */
final class CheckCommand {
    private static final String INDENT = "    ";

    /** What was found in one file; without errors there may be warnings. */
    private record Checked(WrittenPolicy policy, List<PolicyError> errors, List<Warning> warnings) {
        long count(boolean notes) {
            return warnings.stream()
                    .filter(warning -> warning.kind().isNote() == notes)
                    .count();
        }
    }

    private final PrintStream out;

    CheckCommand(PrintStream out) {
        this.out = out;
    }

    int run(PolicyRequest.Check request) throws LaunchException {
        List<Checked> all = new ArrayList<>();
        Map<String, IpSet> sets = WrittenPolicy.sets(request);
        for (String file : request.files()) {
            all.add(check(WrittenPolicy.read(file, sets)));
        }
        print(all, request.json());
        return exitCode(all, request.strict());
    }

    private static int exitCode(List<Checked> all, boolean strict) {
        int code = 0;
        for (Checked one : all) {
            if (!one.errors().isEmpty()) {
                return ExitCode.CONFIGURATION.number();
            }
            if (strict && one.count(false) > 0) {
                code = ExitCode.FOUND.number();
            }
        }
        return code;
    }

    private static Checked check(WrittenPolicy policy) {
        return policy.result() instanceof PolicyResult.Accepted accepted
                ? new Checked(policy, List.of(), Warnings.of(accepted.ruleSet()))
                : new Checked(policy, ((PolicyResult.Refused) policy.result()).errors(), List.of());
    }

    private void print(List<Checked> all, boolean json) {
        if (json) {
            JsonText.print(out, generator -> {
                generator.writeArrayFieldStart("files");
                for (Checked one : all) {
                    write(generator, one);
                }
                generator.writeEndArray();
            });
            return;
        }
        for (Checked one : all) {
            one.errors().forEach(out::println);
            one.warnings().forEach(warning -> out.println(text(one.policy(), warning)));
            out.println(one.policy().source() + ": " + summary(one));
        }
    }

    private static String summary(Checked one) {
        if (!one.errors().isEmpty()) {
            return counted(one.errors().size(), "error");
        }
        long warnings = one.count(false);
        return warnings == 0 ? "no mistakes found" : counted(warnings, "warning");
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** The place, the line with a mark under it, and what to do. */
    private static String text(WrittenPolicy policy, Warning warning) {
        Origin place = warning.place();
        int column = column(policy, place);
        String word = warning.kind().isNote() ? "note" : "warning";
        // The excerpt of an error is what somebody knows who has seen one.
        StringBuilder text = new StringBuilder(new PolicyError(
                        place.source(),
                        place.line(),
                        column,
                        Math.max(1, place.text().length()),
                        word + ": " + warning.message(),
                        null,
                        " ".repeat(column - 1) + place.text())
                .toString());
        for (Origin about : warning.about()) {
            text.append('\n').append(INDENT).append("see ").append(about);
        }
        return text.append('\n')
                .append(INDENT)
                .append("what to do: ")
                .append(warning.advice())
                .toString();
    }

    private static int column(WrittenPolicy policy, Origin place) {
        List<String> lines = policy.lines(place.source());
        int at = place.line() <= lines.size() ? lines.get(place.line() - 1).indexOf(place.text()) : 0;
        return Math.max(0, at) + 1;
    }

    // --- JSON

    private static void write(JsonGenerator json, Checked one) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", one.policy().source());
        json.writeArrayFieldStart("errors");
        for (PolicyError error : one.errors()) {
            json.writeStartObject();
            json.writeNumberField("line", error.line());
            json.writeNumberField("column", error.column());
            json.writeNumberField("width", error.width());
            json.writeStringField("message", error.message());
            json.writeStringField("suggestion", error.suggestion());
            json.writeStringField("text", error.excerpt());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("warnings");
        for (Warning warning : one.warnings()) {
            json.writeStartObject();
            json.writeStringField("kind", warning.kind().word());
            json.writeBooleanField("note", warning.kind().isNote());
            json.writeNumberField("line", warning.place().line());
            json.writeNumberField("column", column(one.policy(), warning.place()));
            json.writeStringField("message", warning.message());
            json.writeStringField("text", warning.place().text());
            json.writeArrayFieldStart("see");
            for (Origin about : warning.about()) {
                JsonText.write(json, about);
            }
            json.writeEndArray();
            json.writeStringField("advice", warning.advice());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
