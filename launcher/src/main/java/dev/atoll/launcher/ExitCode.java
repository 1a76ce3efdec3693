package dev.atoll.launcher;

/** The launcher's exit codes that are not the program's own. */
public enum ExitCode {
    /**
     * A command that looks at policies has found what it looks for: warnings with {@code --strict}, a case that fails, a
     * difference.
     */
    FOUND(1),
    /** The policy, the configuration or the command line is wrong; nothing was started. */
    CONFIGURATION(120),
    /** A privilege or a program that the sandbox needs is not there. */
    MISSING(121),
    /** The link or the control connection was lost while the program ran. */
    LOST(122),
    /** The program ended with 0, and something was denied: {@code --fail-on-denial}. */
    DENIED(123),
    /** {@code --timeout} ran out. */
    TIMEOUT(124),
    /** Atoll failed before the program ran. */
    FAILED(125),
    /** The command is there and cannot be executed. */
    NOT_EXECUTABLE(126),
    /** The command was not found. */
    NOT_FOUND(127);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** What the process exits with. */
    public int number() {
        return number;
    }
}
