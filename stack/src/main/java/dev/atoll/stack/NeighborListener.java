package dev.atoll.stack;

/**
 * Told what happens to the neighbours of a stack's NICs: each change of state or link address, in the order in which they
 * happened, one at a time.
 */
@FunctionalInterface
public interface NeighborListener {
    /** What happened to an entry. */
    enum Event {
        ADDED,
        /** Its state or link address changed. */
        CHANGED,
        REMOVED
    }

    /**
     * Something happened. Called outside the stack's hold, by whichever thread just had it; may call the stack. While it
     * blocks, calls of other threads go on as ever and further events wait, but the calling thread does nothing else: if
     * it drives the stack, then frames and timers wait too, so nothing that needs those can be waited for here. A thousand
     * events wait; those beyond are lost, and counted ({@code eventsLost}). {@code NeighborListenerContract} tests what the
     * stack relies on.
     *
     * @param entry as it was after the event, or before it if it was removed
     */
    void onNeighbor(int nicId, Event event, NeighborTable.Entry entry);
}
