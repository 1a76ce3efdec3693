package dev.atoll.launcher.policy.space;

import dev.atoll.launcher.policy.MatcherText;
import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.AddressRangeMatcher;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.CodeSourceMatcher;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.FlowTarget;
import dev.atoll.stack.filter.HopsMatcher;
import dev.atoll.stack.filter.IcmpMatcher;
import dev.atoll.stack.filter.Icmpv6Matcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.LengthMatcher;
import dev.atoll.stack.filter.LogTarget;
import dev.atoll.stack.filter.MarkMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.MultiportMatcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.PacketTypeMatcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RewriteTarget;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.filter.TosMatcher;
import dev.atoll.stack.filter.TraceTarget;
import dev.atoll.stack.filter.UdpMatcher;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which packets a rule means, whole and well formed ones. A condition that the variables of {@link Space} do not tell, or that
 * this does not know, is one under its text. What this does not know to say the same of a packet wherever it
 * is asked is another condition in each rule: it may remember packets, or draw lots.
 */
public final class Matches {
    private final Space space;
    private final Diagrams diagrams;
    private final @Nullable Integer tcpFlags;

    /** Whether some target may write into packets what nobody here knows of. */
    private final boolean rewrites;

    /** For each rule and each of its matchers, which one of its text it is in the policy, counted from 1. */
    private final IdentityHashMap<Rule, List<Integer>> places = new IdentityHashMap<>();

    /**
     * What the rules of a policy mean.
     *
     * @param tcpFlags those of the TCP segments that are looked at, or null for segments of all kinds
     */
    public Matches(Space space, RuleSet ruleSet, @Nullable Integer tcpFlags) {
        this.space = space;
        this.tcpFlags = tcpFlags;
        diagrams = space.diagrams();
        Map<String, Integer> met = new HashMap<>();
        boolean foreign = false;
        for (Table table : ruleSet.tables()) {
            for (Chain chain : table.chains()) {
                for (Rule rule : chain.rules()) {
                    List<Integer> ofRule = new ArrayList<>();
                    for (Matcher matcher : rule.matchers()) {
                        ofRule.add(
                                met.merge(table.family() + MatcherText.of(matcher, table.family()), 1, Integer::sum));
                    }
                    places.put(rule, ofRule);
                    foreign |= !isKnown(rule.target());
                }
            }
        }
        rewrites = foreign;
    }

    /** The packets that all matchers of a rule match. */
    Diagram of(Rule rule, Known known) {
        Diagram set = diagrams.all;
        for (Matcher matcher : rule.matchers()) {
            set = diagrams.and(set, of(rule, matcher, known));
        }
        return set;
    }

    /** The packets that one matcher of a rule matches. */
    Diagram of(Rule rule, Matcher matcher, Known known) {
        if (matcher instanceof CommentMatcher) {
            return diagrams.all;
        } else if (matcher instanceof AddressMatcher address) {
            return address(address, known);
        } else if (matcher instanceof AddressRangeMatcher ranges) {
            return diagrams.and(
                    range(Space.SOURCE, ranges.source(), known), range(Space.DESTINATION, ranges.destination(), known));
        } else if (matcher instanceof ConnStateMatcher states) {
            return states(rule, states, known);
        } else if (matcher instanceof IcmpMatcher icmp) {
            return icmp(icmp.type(), icmp.firstCode(), icmp.lastCode(), icmp.negated());
        } else if (matcher instanceof Icmpv6Matcher icmp) {
            return icmp(icmp.type(), icmp.firstCode(), icmp.lastCode(), icmp.negated());
        } else if (matcher instanceof InterfaceMatcher nic) {
            return nic(nic, known);
        } else if (matcher instanceof ProtocolMatcher protocol) {
            return negated(space.protocol(protocol.protocol()), protocol.negated());
        } else if (matcher instanceof TcpMatcher tcp) {
            return tcp(rule, tcp, known);
        } else if (matcher instanceof UdpMatcher udp) {
            return diagrams.and(ports(Space.SOURCE_PORT, udp.source(), known), destinations(udp.destination(), known));
        } else if (matcher instanceof MultiportMatcher multiport) {
            return multiport(multiport, known);
        } else if (matcher instanceof MarkMatcher mark) {
            return mark(rule, mark, known);
        }
        return isOfPacketAlone(matcher) && !rewrites
                ? space.condition(MatcherText.of(matcher, space.family()))
                : conditionOf(rule, matcher);
    }

