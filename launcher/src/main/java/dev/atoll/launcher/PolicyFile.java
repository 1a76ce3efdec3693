package dev.atoll.launcher;

import dev.atoll.launcher.policy.hocon.HoconPolicy;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.RuleSetCodec;
import dev.atoll.stack.filter.RuleSet;
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
     * Reads a file.
     *
     * @throws LaunchException with one line for each mistake: file, line, column, what was expected
     */
    public static Policy load(Path file) throws LaunchException {
        return new Policy(ByteBuffer.wrap(encoded(parse(file.toString(), read(file)), file)));
    }

    /** Reads a text. */
    public static RuleSet parse(String source, String text) throws LaunchException {
        PolicyResult result = HoconPolicy.isHocon(source)
                ? HoconPolicy.read(source, HOST_NAMES).result()
                : PolicyParser.parse(source, text, HOST_NAMES);
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

    private static byte[] encoded(RuleSet rules, Path file) throws LaunchException {
        try {
            return RuleSetCodec.encode(rules);
        } catch (IllegalArgumentException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "policy: " + file + ": " + e.getMessage(), e);
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
