package dev.atoll.launcher.report;

/**
 * How a run ended.
 *
 * @param kind what ended it
 * @param exitCode the launcher's own
 * @param message one line for people, or empty
 * @param denials how many denials the sandbox reported
 */
public record Outcome(Kind kind, int exitCode, String message, long denials) {
    /** What ended a run. */
    public enum Kind {
        /** The program ended by itself, with the exit code. */
        EXITED("exited"),
        /** A signal ended the program: exit code 128 + its number, which a program can also give by itself. */
        SIGNALLED("signalled"),
        /** The program ended with 0, something was denied, and that was asked to be a failure. */
        DENIED("denied"),
        /** The time was over. */
        TIMEOUT("timeout"),
        /** The link or the control connection was lost. */
        LOST("lost"),
        /** The program was not started. */
        NOT_STARTED("not-started");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** As the status file has it. */
        public String text() {
            return text;
        }
    }
}
