package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.options.TcpTuning;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the application wrote and the peer has not acknowledged, by sequence number: the bytes, how many more may be
 * written, what is to be pushed, the urgent byte, and FIN behind all.
 */
final class SendQueue {
    /** More places to push than this are not remembered: the receiver then has data a little later. */
    private static final int MAX_PUSHES = 16;

    /** Nor are more ends of records: those beyond may share a segment. */
    private static final int MAX_RECORDS = 16;

    private static final int[] NO_MARKS = {};
    private static final int FIRST_MARKS = 2;

    private final SendBuffer buffer;
    private final SendSpace space = new SendSpace();
    /** Sequence number of the first byte in the buffer. */
    private int dataSeq;

    private int burstBytes = TcpSettings.DEFAULT_MSS;
    /** Unsent bytes up to which more is taken, unsigned. */
    private int lowWaterBytes = -1;
    /** Bytes of the last burst that was begun, as far as it is not sent. */
    private int begunBytes;
    /** Ends of writes after which nothing more was announced, newest last. */
    private int[] pushes = NO_MARKS;

    private int pushCount;
    private int lastPush;
    /** Ends of records: what follows them has segments of its own. */
    private int[] records = NO_MARKS;

    private int recordCount;
    /** The application was told that there is no room. */
    private boolean spaceWanted;

    private boolean finQueued;
    private int urgentEnd;
    private boolean urgent;

    SendQueue(SendBuffer buffer) {
        this.buffer = buffer;
    }

    void start(int iss) {
        dataSeq = iss + 1;
        lastPush = dataSeq;
    }

    /** What the application asked for, or 0 to follow the congestion window. */
    void setBufferBytes(int bytes, TcpTuning settings) {
        if (bytes > 0) {
            space.fix(bytes);
        } else {
            space.start(settings);
        }
    }

    int bufferBytes() {
        return space.limitBytes() / 2;
    }

    void setLowWater(int bytes) {
        lowWaterBytes = bytes;
    }

    /** Full segments are gathered up to this many bytes. */
    void setBurst(int bytes) {
        burstBytes = bytes;
    }

    void grow(int windowSegments, int reordering, int mss, TcpTuning settings) {
        space.grow(windowSegments, reordering, mss, settings);
    }

    // --- Writing

    /**
     * Takes bytes to send, at most one burst of them, so that sending can begin before all are there.
     *
     * @param more the application said that more follows at once
     * @param pushAfterBytes a long write is pushed each time that much of it was taken
     */
    int write(ByteBuffer source, int sndNxt, boolean more, int pushAfterBytes) {
        int begun = Math.min(begunBytes, unsent(sndNxt));
        // A burst that was begun is filled whatever the limits say; only a new one needs room.
        boolean fills = begun > 0 && begun < burstBytes;
        int room = fills ? burstBytes - begun : isFull(sndNxt) ? 0 : burstBytes;
        int taken = buffer.append(source, room);
        spaceWanted = source.hasRemaining();
        if (taken > 0) {
            begunBytes = fills ? begun + taken : taken;
            boolean complete = !source.hasRemaining() && !more;
            if (complete || (begunBytes == burstBytes && dataEnd() - lastPush > pushAfterBytes)) {
                push();
            }
        }
        return taken;
    }

    /** What was written last is a record (MSG_EOR). */
    void endRecord() {
        begunBytes = 0;
        if (recordCount < MAX_RECORDS) {
            records = withRoom(records, recordCount);
            records[recordCount++] = dataEnd();
        }
    }

    /** Forgets what was never sent; how many bytes that was. */
    int discardUnsent(int sndMax) {
        int unsent = unsent(sndMax);
        if (unsent > 0) {
            buffer.truncate(buffer.size() - unsent);
            begunBytes = 0;
            urgent &= SeqNum.atMost(urgentEnd, dataEnd());
            lastPush = SeqNum.atMost(lastPush, dataEnd()) ? lastPush : dataEnd();
            pushCount = keep(pushes, pushCount, dataEnd());
            recordCount = keep(records, recordCount, dataEnd());
        }
        return unsent;
    }

    private static int keep(int[] marks, int count, int end) {
        int kept = count;
        while (kept > 0 && SeqNum.greaterThan(marks[kept - 1], end)) {
            kept--;
        }
        return kept;
    }

    /** Bytes from {@code sndNxt} on that may leave together: to the end of a burst as it was gathered, or a record. */
    int together(int sndNxt) {
        int record = toEndOfRecord(sndNxt);
        if (record < Integer.MAX_VALUE) {
            return record;
        }
        int toLast = dataEnd() - begunBytes - sndNxt;
        if (toLast <= 0) {
            return unsent(sndNxt);
        }
        int rest = toLast % burstBytes;
        return rest == 0 ? burstBytes : rest;
    }

    /** Bytes from {@code sndNxt} to the end of the record it is in; {@code Integer.MAX_VALUE} if there is none. */
    int toEndOfRecord(int sndNxt) {
        for (int i = 0; i < recordCount; i++) {
            if (SeqNum.greaterThan(records[i], sndNxt)) {
                return records[i] - sndNxt;
            }
        }
        return Integer.MAX_VALUE;
    }

