package dev.atoll.stack;

/** Told what happens to the neighbours of a stack's NICs. */
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
     * Something happened. Called outside the stack's hold, by whichever thread just had it; may call the stack, must
     * not block. Events that nobody came to deliver are lost beyond a thousand, and counted.
     *
     * @param entry as it was after the event, or before it if it was removed
     */
    void onNeighbor(int nicId, Event event, NeighborTable.Entry entry);
}
