package dev.atoll.stack.filter;

/** Is told of packets by rules with {@link LogTarget} and {@link TraceTarget}; called under the stack's hold, so it only takes note. */
@FunctionalInterface
public interface PacketLogListener {
    /** A packet met a rule that tells of it. */
    void logged(LoggedPacket packet);
}
