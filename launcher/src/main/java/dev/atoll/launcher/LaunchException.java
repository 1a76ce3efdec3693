package dev.atoll.launcher;

/** Why there is no sandbox: an exit code and one line for the user that says what happened, where, and what to do. */
public final class LaunchException extends Exception {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    public LaunchException(ExitCode exitCode, String line) {
        super(line);
        this.exitCode = exitCode;
    }

    public LaunchException(ExitCode exitCode, String line, Throwable cause) {
        super(line, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** The line, never null. */
    public String line() {
        return String.valueOf(getMessage());
    }
}
