package dev.atoll.launcher;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyError;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.RuleSetCodec;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code --policy}: read and judged here, before anything is started; the program gets rules, never text. */
final class PolicyFile {
    private PolicyFile() {}

    /** The rules, encoded for the control connection. */
    static byte[] read(Path file) throws LaunchException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "the policy " + file + " does not exist", e);
        } catch (MalformedInputException e) {
            throw new LaunchException(ExitCode.CONFIGURATION, "the policy " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION, "cannot read the policy " + file + ": " + e.getMessage(), e);
        }
        PolicyResult result = PolicyParser.parse(file.toString(), text, resolver());
        if (result instanceof PolicyResult.Refused refused) {
            for (PolicyError error : refused.errors()) {
                Terminal.lines(error.toString());
            }
            int count = refused.errors().size();
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "nothing was started: " + file + " has " + (count == 1 ? "a mistake" : count + " mistakes"));
        }
        return RuleSetCodec.encode(((PolicyResult.Accepted) result).ruleSet());
    }

    /** As iptables does: names are looked up once, by the host, when the policy is read. */
    private static HostResolver resolver() {
        return host -> {
            List<IpAddress> addresses = new ArrayList<>();
            try {
                for (InetAddress address : InetAddress.getAllByName(host)) {
                    addresses.add(IpAddress.of(address.getAddress()));
                }
            } catch (UnknownHostException e) {
                return List.of();
            }
            return addresses;
        };
    }
}
