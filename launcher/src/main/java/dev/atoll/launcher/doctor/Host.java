package dev.atoll.launcher.doctor;

import dev.atoll.launcher.start.Tools.Tool;
import java.util.List;
import java.util.Optional;

/** What the checks see of the host. Nothing here throws: what cannot be had is not there. */
interface Host {
    /** The text of a small file, without white space around it. */
    Optional<String> read(String file);

    /** What a symbolic link says. */
    Optional<String> linkTarget(String link);

    /** Where the start chain finds this tool. */
    Optional<String> find(Tool tool);

    /** Runs a program with nothing on its stdin and waits for its end, for a limited time. */
    Run run(List<String> command);

    /** Runs it with the user's environment. */
    default Run run(String... command) {
        return run(List.of(command));
    }

    /** The effective user id. */
    int userId();

    /** Whether that is root. */
    default boolean isRoot() {
        return userId() == 0;
    }

    /**
     * How a program ended.
     *
     * @param exitCode its own, or {@link #NOT_RUN}
     * @param output what it wrote on stdout and stderr, or why it could not be run
     */
    record Run(int exitCode, String output) {
        /** The program could not be started or did not end in time. */
        static final int NOT_RUN = -1;

        boolean succeeded() {
            return exitCode == 0;
        }

        /** Its last words, in one line. */
        String lastLine() {
            String text = output.strip();
            return text.substring(text.lastIndexOf('\n') + 1).strip();
        }
    }
}
