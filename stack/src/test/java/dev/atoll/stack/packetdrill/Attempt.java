package dev.atoll.stack.packetdrill;

import dev.atoll.stack.env.StackException;
import org.jspecify.annotations.Nullable;

/** A system call under way: tried until it has an outcome. */
@FunctionalInterface
interface Attempt {
    /** The outcome, or null if the call would have to wait. */
    @Nullable Outcome attempt() throws StackException, ScriptFailure;
}
