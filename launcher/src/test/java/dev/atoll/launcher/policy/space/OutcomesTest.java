package dev.atoll.launcher.policy.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainCounters;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.RoutingView;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleCounters;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The address space of random policies against the filter itself: every sampled packet must fare in both alike. */
class OutcomesTest {
    private static final int POLICIES = 150;
    private static final int PACKETS = 150;

    private static RuleSet parse(String text) {
        PolicyResult result = PolicyParser.parse("egress.rules", text, HostResolver.NONE);
        assertTrue(result instanceof PolicyResult.Accepted, () -> result + "\n" + text);
        return ((PolicyResult.Accepted) result).ruleSet();
    }

    private static Verdict judge(IpTables filter, Sample sample, boolean outgoing) {
        PacketBuffer packet = sample.packet(outgoing);
        String in = outgoing ? null : sample.nic();
        String out = outgoing ? sample.nic() : null;
        Verdict first = filter.check(outgoing ? Hook.OUTPUT : Hook.PREROUTING, packet, in, out, 0);
        if (first.kind() != Verdict.Kind.ACCEPT) {
            return first;
        }
        return filter.check(outgoing ? Hook.POSTROUTING : Hook.INPUT, packet, in, out, 0);
    }

    private static IpTables filter(RuleSet rules) {
        IpTables filter = new IpTables(Rng.seeded(1));
        filter.routing(new RoutingView() {
            @Override
            public IpAddress find(String nic, IpAddress peer) {
                return peer.isV4() ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
            }

            @Override
            public AddressType typeOf(long high, long low, String nic) {
                return AddressType.UNICAST;
            }

            @Override
            public int pathMtuBytes(IpAddress to, String nic) {
                return Integer.MAX_VALUE;
            }
        });
        filter.replace(rules);
        return filter;
    }

    @ParameterizedTest
    @CsvSource({"1, IPV4", "2, IPV4", "3, IPV6", "4, IPV6"})
    void randomPolicies_packetsFareAsInTheFilter(long seed, Family family) {
        int refused = 0;
        for (long policy = seed * POLICIES; policy < (seed + 1) * POLICIES; policy++) {
            String text = RandomRules.make(policy);
            RuleSet rules = family == Family.IPV4 ? parse(text) : InIpv6.of(parse(text));
            Space space = new Space(family, new Interfaces(List.of(rules)), new Diagrams());
            Outcomes outcomes = new Outcomes(space, rules, Outcomes.FIRST);
            Rng rng = Rng.seeded(policy);
            for (int i = 0; i < PACKETS; i++) {
                Sample sample = Sample.draw(rng, family);
                boolean outgoing = rng.nextInt(2) == 0;
                // A new filter each time: that no earlier packet's connection is known.
                Verdict verdict = judge(filter(rules), sample, outgoing);
                Outcome outcome = (Outcome)
                        (outgoing ? outcomes.outgoing() : outcomes.incoming()).at(sample.point(space, outgoing));
                String what = "seed " + policy + ", outgoing " + outgoing + ", " + sample + "\n" + text;
                assertEquals(verdict.kind().name(), outcome.kind().name(), () -> outcome + " " + verdict + what);
                assertEquals(verdict.rejectWith(), outcome.rejectWith(), what);
                if (verdict.kind() != Verdict.Kind.ACCEPT) {
                    assertEquals(verdict.origin(), outcome.origin(), what);
                    refused++;
                }
            }
        }
        assertTrue(refused > POLICIES * PACKETS / 10, "the policies refuse too little to say anything: " + refused);
    }

