package dev.atoll.stack.filter;

/** Where in its way through the stack a packet meets the filter: netfilter's five hooks. */
public enum Hook {
    PREROUTING,
    INPUT,
    FORWARD,
    OUTPUT,
    POSTROUTING
}