    /** Whether it is known what becomes of a packet that meets the target. */
    static boolean isKnown(Target target) {
        return target instanceof StandardTarget.Accept
                || target instanceof StandardTarget.Drop
                || target instanceof StandardTarget.Reject
                || target instanceof StandardTarget.Return
                || target instanceof StandardTarget.None
                || target instanceof StandardTarget.Jump
                || target instanceof StandardTarget.GoTo
                || target instanceof StandardTarget.Mark
                || goesOn(target)
                || target instanceof NatTarget;
    }

    /** Whether the next rule is asked behind it, and nothing that is told apart here is other than before. */
    static boolean goesOn(Target target) {
        return target instanceof RewriteTarget
                || target instanceof FlowTarget
                || target instanceof LogTarget
                || target instanceof TraceTarget;
    }

    /** Whether it says the same of a packet wherever it is asked; of one that nobody here knows that is not known. */
    private static boolean isOfPacketAlone(Matcher matcher) {
        return matcher instanceof CodeSourceMatcher
                || matcher instanceof NameMatcher
                || matcher instanceof HopsMatcher
                || matcher instanceof LengthMatcher
                || matcher instanceof TosMatcher
                || matcher instanceof PacketTypeMatcher;
    }

    /** A condition of this rule alone, though others may have one of the same text: each has a memory of its own. */
    private Diagram conditionOf(Rule rule, Matcher matcher) {
        int place = Objects.requireNonNull(places.get(rule), "a rule of the policy")
                .get(rule.matchers().indexOf(matcher));
        return space.condition(
                MatcherText.of(matcher, space.family()) + (place == 1 ? "" : ", the " + place + ". of this text"));
    }

    private Diagram negated(Diagram set, boolean negated) {
        return negated ? diagrams.not(set) : set;
    }

    private Diagram address(AddressMatcher matcher, Known known) {
        BigInteger mask = Space.value(matcher.mask());
        BigInteger host = space.most(Space.SOURCE).xor(mask);
        // A mask without holes: the bits of the host part are all ones.
        if (host.and(host.add(BigInteger.ONE)).signum() != 0) {
            return space.condition(MatcherText.of(matcher, space.family()));
        }
        BigInteger first = Space.value(matcher.address());
        boolean source = matcher.direction() == AddressMatcher.Direction.SOURCE;
        return negated(
                addresses(source ? Space.SOURCE : Space.DESTINATION, first, first.or(host), known), matcher.negated());
    }

    private Diagram range(int variable, AddressRangeMatcher.@Nullable Range range, Known known) {
        if (range == null) {
            return diagrams.all;
        }
        IpAddress first = range.first();
        return negated(addresses(variable, Space.value(first), Space.value(range.last()), known), range.negated());
    }

    private Diagram addresses(int variable, BigInteger first, BigInteger last, Known known) {
        Translated to = known.translated();
        if (variable == Space.DESTINATION && to.hasAddress()) {
            boolean within =
                    first.compareTo(to.firstAddress()) <= 0 && to.lastAddress().compareTo(last) <= 0;
            boolean outside =
                    last.compareTo(to.firstAddress()) < 0 || to.lastAddress().compareTo(first) < 0;
            return decided(within, outside, space.address(first) + "-" + space.address(last));
        }
        return space.range(variable, first, last);
    }

    /** What a condition says of a packet that was translated to one of several places. */
    private Diagram decided(boolean within, boolean outside, String range) {
        if (within || outside) {
            return within ? diagrams.all : diagrams.none;
        }
        return space.condition("translated to " + range);
    }

    private Diagram states(Rule rule, ConnStateMatcher matcher, Known known) {
        int told = 0;
        Diagram set = diagrams.none;
        for (ConnState state : ConnState.values()) {
            told |= state.bit();
            if ((matcher.states() & state.bit()) != 0) {
                set = diagrams.or(set, space.state(state));
            }
        }
        if ((matcher.states() & ~told) != 0) {
            return conditionOf(rule, matcher);
        }
        return known.untracked() ? untracked(rule, matcher, known) : negated(set, matcher.negated());
    }

    /** Before tracking: a packet that begins something is in none of the states that follow, others may have been met. */
    private Diagram untracked(Rule rule, ConnStateMatcher matcher, Known known) {
        int notYet = ConnState.UNTRACKED.bit() | ConnState.INVALID.bit();
        boolean begins = known.mark() != null && (matcher.states() & notYet) == 0;
        Diagram condition = conditionOf(rule, matcher);
        Diagram set = matcher.negated() ? diagrams.all : diagrams.none;
        return begins ? diagrams.choose(space.nic(false, "lo"), condition, set) : condition;
    }

