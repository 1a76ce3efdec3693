package dev.atoll.stack.env;

import dev.atoll.stack.archive.Archive;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call of the stack that failed, with its code and, where there is more to say, what decided it. */
public final class StackException extends IOException {
    private static final long serialVersionUID = 1L;

    private final StackError error;
    private final @Nullable String detail;

    public StackException(StackError error) {
        this(error, null);
    }

    /**
     * @param detail what decided, such as the policy rule with file and line; follows the error's own text in
     *     parentheses
     */
    public StackException(StackError error, @Nullable String detail) {
        super(detail == null ? error.text() : error.text() + " (" + detail + ")");
        this.error = error;
        this.detail = detail;
    }

    public StackError error() {
        return error;
    }

    /** What decided, or null where the error says all. */
    public @Nullable String detail() {
        return detail;
    }

    /** A failure that waits to be told; while restoring one without the stack trace of the first. */
    public static StackException archive(Archive archive, @Nullable StackException saved) {
        StackError error = archive.constant(saved == null ? StackError.CLOSED : saved.error);
        String detail = archive.optional(saved == null ? null : saved.detail, StackException::archiveDetail);
        return saved == null ? new StackException(error, detail) : saved;
    }

    private static String archiveDetail(Archive archive, @Nullable String saved) {
        return archive.text(saved == null ? "" : saved);
    }
}
