package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds rule sets with one table, filter of IPv4 unless told otherwise; each rule's origin is its line of a file named {@code test.rules}. */
final class Rules {
    private final Map<String, ChainPolicy> policies = new LinkedHashMap<>();
    private final Map<String, List<Rule>> rules = new LinkedHashMap<>();
    private final TableName name;
    private int line;

    Rules() {
        this(TableName.FILTER);
    }

    Rules(TableName name) {
        this.name = name;
        for (Hook hook : name.hooks()) {
            policies.put(hook.name(), ChainPolicy.ACCEPT);
            rules.put(hook.name(), new ArrayList<>());
        }
    }

    Rules policy(Hook hook, ChainPolicy policy) {
        policies.put(hook.name(), policy);
        return this;
    }

    Rules chain(String name) {
        rules.put(name, new ArrayList<>());
        return this;
    }

    Rules add(String chain, Target target, Matcher... matchers) {
        rules.computeIfAbsent(chain, name -> new ArrayList<>())
                .add(new Rule(List.of(matchers), target, origin(chain + " " + target)));
        return this;
    }

    private Origin origin(String text) {
        return new Origin("test.rules", ++line, text);
    }

    Table table() {
        return table(Family.IPV4);
    }

    Table table(Family family) {
        List<Chain> chains = new ArrayList<>();
        rules.forEach((chain, list) -> chains.add(new Chain(chain, policies.get(chain), list, origin(":" + chain))));
        return new Table(name, family, chains, new Origin("test.rules", 1, "*" + name.text()));
    }

    RuleSet build(Family family) {
        return RuleSet.of(List.of(table(family)));
    }

    RuleSet build() {
        return RuleSet.of(List.of(table()));
    }

    static Matcher destination(String subnet) {
        return address(AddressMatcher.Direction.DESTINATION, subnet, false);
    }

    static Matcher address(AddressMatcher.Direction direction, String text, boolean negated) {
        Subnet subnet = Subnet.parse(text);
        IpAddress mask = IpAddress.v4(subnet.prefixLength() == 0 ? 0 : -1 << 32 - subnet.prefixLength());
        return new AddressMatcher(direction, subnet.network(), mask, negated);
    }

    static Matcher protocol(int number) {
        return new ProtocolMatcher(number, false);
    }

    static Matcher tcpTo(int port) {
        return new TcpMatcher(PortRange.ANY, new PortRange(port, port, false), 0, 0, false);
    }

    static Matcher state(ConnState... states) {
        int bits = 0;
        for (ConnState state : states) {
            bits |= state.bit();
        }
        return new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, bits, false);
    }
}
