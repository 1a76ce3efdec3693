package dev.atoll.stack;

import dev.atoll.stack.env.Counters;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.hold.Notification;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Events for listeners: put in under the hold, told after it, in order as long as one thread tells them. */
final class EventQueue extends Notification {
    /** Events that wait to be told. */
    static final int MAX_WAITING = 1000;

    private final Hold hold;
    private final Counters counters;
    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    EventQueue(Hold hold, Counters counters) {
        this.hold = hold;
        this.counters = counters;
    }

    /** Under the hold. */
    void add(Runnable event) {
        if (waiting.get() >= MAX_WAITING) {
            counters.eventsLost++;
            return;
        }
        waiting.incrementAndGet();
        events.add(event);
        hold.notifyLater(this);
    }

    @Override
    protected void prepare() {
        // What is told was settled when it happened.
    }

    @Override
    protected void deliver() {
        Runnable event = events.poll();
        while (event != null) {
            waiting.decrementAndGet();
            event.run();
            event = events.poll();
        }
    }
}
