package dev.atoll.stack.packetdrill;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A system call and what it should give.
 *
 * @param blocksUntilUs for a call that blocks, when it returns, in the terms of the event's own time; otherwise -1
 * @param result the value it returns
 * @param errno the name of the error if the result is -1, otherwise null
 */
record SystemCall(
        String name,
        List<Expression> arguments,
        long blocksUntilUs,
        Expression result,
        @Nullable String errno) implements Script.Action {
    static final long DOES_NOT_BLOCK = -1;

    SystemCall {
        arguments = List.copyOf(arguments);
    }

    boolean blocks() {
        return blocksUntilUs != DOES_NOT_BLOCK;
    }
}
