package dev.atoll.stack.options;

import dev.atoll.stack.env.Check;

/**
 * Settings of TCP that hold for every connection of a stack; the names in brackets are Linux's sysctls, whose defaults
 * these are. Set before the stack is built, and copied then.
 */
public final class TcpTuning {
    /** How Explicit Congestion Notification is used [tcp_ecn] (RFC 3168). */
    public enum Ecn {
        OFF,
        /** Asked for by our SYN, and granted to who asks. */
        ON,
        /** Granted to who asks. */
        PASSIVE
    }

    /** Whose port a connect may have that chooses one, while it is in TIME_WAIT (RFC 6191). */
    public enum TimeWaitReuse {
        OFF,
        ON,
        /** That of connections from or to a loopback address. */
        LOOPBACK
    }

    /** When a connection looks for the largest packet that its path carries by sending larger ones (RFC 4821). */
    public enum MtuProbing {
        OFF,
        /** After a black hole: full segments timed out again and again, and no router said why. */
        BLACK_HOLE,
        /** From the beginning. */
        ON
    }

    /**
     * Name of the congestion control of new endpoints [tcp_congestion_control]: {@code cubic} as Linux has it, {@code
     * cubic-rfc9438} with HyStart++ (RFC 9406) and without Linux's departures from RFC 9438, {@code reno}, or one that
     * the stack was given.
     */
    public String congestionControl = "cubic";

    /** Least, first and largest send buffer, bytes [tcp_wmem]. */
    public int sendBufferMinBytes = 4096;

    public int sendBufferBytes = 16 * 1024;
    public int sendBufferMaxBytes = 4 << 20;

    /** Least, first and largest receive buffer, bytes [tcp_rmem]. */
    public int receiveBufferMinBytes = 4096;

    public int receiveBufferBytes = 128 * 1024;
    public int receiveBufferMaxBytes = 6 << 20;
    /** Whether receive buffers grow with the path [tcp_moderate_rcvbuf]. */
    public boolean moderateReceiveBuffer = true;

    /** Timestamps (RFC 7323) [tcp_timestamps]. */
    public boolean timestamps = true;
    /** Window scaling (RFC 7323) [tcp_window_scaling]. */
    public boolean windowScaling = true;
    /** Selective acknowledgments (RFC 2018) [tcp_sack]. */
    public boolean sack = true;
    /** Reports of duplicates (RFC 2883) [tcp_dsack]. */
    public boolean duplicateSack = true;

    public Ecn ecn = Ecn.PASSIVE;

    /** Tail loss probes (RFC 8985 section 7) [tcp_early_retrans]. */
    public boolean tailLossProbes = true;
    /** Detection of spurious timeouts (RFC 5682) [tcp_frto]. */
    public boolean frto = true;
    /** Segments of reordering assumed at first [tcp_reordering]. */
    public int reordering = 3;
    /**
     * Whether a segment without timestamps is dropped where both ends agreed on them (RFC 7323 section 3.2), resets aside;
     * Linux takes it.
     */
    public boolean timestampsRequired;
    /**
     * Whether a reset that echoes a timestamp which was never sent is answered with a challenge ACK (RFC 7323 section 5.2),
     * where both ends agreed on timestamps; Linux takes every reset with the next sequence number.
     */
    public boolean checkResetEcho;
    /**
     * Whether a report that a port or protocol is unreachable, or that somebody prohibits it, ends an established connection
     * too (RFC 9293 section 3.9.2.2, SHLD-26). Linux notes it for a later timeout, as it can be forged (RFC 5927 section 5.2).
     */
    public boolean abortOnHardErrors;
    /**
     * Whether the measurements of one flight weigh as much together as one of RFC 6298 (RFC 7323 appendix G); on Linux each
     * moves the estimate as far as a lone one.
     */
    public boolean weighRttByFlight;
    /** The congestion window falls back after idle time (RFC 2861) [tcp_slow_start_after_idle]. */
    public boolean slowStartAfterIdle = true;
    /** Whether it then falls to the initial window at once (RFC 5681 section 4.1), not by half for each timeout of it. */
    public boolean restartAtInitialWindow;
    /**
     * Segments by which one acknowledgment may widen the window in slow start (L of RFC 3465), or 0 for as many as it
     * acknowledges, as on Linux; RFC 5681 section 3.1 has 1.
     */
    public int slowStartLimit;
    /**
     * Whether the loss of a retransmission, as an acknowledgment or a timeout shows, lowers the window once more (RFC 5681
     * section 4.3). Linux repairs it within the same reduction.
     */
    public boolean lowerForLostRetransmission;
    /** Least segments of a burst, if there are as many to send [tcp_min_tso_segs]. */
    public int minBurstSegments = 2;
    /**
     * Every connection spreads what it sends over the round trip, as behind the {@code fq} queue of Linux
     * [net.core.default_qdisc]; otherwise those do that have a SO_MAX_PACING_RATE.
     */
    public boolean pacing;
    /** Bytes not sent yet up to which a socket is writable, -1 for no limit [tcp_notsent_lowat]. */
    public int notSentLowWaterBytes = -1;

