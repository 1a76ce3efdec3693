package dev.atoll.stack.transport;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketList;
import org.jspecify.annotations.Nullable;

/** Packets that wait to be read, first in, first out, bounded by the memory they take. Under the stack's hold. */
public final class PacketQueue {
    private final PacketList packets = new PacketList();
    private int trueSize;

    public PacketQueue() {}

    /**
     * Takes the packet, unless the memory of all that wait would exceed the limit: a single packet always fits, as on
     * Linux.
     */
    public boolean offer(PacketBuffer packet, int limitBytes) {
        if (!packets.isEmpty() && trueSize + packet.trueSize() > limitBytes) {
            return false;
        }
        trueSize += packet.trueSize();
        packets.add(packet);
        return true;
    }

    /** The oldest packet, which is the caller's from here; or null. */
    public @Nullable PacketBuffer poll() {
        PacketBuffer packet = packets.poll();
        if (packet != null) {
            trueSize -= packet.trueSize();
        }
        return packet;
    }

    /** The oldest packet, still in the queue; or null. */
    public @Nullable PacketBuffer peek() {
        return packets.peek();
    }

    /** Memory of what waits, bytes. */
    public int trueSize() {
        return trueSize;
    }

    public boolean isEmpty() {
        return packets.isEmpty();
    }

    public void clear() {
        packets.clear();
        trueSize = 0;
    }

    public void archive(Archive archive, BufferPool pool) {
        packets.archive(archive, pool);
        trueSize = archive.int32(trueSize);
    }
}
