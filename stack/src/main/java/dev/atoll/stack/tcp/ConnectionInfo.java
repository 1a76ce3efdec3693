package dev.atoll.stack.tcp;

import dev.atoll.stack.options.TcpInfo;
import dev.atoll.stack.options.TcpProbe;

/** Gathers what TCP_INFO tells of a connection. Under the stack's hold. */
public final class ConnectionInfo {
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;

    private ConnectionInfo() {}

    /** The connection as it is now. */
    public static TcpInfo of(Connection connection) {
        Sender sender = connection.sender;
        Receiver receiver = connection.receiver;
        LossRecovery recovery = sender.recovery();
        Retransmitter retransmitter = sender.retransmitter();
        SackScoreboard board = sender.board();
        RttEstimator rtt = sender.rtt();
        ConnectionStats stats = connection.stats();
        long now = connection.nowNs();
        long minNs = rtt.minNs();
        long busyNs = stats.busyNs(now);
        return new TcpInfo(
                connection.state(),
                recovery.state(),
                retransmitter.timeouts(),
                retransmitter.probesSent() + connection.keepalivesSent(),
                rtt.backoff(),
                connection.usesTimestamps(),
                connection.usesSack(),
                connection.usesWindowScaling(),
                /* ecn= */ sender.usesEcn(),
                sender.peerWindow().scale(),
                receiver.windowScale(),
                /* rto= */ rtt.rtoNs() / MICROSECOND,
                sender.mss(),
                receiver.peerSegmentBytes(),
                /* unacked= */ board.segments(),
                board.sacked(),
                board.lost(),
                board.retransmitted(),
                /* lastDataSent= */ since(stats.lastDataSentNs, now),
                since(stats.lastDataReceivedNs, now),
                since(stats.lastHeardNs, now),
                connection.pathMtu(),
                /* rtt= */ rtt.srttNs() / MICROSECOND,
                rtt.rttvarNs() / MICROSECOND,
                sender.window().threshold(),
                sender.window().segments(),
                /* advmss= */ connection.announcedMss(),
                recovery.reordering().segments(),
                receiver.space().rttNs() / MICROSECOND,
                receiver.space().spaceBytes(),
                stats.segmentsRetransmitted,
                stats.bytesAcknowledged,
                stats.bytesReceived,
                stats.segmentsSent,
                stats.segmentsReceived,
                /* notsentBytes= */ sender.queue().unsent(sender.sndNxt),
                /* minRtt= */ minNs == Long.MAX_VALUE ? 0xffff_ffffL : minNs / MICROSECOND,
                stats.dataSegmentsReceived,
                stats.dataSegmentsSent,
                busyNs / MICROSECOND,
                stats.receiveWindowNs() / MICROSECOND,
                stats.sendBufferNs() / MICROSECOND,
                recovery.delivered(),
                stats.deliveredMarked,
                stats.bytesSent,
                stats.bytesRetransmitted,
                stats.duplicatesReported,
                recovery.reordering().seen(),
                stats.receivedOutOfOrder,
                sender.windowBytes(),
                receiver.windowBytes());
    }

    /** The same with what TCP_INFO leaves out, for a probe. */
    static TcpProbe.State stateOf(Connection connection) {
        Sender sender = connection.sender;
        return new TcpProbe.State(
                sender.sndUna,
                sender.sndNxt,
                connection.receiver.rcvNxt,
                sender.queue().unsent(sender.sndNxt),
                connection.receiver.available(),
                of(connection));
    }

    private static long since(long thenNs, long nowNs) {
        return (nowNs - thenNs) / MILLISECOND;
    }
}
