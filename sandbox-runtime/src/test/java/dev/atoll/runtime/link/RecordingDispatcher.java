package dev.atoll.runtime.link;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.link.LinkDispatcher;
import java.util.ArrayList;
import java.util.List;

/** The stack's side of a link, for tests: keeps what it was told. Owns the packets until {@link #releaseAll}. */
public final class RecordingDispatcher implements LinkDispatcher {
    private final BufferPool pool = new BufferPool();
    private final TimerQueue timers = new TimerQueue();

    public final List<PacketBuffer> frames = new ArrayList<>();
    public final List<String> failures = new ArrayList<>();
    public int writables;
    public long nowNs = 1;

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
        frames.add(frame);
    }

    @Override
    public void writable() {
        writables++;
    }

    @Override
    public void linkFailed(String reason) {
        failures.add(reason);
    }

    /** Gives all packets back. */
    public void releaseAll() {
        frames.forEach(PacketBuffer::release);
        frames.clear();
    }
}
