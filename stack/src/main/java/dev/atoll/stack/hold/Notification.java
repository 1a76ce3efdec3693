package dev.atoll.stack.hold;

import org.jspecify.annotations.Nullable;

/** Something to be told to the outside once the hold is over. Queued at most once at a time. */
public abstract class Notification {
    private @Nullable Notification next;
    private boolean queued;

    protected Notification() {}

    /** Still inside the hold: settle what will be told. */
    protected abstract void prepare();

    /** Outside the hold, on the thread that had it. Must not throw. */
    protected abstract void deliver();

    final boolean isQueued() {
        return queued;
    }

    final void enqueue(@Nullable Notification before) {
        queued = true;
        if (before != null) {
            before.next = this;
        }
    }

    final @Nullable Notification dequeue() {
        Notification after = next;
        next = null;
        queued = false;
        return after;
    }
}
