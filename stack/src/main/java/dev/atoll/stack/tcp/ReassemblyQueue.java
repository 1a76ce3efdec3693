package dev.atoll.stack.tcp;

import dev.atoll.stack.buffer.PacketBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Payload that arrived ahead of its turn: packets sorted by sequence number, without overlap.
 * A sender repeats what it sent, so which copy of a byte is kept does not matter.
 */
final class ReassemblyQueue {
    private @Nullable PacketBuffer head;
    private int trueSize;

    boolean isEmpty() {
        return head == null;
    }

    /** Memory the queue holds, bytes. */
    int trueSize() {
        return trueSize;
    }

    /** Takes a packet of payload that begins at its {@code sequence}; parts known already are cut off. */
    void insert(PacketBuffer packet) {
        PacketBuffer before = null;
        PacketBuffer after = head;
        while (after != null && SeqNum.atMost(after.sequence, packet.sequence)) {
            before = after;
            after = after.next;
        }
        if (before != null) {
            int overlap = end(before) - packet.sequence;
            if (overlap >= packet.linearLength()) {
                packet.release();
                return;
            }
            if (overlap > 0) {
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
        trueSize += packet.trueSize();
    }

    /** Takes out the packet whose turn has come, cut to begin at {@code rcvNxt}, or null. */
    @Nullable PacketBuffer poll(int rcvNxt) {
        while (head != null && SeqNum.atMost(head.sequence, rcvNxt)) {
            PacketBuffer packet = head;
            head = packet.next;
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
        trueSize = 0;
    }

    private static int end(PacketBuffer packet) {
        return packet.sequence + packet.linearLength();
    }

    static void cutFront(PacketBuffer packet, int bytes) {
        packet.consume(bytes);
        packet.sequence += bytes;
    }
}
