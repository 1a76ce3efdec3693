package dev.atoll.stack.env;

import dev.atoll.stack.archive.Archive;

/**
 * One deadline of one owner, reusable. Lives in at most one {@link TimerQueue}; not thread-safe, like all protocol
 * state.
 *
 * <p>Moving a queued deadline later costs nothing: the entry stays where it is and is put back when it surfaces too
 * early. That is the common case, since each ACK moves a retransmission timer later.
 */
public final class Timer {
    /** What a timer does when its time has come. */
    @FunctionalInterface
    public interface Action {
        /** Runs under the stack's hold, at or after the deadline; may arm the timer again. */
        void fire();
    }

    static final int NOT_QUEUED = -1;

    private final Action action;
    private final TimerQueue queue;
    private boolean armed;
    private long deadlineNs;

    /** Where the queue has it, and the key it is sorted by there: never later than {@link #deadlineNs}. */
    int heapIndex = NOT_QUEUED;

    long queuedNs;
    int sequence;

    public Timer(TimerQueue queue, Action action) {
        this.queue = queue;
        this.action = action;
    }

    /** Arms, or re-arms, for the given moment of the clock's monotonic time. */
    public void arm(long deadlineNs) {
        this.deadlineNs = deadlineNs;
        armed = true;
        queue.place(this);
    }

    /** Forgets the deadline; harmless when not armed. */
    public void cancel() {
        armed = false;
        // The heap entry stays and is dropped when it surfaces: cancelling and re-arming is what ACKs do all day.
    }

    /** Takes the timer out of its queue for good, so that the queue no longer keeps its owner alive. */
    public void dispose() {
        armed = false;
        queue.remove(this);
    }

    public boolean isArmed() {
        return armed;
    }

    /** The moment it is armed for; meaningless when it is not. */
    public long deadlineNs() {
        return deadlineNs;
    }

    void fire() {
        armed = false;
        action.fire();
    }

    /** The deadline and its place among others at the same time. */
    public void archive(Archive archive) {
        armed = archive.bool(armed);
        deadlineNs = archive.int64(deadlineNs);
        boolean queued = archive.bool(heapIndex != NOT_QUEUED);
        if (queued) {
            queuedNs = archive.int64(queuedNs);
            sequence = archive.int32(sequence);
            queue.restored(this, archive);
        } else if (archive.isRestoring()) {
            queue.remove(this);
        }
    }
}
