package dev.atoll.launcher.report;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A run, as far as it has come.
 *
 * @param state what has become of it
 * @param command the program and its arguments
 * @param pid the program's process id as the launcher sees it
 * @param link the link in words
 * @param address the program's address with its prefix length, or null without a link
 * @param router the next hop, or null
 * @param policy file of the rules, or null: then nothing is filtered
 * @param exitCode what the launcher exits with, once it is known
 * @param reason why, if it is not simply the program's own end
 * @param denials packets that the policy ended
 */
public record RunReport(
        State state,
        List<String> command,
        OptionalLong pid,
        String link,
        @Nullable String address,
        @Nullable String router,
        @Nullable String policy,
        OptionalInt exitCode,
        @Nullable String reason,
        long denials) {
    /** What has become of a run. */
    public enum State {
        RUNNING,
        /** The program ended by itself. */
        EXITED,
        /** A signal ended the program. */
        SIGNALED,
        TIMED_OUT,
        /** Link or control connection lost. */
        LOST,
        /** Atoll failed before the program ran. */
        FAILED
    }

    public RunReport {
        command = List.copyOf(command);
    }
}
