package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.wire.Tcp;

/** Explicit Congestion Notification of one connection (RFC 3168 section 6): both what is echoed and what is heard. */
final class Ecn {
    /** The codepoint of what can be marked instead of dropped: ECT(0). */
    static final int CAPABLE = 2;
    /** The codepoint of a router that would have dropped. */
    static final int MARKED = 3;

    private boolean offered;
    private boolean inUse;
    /** A marked segment came, and the peer has not said yet that it reacted. */
    private boolean echoDue;
    /** We slowed down, and the peer is to know. */
    private boolean cwrDue;

    boolean isInUse() {
        return inUse;
    }

    /** Flags of a SYN of ours (section 6.1.1). */
    int synFlags(boolean answer, boolean repeated, TcpTuning.Ecn setting) {
        if (answer) {
            return inUse ? Tcp.ECE : 0;
        }
        // A SYN that gets no answer may be one that a firewall drops for these flags (section 6.1.1.1).
        offered = setting == TcpTuning.Ecn.ON && !repeated;
        return offered ? Tcp.ECE | Tcp.CWR : 0;
    }

    /** The peer's SYN, or its answer to ours. */
    void negotiate(Segment syn, TcpTuning.Ecn setting) {
        boolean echo = syn.has(Tcp.ECE);
        boolean reduced = syn.has(Tcp.CWR);
        if (syn.has(Tcp.ACK)) {
            inUse = offered && echo && !reduced;
        } else {
            inUse = setting != TcpTuning.Ecn.OFF && echo && reduced;
        }
    }

    /** It was not agreed on after all. */
    void forget() {
        inUse = false;
    }

    /** A segment arrived; true if it must be acknowledged at once. */
    boolean arrived(Segment segment) {
        if (!inUse) {
            return false;
        }
        if (segment.has(Tcp.CWR)) {
            echoDue = false;
        }
        if (segment.ecnBits() == MARKED && !segment.has(Tcp.SYN)) {
            boolean first = !echoDue;
            echoDue = true;
            return first;
        }
        return false;
    }

    /** Whether an acknowledgment says that something of ours was marked. */
    boolean isEchoed(Segment segment) {
        return inUse && segment.has(Tcp.ECE) && !segment.has(Tcp.SYN);
    }

    void reduced() {
        cwrDue = inUse;
    }

    void reductionUndone() {
        cwrDue = false;
    }

    /** Flags of a segment with ACK; {@code newData} if it is one that tells of a reduction. */
    int flags(boolean newData) {
        int flags = echoDue ? Tcp.ECE : 0;
        if (newData && cwrDue) {
            cwrDue = false;
            flags |= Tcp.CWR;
        }
        return flags;
    }

    /** Bits of the IP header: only data sent for the first time can be marked (section 6.1.5). */
    int ipBits(boolean newData) {
        return inUse && newData ? CAPABLE : 0;
    }

    void archive(Archive archive) {
        offered = archive.bool(offered);
        inUse = archive.bool(inUse);
        echoDue = archive.bool(echoDue);
        cwrDue = archive.bool(cwrDue);
    }
}