    /** Packetization layer path MTU discovery, of connections that open from now on and black holes [tcp_mtu_probing]. */
    public MtuProbing mtuProbing = MtuProbing.OFF;
    /** Payload of segments that probing begins with, bytes without TCP's options [tcp_base_mss]. */
    public int baseMssBytes = 1024;
    /** Least payload of segments that a black hole brings a connection to, bytes [tcp_mtu_probe_floor]. */
    public int mtuProbeFloorBytes = 48;
    /** Seconds until a search that has ended begins anew, as paths change [tcp_probe_interval]. */
    public int mtuProbeIntervalSeconds = 600;
    /** A search ends when it is about fewer bytes than this [tcp_probe_threshold]. */
    public int mtuProbeThresholdBytes = 8;
    /** Least size of a full segment, bytes with TCP's options, whatever peer and path say [tcp_min_snd_mss]. */
    public int minMssBytes = 48;

    /**
     * What the retransmission timeout is above the round trip at least, microseconds, as endpoints have it that are made
     * from now on [tcp_rto_min_us]. RFC 6298 section 2.4 would have 1,000,000.
     */
    public int rtoMinUs = 200_000;

    /** Whether keepalives carry an octet, for peers that answer nothing else (RFC 9293 section 3.8.4). */
    public boolean keepaliveOctet;
    /** Milliseconds between two answers of a connection to segments that are invalid, or 0 for no limit [tcp_invalid_ratelimit]. */
    public int invalidRateLimitMs = 500;

    /** Repetitions of SYN and of SYN-ACK [tcp_syn_retries, tcp_synack_retries]. */
    public int synRetries = 6;

    public int synAckRetries = 5;
    /** Half-open connections of a listener beyond which cookies are sent or SYNs dropped [tcp_max_syn_backlog]. */
    public int synBacklog = 4096;
    /** SYN cookies when that many are half open [tcp_syncookies]. */
    public boolean synCookies = true;
    /** Seconds an orphan waits for the peer's FIN [tcp_fin_timeout]. */
    public int finTimeoutSeconds = 60;
    /**
     * Whether a connect may take over a connection in TIME_WAIT with the same addresses and ports, if that has
     * timestamps and heard of its peer more than a second ago [tcp_tw_reuse].
     */
    public TimeWaitReuse timeWaitReuse = TimeWaitReuse.LOOPBACK;

    /** Linux's defaults. */
    public TcpTuning() {}

