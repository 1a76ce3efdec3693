package dev.atoll.stack.buffer;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/**
 * Packets in a row, first in, first out, linked by themselves: adding one allocates nothing. A packet is in one list at
 * most. How many there may be is the owner's to decide. Under the stack's hold.
 */
public final class PacketList {
    private @Nullable PacketBuffer head;
    private @Nullable PacketBuffer tail;
    private int size;

    /** An empty list. */
    public PacketList() {}

    /** Puts a packet behind the others, and owns it from here. */
    public void add(PacketBuffer packet) {
        packet.next = null;
        if (tail == null) {
            head = packet;
        } else {
            tail.next = packet;
        }
        tail = packet;
        size++;
    }

    /** The first packet, still in the list; or null. */
    public @Nullable PacketBuffer peek() {
        return head;
    }

    /** Takes the first packet, which is the caller's from here; or null. */
    public @Nullable PacketBuffer poll() {
        PacketBuffer first = head;
        if (first != null) {
            head = first.next;
            if (head == null) {
                tail = null;
            }
            first.next = null;
            size--;
        }
        return first;
    }

    public boolean isEmpty() {
        return head == null;
    }

    public int size() {
        return size;
    }

    /** Releases all of them. */
    public void clear() {
        PacketBuffer packet = poll();
        while (packet != null) {
            packet.release();
            packet = poll();
        }
    }

    /** The packets, which while restoring come from the pool. */
    public void archive(Archive archive, BufferPool pool) {
        PacketBuffer at = pool.archiveChain(archive, head);
        while (archive.isRestoring() && at != null) {
            PacketBuffer next = at.next;
            add(at);
            at = next;
        }
    }
}
