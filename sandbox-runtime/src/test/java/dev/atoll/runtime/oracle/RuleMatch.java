package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * One match of iptables and how it is drawn. A match that is added to policies is added to {@link #all}, once.
 *
 * @param protocols those of which the rule must be, empty if it may be of any
 * @param once whether a packet may be asked about once only
 * @param drawn its options
 */
record RuleMatch(List<String> protocols, boolean once, BiFunction<Draw, Topology, String> drawn) {
    static List<RuleMatch> all(Family family) {
        List<RuleMatch> all = new ArrayList<>(family == Family.IPV4 ? ofIpv4() : ofIpv6());
        all.addAll(ofBoth());
        return all;
    }

    private static List<RuleMatch> ofIpv4() {
        return List.of(
                of(
                        (draw, net) -> not(draw) + "--icmp-type "
                                + draw.of("8", "0", "3", "3/3", "echo-request", "11", "any", "3/1", "13", "8/5", "255"),
                        "icmp"),
                of((draw, net) -> "-m ttl " + not(draw) + "--ttl-eq " + draw.of(1, 2, 63, 64, 254)),
                of((draw, net) -> "-m ttl " + draw.of("--ttl-lt ", "--ttl-gt ") + draw.of(2, 5, 63, 64, 255)));
    }

    private static List<RuleMatch> ofIpv6() {
        return List.of(
                of(
                        (draw, net) -> not(draw) + "--icmpv6-type "
                                + draw.of("128", "129", "1", "1/4", "echo-request", "3", "1/1", "2", "128/5", "200"),
                        "icmpv6"),
                of((draw, net) -> "-m hl " + not(draw) + "--hl-eq " + draw.of(1, 2, 63, 64, 254)),
                of((draw, net) -> "-m hl " + draw.of("--hl-lt ", "--hl-gt ") + draw.of(2, 5, 63, 64, 255)));
    }

    private static List<RuleMatch> ofBoth() {
        return List.of(
                of((draw, net) -> ports(draw, "--dport "), "tcp", "udp"),
                of((draw, net) -> ports(draw, "--sport "), "tcp", "udp"),
                of(
                        (draw, net) -> not(draw)
                                + draw.of(
                                        "--syn",
                                        "--tcp-flags SYN,ACK SYN",
                                        "--tcp-flags ALL NONE",
                                        "--tcp-flags ALL FIN,URG,PSH",
                                        "--tcp-flags SYN,RST,ACK,FIN SYN,ACK",
                                        "--tcp-flags ACK ACK"),
                        "tcp"),
                of(
                        (draw, net) -> "-m multiport " + not(draw) + draw.of("--dports ", "--sports ", "--ports ")
                                + draw.of("22,53,80", "0:1023", "80,443,5000:8080", "65535", "1024:65535,22"),
                        "tcp",
                        "udp"),
                of((draw, net) ->
                        "-m iprange " + not(draw) + draw.of("--src-range ", "--dst-range ") + range(draw, net)),
                of((draw, net) -> "-m length " + not(draw) + "--length "
                        + draw.of("20:40", "40", ":28", "48:", "28:60", "1000:65535")),
                of((draw, net) ->
                        "-m mark " + not(draw) + "--mark " + draw.of("0x1", "0", "0x10/0xf0", "0x3/0x3", "0x7")),
                of((draw, net) -> "-m dscp " + not(draw) + "--dscp " + draw.of("0x2e", "0x0", "0x2", "0x0a")),
                of((draw, net) -> "-m tos " + not(draw) + "--tos " + draw.of("0x10/0xff", "0x08/0x1e", "0x00/0x03")),
                of((draw, net) ->
                        "-m pkttype " + not(draw) + "--pkt-type " + draw.of("unicast", "broadcast", "multicast")),
                // So slow that the time a case takes makes no difference.
                of((draw, net) -> "-m limit --limit " + draw.of("1/hour", "3/day", "1/minute") + " --limit-burst "
                        + draw.of(1, 2, 4)),
                of((draw, net) -> hashLimit(draw)),
                of((draw, net) -> recent(draw, net)),
                // Later packets of a connection have versions of Linux count differently: docs/policy.md.
                once((draw, net) -> "-m conntrack ! --ctstatus CONFIRMED " + connLimit(draw)),
                // Too short for ports, so that it is of no connection.
                once(
                        (draw, net) -> "-m length --length " + (net.family() == Family.IPV4 ? "20:23 " : "40:43 ")
                                + connLimit(draw),
                        "tcp",
                        "udp"),
                of((draw, net) -> "-m time " + draw.of(TIMES)),
                of((draw, net) -> "-m set " + not(draw) + "--match-set " + OracleSets.draw(draw)),
                of((draw, net) -> "-m conntrack " + not(draw) + "--ctstate " + states(draw)),
                of((draw, net) -> "-m state " + not(draw) + "--state " + states(draw)),
                of((draw, net) -> "-m comment --comment " + draw.of("plain", "\"two words\"")));
    }

    /** Each matches always or never, for as long as anybody will run this. */
    private static final List<String> TIMES = List.of(
            "--datestop 2001-01-01T00:00:00",
            "--datestart 2001-01-01T00:00:00 --datestop 2038-01-19T03:14:07",
            "--timestart 00:00:00 --timestop 23:59:58 --datestart 2037-06-01T00:00:00 --datestop 2038-01-19T03:14:07",
            "--datestop 2038-01-19T03:14:07");

    /** So slow that the time a case takes makes no difference; the settings belong to the name. */
    private static String hashLimit(Draw draw) {
        int table = draw.below(4);
        String settings =
                switch (table) {
                    case 0 -> " --hashlimit-burst 2 --hashlimit-mode srcip";
                    case 1 -> " --hashlimit-burst 1 --hashlimit-mode srcport,dstport";
                    case 2 -> " --hashlimit-burst 3 --hashlimit-mode srcip,dstip";
                    default -> " --hashlimit-burst 4";
                };
        return "-m hashlimit " + draw.of("--hashlimit-upto", "--hashlimit-above") + " 1/hour" + settings
                + " --hashlimit-name " + KernelFilter.NAME + table + (table == 2 ? " --hashlimit-srcmask 16" : "");
    }

    private static String connLimit(Draw draw) {
        return "-m connlimit " + draw.of("--connlimit-upto ", "--connlimit-above ") + draw.of(0, 1, 2)
                + " --connlimit-mask " + draw.of(0, 16, 32) + draw.of(" --connlimit-saddr", " --connlimit-daddr");
    }

    private static String recent(Draw draw, Topology net) {
        String action = draw.of("--set", "--set", "--set", "--remove", "--rcheck", "--update");
        boolean looks = action.equals("--rcheck") || action.equals("--update");
        String seconds = looks && draw.oneIn(2) ? " --seconds 100000" + (draw.oneIn(2) ? " --reap" : "") : "";
        String hits = looks && draw.oneIn(2) ? " --hitcount " + draw.of(1, 2, 3) : "";
        // Linux counts the hops of its own IPv6 resets as if it had forwarded them: docs/policy.md.
        String hops = looks && net.family() == Family.IPV4 && draw.oneIn(4) ? " --rttl" : "";
        return "-m recent " + not(draw) + action + seconds + hits + hops + " --name " + KernelFilter.NAME
                + draw.of("a", "b") + draw.of(" --rsource", " --rdest");
    }

    private static RuleMatch of(BiFunction<Draw, Topology, String> drawn, String... protocols) {
        return new RuleMatch(List.of(protocols), /* once= */ false, drawn);
    }

    private static RuleMatch once(BiFunction<Draw, Topology, String> drawn, String... protocols) {
        return new RuleMatch(List.of(protocols), /* once= */ true, drawn);
    }

    /**
     * @param protocol the only one that the rule's packets have, or empty
     * @param builtIn whether the rule is in a built-in chain, through which a packet goes once
     */
    boolean fits(String protocol, boolean builtIn) {
        return (protocols.isEmpty() || protocols.contains(protocol)) && (builtIn || !once);
    }

    String text(Draw draw, Topology topology) {
        return drawn.apply(draw, topology);
    }

    static IpAddress host(Draw draw, Topology topology) {
        List<IpAddress> hosts = new ArrayList<>(topology.far());
        topology.sides().forEach(side -> {
            hosts.addAll(side.local());
            hosts.addAll(side.neighbors());
        });
        return draw.of(hosts);
    }

    private static String range(Draw draw, Topology topology) {
        IpAddress one = host(draw, topology);
        IpAddress other = host(draw, topology);
        return one.compareTo(other) <= 0 ? one + "-" + other : other + "-" + one;
    }

    private static String ports(Draw draw, String option) {
        if (draw.oneIn(4)) {
            // Not negated: nftables prints "! 0:1023" as "1024:65535".
            return option + draw.of("1024:65535", "0:1023");
        }
        return not(draw) + option + (draw.oneIn(4) ? draw.of("80:443", "5000:40000") : draw.of(Pools.PORTS));
    }

    private static String states(Draw draw) {
        return draw.of("NEW", "ESTABLISHED", "RELATED", "INVALID", "NEW,INVALID", "RELATED,ESTABLISHED", "UNTRACKED");
    }

    private static String not(Draw draw) {
        return draw.oneIn(6) ? "! " : "";
    }
}
