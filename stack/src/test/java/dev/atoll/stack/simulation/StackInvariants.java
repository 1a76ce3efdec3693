package dev.atoll.stack.simulation;

import dev.atoll.stack.Stack;

/** Invariants that every stack keeps, seen from outside. */
final class StackInvariants implements Invariants {
    /** Far more packets than two connections can have queued: only a leak gets there. */
    private static final long MAX_PACKETS = 50_000;

    private final Stack[] stacks;

    StackInvariants(Stack... stacks) {
        this.stacks = stacks;
    }

    @Override
    public void check() {
        for (Stack stack : stacks) {
            long packets = stack.packetsOutstanding();
            if (packets < 0 || packets > MAX_PACKETS) {
                throw new AssertionError(packets + " packets are outstanding");
            }
        }
    }
}
