package dev.atoll.launcher.policy;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.PolicyFile;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A policy file and what came of reading it.
 *
 * @param source its name as the user gave it
 * @param hoconCases the cases of one in HOCON; in iptables' form they stand in its lines
 */
record WrittenPolicy(String source, String text, PolicyResult result, List<HoconPolicy.Case> hoconCases) {
    /**
     * Reads a file.
     *
     * @param sets those that its rules may ask for
     * @throws LaunchException if there is no text to be read; mistakes in it are in the result
     */
    static WrittenPolicy read(String source, Map<String, IpSet> sets) throws LaunchException {
        String text = PolicyFile.read(Path.of(source));
        if (HoconPolicy.isHocon(source)) {
            HoconPolicy.Read read = HoconPolicy.read(source, PolicyFile.HOST_NAMES);
            return new WrittenPolicy(source, text, read.result(), read.cases());
        }
        List<PolicyText> texts = List.of(new PolicyText(source, text));
        return new WrittenPolicy(source, text, PolicyParser.parse(texts, sets, PolicyFile.HOST_NAMES), List.of());
    }

    /**
     * The sets that a command was given.
     *
     * @throws LaunchException with every mistake in their files
     */
    static Map<String, IpSet> sets(PolicyRequest request) throws LaunchException {
        return PolicyFile.sets(request.ipsets().stream().map(Path::of).toList());
    }

    /**
     * The rules.
     *
     * @throws LaunchException with every mistake, its place and the line it is in
     */
    RuleSet rules() throws LaunchException {
        if (result instanceof PolicyResult.Refused refused) {
            throw new LaunchException(ExitCode.CONFIGURATION, refused.toString().stripTrailing());
        }
        return ((PolicyResult.Accepted) result).ruleSet();
    }

    /**
     * The cases that stand in it.
     *
     * @throws LaunchException with every line that should be one and is none
     */
    List<PolicyCase> cases() throws LaunchException {
        List<PolicyError> errors = new ArrayList<>();
        List<PolicyCase> cases = PolicyCase.read(this, errors);
        if (!errors.isEmpty()) {
            throw refusal(errors);
        }
        return cases;
    }

    /** All mistakes, each with its place and the line it is in. */
    static LaunchException refusal(List<PolicyError> errors) {
        return new LaunchException(
                ExitCode.CONFIGURATION,
                errors.stream().map(PolicyError::toString).collect(Collectors.joining("\n")));
    }

    /** The lines of the file, without their ends. */
    List<String> lines() {
        return List.of(text.split("\n", -1));
    }
}
