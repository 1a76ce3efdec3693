package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.Check;
import java.util.Arrays;

/**
 * What is known of each segment sent and not yet acknowledged cumulatively: when it was last sent, whether the peer has
 * it, whether it counts as lost (RFC 6675 section 3, RFC 8985 section 5).
 *
 * <p>A ring in order of sequence numbers, with a list through it in order of transmission. Looking up a sequence number
 * is O(log n); a block of which most was reported before costs only what is new. Grows to what the window needs and is
 * then reused, until the connection is idle.
 */
final class SackScoreboard {
    static final int SACKED = 1;
    static final int LOST = 2;
    /** Retransmitted, and that retransmission is believed to be in flight. */
    static final int RETRANSMITTED = 4;
    /** Sent more than once. */
    static final int REPEATED = 8;
    /** Has PSH. */
    static final int PUSHED = 16;

    /** More segments than this are not in flight at once. */
    static final int MAX_SEGMENTS = CongestionWindow.MAX_SEGMENTS;

    static final int NONE = -1;
    /** Of a connection that says little, and of an idle one. */
    private static final int FIRST_CAPACITY = 2;

    private int[] seqs = new int[FIRST_CAPACITY];
    private long[] sentNs = new long[FIRST_CAPACITY];
    private int[] deliveredWhenSent = new int[FIRST_CAPACITY];
    private byte[] flags = new byte[FIRST_CAPACITY];
    private int[] earlier = new int[FIRST_CAPACITY];
    private int[] later = new int[FIRST_CAPACITY];
    private SlotBits unsacked = new SlotBits(FIRST_CAPACITY);
    private SlotBits lostNotSent = new SlotBits(FIRST_CAPACITY);

    /** Slot of the segment with the lowest sequence number. */
    private int first;

    private int count;
    private int end;

    /** Slots in order of transmission, those not in it excepted: lost and not sent again, or sacked. */
    private int oldest = NONE;

    private int newest = NONE;

    private int sackedOut;
    private int lostOut;
    private int retransmittedOut;
    private int highestSacked;

    /** Segments in flight or believed lost: everything sent and not acknowledged cumulatively. */
    int segments() {
        return count;
    }

    int sacked() {
        return sackedOut;
    }

    int lost() {
        return lostOut;
    }

    int retransmitted() {
        return retransmittedOut;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == MAX_SEGMENTS;
    }

    /** Whether it holds memory that an idle connection should give back. */
    boolean isLarge() {
        return seqs.length > FIRST_CAPACITY;
    }

    /** Segments believed to be in the network: RFC 6675's pipe, counted as Linux does. */
    int inFlight() {
        return count - sackedOut - lostOut + retransmittedOut;
    }

    /** Duplicate ACKs of a peer without SACK stand for segments that arrived, whichever they are. */
    void setAnonymousSacked(int segments) {
        sackedOut = segments;
    }

    /** Sequence number after the highest segment selectively acknowledged; {@code una} if there is none. */
    int highestSacked(int una) {
        return sackedOut == 0 ? una : highestSacked;
    }

    // --- Sending

    /** A new segment was sent behind all others. */
    void append(int seq, int segmentEnd, long nowNs, int delivered, boolean pushed) {
        Check.that(count == 0 || seq == end, "segments follow each other");
        if (count == seqs.length) {
            grow();
        }
        int slot = slot(count);
        count++;
        end = segmentEnd;
        seqs[slot] = seq;
        sentNs[slot] = nowNs;
        deliveredWhenSent[slot] = delivered;
        flags[slot] = (byte) (pushed ? PUSHED : 0);
        unsacked.add(slot);
        lostNotSent.remove(slot);
        linkNewest(slot);
    }

    private void grow() {
        int capacity = seqs.length;
        int wider = capacity * 2;
        int[] oldSeqs = seqs;
        long[] oldSent = sentNs;
        int[] oldDelivered = deliveredWhenSent;
        byte[] oldFlags = flags;
        int[] oldLater = later;
        allocate(wider);
        for (int i = 0; i < count; i++) {
            int from = (first + i) & (capacity - 1);
            seqs[i] = oldSeqs[from];
            sentNs[i] = oldSent[from];
            deliveredWhenSent[i] = oldDelivered[from];
            flags[i] = oldFlags[from];
            noteFlags(i);
        }
        int old = oldest;
        oldest = NONE;
        newest = NONE;
        Arrays.fill(earlier, NONE);
        Arrays.fill(later, NONE);
        while (old != NONE) {
            linkNewest((old - first) & (capacity - 1));
            old = oldLater[old];
        }
        first = 0;
    }

