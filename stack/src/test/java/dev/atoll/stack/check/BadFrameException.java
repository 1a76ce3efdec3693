package dev.atoll.stack.check;

/** A frame that breaks the rules of its protocol: too short, a wrong length field, a wrong checksum. */
public final class BadFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadFrameException(String message) {
        super(message);
    }

    // The annotation asked for is in a library that this module does not use.
    @SuppressWarnings("AnnotateFormatMethod")
    static void require(boolean ok, String message, Object... values) {
        if (!ok) {
            throw new BadFrameException(message.formatted(values));
        }
    }
}
