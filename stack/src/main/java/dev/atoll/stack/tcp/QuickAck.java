package dev.atoll.stack.tcp;

/** When data is acknowledged without delay, as TCP_QUICKACK of Linux decides. */
public enum QuickAck {
    /** The first segments of a connection, so that its peer leaves slow start quickly; the default. */
    INITIALLY,
    /** Set: every segment. */
    ALWAYS,
    /** Reset: none but those that RFC 5681 wants acknowledged at once. */
    NEVER
}
