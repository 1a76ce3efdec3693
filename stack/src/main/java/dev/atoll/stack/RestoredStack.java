package dev.atoll.stack;

import dev.atoll.stack.socket.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link StackBuilder#restore} gives. Nothing was sent or received yet: set listeners first, then drive the stack as
 * any other.
 *
 * @param stack the stack, its time going on where it was saved
 * @param endpoints those that had not been closed, by number, without listeners
 */
public record RestoredStack(Stack stack, List<Endpoint> endpoints) {
    public RestoredStack {
        endpoints = List.copyOf(endpoints);
    }

    /** The endpoint that had this number, or null. */
    public @Nullable Endpoint endpoint(long uniqueId) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.uniqueId() == uniqueId) {
                return endpoint;
            }
        }
        return null;
    }
}
