package dev.atoll.stack.nic;

/** Told what happens to the neighbours of a stack's NICs. Under the stack's hold. */
@FunctionalInterface
public interface NeighborObserver {
    /** What happened to an entry. */
    enum Event {
        ADDED,
        CHANGED,
        REMOVED
    }

    /** Takes note; the entry is as it is after the event, or as it was if it was removed. */
    void neighborEvent(Device device, Event event, NeighborTableView.Entry entry);
}
