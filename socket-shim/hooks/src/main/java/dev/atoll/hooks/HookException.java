package dev.atoll.hooks;

import org.jspecify.annotations.Nullable;

/** A hook could not be made or is not in force. The message is one line for the user; the JVM must not go on. */
public final class HookException extends Exception {
    private static final long serialVersionUID = 1L;

    public HookException(String message) {
        super(message);
    }

    public HookException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
