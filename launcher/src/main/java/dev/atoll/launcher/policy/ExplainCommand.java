package dev.atoll.launcher.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.policy.trace.Connection;
import dev.atoll.launcher.policy.trace.Explanation;
import dev.atoll.launcher.policy.trace.Leg;
import dev.atoll.launcher.policy.trace.Step;
import dev.atoll.launcher.policy.trace.Walk;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.options.SocketCaller;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code policy explain}: what a connection meets, rule by rule, and what the program sees in the end. */
final class ExplainCommand {
    private static final String INDENT = "  ";

    private final PrintStream out;
    private final HostResolver names;

    ExplainCommand(PrintStream out, HostResolver names) {
        this.out = out;
        this.names = names;
    }

    int run(PolicyRequest.Explain request) throws LaunchException {
        WrittenPolicy policy = WrittenPolicy.read(request.file(), WrittenPolicy.sets(request));
        RuleSet rules = policy.rules();
        List<Connection> connections;
        try {
            connections = spec(request).connections(new NamedHosts(names, rules));
        } catch (ConnectionSpec.MalformedException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy explain: " + e.text(), e);
        }
        List<Explanation> explanations = new ArrayList<>();
        for (Connection connection : connections) {
            explanations.add(Walk.of(rules, connection));
        }
        if (request.json()) {
            JsonText.print(out, json -> write(json, policy.source(), explanations));
        } else {
            for (int i = 0; i < explanations.size(); i++) {
                out.print(i == 0 ? "" : "\n");
                print(explanations.get(i));
            }
        }
        return 0;
    }

    private static ConnectionSpec spec(PolicyRequest.Explain request) throws ConnectionSpec.MalformedException {
        boolean outgoing = request.verb().equals(ConnectionSpec.CONNECT);
        if (!outgoing && !request.verb().equals(ConnectionSpec.ACCEPT)) {
            throw new ConnectionSpec.MalformedException(
                    "\"" + request.verb() + "\" is nothing that can be explained, expected connect or accept");
        }
        String code = request.code();
        return new ConnectionSpec(
                outgoing,
                ConnectionSpec.protocol(request.protocol()),
                request.goal(),
                request.from(),
                request.as(),
                code == null ? SocketCaller.UNKNOWN : CallerText.of(code));
    }

    // --- Text

    private void print(Explanation explanation) {
        out.println(explanation.connection() + ": " + explanation.result());
        for (Leg leg : explanation.legs()) {
            print(leg);
        }
        out.println();
        out.println("decided at " + explanation.hook() + " by " + decidedBy(explanation));
        out.println("the program sees " + explanation.programSees());
    }

    static String decidedBy(Explanation explanation) {
        Origin origin = explanation.origin();
        return origin == null ? "no rule: what no rule decides is accepted" : origin.toString();
    }

    private void print(Leg leg) {
        boolean in = leg.hook() == Hook.INPUT || leg.hook() == Hook.PREROUTING;
        out.println();
        out.println(leg.hook()
                + (in ? ", in by " : ", out by ")
                + leg.nic()
                + (leg.answer() ? ", the answer: " : ": ")
                + leg.packet());
        if (leg.steps().isEmpty()) {
            Origin origin = leg.verdict().origin();
            out.println(INDENT + (origin == null ? "no rules here" : origin));
        }
        Chains at = new Chains();
        for (Step step : leg.steps()) {
            for (String line : at.lines(step)) {
                out.println(INDENT + line);
            }
        }
        RejectWith with = leg.verdict().rejectWith();
        out.println(INDENT + "=> " + leg.verdict().kind() + (with == null ? "" : " with " + with.optionName()));
    }

    /** Turns steps into lines, each chain further to the right than the one that jumped there. */
    private static final class Chains {
        private int depth;
        private boolean jumped;
        private @Nullable Chain builtIn;

        List<String> lines(Step step) {
            if (step instanceof Step.Entered entered) {
                return List.of(entered(entered));
            } else if (step instanceof Step.Missed missed) {
                return List.of(rule("no   ", missed.rule().origin()), indent() + INDENT + "       " + missed.why());
            } else if (step instanceof Step.Matched matched) {
                return matched(matched);
            } else if (step instanceof Step.Broken broken) {
                return List.of(rule("drop ", broken.rule().origin()));
            }
            return List.of(ended());
        }

