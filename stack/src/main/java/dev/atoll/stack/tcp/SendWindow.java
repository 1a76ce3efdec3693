package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.Tcp;

/** The window the peer grants (RFC 9293 section 3.10.7.4: SND.WND, SND.WL1, SND.WL2), bytes. */
final class SendWindow {
    private int bytes;
    private int wl1;
    private int wl2;
    private int largest;
    /** Shift of the windows the peer sends, 0 without window scaling. */
    private int scale;

    void setScale(int newScale) {
        scale = newScale;
    }

    int scale() {
        return scale;
    }

    int bytes() {
        return bytes;
    }

    /** The largest window the peer ever granted: its buffer, as far as we know. */
    int largest() {
        return largest;
    }

    /** The window a segment names; that of a SYN is never scaled (RFC 7323 section 2.2). */
    int named(Segment segment) {
        return segment.has(Tcp.SYN) ? segment.window : segment.window << scale;
    }

    void set(int windowBytes, int seq, int ack) {
        bytes = windowBytes;
        largest = Math.max(largest, windowBytes);
        wl1 = seq;
        wl2 = ack;
    }

    /** Takes the window of a segment unless it is an old one; true if the window is another now. */
    boolean update(Segment segment, int sndUna) {
        boolean newer = SeqNum.lessThan(wl1, segment.seq) || (wl1 == segment.seq && SeqNum.atMost(wl2, segment.ack));
        if (SeqNum.lessThan(segment.ack, sndUna) || !newer) {
            return false;
        }
        int before = bytes;
        set(named(segment), segment.seq, segment.ack);
        return bytes != before;
    }

    void archive(Archive archive) {
        bytes = archive.int32(bytes);
        wl1 = archive.int32(wl1);
        wl2 = archive.int32(wl2);
        largest = archive.int32(largest);
        scale = archive.int32(scale);
    }
}
