package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.AddressRangeMatcher;
import dev.atoll.stack.filter.AddressTypeMatcher;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.CodeSourceMatcher;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.ConnBytesMatcher;
import dev.atoll.stack.filter.ConnLimitMatcher;
import dev.atoll.stack.filter.ConnMarkMatcher;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.ConnTrackMatcher;
import dev.atoll.stack.filter.EcnMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.FlowTarget;
import dev.atoll.stack.filter.FragmentMatcher;
import dev.atoll.stack.filter.HashLimitMatcher;
import dev.atoll.stack.filter.HopsMatcher;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.Icmpv6Matcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.LengthMatcher;
import dev.atoll.stack.filter.LimitMatcher;
import dev.atoll.stack.filter.LinkSourceMatcher;
import dev.atoll.stack.filter.LogTarget;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.MultiportMatcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.NthMatcher;
import dev.atoll.stack.filter.OwnerMatcher;
import dev.atoll.stack.filter.PacketTypeMatcher;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RandomMatcher;
import dev.atoll.stack.filter.RecentMatcher;
import dev.atoll.stack.filter.RewriteTarget;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.SetMatcher;
import dev.atoll.stack.filter.SpiMatcher;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.StringMatcher;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.TcpMssMatcher;
import dev.atoll.stack.filter.TimeMatcher;
import dev.atoll.stack.filter.TosMatcher;
import dev.atoll.stack.filter.TraceTarget;
import dev.atoll.stack.filter.U32Matcher;
import dev.atoll.stack.filter.UdpMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Prints a rule set in the normal form of iptables-save (that of iptables-legacy 1.8.9), without its comment lines and
 * with counters of 0: reading what was printed gives the same rules.
 */
public final class PolicyPrinter {
    private final StringBuilder out = new StringBuilder();
    private final Family family;

    private PolicyPrinter(Family family) {
        this.family = family;
    }

    /**
     * The whole rule set as text: the tables for IPv4 first, those for IPv6 under a heading that says so.
     *
     * @throws IllegalArgumentException if it has a matcher or target that is not one of the standard ones
     */
    public static String print(RuleSet ruleSet) {
        String v4 = print(ruleSet, Family.IPV4);
        return ruleSet.covers(Family.IPV6) ? v4 + Heading.IPV6 + "\n" + print(ruleSet, Family.IPV6) : v4;
    }

    /**
     * One family's tables as text.
     *
     * @throws IllegalArgumentException as {@link #print(RuleSet)}
     */
    public static String print(RuleSet ruleSet, Family family) {
        PolicyPrinter printer = new PolicyPrinter(family);
        for (Table table : ruleSet.tables()) {
            if (table.family() == family) {
                printer.table(table);
            }
        }
        return printer.out.toString();
    }

    /**
     * One rule as iptables-save prints it in that chain.
     *
     * @throws IllegalArgumentException as {@link #print(RuleSet)}
     */
    public static String print(Family family, String chain, Rule rule) {
        PolicyPrinter printer = new PolicyPrinter(family);
        printer.rule(chain, rule);
        return printer.out.toString();
    }

    private void table(Table table) {
        List<Chain> chains = new ArrayList<>();
        table.name().hooks().forEach(hook -> {
            Chain builtIn = table.chain(hook.name());
            if (builtIn != null) {
                chains.add(builtIn);
            }
        });
        table.chains().stream()
                .filter(chain -> !chain.isBuiltIn())
                .sorted(Comparator.comparing(Chain::name))
                .forEach(chains::add);
        out.append('*').append(table.name().text()).append('\n');
        for (Chain chain : chains) {
            ChainPolicy policy = chain.policy();
            out.append(':').append(chain.name()).append(' ').append(policy == null ? "-" : policy.name());
            out.append(" [0:0]\n");
        }
        for (Chain chain : chains) {
            for (Rule rule : chain.rules()) {
                rule(chain.name(), rule);
                out.append('\n');
            }
        }
        out.append("COMMIT\n");
    }

    private void rule(String chain, Rule rule) {
        out.append("-A ").append(chain);
        rule.matchers().forEach(this::matcher);
        target(rule.target());
    }

    private void matcher(Matcher matcher) {
        if (matcher instanceof AddressMatcher address) {
            address(address);
        } else if (matcher instanceof InterfaceMatcher nic) {
            negation(nic.negated());
            out.append(nic.side() == InterfaceMatcher.Side.IN ? " -i " : " -o ").append(nic.pattern());
        } else if (matcher instanceof ProtocolMatcher protocol) {
            negation(protocol.negated());
            String name = Protocols.name(protocol.protocol());
            out.append(" -p ").append(name == null ? Integer.toString(protocol.protocol()) : name);
        } else if (matcher instanceof FragmentMatcher fragment) {
            negation(fragment.negated());
            out.append(" -f");
        } else if (!extension(matcher)) {
            throw new IllegalArgumentException("a matcher of " + matcher.getClass() + " has no text form");
        }
    }

