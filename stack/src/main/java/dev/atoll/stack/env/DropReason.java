package dev.atoll.stack.env;

/** Why a packet went no further. Wire input never throws: it ends here, counted. */
public enum DropReason {
    /** The frame is shorter than its link header. */
    LINK_HEADER_SHORT,
    /** The frame is addressed to another host. */
    OTHER_HOST,
    /** The frame carries a protocol this stack does not have. */
    UNKNOWN_NETWORK_PROTOCOL,
    /** The NIC is down. */
    NIC_DISABLED,
    /** The NIC does without IPv6 since its link address was found to be another's. */
    IPV6_DISABLED,
    /** ARP that is not IPv4 over Ethernet, is cut short, or claims an impossible address. */
    ARP_MALFORMED,
    /** Too many answers for other hosts waited; one more is not given. */
    PROXY_QUEUE_FULL,
    /** A neighbour did not answer, and what waited for it was given up. */
    NEIGHBOR_UNREACHABLE,
    /** Too many packets waited for one neighbour; the oldest went. */
    NEIGHBOR_QUEUE_FULL,
    /** The NIC's egress queue is full. */
    EGRESS_QUEUE_FULL,
    /** Too many own packets to groups waited to come back. */
    LOOPBACK_FULL,
    /** The packet is shorter than its IP header or than the length it states. */
    IP_HEADER_MALFORMED,
    /** The IP header's checksum is wrong. */
    IP_CHECKSUM,
    /** The source or destination address cannot occur there (RFC 1122 section 3.2.1.3). */
    IP_MARTIAN,
    /** An IPv4 option that contradicts itself (RFC 1122 section 3.2.2.5). */
    IPV4_PARAMETER_PROBLEM,
    /** The sender chose the way itself, which is refused as Linux's default does (RFC 7126 section 4.3). */
    IPV4_SOURCE_ROUTE,
    /** The destination is not an address of this host, which does not forward. */
    IP_NOT_LOCAL,
    /** The destination is an address of another NIC than the packet came by, which takes its own alone. */
    IP_OTHER_INTERFACE,
    /** A packet to be forwarded had no hops left. */
    IP_HOPS_EXCEEDED,
    /** A packet to be forwarded has no way to go. */
    IP_NO_ROUTE,
    /** A packet to be forwarded is larger than the next link carries and must not be cut. */
    IP_TOO_BIG,
    /** A packet to a group whose route did not come in time. */
    MULTICAST_NO_ROUTE,
    /** Too many packets to a group, or to too many groups, wait for routes; one more is not kept. */
    MULTICAST_PENDING_FULL,
    /** A packet to a group came in by another NIC than its route expects. */
    MULTICAST_UNEXPECTED_NIC,
    /** A packet to a group had fewer hops left than it needs to leave by a NIC; counted for each such NIC. */
    MULTICAST_TTL_THRESHOLD,
    /** A fragment within what was put together from fragments. */
    IP_FRAGMENT,
    /** A fragment that overlaps another or contradicts it: its whole datagram went (RFC 5722). */
    IP_FRAGMENT_OVERLAP,
    /** A datagram whose fragments did not all come in time. */
    IP_REASSEMBLY_TIMEOUT,
    /** Too many fragments waited; the oldest datagram went. */
    IP_REASSEMBLY_FULL,
    /** An IPv6 header or option that had to be refused (RFC 8200 sections 4 and 4.2). */
    IPV6_PARAMETER_PROBLEM,
    /** More extension headers or options than this host looks at (RFC 8504 section 5.3). */
    IPV6_EXTENSION_LIMIT,
    /** An IPv6 packet that carries nothing (RFC 8200 section 4.7). */
    IPV6_NO_NEXT_HEADER,
    /** No transport protocol of that number. */
    UNKNOWN_TRANSPORT_PROTOCOL,
    /** The policy dropped or rejected it. */
    FILTERED,
    /** The ICMP message is cut short, or its checksum is wrong. */
    ICMP_MALFORMED,
    /** An ICMP error about nothing this host has. */
    ICMP_UNRELATED,
    /** An answer was due but the rate limit for ICMP held it back. */
    ICMP_RATE_LIMITED,
    /** A neighbour discovery message that RFC 4861 section 6.1, 7.1 or 8.1 says to ignore. */
    NDP_INVALID,
    /** A group membership message that is cut short or comes from nowhere near. */
    MULTICAST_INVALID,
    /** A DHCP message that is cut short, or no answer of a server. */
    DHCP_INVALID,
    /** The UDP header contradicts the packet's length. */
    UDP_MALFORMED,
    /** The UDP checksum is wrong. */
    UDP_CHECKSUM,
    /** Nobody listens on that UDP port. */
    UDP_NO_PORT,
    /** A transport protocol of the caller's own says that the packet contradicts it, or is too short for it. */
    PROTOCOL_MALFORMED,
    /** A transport protocol of the caller's own has nobody whom the packet is for. */
    PROTOCOL_NO_PORT,
    /** Somebody is to decide about the sender's first packet, and has not yet. */
    FORWARD_PENDING,
    /** Too many requests wait for somebody to decide about them. */
    FORWARD_FULL,
    /** The receiver's buffer is full. */
    RECEIVE_BUFFER_FULL,
    /** The TCP header contradicts the packet's length. */
    TCP_MALFORMED,
    /** The TCP checksum is wrong. */
    TCP_CHECKSUM,
    /** The segment is signed (RFC 2385, RFC 5925), and there is no key to verify it. */
    TCP_SIGNED,
    /** No connection and no listener for the segment. */
    TCP_NO_ENDPOINT,
    /** The segment lies outside the receive window. */
    TCP_OUT_OF_WINDOW,
    /** The segment's timestamp is older than one seen before (RFC 7323 section 5). */
    TCP_PAWS,
    /** It has no timestamp, though both ends agreed on them and {@code TcpTuning.timestampsRequired} insists. */
    TCP_TIMESTAMPS_MISSING,
    /** The segment does not fit the connection's state. */
    TCP_UNACCEPTABLE,
    /** The listener's queue of connections to accept is full. */
    TCP_BACKLOG_FULL,
    /** The receive buffer is full. */
    TCP_RECEIVE_BUFFER_FULL
}
