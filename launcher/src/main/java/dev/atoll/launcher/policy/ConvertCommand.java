package dev.atoll.launcher.policy;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.runtime.policy.PolicyPrinter;
import dev.atoll.stack.filter.RuleSet;
import java.io.PrintStream;

/**
 * {@code policy convert}: a policy in the normal form of iptables-save. Comment lines go, except cases; names of hosts become
 * their addresses.
 */
final class ConvertCommand {
    private final PrintStream out;

    ConvertCommand(PrintStream out) {
        this.out = out;
    }

    int run(PolicyRequest.Convert request) throws LaunchException {
        WrittenPolicy policy = WrittenPolicy.read(request.file(), WrittenPolicy.sets(request));
        RuleSet rules = policy.rules();
        for (PolicyCase one : policy.cases()) {
            out.println("# test: " + one.text());
        }
        out.print(PolicyPrinter.print(rules));
        return 0;
    }
}