    private void allocate(int capacity) {
        seqs = new int[capacity];
        sentNs = new long[capacity];
        deliveredWhenSent = new int[capacity];
        flags = new byte[capacity];
        earlier = new int[capacity];
        later = new int[capacity];
        unsacked = new SlotBits(capacity);
        lostNotSent = new SlotBits(capacity);
    }

    private void noteFlags(int slot) {
        if ((flags[slot] & SACKED) == 0) {
            unsacked.add(slot);
        }
        if ((flags[slot] & (LOST | RETRANSMITTED)) == LOST) {
            lostNotSent.add(slot);
        }
    }

    /** The segment at {@code slot} was sent again. */
    void resent(int slot, long nowNs, int delivered) {
        flags[slot] |= REPEATED;
        sentNs[slot] = nowNs;
        deliveredWhenSent[slot] = delivered;
    }

    /** The segment at {@code slot} was sent again because it was lost. */
    void retransmitted(int slot, long nowNs, int delivered) {
        resent(slot, nowNs, delivered);
        Check.that((flags[slot] & RETRANSMITTED) == 0, "a retransmission in flight is not sent again");
        flags[slot] |= RETRANSMITTED;
        retransmittedOut++;
        lostNotSent.remove(slot);
        unlink(slot);
        linkNewest(slot);
    }

    // --- Acknowledgments

    /**
     * Everything before {@code ack} has arrived.
     *
     * @param recoveryPoint where sending had come when recovery began
     * @param withSack whether deliveries are counted by segment; otherwise by the sender
     */
    void acknowledge(int ack, int recoveryPoint, boolean withSack, AckSummary summary, Rack rack) {
        while (count > 0) {
            int slot = first;
            int segmentEnd = endOf(slot);
            if (SeqNum.greaterThan(segmentEnd, ack)) {
                if (SeqNum.greaterThan(ack, seqs[slot])) {
                    seqs[slot] = ack;
                }
                break;
            }
            int flag = flags[slot];
            summary.acked++;
            if ((flag & REPEATED) != 0) {
                summary.retransmittedAcked = true;
            } else if ((flag & SACKED) == 0) {
                if (summary.firstAckedSentNs == AckSummary.NONE) {
                    summary.firstAckedSentNs = sentNs[slot];
                }
                summary.lastAckedSentNs = sentNs[slot];
                summary.originalDelivered |= SeqNum.atMost(segmentEnd, recoveryPoint);
                if (withSack && SeqNum.lessThan(seqs[slot], summary.priorHighestSacked)) {
                    summary.reordered(seqs[slot]);
                }
            }
            if ((flag & SACKED) != 0) {
                sackedOut--;
            } else if (withSack) {
                deliver(slot, segmentEnd, summary, rack);
            }
            removeFirst();
        }
    }

    private void deliver(int slot, int segmentEnd, AckSummary summary, Rack rack) {
        summary.delivered++;
        summary.noteDelivered(sentNs[slot], deliveredWhenSent[slot]);
        boolean repeated = (flags[slot] & REPEATED) != 0;
        if (!repeated || !summary.isEchoOlderThan(sentNs[slot])) {
            rack.delivered(repeated, segmentEnd, sentNs[slot], summary.nowNs);
        }
    }

    private void removeFirst() {
        int slot = first;
        int flag = flags[slot];
        if ((flag & RETRANSMITTED) != 0) {
            retransmittedOut--;
        }
        if ((flag & LOST) != 0) {
            lostOut--;
        }
        unsacked.remove(slot);
        lostNotSent.remove(slot);
        unlink(slot);
        first = (first + 1) & (seqs.length - 1);
        count--;
    }

    /** The peer has what lies in a block, of which only whole segments count. */
    void sack(int left, int right, int recoveryPoint, AckSummary summary, Rack rack) {
        if (count == 0) {
            return;
        }
        int index = Math.max(find(left), 0);
        if (SeqNum.lessThan(seqs[slot(index)], left)) {
            index++;
        }
        while (index < count) {
            index = nextIn(unsacked, index);
            if (index == NONE) {
                return;
            }
            int slot = slot(index);
            int segmentEnd = endOf(slot);
            if (SeqNum.greaterThan(segmentEnd, right)) {
                return;
            }
            sackOne(slot, segmentEnd, recoveryPoint, summary, rack);
            index++;
        }
    }

