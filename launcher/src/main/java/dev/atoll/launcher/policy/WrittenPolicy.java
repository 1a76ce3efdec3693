package dev.atoll.launcher.policy;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.PolicyFile;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A policy, of one file or of several, and what came of reading it.
 *
 * @param source its name as the user gave it
 * @param texts its files
 * @param hoconCases the cases of those in HOCON; in iptables' form they stand in the lines
 */
record WrittenPolicy(String source, List<PolicyText> texts, PolicyResult result, List<HoconPolicy.Case> hoconCases) {
    /** Between the files of one policy. */
    private static final String AND = "+";

    /**
     * Reads a file, or several whose names have a plus sign between them: together they are one policy, as for a run.
     *
     * @param sets those that its rules may ask for
     * @throws LaunchException if there is no text to be read; mistakes in it are in the result
     */
    static WrittenPolicy read(String source, Map<String, IpSet> sets) throws LaunchException {
        List<Path> files = new ArrayList<>();
        if (Files.exists(Path.of(source))) {
            files.add(Path.of(source));
        } else {
            for (String file : source.split(Pattern.quote(AND), -1)) {
                files.add(Path.of(file));
            }
        }
        List<PolicyText> texts = new ArrayList<>();
        for (Path file : files) {
            texts.add(new PolicyText(file.toString(), PolicyFile.read(file)));
        }
        List<HoconPolicy.Case> cases = new ArrayList<>();
        return new WrittenPolicy(source, texts, PolicyFile.parse(files, sets, cases), cases);
    }

    /**
     * The sets that a command was given.
     *
     * @throws LaunchException with every mistake in their files
     */
    static Map<String, IpSet> sets(PolicyRequest.OfPolicy request) throws LaunchException {
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

    /** The lines of one of its files, without their ends; none of a file that is only included. */
    List<String> lines(String file) {
        for (PolicyText text : texts) {
            if (text.source().equals(file)) {
                return List.of(text.text().split("\n", -1));
            }
        }
        return List.of();
    }
}
