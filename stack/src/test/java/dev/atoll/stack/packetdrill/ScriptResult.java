package dev.atoll.stack.packetdrill;

/** How a script ended. */
public sealed interface ScriptResult {
    record Passed() implements ScriptResult {}

    /**
     * The stack did something else than the script says, or the script is wrong.
     *
     * @param message with file, line, what was expected and what happened
     */
    record Failed(String message) implements ScriptResult {}

    /** The script asks for something not built here. */
    record Skipped(String reason) implements ScriptResult {}
}
