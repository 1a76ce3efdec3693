package dev.atoll.stack.tcp;

/** Limits and defaults of TCP in one stack, Linux's unless a comment says otherwise. Times in nanoseconds. */
public final class TcpSettings {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    /** RFC 6298 section 2: before the first measurement. */
    static final long INITIAL_RTO_NS = SECOND;
    /** TCP_RTO_MIN, by which the limits of retransmission are counted whatever the least timeout is. */
    static final long MIN_RTO_NS = 200 * MS;
    /** TCP_RTO_MAX. */
    static final long MAX_RTO_NS = 120 * SECOND;
    /** tcp_retries2: as long as this many doublings from the least RTO would take. */
    static final int DATA_RETRIES = 15;
    /** tcp_retries1: after as long as this many doublings the path itself is doubted. */
    static final int DOUBT_RETRIES = 3;
    /** tcp_orphan_retries, which is 8 where the setting is 0. */
    static final int ORPHAN_RETRIES = 8;
    /** TCP_TIMEWAIT_LEN: less than 2 MSL of RFC 9293, as every system in use. */
    static final long TIME_WAIT_NS = 60 * SECOND;
    /** TCP_DELACK_MIN: RFC 9293 (MUST-40) allows up to 500 ms. */
    static final long DELAYED_ACK_NS = 40 * MS;
    /** How much sooner than the least retransmission timeout an ACK leaves at the latest. */
    static final long DELAYED_ACK_LEAD_NS = MS;
    /** TCP_RESOURCE_PROBE_INTERVAL: how soon to try again what the link had no room for. */
    static final long RESOURCE_PROBE_NS = 500 * MS;
    /** Segments acknowledged at once when a connection is young, so that its peer leaves slow start quickly. */
    static final int QUICK_ACKS = 16;
    /** RFC 9293 section 3.7.1: what a peer takes that names no MSS, IPv4. */
    static final int DEFAULT_MSS = 536;
    /** The same over IPv6. */
    static final int DEFAULT_MSS_V6 = 1220;
    /** Window of a SYN: the field is never scaled there. */
    static final int MAX_SYN_WINDOW = 65_535;
    /** RFC 7323 section 2.3. */
    static final int MAX_WINDOW_SCALE = 14;
    /** somaxconn. */
    static final int MAX_BACKLOG = 4096;
    /** Connections of one stack, half-open ones and TIME_WAIT included. */
    static final int MAX_CONNECTIONS = 262_144;
    /** TIME_WAIT connections of one stack; beyond that the connection is simply forgotten (tcp_max_tw_buckets). */
    static final int MAX_TIME_WAIT = 65_536;

    /** tcp_keepalive_time, tcp_keepalive_intvl, tcp_keepalive_probes. */
    static final int KEEPALIVE_IDLE_SECONDS = 7200;

    static final int KEEPALIVE_INTERVAL_SECONDS = 75;
    static final int KEEPALIVE_PROBES = 9;

    /** Least and most a buffer can be set to, bytes. */
    static final int MIN_BUFFER_BYTES = 4096;

    static final int MAX_BUFFER_BYTES = 16 << 20;

    private TcpSettings() {}
}
