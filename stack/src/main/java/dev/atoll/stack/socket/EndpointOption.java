package dev.atoll.stack.socket;

import dev.atoll.stack.options.SocketCaller;
import java.util.BitSet;

/**
 * An option of an endpoint, with the meaning socket(7), tcp(7), udp(7) and ip(7) give the constant of the same name.
 *
 * @param <T> what its values are: {@code Boolean}, {@code String}, {@code BitSet}, {@code byte[]}, {@code
 *     SocketCaller}, or {@code Integer} with the unit named at the constant
 */
public final class EndpointOption<T> {
    /** Allow binding to a port that lingers in TIME_WAIT, or for UDP one shared by all who set this. */
    public static final EndpointOption<Boolean> SO_REUSEADDR = new EndpointOption<>("SO_REUSEADDR", Boolean.class);
    /** Allow several sockets on one address and port if all set it; arrivals are spread among them. */
    public static final EndpointOption<Boolean> SO_REUSEPORT = new EndpointOption<>("SO_REUSEPORT", Boolean.class);
    /**
     * Id of the NIC that is used alone, 0 for any: what comes in by others is for others, and what is sent leaves by it.
     * Has an effect when set before binding. Binding to an address with a NIC sets it, too.
     */
    public static final EndpointOption<Integer> SO_BINDTOIFINDEX =
            new EndpointOption<>("SO_BINDTOIFINDEX", Integer.class);
    /** Bytes that may wait to be sent. */
    public static final EndpointOption<Integer> SO_SNDBUF = new EndpointOption<>("SO_SNDBUF", Integer.class);
    /** Bytes that may wait to be read. */
    public static final EndpointOption<Integer> SO_RCVBUF = new EndpointOption<>("SO_RCVBUF", Integer.class);
    /**
     * Bytes a second that a TCP connection sends at most, unsigned, -1 for no limit. A limit has it spread what it
     * sends over the round trip, and that stays so when the limit is lifted.
     */
    public static final EndpointOption<Integer> SO_MAX_PACING_RATE =
            new EndpointOption<>("SO_MAX_PACING_RATE", Integer.class);
    /** Probe an idle connection. Endpoints of messages have it, as socket(7) says of all, without an effect. */
    public static final EndpointOption<Boolean> SO_KEEPALIVE = new EndpointOption<>("SO_KEEPALIVE", Boolean.class);
    /** Seconds close may take to deliver; 0 resets at close, -1 is off. Without an effect on endpoints of messages. */
    public static final EndpointOption<Integer> SO_LINGER = new EndpointOption<>("SO_LINGER", Integer.class);
    /** Leave urgent data in the stream. Without an effect on endpoints of messages. */
    public static final EndpointOption<Boolean> SO_OOBINLINE = new EndpointOption<>("SO_OOBINLINE", Boolean.class);
    /** Allow datagrams to broadcast addresses. */
    public static final EndpointOption<Boolean> SO_BROADCAST = new EndpointOption<>("SO_BROADCAST", Boolean.class);
    /** Bound to {@code ::}, leave IPv4 to others; has an effect when set before binding. */
    public static final EndpointOption<Boolean> IPV6_V6ONLY = new EndpointOption<>("IPV6_V6ONLY", Boolean.class);
    /** Type of service of IPv4, traffic class of IPv6: the octet in the header. */
    public static final EndpointOption<Integer> IP_TOS = new EndpointOption<>("IP_TOS", Integer.class);
    /**
     * Options in the IPv4 header of what is sent, as they stand there, at most 40 bytes; none if empty. A route or a time
     * that is recorded begins with this host. Source routes are refused. A TCP connection's segments are smaller by them;
     * one that was accepted has not its listener's, but those of its SYN that record a route or times, as they came.
     */
    public static final EndpointOption<byte[]> IP_OPTIONS = new EndpointOption<>("IP_OPTIONS", byte[].class);
    /** Time to live or hop limit of unicast packets, hops. */
    public static final EndpointOption<Integer> IP_TTL = new EndpointOption<>("IP_TTL", Integer.class);
    /**
     * What is done about datagrams larger than the path carries (ip(7), ipv6(7)): 0 cut them and let routers cut, 1 cut
     * those that are too large and find out what the path carries, 2 refuse them, 3 heed the link's MTU alone, 4 the
     * same and let routers cut, 5 cut what the link does not carry and let routers cut; 4 and 5 believe no router.
     */
    public static final EndpointOption<Integer> IP_MTU_DISCOVER =
            new EndpointOption<>("IP_MTU_DISCOVER", Integer.class);
    /** Time to live or hop limit of multicast datagrams, hops. */
    public static final EndpointOption<Integer> IP_MULTICAST_TTL =
            new EndpointOption<>("IP_MULTICAST_TTL", Integer.class);
    /** Deliver own multicast datagrams to own members. */
    public static final EndpointOption<Boolean> IP_MULTICAST_LOOP =
            new EndpointOption<>("IP_MULTICAST_LOOP", Boolean.class);
    /**
     * UDP: receive datagrams to groups that only others on this host have joined, too, as Linux does by default; otherwise
     * only those to groups of this endpoint's own.
     */
    public static final EndpointOption<Boolean> IP_MULTICAST_ALL =
            new EndpointOption<>("IP_MULTICAST_ALL", Boolean.class);
    /** Id of the NIC multicast goes out by; 0 lets the routes decide. */
    public static final EndpointOption<Integer> IP_MULTICAST_IF =
            new EndpointOption<>("IP_MULTICAST_IF", Integer.class);
    /**
     * Message endpoints: tell of every error that the network reports, not only of final ones to connected endpoints,
     * and queue what they were about.
     */
    public static final EndpointOption<Boolean> IP_RECVERR = new EndpointOption<>("IP_RECVERR", Boolean.class);
    /** A mark on packets that are sent, which rules can match; 0 is none. A connection that is accepted has its listener's. */
    public static final EndpointOption<Integer> SO_MARK = new EndpointOption<>("SO_MARK", Integer.class);
    /**
     * Whose code has opened the endpoint, which rules can match; no option of Linux. A connection that is accepted has its
     * listener's.
     */
    public static final EndpointOption<SocketCaller> SO_CALLER = new EndpointOption<>("SO_CALLER", SocketCaller.class);
    /** UDP over IPv4: send datagrams without a checksum (RFC 768). */
    public static final EndpointOption<Boolean> SO_NO_CHECK = new EndpointOption<>("SO_NO_CHECK", Boolean.class);
    /** UDP over IPv6: send datagrams without a checksum, as only tunnels may whose peer agreed (RFC 6935). */
    public static final EndpointOption<Boolean> UDP_NO_CHECK6_TX =
            new EndpointOption<>("UDP_NO_CHECK6_TX", Boolean.class);
    /** UDP over IPv6: receive datagrams without a checksum, too (RFC 6935). */
    public static final EndpointOption<Boolean> UDP_NO_CHECK6_RX =
            new EndpointOption<>("UDP_NO_CHECK6_RX", Boolean.class);
    /** Raw endpoints: what is sent begins with the IP header. */
    public static final EndpointOption<Boolean> IP_HDRINCL = new EndpointOption<>("IP_HDRINCL", Boolean.class);
    /**
     * Raw endpoints of IPv6: where in what is sent the checksum is, bytes; -1 for nowhere (RFC 3542 section 3.1). That
     * of ICMPv6 is always filled in.
     */
    public static final EndpointOption<Integer> IPV6_CHECKSUM = new EndpointOption<>("IPV6_CHECKSUM", Integer.class);
    /** Raw endpoints of ICMP and ICMPv6: the message types that are not received. */
    public static final EndpointOption<BitSet> ICMP_FILTER = new EndpointOption<>("ICMP_FILTER", BitSet.class);
    /** Send small segments at once (RFC 896 off). */
    public static final EndpointOption<Boolean> TCP_NODELAY = new EndpointOption<>("TCP_NODELAY", Boolean.class);
    /** Acknowledge at once. */
    public static final EndpointOption<Boolean> TCP_QUICKACK = new EndpointOption<>("TCP_QUICKACK", Boolean.class);
    /** Seconds of silence before the first keepalive probe. */
    public static final EndpointOption<Integer> TCP_KEEPIDLE = new EndpointOption<>("TCP_KEEPIDLE", Integer.class);
    /** Seconds between keepalive probes. */
    public static final EndpointOption<Integer> TCP_KEEPINTVL = new EndpointOption<>("TCP_KEEPINTVL", Integer.class);
    /** Unanswered keepalive probes after which the connection is dropped. */
    public static final EndpointOption<Integer> TCP_KEEPCNT = new EndpointOption<>("TCP_KEEPCNT", Integer.class);
    /**
     * Largest segment sent and announced, bytes of payload, 88 to 32,767; 0 leaves it to the path. Reading it tells what
     * is in force, 536 before the peer is known.
     */
    public static final EndpointOption<Integer> TCP_MAXSEG = new EndpointOption<>("TCP_MAXSEG", Integer.class);

