package dev.atoll.stack.archive;

/** What is read is not what was written: the stream is damaged, or of another stack than the one that reads it. */
public final class ArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ArchiveException(String message) {
        super(message);
    }
}
