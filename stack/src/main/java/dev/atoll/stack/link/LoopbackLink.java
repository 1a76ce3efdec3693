package dev.atoll.stack.link;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketList;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A stack's {@code lo}: what goes out comes back in before the hold ends, without checksums.
 *
 * <p>Packets wait in a queue instead of being delivered inside {@link #transmit}, so that an answer never overtakes
 * the code that asked. The queue is bounded by {@link #MAX_QUEUED}; beyond that the link has no room.
 */
public final class LoopbackLink implements LinkEndpoint {
    /** Linux's MTU of lo. */
    public static final int MTU_BYTES = 65_536;

    /** Packets that may wait to be delivered. */
    static final int MAX_QUEUED = 1000;

    private @Nullable LinkDispatcher dispatcher;
    private final PacketList waiting = new PacketList();
    private boolean refused;

    public LoopbackLink() {}

    @Override
    public int mtuBytes() {
        return MTU_BYTES;
    }

    @Override
    public MacAddress linkAddress() {
        return MacAddress.ZERO;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, 0, /* ethernet= */ false, /* loopback= */ true);
    }

    @Override
    public void attach(LinkDispatcher newDispatcher) {
        Check.that(dispatcher == null, "a link is attached once");
        dispatcher = newDispatcher;
    }

    @Override
    public boolean transmit(PacketBuffer packet) {
        LinkDispatcher to = dispatcher;
        if (to == null || waiting.size() == MAX_QUEUED) {
            refused = true;
            return false;
        }
        PacketBuffer copy = to.pool().copy(packet);
        copy.looped = true;
        copy.checksumPartial = false;
        copy.checksumValidated = true;
        copy.arrivalNs = to.nowNs();
        waiting.add(copy);
        return true;
    }

    /** Whether packets wait to be delivered. */
    public boolean isPending() {
        return !waiting.isEmpty() || refused;
    }

    /** Delivers what waits, and what that brings about; called before the hold ends. */
    public void deliverPending() {
        LinkDispatcher to = dispatcher;
        if (to == null) {
            return;
        }
        while (isPending()) {
            PacketBuffer packet = waiting.poll();
            if (packet != null) {
                to.deliver(packet);
            }
            if (refused && waiting.size() < MAX_QUEUED) {
                refused = false;
                to.writable();
            }
        }
    }

    @Override
    public void close() {
        waiting.clear();
        refused = false;
    }
}
