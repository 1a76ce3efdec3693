package dev.atoll.runtime.oracle;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Draws rule sets in which most packets meet something. */
final class RandomRules {
    private static final List<String> USER_CHAINS = List.of("U1", "U2", "U3");

    private final Topology topology;
    private final Draw draw;
    private final List<RuleMatch> matches;

    RandomRules(Topology topology, Draw draw) {
        this.topology = topology;
        this.draw = draw;
        matches = RuleMatch.all(topology.family());
    }

    List<OracleCase.RuleTable> tables() {
        List<OracleCase.RuleTable> tables = new ArrayList<>();
        if (draw.oneIn(4)) {
            tables.add(table(TableName.RAW));
        }
        if (draw.oneIn(3)) {
            tables.add(table(TableName.MANGLE));
        }
        if (draw.oneIn(3)) {
            tables.add(table(TableName.NAT));
        }
        if (tables.isEmpty() || !draw.oneIn(8)) {
            tables.add(table(TableName.FILTER));
        }
        return tables;
    }

    private OracleCase.RuleTable table(TableName name) {
        List<String> head = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        List<String> users = USER_CHAINS.subList(0, draw.below(USER_CHAINS.size() + 1));
        for (Hook hook : name.hooks()) {
            boolean drops = name != TableName.NAT && draw.oneIn(name == TableName.FILTER ? 4 : 12);
            head.add(":" + hook + (drops ? " DROP" : " ACCEPT") + " [0:0]");
        }
        users.forEach(chain -> head.add(":" + chain + " - [0:0]"));
        // A rejection in OUTPUT is an error of the program's call in a stack, and a packet to oneself on Linux:
        // docs/policy.md.
        boolean outputJumps = draw.oneIn(2);
        for (Hook hook : name.hooks()) {
            int count = draw.below(5);
            for (int i = 0; i < count; i++) {
                List<String> onward = hook == Hook.OUTPUT && !outputJumps ? List.of() : users;
                rules.add(rule(new Place(name, hook, hook.name(), onward, hook != Hook.OUTPUT)));
            }
        }
        for (int chain = 0; chain < users.size(); chain++) {
            int count = 1 + draw.below(3);
            for (int i = 0; i < count; i++) {
                rules.add(rule(
                        new Place(name, null, users.get(chain), users.subList(chain + 1, users.size()), !outputJumps)));
            }
        }
        return new OracleCase.RuleTable(name, head, rules);
    }

    /**
     * Where a rule stands.
     *
     * @param hook null in a user chain
     * @param onward user chains it may lead to
     * @param rejects whether it may reject
     */
    record Place(TableName table, @Nullable Hook hook, String chain, List<String> onward, boolean rejects) {
        boolean mayNameInput() {
            return hook == null || hook == Hook.PREROUTING || hook == Hook.INPUT || hook == Hook.FORWARD;
        }

        boolean mayNameOutput() {
            return hook == null || hook == Hook.OUTPUT || hook == Hook.FORWARD || hook == Hook.POSTROUTING;
        }
    }

    private String rule(Place place) {
        List<String> parts = new ArrayList<>();
        parts.add("-A " + place.chain());
        if (draw.oneIn(4)) {
            parts.add(negation() + "-s " + network());
        }
        if (draw.oneIn(4)) {
            parts.add(negation() + "-d " + network());
        }
        if (draw.oneIn(5) && place.mayNameInput()) {
            parts.add(negation() + "-i " + nic());
        }
        if (draw.oneIn(5) && place.mayNameOutput()) {
            parts.add(negation() + "-o " + nic());
        }
        boolean v4 = topology.family() == Family.IPV4;
        String icmp = v4 ? "icmp" : "icmpv6";
        String protocol = draw.of("", "", "", "tcp", "tcp", "udp", "udp", icmp, "99");
        boolean negated = !protocol.isEmpty() && draw.oneIn(12);
        if (!protocol.isEmpty()) {
            parts.add((negated ? "! " : "") + "-p " + protocol);
        }
        String only = negated ? "" : protocol;
        int count = draw.of(0, 0, 1, 1, 2);
        for (int i = 0; i < count; i++) {
            List<RuleMatch> fitting = matches.stream()
                    .filter(match -> match.fits(only, place.hook() != null))
                    .toList();
            parts.add(draw.of(fitting).text(draw, topology));
        }
        String target = RuleTarget.draw(draw, topology, place, only);
        if (!target.isEmpty()) {
            parts.add(target);
        }
        return String.join(" ", parts);
    }

    private String network() {
        IpAddress host = RuleMatch.host(draw, topology);
        boolean v4 = topology.family() == Family.IPV4;
        return switch (draw.below(5)) {
            case 0, 1 -> host.toString();
            case 2 -> host + (v4 ? "/24" : "/64");
            case 3 -> host + "/" + (v4 ? draw.of(8, 15, 25, 31, 30) : draw.of(16, 30, 121, 127, 126));
            default -> host + (v4 ? "/255.0.0.255" : "/ff00::ff");
        };
    }

    private String nic() {
        return draw.of("eth0", "eth1", "eth+", "lo");
    }

    private String negation() {
        return draw.oneIn(6) ? "! " : "";
    }
}
