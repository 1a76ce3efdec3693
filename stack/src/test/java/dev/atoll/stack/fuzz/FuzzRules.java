package dev.atoll.stack.fuzz;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.UdpMatcher;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Rules that track connections, refuse some packets and translate others, and let both stacks talk all the same. */
final class FuzzRules {
    private static final Origin ORIGIN = new Origin("fuzz", 1, "");

    private FuzzRules() {}

    /** Some of them, or none. */
    static RuleSet some(SplittableRandom random) {
        List<Table> tables = new ArrayList<>();
        // A family without rules is closed if the other has some.
        boolean filter = random.nextBoolean();
        boolean nat = random.nextBoolean();
        for (Family family : Family.values()) {
            if (filter) {
                tables.add(filter(family));
            }
            if (nat) {
                tables.add(nat(family, random));
            }
        }
        return RuleSet.of(tables);
    }

    private static Chain chain(Hook hook, Rule... rules) {
        return new Chain(hook.name(), ChainPolicy.ACCEPT, List.of(rules), ORIGIN);
    }

    private static Rule rule(Target target, Matcher... matchers) {
        return new Rule(List.of(matchers), target, ORIGIN);
    }

    private static Matcher protocol(int number) {
        return new ProtocolMatcher(number, false);
    }

    private static Matcher udpTo(int port) {
        return new UdpMatcher(PortRange.ANY, new PortRange(port, port, false));
    }

    private static Table filter(Family family) {
        RejectWith unreachable =
                family == Family.IPV4 ? RejectWith.ICMP_PORT_UNREACHABLE : RejectWith.ICMP6_PORT_UNREACHABLE;
        Matcher invalid = new ConnStateMatcher(ConnStateMatcher.Spelling.STATE, ConnState.INVALID.bit(), false);
        return Table.acceptAll(TableName.FILTER, family)
                .with(chain(
                        Hook.INPUT,
                        rule(StandardTarget.DROP, invalid),
                        rule(
                                new StandardTarget.Reject(unreachable),
                                protocol(IpProtocol.UDP),
                                udpTo(Traffic.PORT + 1))))
                .with(chain(
                        Hook.FORWARD, rule(new StandardTarget.Reject(RejectWith.TCP_RESET), protocol(IpProtocol.TCP))));
    }

    private static Table nat(Family family, SplittableRandom random) {
        boolean v4 = family == Family.IPV4;
        int icmp = v4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        NatRange ports = NatRange.ANY.ports(20_000, 20_000 + random.nextInt(200));
        Matcher nowhere = new AddressMatcher(
                AddressMatcher.Direction.DESTINATION,
                IpAddress.parse(v4 ? "192.0.2.0" : "2001:db8::"),
                IpAddress.parse(v4 ? "255.255.255.0" : "ffff:ffff::"),
                false);
        NatTarget inside = new NatTarget.Netmap(
                IpAddress.parse(v4 ? "10.0.0.0" : "fd00::"), IpAddress.parse(v4 ? "255.255.255.252" : "ffff:ffff::"));
        Target redirect = new NatTarget.Redirect(NatRange.ANY.ports(Traffic.PORT, Traffic.PORT));
        return Table.acceptAll(TableName.NAT, family)
                .with(chain(
                        Hook.PREROUTING,
                        rule(redirect, protocol(IpProtocol.UDP), udpTo(Traffic.PORT + 1)),
                        rule(inside, nowhere)))
                .with(chain(Hook.OUTPUT, rule(random.nextBoolean() ? inside : StandardTarget.NONE, nowhere)))
                .with(chain(
                        Hook.POSTROUTING,
                        rule(new NatTarget.Masquerade(ports), protocol(IpProtocol.TCP)),
                        rule(new NatTarget.Masquerade(ports), protocol(IpProtocol.UDP)),
                        rule(new NatTarget.Masquerade(NatRange.ANY), protocol(icmp))));
    }
}
