package dev.atoll.stack;

import dev.atoll.stack.env.Counters;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.hold.Notification;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Events for listeners: put in under the hold, told after it, in their order, when endpoints have been told of readiness,
 * since listeners may block. One thread tells at a time; others that come
 * meanwhile, and a listener that calls the stack, leave theirs to it and go on.
 */
final class EventQueue extends Notification {
    /** Events that wait to be told. */
    static final int MAX_WAITING = 1000;

    private final Hold hold;
    private final Counters counters;
    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean telling = new AtomicBoolean();

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
        hold.notifyLast(this);
    }

    @Override
    protected void prepare() {
        // What is told was settled when it happened.
    }

    @Override
    protected void deliver() {
        // Looked at again: one may have come after the last look of whoever was telling.
        while (!events.isEmpty() && telling.compareAndSet(false, true)) {
            try {
                tellAll();
            } finally {
                telling.set(false);
            }
        }
    }

    private void tellAll() {
        Runnable event = events.poll();
        while (event != null) {
            waiting.decrementAndGet();
            event.run();
            event = events.poll();
        }
    }
}
