package dev.atoll.launcher.policy;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.cli.PolicyRequest;
import dev.atoll.runtime.policy.HostResolver;
import java.io.PrintStream;

/** The command {@code policy}: what is to be known of policies without running anything. */
public final class PolicyCommand {
    private final PrintStream out;

    private final HostResolver names;

    /**
     * @param out where what was found goes
     * @param names looks up the hosts of connections that are asked for
     */
    public PolicyCommand(PrintStream out, HostResolver names) {
        this.out = out;
        this.names = names;
    }

    /** Returns the exit code. */
    public int run(PolicyRequest request) throws LaunchException {
        if (request instanceof PolicyRequest.Check check) {
            return new CheckCommand(out).run(check);
        } else if (request instanceof PolicyRequest.Explain explain) {
            return new ExplainCommand(out, names).run(explain);
        } else if (request instanceof PolicyRequest.Test test) {
            return new TestCommand(out, names).run(test);
        } else if (request instanceof PolicyRequest.Diff diff) {
            return new DiffCommand(out).run(diff);
        } else if (request instanceof PolicyRequest.Learn learn) {
            return new LearnCommand(out, System.in).run(learn);
        }
        return new ConvertCommand(out).run((PolicyRequest.Convert) request);
    }
}
