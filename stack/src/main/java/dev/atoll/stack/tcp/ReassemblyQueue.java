package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Payload that arrived ahead of its turn: packets sorted by sequence number, without overlap.
 * A sender repeats what it sent, so which copy of a byte is kept does not matter.
 *
 * <p>What arrives mostly continues the last packet, or the one that came before it: both places are remembered.
 */
final class ReassemblyQueue {
    private @Nullable PacketBuffer head;
    private @Nullable PacketBuffer tail;
    private @Nullable PacketBuffer latest;
    private int trueSize;

    boolean isEmpty() {
        return head == null;
    }

    /** Memory the queue holds, bytes. */
    int trueSize() {
        return trueSize;
    }

    /**
     * Takes a packet of payload that begins at its {@code sequence}; parts known already are cut off.
     *
     * @return how many bytes from its beginning on were known already
     */
    int insert(PacketBuffer packet) {
        PacketBuffer before = startOfSearch(packet.sequence);
        PacketBuffer after = before == null ? head : before.next;
        while (after != null && SeqNum.atMost(after.sequence, packet.sequence)) {
            before = after;
            after = after.next;
        }
        int known = 0;
        if (before != null) {
            int overlap = end(before) - packet.sequence;
            if (overlap >= packet.linearLength()) {
                known = packet.linearLength();
                packet.release();
                return known;
            }
            if (overlap > 0) {
                known = overlap;
                cutFront(packet, overlap);
            }
        }
        while (after != null && SeqNum.greaterThan(end(packet), after.sequence)) {
            if (SeqNum.atLeast(end(packet), end(after))) {
                PacketBuffer covered = after;
                after = covered.next;
                trueSize -= covered.trueSize();
                covered.release();
            } else {
                packet.trimTo(after.sequence - packet.sequence);
            }
        }
        packet.next = after;
        if (before == null) {
            head = packet;
        } else {
            before.next = packet;
        }
        if (after == null) {
            tail = packet;
        }
        latest = packet;
        trueSize += packet.trueSize();
        return known;
    }

    /** A packet known to begin at or before {@code sequence}, as late as is known without looking; null is the head. */
    private @Nullable PacketBuffer startOfSearch(int sequence) {
        PacketBuffer last = tail;
        if (last != null && SeqNum.atMost(last.sequence, sequence)) {
            return last;
        }
        PacketBuffer recent = latest;
        return recent != null && SeqNum.atMost(recent.sequence, sequence) ? recent : null;
    }

    /** Takes out the packet whose turn has come, cut to begin at {@code rcvNxt}, or null. */
    @Nullable PacketBuffer poll(int rcvNxt) {
        while (head != null && SeqNum.atMost(head.sequence, rcvNxt)) {
            PacketBuffer packet = head;
            head = packet.next;
            if (head == null) {
                tail = null;
            }
            if (latest == packet) {
                latest = null;
            }
            packet.next = null;
            trueSize -= packet.trueSize();
            int known = rcvNxt - packet.sequence;
            if (known < packet.linearLength()) {
                cutFront(packet, known);
                return packet;
            }
            packet.release();
        }
        return null;
    }

    void clear() {
        while (head != null) {
            PacketBuffer packet = head;
            head = packet.next;
            packet.release();
        }
        tail = null;
        latest = null;
        trueSize = 0;
    }

    private static int end(PacketBuffer packet) {
        return packet.sequence + packet.linearLength();
    }

    static void cutFront(PacketBuffer packet, int bytes) {
        packet.consume(bytes);
        packet.sequence += bytes;
    }

    void archive(Archive archive, BufferPool pool) {
        head = pool.archiveChain(archive, head);
        tail = PacketBuffer.lastOf(head);
        trueSize = archive.int32(trueSize);
    }
}
