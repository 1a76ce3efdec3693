package dev.atoll.launcher.policy.space;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.AddressRangeMatcher;
import dev.atoll.stack.filter.AddressRangeMatcher.Range;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.Icmpv6Matcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of an IPv4 policy for IPv6: each address has one of 2001:db8::/96 in its place. */
final class InIpv6 {
    private static final long PREFIX = 0x2001_0db8L << Integer.SIZE;

    private InIpv6() {}

    static IpAddress address(IpAddress v4) {
        return new IpAddress(PREFIX, v4.v4Bits() & 0xffff_ffffL);
    }

    static RuleSet of(RuleSet v4) {
        List<Table> tables = new ArrayList<>();
        for (Table table : v4.tables()) {
            List<Chain> chains = new ArrayList<>();
            for (Chain chain : table.chains()) {
                List<Rule> rules = new ArrayList<>();
                for (Rule rule : chain.rules()) {
                    rules.add(rule(rule));
                }
                chains.add(new Chain(chain.name(), chain.policy(), rules, chain.origin()));
            }
            tables.add(new Table(table.name(), Family.IPV6, chains, table.origin()));
        }
        return RuleSet.of(tables);
    }

    private static Rule rule(Rule rule) {
        List<Matcher> matchers = new ArrayList<>();
        for (Matcher matcher : rule.matchers()) {
            matchers.add(matcher(matcher));
        }
        return new Rule(matchers, target(rule.target()), rule.origin());
    }

    private static Matcher matcher(Matcher matcher) {
        if (matcher instanceof AddressMatcher address) {
            IpAddress mask =
                    new IpAddress(-1, -1L << Integer.SIZE | (address.mask().v4Bits() & 0xffff_ffffL));
            return new AddressMatcher(address.direction(), address(address.address()), mask, address.negated());
        }
        if (matcher instanceof ProtocolMatcher protocol && protocol.protocol() == IpProtocol.ICMP) {
            return new ProtocolMatcher(IpProtocol.ICMPV6, protocol.negated());
        }
        if (matcher instanceof IcmpMatcher icmp) {
            int type = icmp.type() == Icmpv4.ECHO_REQUEST ? Icmpv6.ECHO_REQUEST : icmp.type();
            return new Icmpv6Matcher(type, icmp.firstCode(), icmp.lastCode(), icmp.negated());
        }
        return matcher instanceof AddressRangeMatcher ranges
                ? new AddressRangeMatcher(range(ranges.source()), range(ranges.destination()))
                : matcher;
    }

    private static @Nullable Range range(@Nullable Range range) {
        return range == null ? null : new Range(address(range.first()), address(range.last()), range.negated());
    }

    private static Target target(Target target) {
        if (target instanceof StandardTarget.Reject reject
                && reject.rejectWith().family() == Family.IPV4) {
            return new StandardTarget.Reject(
                    reject.rejectWith() == RejectWith.ICMP_PORT_UNREACHABLE
                            ? RejectWith.ICMP6_PORT_UNREACHABLE
                            : RejectWith.ICMP6_ADM_PROHIBITED);
        }
        if (target instanceof NatTarget.Dnat dnat && dnat.range().firstAddress() != null) {
            return new NatTarget.Dnat(dnat.range().address(address(dnat.range().firstAddress())));
        }
        return target;
    }
}