    private void sackOne(int slot, int segmentEnd, int recoveryPoint, AckSummary summary, Rack rack) {
        int flag = flags[slot];
        deliver(slot, segmentEnd, summary, rack);
        if ((flag & RETRANSMITTED) != 0) {
            // One that is not marked lost any more keeps its mark: its retransmission is still in the network.
            if ((flag & LOST) != 0) {
                flags[slot] &= ~(LOST | RETRANSMITTED);
                lostOut--;
                retransmittedOut--;
            }
        } else {
            if ((flag & REPEATED) == 0) {
                if (sackedOut > 0 && SeqNum.lessThan(seqs[slot], highestSacked)) {
                    summary.reordered(seqs[slot]);
                }
                summary.originalDelivered |= SeqNum.atMost(segmentEnd, recoveryPoint);
                if (summary.firstSackedSentNs == AckSummary.NONE) {
                    summary.firstSackedSentNs = sentNs[slot];
                }
                summary.lastSackedSentNs = sentNs[slot];
            }
            if ((flag & LOST) != 0) {
                flags[slot] &= ~LOST;
                lostOut--;
            }
        }
        flags[slot] |= SACKED;
        unsacked.remove(slot);
        lostNotSent.remove(slot);
        unlink(slot);
        highestSacked = sackedOut == 0 ? segmentEnd : SeqNum.max(highestSacked, segmentEnd);
        sackedOut++;
        summary.dataSacked = true;
    }

    // --- Loss

    /** The segment counts as lost; a retransmission of it in flight then counts as lost too. */
    boolean markLost(int slot) {
        int flag = flags[slot];
        if ((flag & SACKED) != 0 || (flag & (LOST | RETRANSMITTED)) == LOST) {
            return false;
        }
        if ((flag & LOST) == 0) {
            flags[slot] |= LOST;
            lostOut++;
        }
        if ((flag & RETRANSMITTED) != 0) {
            flags[slot] &= ~RETRANSMITTED;
            retransmittedOut--;
        }
        lostNotSent.add(slot);
        unlink(slot);
        return true;
    }

    /** Nothing counts as lost: what looked so was only late. */
    void unmarkLost() {
        int index = 0;
        while (lostOut > 0 && index < count) {
            int slot = slot(index);
            if ((flags[slot] & LOST) != 0) {
                flags[slot] &= ~LOST;
                lostOut--;
                if (lostNotSent.next(slot) == slot) {
                    lostNotSent.remove(slot);
                    linkByTime(slot);
                }
            }
            index++;
        }
    }

    /** The peer has thrown away what it had acknowledged selectively (RFC 2018 section 8). */
    void forgetSacked() {
        for (int index = 0; index < count; index++) {
            int slot = slot(index);
            if ((flags[slot] & SACKED) != 0) {
                flags[slot] &= ~SACKED;
                unsacked.add(slot);
            }
        }
        sackedOut = 0;
    }

    /** The first lost segment that was not sent again yet, or {@link #NONE}. */
    int nextLost() {
        int index = nextIn(lostNotSent, 0);
        return index == NONE ? NONE : slot(index);
    }

    /** The segment right after that at {@code slot} if it is lost and was not sent again yet, or {@link #NONE}. */
    int lostAfter(int slot) {
        int index = ((slot - first) & (seqs.length - 1)) + 1;
        if (index >= count) {
            return NONE;
        }
        int next = slot(index);
        return (flags[next] & (LOST | RETRANSMITTED)) == LOST ? next : NONE;
    }

    private int nextIn(SlotBits bits, int fromIndex) {
        int from = slot(fromIndex);
        int found = bits.next(from);
        if (from >= first) {
            if (found == NONE) {
                found = bits.next(0);
                if (found >= first) {
                    return NONE;
                }
            }
        } else if (found >= first) {
            return NONE;
        }
        return found == NONE ? NONE : (found - first) & (seqs.length - 1);
    }

    // --- Looking

    private int slot(int index) {
        return (first + index) & (seqs.length - 1);
    }

    /** Slot of the {@code index}-th segment outstanding. */
    int slotAt(int index) {
        return slot(index);
    }

    /** Slot of the segment with the highest sequence number. */
    int lastSlot() {
        return slot(count - 1);
    }

    int seqOf(int slot) {
        return seqs[slot];
    }

    int endOf(int slot) {
        int index = (slot - first) & (seqs.length - 1);
        return index == count - 1 ? end : seqs[slot(index + 1)];
    }

    long sentNsOf(int slot) {
        return sentNs[slot];
    }

    boolean is(int slot, int flag) {
        return (flags[slot] & flag) != 0;
    }

    /** Whether the first outstanding segment was ever sent again, or anything is. */
    boolean isAnythingRetransmitted() {
        return retransmittedOut > 0 || (count > 0 && (flags[first] & REPEATED) != 0);
    }

    /** Index of the last segment that begins at or before {@code seq}, or -1. */
    private int find(int seq) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (SeqNum.atMost(seqs[slot(middle)], seq)) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    // --- Order of transmission