        private String entered(Step.Entered entered) {
            String chain = "chain " + entered.chain().name();
            if (entered.chain().isBuiltIn()) {
                builtIn = entered.chain();
                depth = 0;
                return "table " + entered.table().name().text() + ", " + chain;
            }
            depth += jumped ? 1 : 0;
            return indent() + chain;
        }

        private List<String> matched(Step.Matched matched) {
            List<String> lines = new ArrayList<>();
            lines.add(rule("MATCH", matched.rule().origin()));
            for (String note : matched.notes()) {
                lines.add(indent() + INDENT + "       " + note);
            }
            jumped = matched.action() == Target.Action.JUMP;
            if (matched.action() == Target.Action.RETURN) {
                if (depth == 0) {
                    lines.add(policy());
                } else {
                    depth--;
                }
            }
            return lines;
        }

        private String ended() {
            if (depth == 0) {
                return policy();
            }
            String line = indent() + INDENT + "end of chain, back to the caller";
            depth--;
            return line;
        }

        /** Also behind a chain to which the built-in one has gone without coming back. */
        private String policy() {
            Chain chain = Objects.requireNonNull(builtIn, "a packet enters a built-in chain first");
            Origin origin = chain.origin();
            return INDENT + "policy " + chain.policy()
                    + (origin == null ? "" : " (" + origin.source() + ":" + origin.line() + ")");
        }

        private String rule(String word, Origin origin) {
            return indent() + INDENT + word + "  " + origin;
        }

        private String indent() {
            return INDENT.repeat(depth);
        }
    }

    // --- JSON

    private static void write(JsonGenerator json, String file, List<Explanation> explanations) throws IOException {
        json.writeStringField("file", file);
        json.writeArrayFieldStart("connections");
        for (Explanation explanation : explanations) {
            json.writeStartObject();
            write(json, explanation);
            json.writeArrayFieldStart("hooks");
            for (Leg leg : explanation.legs()) {
                write(json, leg);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The fields that say what came of it. */
    static void write(JsonGenerator json, Explanation explanation) throws IOException {
        json.writeStringField("connection", explanation.connection().toString());
        json.writeStringField("result", explanation.result().name());
        RejectWith with = explanation.rejectWith();
        json.writeStringField("rejectWith", with == null ? null : with.optionName());
        json.writeStringField("hook", explanation.hook().name());
        Origin origin = explanation.origin();
        if (origin == null) {
            json.writeNullField("decidedBy");
        } else {
            json.writeFieldName("decidedBy");
            JsonText.write(json, origin);
        }
        json.writeStringField("programSees", explanation.programSees());
    }

    private static void write(JsonGenerator json, Leg leg) throws IOException {
        json.writeStartObject();
        json.writeStringField("hook", leg.hook().name());
        json.writeBooleanField("answer", leg.answer());
        json.writeStringField("packet", leg.packet());
        json.writeStringField("interface", leg.nic());
        json.writeStringField("verdict", leg.verdict().kind().name());
        json.writeArrayFieldStart("steps");
        for (Step step : leg.steps()) {
            json.writeStartObject();
            write(json, step);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Step step) throws IOException {
        if (step instanceof Step.Entered entered) {
            json.writeStringField("step", "chain");
            json.writeStringField("table", entered.table().name().text());
            json.writeStringField("chain", entered.chain().name());
        } else if (step instanceof Step.Missed missed) {
            json.writeStringField("step", "no");
            json.writeFieldName("rule");
            JsonText.write(json, missed.rule().origin());
            json.writeStringField("why", missed.why());
        } else if (step instanceof Step.Matched matched) {
            json.writeStringField("step", "match");
            json.writeFieldName("rule");
            JsonText.write(json, matched.rule().origin());
            json.writeStringField("action", matched.action().name());
            json.writeArrayFieldStart("notes");
            for (String note : matched.notes()) {
                json.writeString(note);
            }
            json.writeEndArray();
        } else if (step instanceof Step.Broken broken) {
            json.writeStringField("step", "broken");
            json.writeFieldName("rule");
            JsonText.write(json, broken.rule().origin());
        } else {
            json.writeStringField("step", "end");
            json.writeStringField("chain", ((Step.Ended) step).chain().name());
        }
    }
}
