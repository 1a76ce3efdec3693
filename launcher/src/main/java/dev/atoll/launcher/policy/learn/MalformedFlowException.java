package dev.atoll.launcher.policy.learn;

/** A line of a flow log is not a record. */
final class MalformedFlowException extends Exception {
    private static final long serialVersionUID = 1;

    /** Counted from 1, in bytes. */
    private final int column;

    private final String text;

    MalformedFlowException(int column, String text) {
        super(text);
        this.column = column;
        this.text = text;
    }

    int column() {
        return column;
    }

    String text() {
        return text;
    }
}
