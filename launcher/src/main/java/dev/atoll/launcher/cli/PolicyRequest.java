package dev.atoll.launcher.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the user wants to know of policies. */
public sealed interface PolicyRequest extends CommandLine.Request {
    /** What is asked of policies that are there. */
    sealed interface OfPolicy extends PolicyRequest {
        /** Files of sets that the rules may ask for. */
        List<String> ipsets();
    }

    /**
     * What is wrong with them.
     *
     * @param files at least one
     * @param strict whether warnings give an exit code
     */
    record Check(List<String> files, List<String> ipsets, boolean strict, boolean json) implements OfPolicy {}

    /**
     * What becomes of a connection.
     *
     * @param verb {@code connect} or {@code accept}
     * @param goal where it goes
     * @param from who begins it, or null
     * @param as the user as whom the program runs, or null
     * @param code whose code opens it, or null
     */
    record Explain(
            String file,
            String verb,
            String goal,
            String protocol,
            @Nullable String from,
            @Nullable String as,
            @Nullable String code,
            List<String> ipsets,
            boolean json)
            implements OfPolicy {}

    /** Whether the cases that stand in them hold. */
    record Test(List<String> files, List<String> ipsets, boolean json) implements OfPolicy {}

    /** What the second lets through and the first does not, and the other way round. */
    record Diff(String before, String after, List<String> ipsets, boolean json) implements OfPolicy {}

    /** One in its normal form. */
    record Convert(String file, List<String> ipsets) implements OfPolicy {}

    /**
     * A policy that allows what flow logs have seen.
     *
     * @param logs at least one; {@code -} for standard input
     * @param form {@code hocon} or {@code iptables}; null for what the file's name says, else the former
     * @param out the file that it is written to, or null for standard output
     * @param denied whether what a rule has denied is allowed, too
     */
    record Learn(
            List<String> logs,
            @Nullable String form,
            @Nullable String out,
            boolean denied) implements PolicyRequest {}
}