    /** The segment sent longest ago of those that may still be delivered, or {@link #NONE}. */
    int oldestSent() {
        return oldest;
    }

    int sentAfter(int slot) {
        return later[slot];
    }

    private void linkNewest(int slot) {
        earlier[slot] = newest;
        later[slot] = NONE;
        if (newest == NONE) {
            oldest = slot;
        } else {
            later[newest] = slot;
        }
        newest = slot;
    }

    private void linkByTime(int slot) {
        int after = newest;
        while (after != NONE && sentNs[after] > sentNs[slot]) {
            after = earlier[after];
        }
        int next = after == NONE ? oldest : later[after];
        earlier[slot] = after;
        later[slot] = next;
        if (after == NONE) {
            oldest = slot;
        } else {
            later[after] = slot;
        }
        if (next == NONE) {
            newest = slot;
        } else {
            earlier[next] = slot;
        }
    }

    private void unlink(int slot) {
        int before = earlier[slot];
        int after = later[slot];
        if (before == NONE && oldest != slot) {
            return; // Not in the list.
        }
        if (before == NONE) {
            oldest = after;
        } else {
            later[before] = after;
        }
        if (after == NONE) {
            newest = before;
        } else {
            earlier[after] = before;
        }
        earlier[slot] = NONE;
        later[slot] = NONE;
    }

    /** Segments became smaller: everything outstanding counts as lost and is to be sent again, cut anew. */
    void recut(int mss, long nowNs) {
        if (count == 0) {
            return;
        }
        int from = seqs[first];
        int to = end;
        clear();
        int at = from;
        do {
            // What is more than the ring takes stays one segment, which leaves in several packets.
            int segmentEnd = to - at > mss && count < MAX_SEGMENTS - 1 ? at + mss : to;
            append(at, segmentEnd, nowNs, 0, segmentEnd == to);
            int slot = slot(count - 1);
            flags[slot] |= REPEATED;
            markLost(slot);
            at = segmentEnd;
        } while (at != to);
    }

    /** The first segment is lost, and larger than is sent now: what goes again are segments of {@code mss}. */
    void splitFirst(int mss) {
        markLost(first);
        int from = seqs[first];
        // From its end, as each piece is put before the others.
        for (int cut = from + (endOf(first) - from - 1) / mss * mss; cut != from; cut -= mss) {
            seqs[first] = cut;
            prependLost(from);
        }
    }

    private void prependLost(int seq) {
        if (count == seqs.length) {
            grow();
        }
        int behind = first;
        first = (first - 1) & (seqs.length - 1);
        count++;
        seqs[first] = seq;
        sentNs[first] = sentNs[behind];
        deliveredWhenSent[first] = deliveredWhenSent[behind];
        flags[first] = (byte) (flags[behind] & ~PUSHED);
        earlier[first] = NONE;
        later[first] = NONE;
        unsacked.add(first);
        lostNotSent.add(first);
        lostOut++;
    }

    /** Forgets everything, and gives memory back. */
    void clear() {
        count = 0;
        first = 0;
        sackedOut = 0;
        lostOut = 0;
        retransmittedOut = 0;
        oldest = NONE;
        newest = NONE;
        allocate(FIRST_CAPACITY);
    }

    void archive(Archive archive) {
        int capacity = archive.count(seqs.length, 2 * MAX_SEGMENTS);
        if (archive.isRestoring()) {
            allocate(capacity);
        }
        first = archive.count(first, capacity - 1);
        count = archive.count(count, capacity);
        for (int i = 0; i < count; i++) {
            archiveSlot(archive, slot(i), capacity);
        }
        end = archive.int32(end);
        oldest = archiveLink(archive, oldest, capacity);
        newest = archiveLink(archive, newest, capacity);
        sackedOut = archive.int32(sackedOut);
        lostOut = archive.int32(lostOut);
        retransmittedOut = archive.int32(retransmittedOut);
        highestSacked = archive.int32(highestSacked);
    }

    private void archiveSlot(Archive archive, int slot, int capacity) {
        seqs[slot] = archive.int32(seqs[slot]);
        sentNs[slot] = archive.int64(sentNs[slot]);
        deliveredWhenSent[slot] = archive.int32(deliveredWhenSent[slot]);
        flags[slot] = (byte) archive.int8(flags[slot]);
        earlier[slot] = archiveLink(archive, earlier[slot], capacity);
        later[slot] = archiveLink(archive, later[slot], capacity);
        noteFlags(slot);
    }

    private static int archiveLink(Archive archive, int slot, int capacity) {
        return archive.count(slot + 1, capacity) - 1;
    }
}
