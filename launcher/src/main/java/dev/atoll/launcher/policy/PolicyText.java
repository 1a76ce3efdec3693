package dev.atoll.launcher.policy;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A policy file and what came of reading it.
 *
 * @param source its name as the user gave it
 */
public record PolicyText(String source, String text, PolicyResult result) {
    /** Names are looked up on the host, once, as iptables does. */
    public static final HostResolver HOST_NAMES = new HostResolver() {
        @Override
        public List<IpAddress> resolve(String host) {
            return lookUp(host);
        }
    };

    /**
     * Reads a file.
     *
     * @throws LaunchException if there is no text to be read; mistakes in it are in the result
     */
    public static PolicyText read(String source) throws LaunchException {
        return of(source, readText(Path.of(source)), HOST_NAMES);
    }

    /** Reads a text. */
    public static PolicyText of(String source, String text, HostResolver names) {
        return new PolicyText(source, text, PolicyParser.parse(source, text, names));
    }

    private static String readText(Path file) throws LaunchException {
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

    /**
     * The rules.
     *
     * @throws LaunchException with every mistake, its place and the line it is in
     */
    public RuleSet rules() throws LaunchException {
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
    public List<String> lines() {
        return List.of(text.split("\n", -1));
    }
}
