package dev.atoll.stack.filter;

/** Is told which packets the filter ended; called under the stack's hold, so it only takes note. */
@FunctionalInterface
public interface DenialListener {
    /** A packet was dropped or rejected. */
    void denied(Denial denial);
}
