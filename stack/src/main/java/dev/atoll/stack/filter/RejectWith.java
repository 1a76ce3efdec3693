package dev.atoll.stack.filter;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.Icmpv6;
import org.jspecify.annotations.Nullable;

/**
 * How a REJECT answers, by the names that {@code --reject-with} of iptables and ip6tables has, and what the answer means to a
 * local program: the errno Linux makes of that ICMP code.
 */
public enum RejectWith {
    ICMP_NET_UNREACHABLE("icmp-net-unreachable", Family.IPV4, 0, Icmpv6.NO_ROUTE, StackError.NETWORK_UNREACHABLE),
    ICMP_HOST_UNREACHABLE(
            "icmp-host-unreachable", Family.IPV4, 1, Icmpv6.ADDRESS_UNREACHABLE, StackError.HOST_UNREACHABLE),
    ICMP_PROTO_UNREACHABLE(
            "icmp-proto-unreachable", Family.IPV4, 2, Icmpv6.PORT_UNREACHABLE, StackError.PROTOCOL_UNREACHABLE),
    ICMP_PORT_UNREACHABLE("icmp-port-unreachable", Family.IPV4, 3, Icmpv6.PORT_UNREACHABLE, StackError.REFUSED),
    ICMP_NET_PROHIBITED("icmp-net-prohibited", Family.IPV4, 9, Icmpv6.ADMIN_PROHIBITED, StackError.NETWORK_UNREACHABLE),
    ICMP_HOST_PROHIBITED("icmp-host-prohibited", Family.IPV4, 10, Icmpv6.ADMIN_PROHIBITED, StackError.HOST_UNREACHABLE),
    ICMP_ADMIN_PROHIBITED(
            "icmp-admin-prohibited", Family.IPV4, 13, Icmpv6.ADMIN_PROHIBITED, StackError.HOST_UNREACHABLE),
    ICMP6_NO_ROUTE("icmp6-no-route", Family.IPV6, 0, Icmpv6.NO_ROUTE, StackError.NETWORK_UNREACHABLE),
    ICMP6_ADM_PROHIBITED(
            "icmp6-adm-prohibited", Family.IPV6, 13, Icmpv6.ADMIN_PROHIBITED, StackError.PERMISSION_DENIED),
    ICMP6_ADDR_UNREACHABLE(
            "icmp6-addr-unreachable", Family.IPV6, 1, Icmpv6.ADDRESS_UNREACHABLE, StackError.HOST_UNREACHABLE),
    ICMP6_PORT_UNREACHABLE("icmp6-port-unreachable", Family.IPV6, 3, Icmpv6.PORT_UNREACHABLE, StackError.REFUSED),
    ICMP6_POLICY_FAIL("icmp6-policy-fail", Family.IPV6, 13, Icmpv6.POLICY_FAIL, StackError.PERMISSION_DENIED),
    ICMP6_REJECT_ROUTE("icmp6-reject-route", Family.IPV6, 13, Icmpv6.REJECT_ROUTE, StackError.PERMISSION_DENIED),
    TCP_RESET("tcp-reset", null, RejectWith.NO_ICMP, RejectWith.NO_ICMP, StackError.REFUSED);

    /** {@link #icmpCode} and {@link #icmpv6Code} of an answer that is not ICMP. */
    public static final int NO_ICMP = -1;

    private final String optionName;
    private final @Nullable Family family;
    private final int icmpCode;
    private final int icmpv6Code;
    private final StackError error;

    RejectWith(String optionName, @Nullable Family family, int icmpCode, int icmpv6Code, StackError error) {
        this.optionName = optionName;
        this.family = family;
        this.icmpCode = icmpCode;
        this.icmpv6Code = icmpv6Code;
        this.error = error;
    }

    /** The word after {@code --reject-with}. */
    public String optionName() {
        return optionName;
    }

    /** The family in whose tables {@link StandardTarget.Reject} can say it; null for both. */
    public @Nullable Family family() {
        return family;
    }

    /**
     * Code of the ICMPv4 destination unreachable message (RFC 792) that says it, or of the nearest one, to an IPv4 sender; or
     * {@link #NO_ICMP}.
     */
    public int icmpCode() {
        return icmpCode;
    }

    /** Code of the ICMPv6 destination unreachable message (RFC 4443 section 3.1), in the same way. */
    public int icmpv6Code() {
        return icmpv6Code;
    }

    /** What a local sender gets. */
    public StackError error() {
        return error;
    }
}