    /** Hold back what is no full segment, at most for a retransmission timeout. */
    public static final EndpointOption<Boolean> TCP_CORK = new EndpointOption<>("TCP_CORK", Boolean.class);
    /** Name of the congestion control: {@code cubic} or {@code reno}. */
    public static final EndpointOption<String> TCP_CONGESTION = new EndpointOption<>("TCP_CONGESTION", String.class);
    /** Milliseconds sent data may stay unacknowledged before the connection is dropped (RFC 5482); 0 is the default. */
    public static final EndpointOption<Integer> TCP_USER_TIMEOUT =
            new EndpointOption<>("TCP_USER_TIMEOUT", Integer.class);
    /** Bytes not sent yet, unsigned, up to which an endpoint takes more; 0 for the stack's setting. */
    public static final EndpointOption<Integer> TCP_NOTSENT_LOWAT =
            new EndpointOption<>("TCP_NOTSENT_LOWAT", Integer.class);
    /** Seconds a closed endpoint waits for the peer's FIN, at most 120; 0 for the stack's setting, -1 for not at all. */
    public static final EndpointOption<Integer> TCP_LINGER2 = new EndpointOption<>("TCP_LINGER2", Integer.class);
    /** Repetitions of a SYN before connecting fails; 0 when not set. */
    public static final EndpointOption<Integer> TCP_SYNCNT = new EndpointOption<>("TCP_SYNCNT", Integer.class);
    /** Seconds for which a listener waits for data before a connection can be accepted; 0 is off. */
    public static final EndpointOption<Integer> TCP_DEFER_ACCEPT =
            new EndpointOption<>("TCP_DEFER_ACCEPT", Integer.class);
    /** Largest window announced, bytes; 0 is no limit. */
    public static final EndpointOption<Integer> TCP_WINDOW_CLAMP =
            new EndpointOption<>("TCP_WINDOW_CLAMP", Integer.class);
    /**
     * What the retransmission timeout is above the round trip at least, microseconds, 2,000 to 200,000; more can be set for
     * the stack ({@code TcpTuning.rtoMinUs}). Holds from the next measurement on.
     */
    public static final EndpointOption<Integer> TCP_RTO_MIN_US = new EndpointOption<>("TCP_RTO_MIN_US", Integer.class);

    private final String name;
    private final Class<T> type;

    private EndpointOption(String name, Class<T> type) {
        this.name = name;
        this.type = type;
    }

    public String name() {
        return name;
    }

    public Class<T> type() {
        return type;
    }

    @Override
    public String toString() {
        return name;
    }
}
