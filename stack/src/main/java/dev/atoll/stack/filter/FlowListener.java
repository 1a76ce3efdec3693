package dev.atoll.stack.filter;

import org.jspecify.annotations.Nullable;

/**
 * Is told which flows there were; called under the stack's hold, so it only takes note. A flow that never began, since its first
 * packet was denied, is for the {@link DenialListener}.
 */
public interface FlowListener {
    /**
     * A flow has begun: its first packet passed.
     *
     * @return what is to be known when it is over, or null
     */
    default @Nullable Object began(FlowReport flow) {
        return null;
    }

    /**
     * A flow is over: TCP has closed or reset it, nothing came for so long that it is forgotten, it made room for another, or the
     * stack ends. Once for each that began. What comes afterwards, such as a last acknowledgment, is not counted.
     */
    void ended(FlowReport flow);
}
