package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.options.TcpInfo.CaState;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.wire.Ipv6;

/**
 * Looks for the largest packet that the path of a connection carries without being told by routers (RFC 4821,
 * packetization layer path MTU discovery), as Linux does: now and then a segment is made larger than the others, half way
 * between what arrives and what might. If it arrives, all segments become as large; if it is lost, that is no congestion.
 * Where not even what should arrive does, segments become smaller.
 *
 * <p>Sizes are of IP packets in bytes. Only connections that look have one.
 */
final class MtuSearch {
    /** Something is in the way of a probe that acknowledgments will take away: nothing else is sent until then. */
    static final int WAIT = -1;

    /** Below this congestion window a lost probe could not be told by what arrives after it. */
    private static final int LEAST_WINDOW_SEGMENTS = 11;

    private final Connection connection;
    private final Sender sender;
    private final Counters counters;

    /** What segments are cut by, as it arrives: RFC 4821's search_low. */
    private int lowBytes;
    /** Nothing larger is tried: RFC 4821's search_high. */
    private int highBytes;
    /** The probe in flight, or 0. */
    private int probeBytes;

    private int probeSeq;
    private int probeEnd;
    private long beganNs;

    MtuSearch(Connection connection, Sender sender, Counters counters) {
        this.connection = connection;
        this.sender = sender;
        this.counters = counters;
    }

    /** Segments of that payload are believed to arrive, and larger ones will be tried. */
    void begin(int arrivingPayload) {
        setArriving(arrivingPayload);
        highBytes = connection.largestMss() + SegmentWriter.headerBytes(connection.route());
        beganNs = sender.now();
    }

    private int overheadBytes() {
        return SegmentWriter.headerBytes(connection.route())
                + connection.ipOptionBytes()
                + (connection.usesTimestamps() ? SegmentWriter.TIMESTAMPS_BYTES : 0);
    }

    /** So much arrives; over IPv6 what every link carries does (RFC 8200 section 5), without a search. */
    private void setArriving(int payload) {
        boolean v4 = connection.route().destination().isV4();
        lowBytes = Math.max(packetBytes(payload), v4 ? 0 : Ipv6.MIN_MTU_BYTES);
    }

    private int packetBytes(int payload) {
        return payload + overheadBytes();
    }

    private int payloadOf(int packetBytes) {
        return packetBytes - overheadBytes();
    }

    /** Payload of a full segment as far as it is known to arrive. */
    int mss() {
        return Math.max(payloadOf(lowBytes), 1);
    }

    // --- Probes

    /** Payload of the probe that is to be sent now; 0 for none, or {@link #WAIT}. */
    int nextProbe() {
        int windowSegments = sender.window().segments();
        if (probeBytes != 0
                || sender.recovery().state() != CaState.OPEN
                || windowSegments < LEAST_WINDOW_SEGMENTS
                || sender.queue().unsent(sender.sndNxt) == 0
                || sender.isHeldByPacing()
                || !connection.linkHasRoom()) {
            return 0;
        }
        connection.route().refresh();
        // Only now: the route may have a larger one later.
        int most = Math.min(highBytes, connection.route().mtuBytes());
        if (most - lowBytes < connection.settings().mtuProbeThresholdBytes) {
            beginAgain();
            return 0;
        }
        int mss = sender.mss();
        int payload = payloadOf((lowBytes + most) >> 1);
        if (payload <= mss) {
            setArriving(mss);
            return 0;
        }
        // What follows the probe shows whether it was lost.
        int needed = payload + (sender.recovery().reordering().segments() + 1) * mss;
        int peerWindow = sender.windowBytes();
        SendQueue queue = sender.queue();
        if (queue.unsent(sender.sndNxt) < needed
                || peerWindow < needed
                || queue.toEndOfRecord(sender.sndNxt) < payload) {
            return 0;
        }
        if (sender.sndUna + peerWindow - sender.sndNxt < needed) {
            return WAIT;
        }
        int inFlight = sender.board().inFlight();
        if (inFlight + 2 > windowSegments) {
            return inFlight == 0 ? 0 : WAIT;
        }
        return payload;
    }

    /** Paths change: after a while what was too large may arrive (RFC 4821 section 7.4). */
    private void beginAgain() {
        if (sender.now() - beganNs >= connection.settings().mtuProbeIntervalSeconds * 1_000_000_000L) {
            begin(sender.mss());
        }
    }

    /** The probe went out. */
    void sent(int seq, int payload) {
        probeBytes = packetBytes(payload);
        probeSeq = seq;
        probeEnd = seq + payload;
        // It takes the place of two in the network, and of one in the count.
        sender.window().set(sender.window().segments() - 1);
    }

    /** The probe was sent again for another reason: what arrives says nothing of it any more. */
    void forgetProbe() {
        probeBytes = 0;
    }

    /** Everything before {@code una} arrived. */
    void acknowledged(int una) {
        if (probeBytes == 0 || SeqNum.lessThan(una, probeEnd)) {
            return;
        }
        SendersWindow window = sender.window();
        // As many bytes as before.
        window.set((int) ((long) window.segments() * packetBytes(sender.mss()) / probeBytes));
        window.resetCount();
        window.setThreshold(window.currentThreshold(sender.recovery().isReducing()));
        lowBytes = probeBytes;
        probeBytes = 0;
        counters.tcpMtuProbesArrived++;
        connection.applyMss();
    }

    /**
     * Segments were found to be lost. True if it was the probe, and it alone: then the path is too narrow, and not
     * crowded (RFC 4821 section 7.6.2).
     */
    boolean takeLoss() {
        SackScoreboard board = sender.board();
        if (probeBytes == 0 || sender.sndUna != probeSeq || board.lost() > 1) {
            return false;
        }
        highBytes = probeBytes - 1;
        probeBytes = 0;
        counters.tcpMtuProbesLost++;
        sender.window().set(sender.window().segments() + 1);
        board.splitFirst(sender.mss());
        return true;
    }

    // --- Black holes

    /** Full segments time out again and again: half as much is tried (RFC 4821 section 7.7). */
    void shrink() {
        TcpTuning settings = connection.settings();
        int half = Math.min(payloadOf(lowBytes) >> 1, settings.baseMssBytes);
        setArriving(Math.max(half, Math.max(settings.mtuProbeFloorBytes, settings.minMssBytes)));
    }

    void archive(Archive archive) {
        lowBytes = archive.int32(lowBytes);
        highBytes = archive.int32(highBytes);
        probeBytes = archive.int32(probeBytes);
        probeSeq = archive.int32(probeSeq);
        probeEnd = archive.int32(probeEnd);
        beganNs = archive.int64(beganNs);
    }
}
