package dev.atoll.stack.link;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.env.TimerQueue;
import java.util.ArrayList;
import java.util.List;

/** What a link sees of a stack, in virtual time. */
final class StackSide implements LinkDispatcher {
    private final BufferPool pool = new BufferPool();
    private final TimerQueue timers = new TimerQueue();
    private long nowNs = 1_000_000;

    /** Frames that were delivered. */
    int delivered;
    /** How often the link said that it has room again. */
    int writable;

    final List<String> failures = new ArrayList<>();

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Timer newTimer(Timer.Action action) {
        return new Timer(timers, action);
    }

    @Override
    public void deliver(PacketBuffer frame) {
        delivered++;
        frame.release();
    }

    @Override
    public void writable() {
        writable++;
    }

    @Override
    public void linkFailed(String reason) {
        failures.add(reason);
    }

    /** When the next timer is due, or {@link TimerQueue#NEVER}. */
    long nextDeadlineNs() {
        return timers.nextDeadlineNs();
    }

    /** Lets time pass at once. */
    void advance(long ns) {
        nowNs += ns;
        timers.runDue(nowNs);
    }
}
