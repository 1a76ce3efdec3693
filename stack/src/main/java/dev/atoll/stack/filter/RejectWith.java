package dev.atoll.stack.filter;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.Icmpv6;

/**
 * How a REJECT answers, by the names {@code iptables --reject-with} has for IPv4, and what the answer means to a local
 * program: the errno Linux makes of that ICMP code.
 */
public enum RejectWith {
    ICMP_NET_UNREACHABLE("icmp-net-unreachable", 0, StackError.NETWORK_UNREACHABLE),
    ICMP_HOST_UNREACHABLE("icmp-host-unreachable", 1, StackError.HOST_UNREACHABLE),
    ICMP_PROTO_UNREACHABLE("icmp-proto-unreachable", 2, StackError.PROTOCOL_UNREACHABLE),
    ICMP_PORT_UNREACHABLE("icmp-port-unreachable", 3, StackError.REFUSED),
    ICMP_NET_PROHIBITED("icmp-net-prohibited", 9, StackError.NETWORK_UNREACHABLE),
    ICMP_HOST_PROHIBITED("icmp-host-prohibited", 10, StackError.HOST_UNREACHABLE),
    ICMP_ADMIN_PROHIBITED("icmp-admin-prohibited", 13, StackError.HOST_UNREACHABLE),
    TCP_RESET("tcp-reset", RejectWith.NO_ICMP, StackError.REFUSED);

    /** {@link #icmpCode} of an answer that is not ICMP. */
    public static final int NO_ICMP = -1;

    private final String optionName;
    private final int icmpCode;
    private final StackError error;

    RejectWith(String optionName, int icmpCode, StackError error) {
        this.optionName = optionName;
        this.icmpCode = icmpCode;
        this.error = error;
    }

    /** The word after {@code --reject-with}. */
    public String optionName() {
        return optionName;
    }

    /** Code of the ICMPv4 destination unreachable message, or {@link #NO_ICMP}. */
    public int icmpCode() {
        return icmpCode;
    }

    /**
     * Code of the ICMPv6 destination unreachable message (RFC 4443 section 3.1) that says the same to an IPv6 sender,
     * or {@link #NO_ICMP}.
     */
    public int icmpv6Code() {
        return switch (this) {
            case ICMP_NET_UNREACHABLE -> Icmpv6.NO_ROUTE;
            case ICMP_HOST_UNREACHABLE -> Icmpv6.ADDRESS_UNREACHABLE;
            case ICMP_PROTO_UNREACHABLE, ICMP_PORT_UNREACHABLE -> Icmpv6.PORT_UNREACHABLE;
            case ICMP_NET_PROHIBITED, ICMP_HOST_PROHIBITED, ICMP_ADMIN_PROHIBITED -> Icmpv6.ADMIN_PROHIBITED;
            case TCP_RESET -> NO_ICMP;
        };
    }

    /** What a local sender gets. */
    public StackError error() {
        return error;
    }
}
