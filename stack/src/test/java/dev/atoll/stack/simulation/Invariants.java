package dev.atoll.stack.simulation;

/** What must hold after every event of a simulation. */
@FunctionalInterface
public interface Invariants {
    /**
     * Looks at the stacks.
     *
     * @throws AssertionError if something does not hold
     */
    void check();
}
