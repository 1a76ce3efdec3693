package dev.atoll.launcher;

import dev.atoll.launcher.policy.PolicyText;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.RuleSetCodec;
import dev.atoll.stack.filter.RuleSet;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads a policy in the launcher, the only place where policy text is read in a run: the program gets rules. */
public final class PolicyFile {
    private PolicyFile() {}

    /**
     * Reads a file.
     *
     * @throws LaunchException with one line for each mistake: file, line, column, what was expected
     */
    public static Policy load(Path file) throws LaunchException {
        return new Policy(ByteBuffer.wrap(encoded(rules(PolicyText.read(file.toString())), file)));
    }

    private static RuleSet rules(PolicyText text) throws LaunchException {
        PolicyResult result = text.result();
        if (result instanceof PolicyResult.Refused refused) {
            StringBuilder lines = new StringBuilder();
            for (PolicyError error : refused.errors()) {
                lines.append(lines.isEmpty() ? "" : "\n").append(line(error));
            }
            throw new LaunchException(ExitCode.CONFIGURATION, lines.toString());
        }
        return ((PolicyResult.Accepted) result).ruleSet();
    }

    private static String line(PolicyError error) {
        String place = error.source() + ":" + error.line() + ":" + error.column() + ": " + error.message();
        return error.suggestion() == null ? place : place + ", did you mean " + error.suggestion() + "?";
    }

    private static byte[] encoded(RuleSet rules, Path file) throws LaunchException {
        try {
            return RuleSetCodec.encode(rules);
        } catch (IllegalArgumentException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy: " + file + ": " + e.getMessage(), e);
        }
    }
}
