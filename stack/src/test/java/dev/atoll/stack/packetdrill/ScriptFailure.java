package dev.atoll.stack.packetdrill;

/** Stops a script: it failed, or it cannot be run here. The runner adds file and line. */
final class ScriptFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean skip;

    private ScriptFailure(boolean skip, String message) {
        super(message);
        this.skip = skip;
    }

    static ScriptFailure failed(String message) {
        return new ScriptFailure(false, message);
    }

    static ScriptFailure skip(String reason) {
        return new ScriptFailure(true, reason);
    }

    boolean isSkip() {
        return skip;
    }
}
