package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * A queue in front of another link, first in, first out, with a limit: frames wait here until the stack's cycle ends, and
 * then go out together. A full queue has no room, so senders wait; nothing is dropped.
 */
public final class FifoLink extends NestedLink {
    private final int maxQueued;
    private @Nullable PacketBuffer head;
    private @Nullable PacketBuffer tail;
    private int queued;
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
        return queued;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
        if (queued >= maxQueued) {
            refused = true;
            return false;
        }
        PacketBuffer waiting = pool().copy(frame);
        if (tail == null) {
            head = waiting;
        } else {
            tail.next = waiting;
        }
        tail = waiting;
        queued++;
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
        while (head != null && inner().transmit(head)) {
            PacketBuffer gone = head;
            head = gone.next;
            if (head == null) {
                tail = null;
            }
            queued--;
            gone.release();
        }
        if (refused && queued < maxQueued) {
            refused = false;
            outer().writable();
        }
    }

    @Override
    public void close() {
        while (head != null) {
            PacketBuffer frame = head;
            head = frame.next;
            frame.release();
        }
        tail = null;
        queued = 0;
        inner().close();
    }
}
