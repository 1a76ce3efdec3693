package dev.atoll.stack.wire;

/** Whether an address is chosen as the source of packets to others. */
public enum PrimaryBehavior {
    /** After those that were there before it. */
    CAN_BE_PRIMARY,
    /** Before those that were there before it. */
    FIRST_PRIMARY,
    /** Only by who binds to it. */
    NEVER_PRIMARY
}
