package dev.atoll.stack.options;

import dev.atoll.stack.wire.TcpState;

/**
 * What is known of a TCP connection at one moment; names, units and meaning are those of Linux's {@code tcp_info}
 * (tcp(7)). Counts of {@code long} run from the connection's beginning.
 *
 * @param state where the connection is in its life
 * @param caState where loss recovery is
 * @param retransmits timeouts since data was last acknowledged
 * @param probes probes of a closed window, or for keepalive, that were not answered
 * @param backoff doublings of the timeout
 * @param timestamps whether timestamps are in use
 * @param sack whether selective acknowledgments are in use
 * @param windowScaling whether windows are scaled
 * @param ecn whether Explicit Congestion Notification is in use
 * @param sndWscale shift of the peer's windows
 * @param rcvWscale shift of our windows
 * @param rto retransmission timeout, microseconds
 * @param sndMss payload bytes of a full segment sent
 * @param rcvMss payload bytes of a full segment received, as far as is known
 * @param unacked segments outstanding
 * @param sacked of them, those selectively acknowledged
 * @param lost of them, those that count as lost
 * @param retrans of them, those sent again and believed to be in flight
 * @param lastDataSent since data was last sent, milliseconds
 * @param lastDataRecv since data last came, milliseconds
 * @param lastAckRecv since an acknowledgment last came, milliseconds
 * @param pmtu path MTU, bytes
 * @param rtt smoothed round trip, microseconds
 * @param rttvar its mean deviation, microseconds
 * @param sndSsthresh slow start threshold, segments; 0x7fffffff before the first loss
 * @param sndCwnd congestion window, segments
 * @param advmss the MSS we announced, bytes
 * @param reordering segments of reordering allowed for
 * @param rcvRtt round trip as the receiver sees it, microseconds, 0 while unknown
 * @param rcvSpace bytes the application reads in a round trip
 * @param totalRetrans segments sent again
 * @param bytesAcked bytes acknowledged
 * @param bytesReceived bytes received in order
 * @param segsOut segments sent
 * @param segsIn segments received
 * @param notsentBytes bytes written and not sent yet
 * @param minRtt least round trip of the last minutes, microseconds
 * @param dataSegsIn segments with payload received
 * @param dataSegsOut segments with payload sent
 * @param busyTime time with something to send, microseconds
 * @param rwndLimited of it, held back by the peer's window
 * @param sndbufLimited of it, held back by the size of the send buffer
 * @param delivered segments delivered
 * @param deliveredCe of them, those echoed as marked
 * @param bytesSent payload bytes sent, repetitions included
 * @param bytesRetrans payload bytes sent again
 * @param dsackDups segments the peer reported to have got twice
 * @param reordSeen occasions of reordering
 * @param rcvOoopack segments received out of order
 * @param sndWnd the peer's window, bytes
 * @param rcvWnd our window, bytes
 */
public record TcpInfo(
        TcpState state,
        CaState caState,
        int retransmits,
        int probes,
        int backoff,
        boolean timestamps,
        boolean sack,
        boolean windowScaling,
        boolean ecn,
        int sndWscale,
        int rcvWscale,
        long rto,
        int sndMss,
        int rcvMss,
        int unacked,
        int sacked,
        int lost,
        int retrans,
        long lastDataSent,
        long lastDataRecv,
        long lastAckRecv,
        int pmtu,
        long rtt,
        long rttvar,
        int sndSsthresh,
        int sndCwnd,
        int advmss,
        int reordering,
        long rcvRtt,
        int rcvSpace,
        long totalRetrans,
        long bytesAcked,
        long bytesReceived,
        long segsOut,
        long segsIn,
        int notsentBytes,
        long minRtt,
        long dataSegsIn,
        long dataSegsOut,
        long busyTime,
        long rwndLimited,
        long sndbufLimited,
        long delivered,
        long deliveredCe,
        long bytesSent,
        long bytesRetrans,
        long dsackDups,
        long reordSeen,
        long rcvOoopack,
        int sndWnd,
        int rcvWnd) {

    /** Where loss recovery is; in the order of Linux's numbers. */
    public enum CaState {
        /** Nothing is amiss. */
        OPEN,
        /** Duplicates or SACKs have come, and it is not clear yet what they mean. */
        DISORDER,
        /** The window is being reduced without a loss: the peer echoed a mark. */
        CWR,
        /** What was lost is being sent again. */
        RECOVERY,
        /** A timeout. */
        LOSS
    }
}
