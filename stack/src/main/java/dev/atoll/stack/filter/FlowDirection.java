package dev.atoll.stack.filter;

/** Who began a flow. */
public enum FlowDirection {
    /** This host, to another. */
    OUT,
    /** Another host. */
    IN,
    /** This host, to itself. */
    LOCAL
}