    /** A copy that later changes do not reach. */
    public TcpTuning copy() {
        TcpTuning copy = new TcpTuning();
        copy.congestionControl = congestionControl;
        copy.sendBufferMinBytes = sendBufferMinBytes;
        copy.sendBufferBytes = sendBufferBytes;
        copy.sendBufferMaxBytes = sendBufferMaxBytes;
        copy.receiveBufferMinBytes = receiveBufferMinBytes;
        copy.receiveBufferBytes = receiveBufferBytes;
        copy.receiveBufferMaxBytes = receiveBufferMaxBytes;
        copy.moderateReceiveBuffer = moderateReceiveBuffer;
        copy.timestamps = timestamps;
        copy.windowScaling = windowScaling;
        copy.sack = sack;
        copy.duplicateSack = duplicateSack;
        copy.ecn = ecn;
        copy.tailLossProbes = tailLossProbes;
        copy.frto = frto;
        copy.reordering = reordering;
        copy.timestampsRequired = timestampsRequired;
        copy.checkResetEcho = checkResetEcho;
        copy.abortOnHardErrors = abortOnHardErrors;
        copy.weighRttByFlight = weighRttByFlight;
        copy.slowStartAfterIdle = slowStartAfterIdle;
        copy.restartAtInitialWindow = restartAtInitialWindow;
        copy.slowStartLimit = slowStartLimit;
        copy.lowerForLostRetransmission = lowerForLostRetransmission;
        copy.minBurstSegments = minBurstSegments;
        copy.pacing = pacing;
        copy.notSentLowWaterBytes = notSentLowWaterBytes;
        copy.mtuProbing = mtuProbing;
        copy.baseMssBytes = baseMssBytes;
        copy.mtuProbeFloorBytes = mtuProbeFloorBytes;
        copy.mtuProbeIntervalSeconds = mtuProbeIntervalSeconds;
        copy.mtuProbeThresholdBytes = mtuProbeThresholdBytes;
        copy.minMssBytes = minMssBytes;
        copy.rtoMinUs = rtoMinUs;
        copy.keepaliveOctet = keepaliveOctet;
        copy.invalidRateLimitMs = invalidRateLimitMs;
        copy.synRetries = synRetries;
        copy.synAckRetries = synAckRetries;
        copy.synBacklog = synBacklog;
        copy.synCookies = synCookies;
        copy.finTimeoutSeconds = finTimeoutSeconds;
        copy.timeWaitReuse = timeWaitReuse;
        return copy;
    }

    /**
     * Refuses values that cannot work. Which congestion controls there are is the stack's to know.
     *
     * @throws IllegalArgumentException with the field's name
     */
    public void check() {
        checkOrder("sendBuffer", sendBufferMinBytes, sendBufferBytes, sendBufferMaxBytes);
        checkOrder("receiveBuffer", receiveBufferMinBytes, receiveBufferBytes, receiveBufferMaxBytes);
        Check.argument(reordering >= 1 && reordering <= 300, "reordering", reordering, "1 to 300");
        Check.argument(
                minBurstSegments >= 1 && minBurstSegments <= 64, "minBurstSegments", minBurstSegments, "1 to 64");
        checkSegment("baseMssBytes", baseMssBytes);
        checkSegment("mtuProbeFloorBytes", mtuProbeFloorBytes);
        checkSegment("minMssBytes", minMssBytes);
        Check.argument(mtuProbeIntervalSeconds >= 0, "mtuProbeIntervalSeconds", mtuProbeIntervalSeconds, "0 or more");
        Check.argument(mtuProbeThresholdBytes >= 1, "mtuProbeThresholdBytes", mtuProbeThresholdBytes, "at least 1");
        Check.argument(slowStartLimit >= 0, "slowStartLimit", slowStartLimit, "0 or more");
        Check.argument(invalidRateLimitMs >= 0, "invalidRateLimitMs", invalidRateLimitMs, "0 or more");
        Check.argument(rtoMinUs >= 1, "rtoMinUs", rtoMinUs, "at least 1");
        Check.argument(synRetries >= 0 && synRetries <= 127, "synRetries", synRetries, "0 to 127");
        Check.argument(synAckRetries >= 0 && synAckRetries <= 127, "synAckRetries", synAckRetries, "0 to 127");
        Check.argument(synBacklog >= 1, "synBacklog", synBacklog, "at least 1");
        Check.argument(finTimeoutSeconds >= 1, "finTimeoutSeconds", finTimeoutSeconds, "at least 1");
    }

    /** Linux's limits of tcp_min_snd_mss: less leaves no room for data behind TCP's options. */
    private static void checkSegment(String field, int bytes) {
        Check.argument(bytes >= 48 && bytes <= 65_535, field, bytes, "48 to 65535");
    }

    private static void checkOrder(String field, int least, int first, int most) {
        Check.argument(
                least >= 1024 && least <= first && first <= most && most <= 1 << 29,
                field,
                least + ", " + first + ", " + most,
                "least, first and largest in rising order, from 1 KiB to 512 MiB");
    }
}
