package dev.atoll.stack.env;

import dev.atoll.stack.archive.Archive;
import java.util.Arrays;

/**
 * The deadlines of a stack: a binary heap ordered by time, then by the order of arming, so that two runs with the same
 * input fire in the same order.
 */
public final class TimerQueue {
    /** What {@link #nextDeadlineNs} answers when nothing is armed. */
    public static final long NEVER = Long.MAX_VALUE;

    private Timer[] heap = new Timer[64];
    private int size;
    private int sequences;

    /** An empty queue. */
    public TimerQueue() {}

    /** The earliest deadline, or {@link #NEVER}. */
    public long nextDeadlineNs() {
        settle();
        return size == 0 ? NEVER : heap[0].queuedNs;
    }

    /** Fires what is due at {@code nowNs}, in order; timers armed for {@code nowNs} or earlier meanwhile fire too. */
    public void runDue(long nowNs) {
        while (true) {
            settle();
            if (size == 0 || heap[0].queuedNs - nowNs > 0) {
                return;
            }
            Timer due = heap[0];
            remove(due);
            due.fire();
        }
    }

    /** Forgets every deadline: the stack closes. */
    public void clear() {
        while (size > 0) {
            Timer timer = heap[0];
            timer.cancel();
            remove(timer);
        }
    }

    /** Timers in the heap, those cancelled but not yet surfaced included. */
    public int size() {
        return size;
    }

    /** Makes the root a timer that is armed and sorted by its true deadline. */
    private void settle() {
        while (size > 0) {
            Timer root = heap[0];
            if (!root.isArmed()) {
                remove(root);
            } else if (root.queuedNs != root.deadlineNs()) {
                root.queuedNs = root.deadlineNs();
                root.sequence = sequences++;
                siftDown(0);
            } else {
                return;
            }
        }
    }

    void place(Timer timer) {
        if (timer.heapIndex == Timer.NOT_QUEUED) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            timer.queuedNs = timer.deadlineNs();
            timer.sequence = sequences++;
            put(size++, timer);
            siftUp(timer.heapIndex);
        } else if (timer.deadlineNs() - timer.queuedNs < 0) {
            timer.queuedNs = timer.deadlineNs();
            timer.sequence = sequences++;
            siftUp(timer.heapIndex);
        }
    }

    void remove(Timer timer) {
        int at = timer.heapIndex;
        if (at == Timer.NOT_QUEUED) {
            return;
        }
        timer.heapIndex = Timer.NOT_QUEUED;
        Timer last = heap[--size];
        heap[size] = null;
        if (last != timer) {
            put(at, last);
            siftUp(at);
            siftDown(last.heapIndex);
        }
    }

    private void put(int at, Timer timer) {
        heap[at] = timer;
        timer.heapIndex = at;
    }

    private static boolean before(Timer a, Timer b) {
        long difference = a.queuedNs - b.queuedNs;
        return difference < 0 || (difference == 0 && a.sequence - b.sequence < 0);
    }

    private void siftUp(int from) {
        Timer timer = heap[from];
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(timer, heap[parent])) {
                break;
            }
            put(at, heap[parent]);
            at = parent;
        }
        put(at, timer);
    }

    private void siftDown(int from) {
        Timer timer = heap[from];
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], timer)) {
                break;
            }
            put(at, heap[child]);
            at = child;
        }
        put(at, timer);
    }

    /** How far the numbering has come; before any timer is archived. */
    public void archive(Archive archive) {
        sequences = archive.int32(sequences);
    }

    /** A timer has the key it had when it was saved. */
    void restored(Timer timer, Archive archive) {
        if (!archive.isRestoring()) {
            return;
        }
        remove(timer);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        put(size++, timer);
        siftUp(timer.heapIndex);
    }
}
