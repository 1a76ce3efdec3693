package dev.atoll.launcher.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.policy.trace.Connection;
import dev.atoll.launcher.policy.trace.Explanation;
import dev.atoll.launcher.policy.trace.Walk;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.RuleSet;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code policy test}: tries the cases that stand in policies. */
final class TestCommand {
    private static final String INDENT = " ".repeat(6);

    /** A case and every connection of it that did not fare as expected. */
    private record Tried(PolicyCase of, List<Explanation> failed) {
        boolean isPassed() {
            return failed.isEmpty();
        }
    }

    private final PrintStream out;
    private final HostResolver names;

    TestCommand(PrintStream out, HostResolver names) {
        this.out = out;
        this.names = names;
    }

    int run(PolicyRequest.Test request) throws LaunchException {
        List<Tried> all = new ArrayList<>();
        Map<String, IpSet> sets = WrittenPolicy.sets(request);
        for (String file : request.files()) {
            all.addAll(test(WrittenPolicy.read(file, sets)));
        }
        long failed = all.stream().filter(tried -> !tried.isPassed()).count();
        long passed = all.size() - failed;
        if (request.json()) {
            JsonText.print(out, json -> {
                json.writeNumberField("passed", passed);
                json.writeNumberField("failed", failed);
                json.writeArrayFieldStart("cases");
                for (Tried tried : all) {
                    write(json, tried);
                }
                json.writeEndArray();
            });
        } else {
            all.forEach(this::print);
            out.println(passed + " passed, " + failed + " failed");
        }
        return failed == 0 ? 0 : ExitCode.FOUND.number();
    }

    private List<Tried> test(WrittenPolicy policy) throws LaunchException {
        RuleSet rules = policy.rules();
        List<PolicyError> errors = new ArrayList<>();
        List<Tried> tried = new ArrayList<>();
        for (PolicyCase one : PolicyCase.read(policy, errors)) {
            try {
                tried.add(attempt(one, rules));
            } catch (ConnectionSpec.MalformedException e) {
                int column = one.origin().text().indexOf(one.text()) + 1;
                errors.add(new PolicyError(
                        one.origin().source(),
                        one.origin().line(),
                        column,
                        one.text().length(),
                        e.text(),
                        null,
                        one.origin().text()));
            }
        }
        if (!errors.isEmpty()) {
            throw WrittenPolicy.refusal(errors);
        }
        if (tried.isEmpty()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "policy test: " + policy.source() + " has no cases, expected lines such as"
                            + " \"# test: connect 192.0.2.7:443 -> accept\"");
        }
        return tried;
    }

    private Tried attempt(PolicyCase one, RuleSet rules) throws ConnectionSpec.MalformedException {
        List<Explanation> failed = new ArrayList<>();
        for (Connection connection : one.connection().connections(new NamedHosts(names, rules))) {
            Explanation explanation = Walk.of(rules, connection);
            if (!one.expected().isMetBy(explanation)) {
                failed.add(explanation);
            }
        }
        return new Tried(one, failed);
    }

    private void print(Tried tried) {
        PolicyCase one = tried.of();
        out.println((tried.isPassed() ? "ok    " : "FAIL  ") + one.origin().source() + ":"
                + one.origin().line() + ": " + one.text());
        for (Explanation explanation : tried.failed()) {
            RejectWith with = explanation.rejectWith();
            out.println(INDENT + "expected " + one.expected() + ", is " + explanation.result()
                    + (with == null ? "" : " with " + with.optionName()) + ": " + explanation.connection());
            out.println(INDENT + "decided at " + explanation.hook()
                    + (explanation.isAnswerRefused() ? ", of the answer, by " : " by ")
                    + ExplainCommand.decidedBy(explanation));
        }
    }

    private static void write(JsonGenerator json, Tried tried) throws IOException {
        PolicyCase one = tried.of();
        json.writeStartObject();
        json.writeStringField("file", one.origin().source());
        json.writeNumberField("line", one.origin().line());
        json.writeStringField("case", one.text());
        json.writeBooleanField("passed", tried.isPassed());
        json.writeStringField("expected", one.expected().toString());
        json.writeArrayFieldStart("failures");
        for (Explanation explanation : tried.failed()) {
            json.writeStartObject();
            ExplainCommand.write(json, explanation);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