    /** What is said to be never reached must have counted nothing. */
    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void randomPolicies_nothingReachesWhatIsSaidToBeUnreachable(long seed) {
        int found = 0;
        for (long policy = seed * POLICIES; policy < (seed + 1) * POLICIES; policy++) {
            String text = RandomRules.make(policy);
            RuleSet rules = parse(text);
            Set<Rule> unreachable = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Finding finding : findings(rules)) {
                unreachable.addAll(rules(finding));
            }
            found += unreachable.size();
            IpTables filter = filter(rules);
            Rng rng = Rng.seeded(policy);
            for (int i = 0; i < PACKETS; i++) {
                judge(filter, Sample.draw(rng, Family.IPV4), rng.nextInt(2) == 0);
            }
            for (ChainCounters chain : filter.counters()) {
                for (RuleCounters rule : chain.rules()) {
                    assertTrue(
                            !unreachable.contains(rule.rule()) || rule.packets() == 0,
                            () -> "reached: " + rule.rule().origin() + "\n" + text);
                }
            }
        }
        assertTrue(found > POLICIES / 10, "too little was found to say anything: " + found);
    }

    private static List<Finding> findings(RuleSet rules) {
        Space space = new Space(Family.IPV4, new Interfaces(List.of(rules)), new Diagrams());
        List<Finding> findings = new ArrayList<>();
        for (Table table : rules.tables()) {
            findings.addAll(new Reachability(space, table, new Matches(space, rules, null)).find());
        }
        return findings;
    }

    private static List<Rule> rules(Finding finding) {
        if (finding instanceof Finding.Contradiction one) {
            return List.of(one.rule());
        } else if (finding instanceof Finding.Shadowed one) {
            return List.of(one.rule());
        } else if (finding instanceof Finding.Elsewhere one) {
            return List.of(one.rule());
        } else if (finding instanceof Finding.Behind one) {
            int from = one.chain().rules().indexOf(one.rule());
            return one.chain().rules().subList(from, one.chain().rules().size());
        }
        return ((Finding.Unused) finding).chain().rules();
    }

    /** The same function is the same object, however it is written. */
    @Test
    void rulesInAnotherOrder_orSplit_areTheSameFunction() {
        RuleSet one = parse("""
                *filter
                :OUTPUT DROP
                -A OUTPUT -p tcp -d 10.0.0.0/24 --dport 80 -j ACCEPT
                -A OUTPUT -p udp -d 10.0.1.0/24 -j ACCEPT
                COMMIT
                """);
        RuleSet other = parse("""
                *filter
                :OUTPUT DROP
                -A OUTPUT -p udp -d 10.0.1.128/25 -j ACCEPT
                -A OUTPUT -p tcp -d 10.0.0.0/25 --dport 80 -j ACCEPT
                -A OUTPUT -p udp -d 10.0.1.0/25 -j ACCEPT
                -A OUTPUT -p tcp -d 10.0.0.128/25 -m multiport --dports 80 -j ACCEPT
                COMMIT
                """);
        Space space = new Space(Family.IPV4, new Interfaces(List.of(one, other)), new Diagrams());
        Outcomes first = new Outcomes(space, one, Outcomes.FIRST);
        Outcomes second = new Outcomes(space, other, Outcomes.FIRST);

        assertEquals(first.accepted(first.outgoing()), second.accepted(second.outgoing()));
    }

    /** Boxes are shown to users: each packet that fares otherwise is in one, and in no other. */
    @ParameterizedTest
    @ValueSource(longs = {7, 8})
    void randomPolicies_packetsThatFareOtherwise_areInOneBox(long seed) {
        int changed = 0;
        for (long policy = seed * POLICIES; policy < (seed + 1) * POLICIES; policy++) {
            RuleSet before = parse(RandomRules.make(policy));
            RuleSet after = parse(RandomRules.make(policy + 1));
            Space space = new Space(Family.IPV4, new Interfaces(List.of(before, after)), new Diagrams());
            Outcomes first = new Outcomes(space, before, Outcomes.FIRST);
            Outcomes second = new Outcomes(space, after, Outcomes.FIRST);
            Diagram same = space.diagrams()
                    .combine(first.outgoing(), second.outgoing(), (a, b) -> ((Outcome) a).isLike((Outcome) b));
            List<Region> regions = Region.of(space, same, true);
            Rng rng = Rng.seeded(policy);
            for (int i = 0; i < PACKETS; i++) {
                Sample sample = Sample.draw(rng, Family.IPV4);
                Verdict was = judge(filter(before), sample, true);
                Verdict is = judge(filter(after), sample, true);
                boolean otherwise = was.kind() != is.kind() || was.rejectWith() != is.rejectWith();
                Diagram.Point point = sample.point(space, true);
                long boxes = regions.stream()
                        .filter(region -> region.contains(point))
                        .count();
                assertTrue(boxes == 1 || (boxes == 0 && !otherwise), () -> boxes + " boxes have " + sample);
                changed += otherwise ? 1 : 0;
            }
        }
        assertTrue(changed > POLICIES * PACKETS / 10, "too little fares otherwise to say anything: " + changed);
    }

    /** Some thousand rules are within reach. */
    @Test
    void manyRules_areLookedThrough() {
        StringBuilder text = new StringBuilder("*filter\n:OUTPUT DROP\n");
        for (int i = 0; i < 2000; i++) {
            text.append("-A OUTPUT -p tcp -d 10.")
                    .append(i / 200)
                    .append('.')
                    .append(i % 200)
                    .append(".0/24 --dport ");
            text.append(1 + i % 50).append(" -j ACCEPT\n");
        }
        RuleSet rules = parse(text.append("-A OUTPUT -d 10.3.7.0/25 -p tcp --dport 8 -j DROP\nCOMMIT\n")
                .toString());
        Space space = new Space(Family.IPV4, new Interfaces(List.of(rules)), new Diagrams());
        Outcomes outcomes = new Outcomes(space, rules, Outcomes.FIRST);

        // One for each port: the networks with the same one are one box.
        assertEquals(
                50,
                Region.of(space, outcomes.accepted(outcomes.outgoing()), false).size());
        List<Finding> findings = findings(rules);
        assertEquals(1, findings.size());
        assertEquals(
                2003,
                assertInstanceOf(Finding.Shadowed.class, findings.get(0))
                        .rule()
                        .origin()
                        .line());
    }

    /** What nobody here knows is a condition, and nothing is concluded from it. */
    @Test
    void targetAndMatcherOfAnEmbedder_areConditions() {
        Origin origin = new Origin("own.rules", 1, "-A OUTPUT -j OWN");
        Matcher lot = new Matcher() {
            @Override
            public Result match(PacketContext context) {
                return Matcher.of(context.nowNs() % 2 == 0);
            }

            @Override
            public String toString() {
                return "lot";
            }
        };
        Target own = new Target() {
            @Override
            public Action apply(PacketContext context) {
                context.packet().mark = 1;
                return Action.CONTINUE;
            }

            @Override
            public String toString() {
                return "own";
            }
        };
        Rule first = new Rule(List.of(lot), StandardTarget.ACCEPT, origin);
        Rule second = new Rule(List.of(lot), StandardTarget.DROP, origin);
        Rule third = new Rule(List.of(), own, origin);
        Rule fourth = new Rule(List.of(new MarkMatcher(1, -1, false)), StandardTarget.DROP, origin);
        Chain output = new Chain("OUTPUT", ChainPolicy.ACCEPT, List.of(first, second, third, fourth), null);
        RuleSet rules = RuleSet.of(
                List.of(Table.acceptAll(TableName.FILTER, Family.IPV4).with(output)));

        assertEquals(List.of(), findings(rules));
        Space space = new Space(Family.IPV4, new Interfaces(List.of(rules)), new Diagrams());
        Outcomes outcomes = new Outcomes(space, rules, Outcomes.FIRST);
        List<Region> boxes = Region.of(space, outcomes.outgoing(), "");
        Set<Outcome.Kind> kinds = EnumSet.noneOf(Outcome.Kind.class);
        boxes.forEach(box -> kinds.add(((Outcome) box.value()).kind()));
        assertEquals(EnumSet.of(Outcome.Kind.ACCEPT, Outcome.Kind.DROP, Outcome.Kind.UNKNOWN), kinds);
        assertEquals(
                "any protocol if not [-m mark --mark 0x1] and not [own decides] and not [lot] and not"
                        + " [lot, the 2. of this text]",
                boxes.get(0).toString());
    }
}
