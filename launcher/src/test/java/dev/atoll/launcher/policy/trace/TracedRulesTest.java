package dev.atoll.launcher.policy.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.policy.space.RandomRules;
import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.LimitMatcher;
import dev.atoll.stack.filter.MadeUpPacket;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.RoutingView;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules that tell each step must decide as the rules they are made of. */
class TracedRulesTest {
    private static final int POLICIES = 200;
    private static final int PACKETS = 40;

    private static RuleSet parse(String text) {
        return ((PolicyResult.Accepted) PolicyParser.parse("egress.rules", text, HostResolver.NONE)).ruleSet();
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

    private static FullAddress address(Rng rng) {
        int[] ports = {53, 80, 443, 8080, 49_152};
        return new FullAddress(IpAddress.parse(RandomRules.address(rng)), ports[rng.nextInt(ports.length)]);
    }

    @Test
    void randomPolicies_tracedRules_decideAlike() {
        int matched = 0;
        for (long seed = 0; seed < POLICIES; seed++) {
            String text = RandomRules.make(seed);
            RuleSet rules = parse(text);
            List<Step> steps = new ArrayList<>();
            IpTables plain = filter(rules);
            IpTables traced = filter(TracedRules.of(rules, steps::add));
            Rng rng = Rng.seeded(seed);
            for (int i = 0; i < PACKETS; i++) {
                int protocol = rng.nextInt(2) == 0 ? IpProtocol.TCP : IpProtocol.UDP;
                FullAddress from = address(rng);
                FullAddress to = address(rng);
                PacketBuffer one = MadeUpPacket.of(protocol, from, to, Tcp.SYN, true);
                PacketBuffer other = MadeUpPacket.of(protocol, from, to, Tcp.SYN, true);
                for (Hook hook : List.of(Hook.OUTPUT, Hook.POSTROUTING, Hook.PREROUTING, Hook.INPUT)) {
                    boolean out = hook == Hook.OUTPUT || hook == Hook.POSTROUTING;
                    String in = out ? null : "eth0";
                    Verdict expected = plain.check(hook, one, in, out ? "eth0" : null, i);
                    Verdict verdict = traced.check(hook, other, in, out ? "eth0" : null, i);
                    String what = "seed " + seed + ", packet " + i + ", " + hook + "\n" + text;
                    assertEquals(expected.kind(), verdict.kind(), what);
                    assertEquals(expected.rejectWith(), verdict.rejectWith(), what);
                    assertEquals(expected.origin(), verdict.origin(), what);
                    assertEquals(one.destinationLow, other.destinationLow, what);
                    if (verdict.kind() != Verdict.Kind.ACCEPT) {
                        break;
                    }
                }
            }
            matched +=
                    (int) steps.stream().filter(Step.Matched.class::isInstance).count();
        }
        assertTrue(matched > POLICIES * PACKETS / 10, "the packets meet too few rules to say anything: " + matched);
    }

    /** A match that nobody here knows is asked as any other, and told under its own words. */
    @Test
    void matcherOfAnEmbedder_isAskedAndTold() {
        Origin origin = new Origin("own.rules", 1, "-A OUTPUT -m own -j DROP");
        Matcher own = new Matcher() {
            @Override
            public Result match(PacketContext context) {
                return Result.NO;
            }

            @Override
            public String toString() {
                return "own condition";
            }
        };
        Rule limit = new Rule(List.of(new LimitMatcher(1, 1)), StandardTarget.DROP, origin);
        Chain output = new Chain(
                "OUTPUT",
                ChainPolicy.ACCEPT,
                List.of(new Rule(List.of(own), StandardTarget.DROP, origin), limit),
                null);
        RuleSet rules = RuleSet.of(
                List.of(Table.acceptAll(TableName.FILTER, Family.IPV6).with(output)));
        FullAddress from = new FullAddress(IpAddress.parse("2001:db8::1"), 9000);
        FullAddress to = new FullAddress(IpAddress.parse("2001:db8::2"), 80);

        Explanation explanation = Walk.of(rules, new Connection(true, IpProtocol.UDP, from, to, null));

        List<Step> steps = explanation.legs().get(0).steps();
        Step.Missed missed = assertInstanceOf(Step.Missed.class, steps.get(1));
        assertEquals("the condition own condition does not hold for this made-up packet", missed.why());
        Step.Matched matched = assertInstanceOf(Step.Matched.class, steps.get(2));
        assertEquals(
                List.of("-m limit --limit 10000/sec --limit-burst 1 remembers packets, and this is its first"),
                matched.notes());
        assertEquals(Explanation.Result.DROP, explanation.result());
        assertEquals(
                "java.net.SocketException: Operation not permitted (" + origin + "), at once",
                explanation.programSees());
    }
}
