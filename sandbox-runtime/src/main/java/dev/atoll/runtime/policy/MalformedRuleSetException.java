package dev.atoll.runtime.policy;

/** Bytes that are no rule set of a version this code reads; the message says what is wrong with them. */
public final class MalformedRuleSetException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With what is wrong. */
    public MalformedRuleSetException(String message) {
        super(message);
    }

    /** With what is wrong and what found it. */
    public MalformedRuleSetException(String message, Throwable cause) {
        super(message, cause);
    }
}
