package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketList;
import dev.atoll.stack.env.Check;

/**
 * A queue in front of another link, first in, first out, with a limit: frames wait here until the stack's cycle ends, and
 * then go out together. A full queue has no room, so senders wait; nothing is dropped.
 */
public final class FifoLink extends NestedLink {
    private final int maxQueued;
    private final PacketList waiting = new PacketList();
    private boolean refused;

    /**
     * @param maxQueued frames that wait, 1 or more
     */
    public FifoLink(LinkEndpoint inner, int maxQueued) {
        super(inner);
        Check.argument(maxQueued >= 1, "maxQueued", maxQueued, "1 or more");
        this.maxQueued = maxQueued;
    }

    /** Frames that wait. */
    public int size() {
        return waiting.size();
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (waiting.size() >= maxQueued) {
            refused = true;
            return false;
        }
        waiting.add(pool().copy(frame));
        return true;
    }

    @Override
    public void flush() {
        drain();
        inner().flush();
    }

    @Override
    public void writable() {
        drain();
    }

    private void drain() {
        PacketBuffer first = waiting.peek();
        while (first != null && inner().transmit(first)) {
            waiting.poll();
            first.release();
            first = waiting.peek();
        }
        if (refused && waiting.size() < maxQueued) {
            refused = false;
            outer().writable();
        }
    }

    @Override
    public void close() {
        waiting.clear();
        inner().close();
    }
}
