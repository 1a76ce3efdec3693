package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.wire.IpAddress;

/** Draws what becomes of a packet that a rule matched. A target that is added to policies is added here. */
final class RuleTarget {
    private RuleTarget() {}

    /**
     * @param protocol the only one that the rule's packets have, or empty
     */
    static String draw(Draw draw, Topology topology, RandomRules.Place place, String protocol) {
        if (!place.onward().isEmpty() && draw.oneIn(4)) {
            return draw.of("-j ", "-j ", "-g ") + draw.of(place.onward());
        }
        int choice = draw.below(14);
        if (choice < 2) {
            return "";
        }
        if (choice < 4) {
            return "-j ACCEPT";
        }
        if (choice == 4) {
            return "-j RETURN";
        }
        if (choice < 7) {
            return "-j MARK "
                    + draw.of(
                            "--set-xmark 0x1/0xffffffff",
                            "--set-xmark 0x10/0xf0",
                            "--set-xmark 0x3/0x0",
                            "--and-mark 0xf",
                            "--xor-mark 0x7");
        }
        if (choice >= 12) {
            return log(draw, place.table());
        }
        return switch (place.table()) {
            case NAT -> nat(draw, topology, place, protocol);
            case FILTER ->
                choice < 10 && place.rejects() ? reject(draw, topology, protocol) : draw.of("-j DROP", "-j ACCEPT");
            case RAW, MANGLE -> draw.oneIn(4) ? "-j DROP" : "-j ACCEPT";
        };
    }

    /** What tells of a packet, and leaves it alone. */
    private static String log(Draw draw, TableName table) {
        if (table == TableName.RAW && draw.oneIn(2)) {
            return "-j TRACE";
        }
        return draw.of(
                "-j LOG",
                "-j LOG --log-prefix \"a packet: \" --log-tcp-options --log-ip-options",
                "-j NFLOG --nflog-group 5",
                "-j AUDIT --type drop");
    }

    private static String reject(Draw draw, Topology topology, String protocol) {
        if (protocol.equals("tcp") && draw.oneIn(2)) {
            return "-j REJECT --reject-with tcp-reset";
        }
        if (topology.family() == Family.IPV6) {
            return "-j REJECT --reject-with "
                    + draw.of(
                            "icmp6-no-route",
                            "icmp6-adm-prohibited",
                            "icmp6-addr-unreachable",
                            "icmp6-port-unreachable",
                            "icmp6-policy-fail",
                            "icmp6-reject-route");
        }
        return "-j REJECT --reject-with "
                + draw.of(
                        "icmp-port-unreachable",
                        "icmp-net-unreachable",
                        "icmp-host-unreachable",
                        "icmp-proto-unreachable",
                        "icmp-net-prohibited",
                        "icmp-host-prohibited",
                        "icmp-admin-prohibited");
    }

    private static String nat(Draw draw, Topology topology, RandomRules.Place place, String protocol) {
        boolean ports = protocol.equals("tcp") || protocol.equals("udp");
        boolean v4 = topology.family() == Family.IPV4;
        IpAddress host = RuleMatch.host(draw, topology);
        Hook hook = place.hook();
        if (hook == null) {
            return "-j RETURN";
        }
        boolean source = hook == Hook.INPUT || hook == Hook.POSTROUTING;
        switch (draw.below(4)) {
            case 0:
                return "-j NETMAP --to " + host + "/" + (v4 ? draw.of(32, 24) : draw.of(128, 64));
            case 1:
                if (hook == Hook.POSTROUTING) {
                    return "-j MASQUERADE" + (ports && draw.oneIn(3) ? " --to-ports 40000" : "");
                }
                return source ? "-j ACCEPT" : "-j REDIRECT" + (ports && draw.oneIn(2) ? " --to-ports 5000" : "");
            default:
                return (source ? "-j SNAT --to-source " : "-j DNAT --to-destination ")
                        + (ports && draw.oneIn(2) ? withPort(host) + port(draw, source) : host);
        }
    }

    /** A source has any port of a range, a destination the first that is free. */
    private static String port(Draw draw, boolean source) {
        return source || draw.oneIn(2)
                ? draw.of("53", "5000", "8080")
                : draw.of("8080-8090", "53-54", "1024-40000", "5000-5010/20", "40000-40009/1024");
    }

    private static String withPort(IpAddress host) {
        return host.isV4() ? host + ":" : "[" + host + "]:";
    }
}