    private boolean extension(Matcher matcher) {
        RuleText text = new RuleText(out, family);
        if (content(matcher, text)) {
            return true;
        }
        if (matcher instanceof AddressRangeMatcher range) {
            RangeSyntax.print(range, text);
        } else if (matcher instanceof AddressTypeMatcher types) {
            AddressTypeSyntax.print(types, text);
        } else if (matcher instanceof CodeSourceMatcher code) {
            CodeSourceSyntax.print(code, text);
        } else if (matcher instanceof CommentMatcher comment) {
            CommentSyntax.print(comment, text);
        } else if (matcher instanceof ConnBytesMatcher bytes) {
            ConnBytesSyntax.print(bytes, text);
        } else if (matcher instanceof ConnMarkMatcher mark) {
            ConnMarkSyntax.print(mark, text);
        } else if (matcher instanceof ConnTrackMatcher tracked) {
            ConnTrackSyntax.print(tracked, text);
        } else if (matcher instanceof ConnStateMatcher state) {
            StateSyntax.print(state, text);
        } else if (matcher instanceof HopsMatcher hops) {
            TtlSyntax.print(hops, text);
        } else if (matcher instanceof IcmpMatcher icmp) {
            IcmpSyntax.print(icmp, text);
        } else if (matcher instanceof Icmpv6Matcher icmp) {
            IcmpSyntax.print(icmp, text);
        } else if (matcher instanceof LengthMatcher length) {
            LengthSyntax.print(length, text);
        } else if (matcher instanceof LimitMatcher limit) {
            LimitSyntax.print(limit, text);
        } else if (matcher instanceof LinkSourceMatcher link) {
            MacSyntax.print(link, text);
        } else if (matcher instanceof MarkMatcher mark) {
            MarkSyntax.print(mark, text);
        } else if (matcher instanceof MultiportMatcher ports) {
            MultiportSyntax.print(ports, text);
        } else if (matcher instanceof NameMatcher names) {
            NameSyntax.print(names, text);
        } else if (matcher instanceof OwnerMatcher owner) {
            OwnerSyntax.print(owner, text);
        } else if (matcher instanceof PacketTypeMatcher type) {
            PacketTypeSyntax.print(type, text);
        } else if (matcher instanceof TcpMatcher tcp) {
            TcpSyntax.print(tcp, text);
        } else if (matcher instanceof TosMatcher tos) {
            TosSyntax.print(tos, text);
        } else if (matcher instanceof UdpMatcher udp) {
            UdpSyntax.print(udp, text);
        } else {
            return false;
        }
        return true;
    }

    /** Those that look at what is in packets, beyond addresses and ports, or leave it to chance. */
    private static boolean content(Matcher matcher, RuleText text) {
        if (matcher instanceof EcnMatcher ecn) {
            EcnSyntax.print(ecn, text);
        } else if (matcher instanceof NthMatcher nth) {
            StatisticSyntax.print(nth, text);
        } else if (matcher instanceof RandomMatcher random) {
            StatisticSyntax.print(random, text);
        } else if (matcher instanceof ConnLimitMatcher limit) {
            ConnLimitSyntax.print(limit, text);
        } else if (matcher instanceof HashLimitMatcher limit) {
            HashLimitSyntax.print(limit, text);
        } else if (matcher instanceof RecentMatcher recent) {
            RecentSyntax.print(recent, text);
        } else if (matcher instanceof TimeMatcher time) {
            TimeSyntax.print(time, text);
        } else if (matcher instanceof SetMatcher set) {
            SetSyntax.print(set, text);
        } else if (matcher instanceof SpiMatcher spi) {
            SpiSyntax.print(spi, text);
        } else if (matcher instanceof StringMatcher string) {
            StringSyntax.print(string, text);
        } else if (matcher instanceof TcpMssMatcher mss) {
            TcpMssSyntax.print(mss, text);
        } else if (matcher instanceof U32Matcher u32) {
            U32Syntax.print(u32, text);
        } else {
            return false;
        }
        return true;
    }

    private void negation(boolean negated) {
        if (negated) {
            out.append(" !");
        }
    }

    private void address(AddressMatcher address) {
        negation(address.negated());
        out.append(address.direction() == AddressMatcher.Direction.SOURCE ? " -s " : " -d ");
        out.append(Masks.text(address.address(), address.mask()));
    }

    private static void log(LogTarget target, RuleText text) {
        if (target instanceof LogTarget.Log log) {
            LogSyntax.print(log, text);
        } else if (target instanceof LogTarget.NfLog log) {
            NfLogSyntax.print(log, text);
        } else if (target instanceof LogTarget.Audit audit) {
            AuditSyntax.print(audit, text);
        }
    }

    private void target(Target target) {
        RuleText text = new RuleText(out, family);
        if (target instanceof StandardTarget.Jump jump) {
            text.target(jump.chain());
        } else if (target instanceof StandardTarget.GoTo goTo) {
            out.append(" -g ").append(goTo.chain());
        } else if (target instanceof StandardTarget.Accept) {
            text.target("ACCEPT");
        } else if (target instanceof StandardTarget.Drop) {
            text.target("DROP");
        } else if (target instanceof StandardTarget.Return) {
            text.target("RETURN");
        } else if (target instanceof StandardTarget.Reject reject) {
            RejectSyntax.print(reject, text);
        } else if (target instanceof StandardTarget.Mark mark) {
            MarkTargetSyntax.print(mark, text);
        } else if (target instanceof FlowTarget.ConnMark mark) {
            ConnMarkTargetSyntax.print(mark, text);
        } else if (target instanceof FlowTarget.NoTrack noTrack) {
            NoTrackSyntax.print(noTrack, text);
        } else if (target instanceof RewriteTarget.SetTos tos) {
            TosTargetSyntax.print(tos, text);
        } else if (target instanceof RewriteTarget.SetHops hops) {
            TtlTargetSyntax.print(hops, text);
        } else if (target instanceof RewriteTarget.TcpMss mss) {
            TcpMssTargetSyntax.print(mss, text);
        } else if (target instanceof LogTarget log) {
            log(log, text);
        } else if (target instanceof TraceTarget) {
            text.target("TRACE");
        } else if (target instanceof NatTarget.Netmap netmap) {
            NetmapSyntax.print(netmap, text);
        } else if (target instanceof NatTarget nat) {
            NatSyntax.print(nat, text);
        } else if (!(target instanceof StandardTarget.None)) {
            throw new IllegalArgumentException("a target of " + target.getClass() + " has no text form");
        }
    }
}
