package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpState;

/**
 * The connections of a stack in TIME_WAIT (RFC 9293 section 3.6.1): how many there may be, and when a new one with the
 * same four values may take over before the time is up, by the peer's SYN or by a connect of ours (RFC 6191).
 */
final class TimeWaits {
    /** A peer's timestamp clock has moved by then (RFC 7323 section 5.4), so old segments are told from new ones. */
    static final long REUSE_AFTER_NS = 1_000_000_000;
    /** Beyond any window without scaling and FIN, as far as Linux goes. */
    private static final int SEQUENCE_GAP = 65_535 + 2;

    private TcpTuning settings;
    private int count;

    TimeWaits(TcpTuning settings) {
        this.settings = settings;
    }

    void setTuning(TcpTuning tuning) {
        settings = tuning;
    }

    /** Counts one more; false if there are as many as there may be. */
    boolean enter() {
        count++;
        return count <= TcpSettings.MAX_TIME_WAIT;
    }

    void left() {
        count--;
    }

    /** A SYN that is newer than anything of the connection opens a new one (RFC 9293, MAY-2; RFC 6191). */
    static boolean isTakenOverBy(Segment segment, Connection old) {
        if (old.state() != TcpState.TIME_WAIT
                || !segment.has(Tcp.SYN)
                || segment.has(Tcp.ACK)
                || segment.has(Tcp.RST)) {
            return false;
        }
        if (!old.usesTimestamps() || !segment.options.hasTimestamps) {
            return SeqNum.greaterThan(segment.seq, old.receiver.rcvNxt);
        }
        int stamp = segment.options.timestampValue;
        boolean olderTime = SeqNum.lessThan(stamp, old.tsRecent) && !old.isTimestampStale();
        return SeqNum.greaterThan(stamp, old.tsRecent)
                || (!olderTime && SeqNum.greaterThan(segment.seq, old.receiver.rcvNxt));
    }

    /** A connect whose local port was not asked for may have the connection's [tcp_tw_reuse]. */
    boolean isChoosable(Connection old) {
        boolean allowed =
                switch (settings.timeWaitReuse) {
                    case OFF -> false;
                    case ON -> true;
                    case LOOPBACK ->
                        old.route().source().isLoopback()
                                || old.route().destination().isLoopback();
                };
        return allowed && isBindable(old) && old.timestampAgeNs() > REUSE_AFTER_NS;
    }

    /** A connect whose local port was asked for may have it, whatever the setting and the time, as Linux has it. */
    static boolean isBindable(Connection old) {
        return old.state() == TcpState.TIME_WAIT && old.usesTimestamps();
    }

    /** An initial sequence number beyond all that the old connection sent (RFC 9293, MAY-2). */
    static int successorSequence(Connection old) {
        return old.sender.sndMax() + SEQUENCE_GAP;
    }

    void archive(Archive archive) {
        count = archive.int32(count);
    }
}
