package dev.atoll.stack.packetdrill;

/** A script that cannot be read, with the line. */
public final class ScriptException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final boolean unsupported;

    private ScriptException(int line, boolean unsupported, String message) {
        super(message);
        this.line = line;
        this.unsupported = unsupported;
    }

    static ScriptException wrong(int line, String message) {
        return new ScriptException(line, false, message);
    }

    /** The language has it, this runner does not. */
    static ScriptException unsupported(int line, String what) {
        return new ScriptException(line, true, what);
    }

    public int line() {
        return line;
    }

    /** Whether the script is right but asks for something not built here. */
    public boolean isUnsupported() {
        return unsupported;
    }
}