    private Diagram icmp(int type, int firstCode, int lastCode, boolean negated) {
        Diagram types = diagrams.all;
        if (space.family() == Family.IPV6 || type != IcmpMatcher.ANY_TYPE) {
            types = space.range(Space.DESTINATION_PORT, type << 8 | firstCode, type << 8 | lastCode);
        }
        return negated(types, negated);
    }

    private Diagram nic(InterfaceMatcher matcher, Known known) {
        boolean in = matcher.side() == InterfaceMatcher.Side.IN;
        if (!in && known.rerouted()) {
            return negated(space.condition("translated, leaves by " + matcher.pattern()), matcher.negated());
        }
        Diagram set = diagrams.none;
        for (int i = 0; i < space.interfaces().count(); i++) {
            if (space.interfaces().matches(matcher.pattern(), i)) {
                set = diagrams.or(set, space.range(in ? Space.IN : Space.OUT, i, i));
            }
        }
        return negated(set, matcher.negated());
    }

    private Diagram tcp(Rule rule, TcpMatcher matcher, Known known) {
        Diagram ports = diagrams.and(
                ports(Space.SOURCE_PORT, matcher.source(), known), destinations(matcher.destination(), known));
        Matcher told = new TcpMatcher(
                matcher.source(),
                matcher.destination(),
                matcher.flagsMask(),
                matcher.flagsSet(),
                matcher.flagsNegated());
        if (!told.equals(matcher)) {
            // It asks for more than ports and flags.
            return diagrams.and(ports, conditionOf(rule, matcher));
        }
        if (matcher.flagsMask() == 0 && matcher.flagsSet() == 0 && !matcher.flagsNegated()) {
            return ports;
        }
        Integer set = tcpFlags;
        if (set != null) {
            boolean matches = (set & matcher.flagsMask()) == matcher.flagsSet() != matcher.flagsNegated();
            return matches ? ports : diagrams.none;
        }
        Matcher flags = new TcpMatcher(
                PortRange.ANY, PortRange.ANY, matcher.flagsMask(), matcher.flagsSet(), /* flagsNegated= */ false);
        return diagrams.and(
                ports, negated(space.condition(MatcherText.of(flags, space.family())), matcher.flagsNegated()));
    }

    private Diagram destinations(PortRange range, Known known) {
        return ports(Space.DESTINATION_PORT, range, known);
    }

    private Diagram ports(int variable, PortRange range, Known known) {
        if (range.first() == 0 && range.last() == 0xffff) {
            return negated(diagrams.all, range.negated());
        }
        Translated to = known.translated();
        if (variable == Space.DESTINATION_PORT && to.hasPort()) {
            boolean within = range.first() <= to.firstPort() && to.lastPort() <= range.last();
            boolean outside = range.last() < to.firstPort() || to.lastPort() < range.first();
            return negated(decided(within, outside, "port " + range.first() + "-" + range.last()), range.negated());
        }
        return negated(space.range(variable, range.first(), range.last()), range.negated());
    }

    private Diagram multiport(MultiportMatcher matcher, Known known) {
        Diagram set = diagrams.none;
        for (PortRange range : matcher.ports()) {
            if (matcher.side() != MultiportMatcher.Side.DESTINATION) {
                set = diagrams.or(set, ports(Space.SOURCE_PORT, range, known));
            }
            if (matcher.side() != MultiportMatcher.Side.SOURCE) {
                set = diagrams.or(set, destinations(range, known));
            }
        }
        return diagrams.and(havePorts(), negated(set, matcher.negated()));
    }

    private Diagram havePorts() {
        Diagram protocols = diagrams.none;
        for (int protocol = IpProtocol.ICMP; protocol <= IpProtocol.UDP_LITE; protocol++) {
            if (MultiportMatcher.hasPorts(protocol)) {
                protocols = diagrams.or(protocols, space.protocol(protocol));
            }
        }
        return protocols;
    }

    private Diagram mark(Rule rule, MarkMatcher matcher, Known known) {
        Integer mark = known.mark();
        if (mark != null && !rewrites) {
            boolean same = (mark & matcher.mask()) == matcher.value();
            return same != matcher.negated() ? diagrams.all : diagrams.none;
        }
        // Rules in between may have changed it.
        return conditionOf(rule, matcher);
    }
}
