package dev.atoll.stack.nic;

/** What is known of a neighbour's reachability (RFC 4861 section 7.3.2), applied to ARP as Linux does. */
public enum NeighborState {
    /** Asked for, not answered yet; packets wait. */
    INCOMPLETE,
    /** Known to be reachable within the last reachable time. */
    REACHABLE,
    /** Known once; used, and looked after when used. */
    STALE,
    /** Used while stale; a confirmation from above is awaited before probing. */
    DELAY,
    /** Being asked by unicast whether it is still there. */
    PROBE,
    /** Set by hand; never changes by itself. */
    STATIC,
    /** Did not answer. */
    FAILED
}