    private void push() {
        lastPush = dataEnd();
        if (pushCount == MAX_PUSHES) {
            pushCount--;
        }
        pushes = withRoom(pushes, pushCount);
        pushes[pushCount++] = lastPush;
    }

    void markUrgent() {
        urgent = true;
        urgentEnd = dataEnd();
    }

    private boolean isFull(int sndNxt) {
        return SendSpace.charge(buffer.size(), burstBytes) >= space.limitBytes()
                || Integer.compareUnsigned(unsent(sndNxt), lowWaterBytes) >= 0;
    }

    /** Linux calls a socket writable while a third of its buffer is free, and half of what may be unsent. */
    boolean isWritable(int sndNxt) {
        long unsentTwice = 2L * unsent(sndNxt);
        return !finQueued
                && space.isRoomy(SendSpace.charge(buffer.size(), burstBytes))
                && unsentTwice < Integer.toUnsignedLong(lowWaterBytes);
    }

    /** Whether the application was told to wait for room, and not yet that there is some. */
    boolean isSpaceWanted() {
        return spaceWanted;
    }

    /** The same, once it is settled whether there is room now. */
    boolean isSpaceWanted(int sndNxt) {
        spaceWanted &= !isWritable(sndNxt);
        return spaceWanted;
    }

    void queueFin() {
        finQueued = true;
    }

    boolean isFinQueued() {
        return finQueued;
    }

    // --- Sending

    boolean isEmpty() {
        return buffer.size() == 0;
    }

    int size() {
        return buffer.size();
    }

    /** Sequence number after the last byte written: FIN's, once it is queued. */
    int dataEnd() {
        return dataSeq + buffer.size();
    }

    int unsent(int sndNxt) {
        return Math.max(dataEnd() - sndNxt, 0);
    }

    /** Whether the segment holds the end of something the application finished writing. */
    boolean isPushed(int seq, int end) {
        for (int i = 0; i < pushCount; i++) {
            if (SeqNum.lessThan(seq, pushes[i]) && SeqNum.atMost(pushes[i], end)) {
                return true;
            }
        }
        return false;
    }

    void gather(PacketBuffer packet, int seq, int length) {
        if (length > 0) {
            buffer.gather(packet, seq - dataSeq, length);
        }
    }

    boolean isUrgent() {
        return urgent;
    }

    /** Distance from {@code seq} to the end of urgent data as the header has it (RFC 6093 section 2.1), or 0. */
    int urgentPointer(int seq) {
        if (!urgent || !SeqNum.lessThan(seq, urgentEnd)) {
            return 0;
        }
        // The pointer names the byte after the urgent one, as everyone implements it.
        int distance = urgentEnd - seq;
        return distance <= 0xffff ? distance : 0;
    }

    /** Everything before {@code ack} has arrived. */
    int acknowledged(int ack) {
        int data = Math.min(ack - dataSeq, buffer.size());
        if (data > 0) {
            buffer.release(data);
            dataSeq += data;
        }
        if (urgent && SeqNum.atLeast(ack, urgentEnd)) {
            urgent = false;
        }
        pushCount = forget(pushes, pushCount, ack);
        recordCount = forget(records, recordCount, ack);
        return Math.max(data, 0);
    }

    /** The marks with room for one more: most connections never have more than one or two at a time. */
    private static int[] withRoom(int[] marks, int count) {
        return count < marks.length ? marks : Arrays.copyOf(marks, Math.max(2 * count, FIRST_MARKS));
    }

    private static int forget(int[] marks, int count, int ack) {
        int past = 0;
        while (past < count && SeqNum.atMost(marks[past], ack)) {
            past++;
        }
        if (past > 0) {
            System.arraycopy(marks, past, marks, 0, count - past);
        }
        return count - past;
    }

    /** Nothing was written for a while: places that are not marked any more need no memory. */
    void becameIdle() {
        if (pushCount == 0 && recordCount == 0) {
            pushes = NO_MARKS;
            records = NO_MARKS;
        }
    }

    /** Gives all memory back. */
    void clear() {
        buffer.clear();
    }

    void archive(Archive archive) {
        buffer.archive(archive);
        space.archive(archive);
        dataSeq = archive.int32(dataSeq);
        burstBytes = archive.int32(burstBytes);
        lowWaterBytes = archive.int32(lowWaterBytes);
        begunBytes = archive.int32(begunBytes);
        pushCount = archive.count(pushCount, MAX_PUSHES);
        pushes = archiveMarks(archive, pushes, pushCount);
        lastPush = archive.int32(lastPush);
        recordCount = archive.count(recordCount, MAX_RECORDS);
        records = archiveMarks(archive, records, recordCount);
        spaceWanted = archive.bool(spaceWanted);
        finQueued = archive.bool(finQueued);
        urgentEnd = archive.int32(urgentEnd);
        urgent = archive.bool(urgent);
    }

    private static int[] archiveMarks(Archive archive, int[] marks, int count) {
        int capacity = archive.count(marks.length, Math.max(MAX_PUSHES, MAX_RECORDS));
        int[] archived = archive.isRestoring() && capacity > 0 ? new int[Math.max(capacity, count)] : marks;
        for (int i = 0; i < count; i++) {
            archived[i] = archive.int32(archived[i]);
        }
        return archived;
    }
}
