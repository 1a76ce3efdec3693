package dev.atoll.launcher;

import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.IpSetParser;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.runtime.policy.RuleSetCodec;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a policy in the launcher, the only place where policy text is read in a run: the program gets rules. */
public final class PolicyFile {
    /** Names are looked up on the host, once, as iptables does. */
    public static final HostResolver HOST_NAMES = new HostResolver() {
        @Override
        public List<IpAddress> resolve(String host) {
            return lookUp(host);
        }
    };

    private PolicyFile() {}

    /**
     * Reads files that make one policy together.
     *
     * @param ipsets files of sets that its rules may ask for
     * @throws LaunchException with one line for each mistake: file, line, column, what was expected
     */
    public static RuleSet load(List<Path> files, List<Path> ipsets) throws LaunchException {
        PolicyResult result = parse(files, sets(ipsets));
        if (result instanceof PolicyResult.Refused refused) {
            throw refusal(refused.errors());
        }
        return ((PolicyResult.Accepted) result).ruleSet();
    }

    /**
     * As {@link #load}, but says mistakes as {@code policy check} prints them: with the line they are in and a mark under the place.
     *
     * @throws LaunchException with every mistake
     */
    public static RuleSet loadMarked(List<Path> files, List<Path> ipsets) throws LaunchException {
        PolicyResult result = parse(files, sets(ipsets));
        if (result instanceof PolicyResult.Refused refused) {
            throw new LaunchException(ExitCode.CONFIGURATION, refused.toString().stripTrailing());
        }
        return ((PolicyResult.Accepted) result).ruleSet();
    }

    /**
     * Reads files of sets.
     *
     * @return sets by name
     * @throws LaunchException as {@link #load}
     */
    public static Map<String, IpSet> sets(List<Path> files) throws LaunchException {
        List<PolicyText> texts = new ArrayList<>();
        for (Path file : files) {
            texts.add(new PolicyText(file.toString(), read(file)));
        }
        IpSetParser.Result result = IpSetParser.parse(texts);
        if (!result.errors().isEmpty()) {
            throw refusal(result.errors());
        }
        return result.sets();
    }

    private static LaunchException refusal(List<PolicyError> errors) {
        StringBuilder lines = new StringBuilder();
        for (PolicyError error : errors) {
            lines.append(lines.isEmpty() ? "" : "\n").append(line(error));
        }
        return new LaunchException(ExitCode.CONFIGURATION, lines.toString());
    }

    private static PolicyResult parse(List<Path> files, Map<String, IpSet> sets) throws LaunchException {
        return parse(files, sets, new ArrayList<>());
    }

    /**
     * Reads files that make one policy together.
     *
     * @param sets those that its rules may ask for
     * @param cases gets the cases that stand in those in HOCON
     * @throws LaunchException if there is no text to be read
     */
    public static PolicyResult parse(List<Path> files, Map<String, IpSet> sets, List<HoconPolicy.Case> cases)
            throws LaunchException {
        List<PolicyText> texts = new ArrayList<>();
        List<PolicyResult> results = new ArrayList<>();
        for (Path file : files) {
            if (HoconPolicy.isHocon(file.toString())) {
                HoconPolicy.Read read = HoconPolicy.read(file.toString(), HOST_NAMES);
                cases.addAll(read.cases());
                results.add(read.result());
            } else {
                texts.add(new PolicyText(file.toString(), read(file)));
            }
        }
        if (!texts.isEmpty()) {
            results.add(PolicyParser.parse(texts, sets, HOST_NAMES));
        }
        List<PolicyError> errors = new ArrayList<>();
        List<Table> tables = new ArrayList<>();
        for (PolicyResult result : results) {
            if (result instanceof PolicyResult.Refused refused) {
                errors.addAll(refused.errors());
            } else if (result instanceof PolicyResult.Accepted accepted) {
                tables.addAll(accepted.ruleSet().tables());
            }
        }
        if (!errors.isEmpty()) {
            return new PolicyResult.Refused(errors);
        }
        for (RuleSet.Problem problem : RuleSet.problems(tables)) {
            Origin origin = problem.origin() == null ? tables.get(0).origin() : problem.origin();
            errors.add(new PolicyError(origin.source(), origin.line(), 1, 1, problem.message(), null, origin.text()));
        }
        return errors.isEmpty() ? new PolicyResult.Accepted(RuleSet.of(tables)) : new PolicyResult.Refused(errors);
    }

    /**
     * A policy as the program gets it.
     *
     * @throws LaunchException if it is larger than that may be
     */
    public static Policy encode(RuleSet rules) throws LaunchException {
        try {
            return new Policy(ByteBuffer.wrap(RuleSetCodec.encode(rules)));
        } catch (IllegalArgumentException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy: " + e.getMessage(), e);
        }
    }

    private static String line(PolicyError error) {
        String place = error.source() + ":" + error.line() + ":" + error.column() + ": " + error.message();
        return error.suggestion() == null ? place : place + ", did you mean " + error.suggestion() + "?";
    }

    /** The files that a policy is read from: those named, those that they include, and those of sets, there or not. */
    public static List<Path> filesOf(List<Path> policies, List<Path> ipsets) {
        List<Path> files = new ArrayList<>(ipsets);
        for (Path policy : policies) {
            files.addAll(HoconPolicy.isHocon(policy.toString()) ? HoconPolicy.filesOf(policy) : List.of(policy));
        }
        return files;
    }

    /** The text of a file. */
    public static String read(Path file) throws LaunchException {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy: there is no file " + file, e);
        } catch (CharacterCodingException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy: " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy: " + file + " cannot be read: " + e, e);
        }
    }

    private static List<IpAddress> lookUp(String host) {
        List<IpAddress> addresses = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                addresses.add(IpAddress.of(address.getAddress()));
            }
        } catch (UnknownHostException e) {
            // No address is what the parser calls an unknown name, with its place.
            return List.of();
        }
        return addresses;
    }
}
