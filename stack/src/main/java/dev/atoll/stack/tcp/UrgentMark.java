package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;

/**
 * Where urgent data ends in what arrives (RFC 9293 section 3.8.5, RFC 6093), as Linux keeps it: one mark at a time, the
 * latest. Reading stops there once. The byte at the mark is not part of the stream unless that was asked for; one whose
 * mark was superseded before all ahead of it was read is.
 */
final class UrgentMark {
    private enum State {
        NONE,
        /** Announced, and the byte is still to come. */
        EXPECTED,
        ARRIVED,
        /** The byte was taken, and the mark is still ahead of the reader or where it is. */
        TAKEN
    }

    private State state = State.NONE;
    private int seq;
    private byte value;
    private boolean inline;

    void setInline(boolean on) {
        inline = on;
    }

    /** Whether a segment that names an urgent byte moves the mark there. */
    boolean isSupersededBy(int urgentSeq, int rcvNxt) {
        boolean newer = state == State.NONE || SeqNum.greaterThan(urgentSeq, seq);
        return newer && SeqNum.atLeast(urgentSeq, rcvNxt);
    }

    /** A segment names an urgent byte. */
    void announced(int urgentSeq, int rcvNxt) {
        if (isSupersededBy(urgentSeq, rcvNxt)) {
            state = State.EXPECTED;
            seq = urgentSeq;
        }
    }

    /** Whether the byte lies in text that arrives in order: it is then to be {@linkplain #arrived told}. */
    boolean isExpectedIn(int from, int length) {
        return state == State.EXPECTED && SeqNum.inWindow(seq, from, length);
    }

    int seq() {
        return seq;
    }

    void arrived(byte urgent) {
        value = urgent;
        state = State.ARRIVED;
    }

    /** Whether the byte lies, not to be read with the rest, in what waits from {@code readSeq} up to {@code rcvNxt}. */
    boolean isApartIn(int readSeq, int rcvNxt) {
        return state != State.NONE && !inline && SeqNum.atLeast(seq, readSeq) && SeqNum.lessThan(seq, rcvNxt);
    }

    /** Whether the next byte to be read is the urgent one, or the one after it if that is not part of the stream. */
    boolean isAt(int readSeq) {
        return state != State.NONE && seq == readSeq;
    }

    /** Bytes that one read may give. */
    int bytesBefore(int readSeq) {
        return state != State.NONE && SeqNum.greaterThan(seq, readSeq) ? seq - readSeq : Integer.MAX_VALUE;
    }

    /** The reader has come to {@code readSeq}. */
    void readTo(int readSeq) {
        if (state != State.NONE && SeqNum.greaterThan(readSeq, seq)) {
            state = State.NONE;
        }
    }

    /** Whether there is urgent data that can be taken on its own, now or soon. */
    boolean isTakeable() {
        return !inline && (state == State.EXPECTED || state == State.ARRIVED);
    }

    boolean hasArrived() {
        return state == State.ARRIVED;
    }

    /** The byte, once. */
    byte take() {
        state = State.TAKEN;
        return value;
    }

    void clear() {
        state = State.NONE;
    }

    void archive(Archive archive) {
        state = archive.constant(state);
        seq = archive.int32(seq);
        inline = archive.bool(inline);
        value = (byte) archive.int8(value);
    }
}
