package dev.atoll.stack.filter;

/** What becomes of a packet that leaves a built-in chain at its end: the underflow policy. Linux has these two. */
public enum ChainPolicy {
    ACCEPT,
    DROP
}
