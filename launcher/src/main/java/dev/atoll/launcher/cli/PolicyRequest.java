package dev.atoll.launcher.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the user wants to know of policies. */
public sealed interface PolicyRequest extends CommandLine.Request {
    /**
     * What is wrong with them.
     *
     * @param files at least one
     * @param strict whether warnings give an exit code
     */
    record Check(List<String> files, boolean strict, boolean json) implements PolicyRequest {}

    /**
     * What becomes of a connection.
     *
     * @param verb {@code connect} or {@code accept}
     * @param goal where it goes
     * @param from who begins it, or null
     * @param code whose code opens it, or null
     */
    record Explain(
            String file,
            String verb,
            String goal,
            String protocol,
            @Nullable String from,
            @Nullable String code,
            boolean json)
            implements PolicyRequest {}

    /** Whether the cases that stand in them hold. */
    record Test(List<String> files, boolean json) implements PolicyRequest {}

    /** What the second lets through and the first does not, and the other way round. */
    record Diff(String before, String after, boolean json) implements PolicyRequest {}

    /** One in its normal form. */
    record Convert(String file) implements PolicyRequest {}
}
