package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a rule set is archived. Matchers and targets of the caller's own cannot be: a rule set that has one is not written
 * at all, since a policy in part is another policy.
 */
final class ArchivedRules {
    /** Of each family one table of each name. */
    private static final int MAX_TABLES = Family.values().length * TableName.values().length;

    /** Of a table the chains, of a rule the matchers: the most rules that there may be. */
    private static final int MAX_LISTED = RuleSet.MAX_RULES;

    /** The forms of a matcher. */
    private enum MatcherKind {
        ADDRESS,
        COMMENT,
        CONN_STATE,
        ICMP,
        INTERFACE,
        MARK,
        PROTOCOL,
        TCP,
        UDP
    }

    /** The forms of a target. */
    private enum TargetKind {
        ACCEPT,
        DROP,
        REJECT,
        RETURN,
        NONE,
        JUMP,
        GOTO,
        MARK,
        SNAT,
        DNAT,
        MASQUERADE,
        REDIRECT,
        NETMAP
    }

    private ArchivedRules() {}

    /** The class of the first matcher or target that cannot be archived, or null. */
    static @Nullable Class<?> foreignClass(RuleSet ruleSet) {
        for (Table table : ruleSet.tables()) {
            for (Chain chain : table.chains()) {
                for (Rule rule : chain.rules()) {
                    for (Matcher matcher : rule.matchers()) {
                        if (!(matcher instanceof StandardMatcher)) {
                            return matcher.getClass();
                        }
                    }
                    if (!(rule.target() instanceof StandardTarget)) {
                        return rule.target().getClass();
                    }
                }
            }
        }
        return null;
    }

    /** A rule set without a {@link #foreignClass}; restored it is checked as any other. */
    static RuleSet ruleSet(Archive archive, @Nullable RuleSet value) {
        List<Table> tables = list(archive, value == null ? null : value.tables(), MAX_TABLES, ArchivedRules::table);
        return value == null ? RuleSet.of(tables) : value;
    }

    private static <T> List<T> list(Archive archive, @Nullable List<T> value, int most, Archive.Codec<T> codec) {
        List<T> list = value == null ? new ArrayList<>() : new ArrayList<>(value);
        archive.list(list, most, codec);
        return list;
    }

    private static Table table(Archive archive, @Nullable Table value) {
        TableName name = archive.constant(value == null ? TableName.FILTER : value.name());
        Family family = archive.constant(value == null ? Family.IPV4 : value.family());
        List<Chain> chains = list(archive, value == null ? null : value.chains(), MAX_LISTED, ArchivedRules::chain);
        Origin origin = origin(archive, value == null ? null : value.origin());
        return value == null ? new Table(name, family, chains, origin) : value;
    }

    private static Chain chain(Archive archive, @Nullable Chain value) {
        String name = archive.text(value == null ? "" : value.name());
        ChainPolicy policy = archive.optional(value == null ? null : value.policy(), ArchivedRules::policy);
        List<Rule> rules = list(archive, value == null ? null : value.rules(), RuleSet.MAX_RULES, ArchivedRules::rule);
        Origin origin = archive.optional(value == null ? null : value.origin(), ArchivedRules::origin);
        return value == null ? new Chain(name, policy, rules, origin) : value;
    }

    private static ChainPolicy policy(Archive archive, @Nullable ChainPolicy value) {
        return archive.constant(value == null ? ChainPolicy.ACCEPT : value);
    }

    private static Origin origin(Archive archive, @Nullable Origin value) {
        String source = archive.text(value == null ? "" : value.source());
        int line = archive.int32(value == null ? 0 : value.line());
        String text = archive.text(value == null ? "" : value.text());
        return value == null ? new Origin(source, line, text) : value;
    }

    private static Rule rule(Archive archive, @Nullable Rule value) {
        List<Matcher> matchers =
                list(archive, value == null ? null : value.matchers(), MAX_LISTED, ArchivedRules::matcher);
        Target target = target(archive, value == null ? null : (StandardTarget) value.target());
        Origin origin = origin(archive, value == null ? null : value.origin());
        return value == null ? new Rule(matchers, target, origin) : value;
    }

    // --- Matchers

    private static Matcher matcher(Archive archive, @Nullable Matcher value) {
        return switch (archive.constant(value == null ? MatcherKind.ADDRESS : kind((StandardMatcher) value))) {
            case ADDRESS -> address(archive, (AddressMatcher) value);
            case COMMENT -> comment(archive, (CommentMatcher) value);
            case CONN_STATE -> connState(archive, (ConnStateMatcher) value);
            case ICMP -> icmp(archive, (IcmpMatcher) value);
            case INTERFACE -> nic(archive, (InterfaceMatcher) value);
            case MARK -> mark(archive, (MarkMatcher) value);
            case PROTOCOL -> protocol(archive, (ProtocolMatcher) value);
            case TCP -> tcp(archive, (TcpMatcher) value);
            case UDP -> udp(archive, (UdpMatcher) value);
        };
    }

    private static MatcherKind kind(StandardMatcher matcher) {
        if (matcher instanceof AddressMatcher) {
            return MatcherKind.ADDRESS;
        } else if (matcher instanceof CommentMatcher) {
            return MatcherKind.COMMENT;
        } else if (matcher instanceof ConnStateMatcher) {
            return MatcherKind.CONN_STATE;
        } else if (matcher instanceof IcmpMatcher) {
            return MatcherKind.ICMP;
        } else if (matcher instanceof InterfaceMatcher) {
            return MatcherKind.INTERFACE;
        } else if (matcher instanceof MarkMatcher) {
            return MatcherKind.MARK;
        } else if (matcher instanceof ProtocolMatcher) {
            return MatcherKind.PROTOCOL;
        }
        return matcher instanceof TcpMatcher ? MatcherKind.TCP : MatcherKind.UDP;
    }

    private static AddressMatcher address(Archive archive, @Nullable AddressMatcher value) {
        AddressMatcher.Direction direction =
                archive.constant(value == null ? AddressMatcher.Direction.SOURCE : value.direction());
        IpAddress address = ArchivedValues.address(archive, value == null ? null : value.address());
        IpAddress mask = ArchivedValues.address(archive, value == null ? null : value.mask());
        boolean negated = archive.bool(value != null && value.negated());
        return value == null ? new AddressMatcher(direction, address, mask, negated) : value;
    }

    private static CommentMatcher comment(Archive archive, @Nullable CommentMatcher value) {
        return new CommentMatcher(archive.text(value == null ? "" : value.text()));
    }

    private static ConnStateMatcher connState(Archive archive, @Nullable ConnStateMatcher value) {
        ConnStateMatcher.Spelling spelling =
                archive.constant(value == null ? ConnStateMatcher.Spelling.STATE : value.spelling());
        int states = archive.int32(value == null ? 0 : value.states());
        boolean negated = archive.bool(value != null && value.negated());
        return new ConnStateMatcher(spelling, states, negated);
    }

    private static IcmpMatcher icmp(Archive archive, @Nullable IcmpMatcher value) {
        int type = archive.int32(value == null ? 0 : value.type());
        int firstCode = archive.int32(value == null ? 0 : value.firstCode());
        int lastCode = archive.int32(value == null ? 0 : value.lastCode());
        return new IcmpMatcher(type, firstCode, lastCode, archive.bool(value != null && value.negated()));
    }

    private static InterfaceMatcher nic(Archive archive, @Nullable InterfaceMatcher value) {
        InterfaceMatcher.Side side = archive.constant(value == null ? InterfaceMatcher.Side.IN : value.side());
        String pattern = archive.text(value == null ? "" : value.pattern());
        return new InterfaceMatcher(side, pattern, archive.bool(value != null && value.negated()));
    }

    private static MarkMatcher mark(Archive archive, @Nullable MarkMatcher value) {
        int mark = archive.int32(value == null ? 0 : value.value());
        int mask = archive.int32(value == null ? 0 : value.mask());
        return new MarkMatcher(mark, mask, archive.bool(value != null && value.negated()));
    }

    private static ProtocolMatcher protocol(Archive archive, @Nullable ProtocolMatcher value) {
        int protocol = archive.int32(value == null ? 0 : value.protocol());
        return new ProtocolMatcher(protocol, archive.bool(value != null && value.negated()));
    }

    private static TcpMatcher tcp(Archive archive, @Nullable TcpMatcher value) {
        PortRange source = ports(archive, value == null ? PortRange.ANY : value.source());
        PortRange destination = ports(archive, value == null ? PortRange.ANY : value.destination());
        int flagsMask = archive.int32(value == null ? 0 : value.flagsMask());
        int flagsSet = archive.int32(value == null ? 0 : value.flagsSet());
        boolean flagsNegated = archive.bool(value != null && value.flagsNegated());
        return new TcpMatcher(source, destination, flagsMask, flagsSet, flagsNegated);
    }

    private static UdpMatcher udp(Archive archive, @Nullable UdpMatcher value) {
        PortRange source = ports(archive, value == null ? PortRange.ANY : value.source());
        return new UdpMatcher(source, ports(archive, value == null ? PortRange.ANY : value.destination()));
    }

    private static PortRange ports(Archive archive, PortRange value) {
        return new PortRange(archive.int32(value.first()), archive.int32(value.last()), archive.bool(value.negated()));
    }

    // --- Targets

    private static StandardTarget target(Archive archive, @Nullable StandardTarget value) {
        return switch (archive.constant(value == null ? TargetKind.NONE : kind(value))) {
            case ACCEPT -> StandardTarget.ACCEPT;
            case DROP -> StandardTarget.DROP;
            case RETURN -> StandardTarget.RETURN;
            case NONE -> StandardTarget.NONE;
            case REJECT ->
                new StandardTarget.Reject(
                        archive.constant(value == null ? RejectWith.ICMP_PORT_UNREACHABLE : value.rejectWith()));
            case JUMP -> new StandardTarget.Jump(chainName(archive, value));
            case GOTO -> new StandardTarget.GoTo(chainName(archive, value));
            case MARK -> markTarget(archive, (StandardTarget.Mark) value);
            case SNAT -> new NatTarget.Snat(range(archive, (NatTarget) value));
            case DNAT -> new NatTarget.Dnat(range(archive, (NatTarget) value));
            case MASQUERADE -> new NatTarget.Masquerade(range(archive, (NatTarget) value));
            case REDIRECT -> new NatTarget.Redirect(range(archive, (NatTarget) value));
            case NETMAP -> netmap(archive, (NatTarget.Netmap) value);
        };
    }

    private static StandardTarget.Mark markTarget(Archive archive, StandardTarget.@Nullable Mark value) {
        int mark = archive.int32(value == null ? 0 : value.value());
        return new StandardTarget.Mark(mark, archive.int32(value == null ? 0 : value.mask()));
    }

    private static NatRange range(Archive archive, @Nullable NatTarget target) {
        NatRange value = target == null ? NatRange.ANY : target.range();
        return new NatRange(
                archive.optional(value.firstAddress(), ArchivedValues::address),
                archive.optional(value.lastAddress(), ArchivedValues::address),
                archive.int32(value.firstPort()),
                archive.int32(value.lastPort()),
                archive.int32(value.basePort()),
                archive.bool(value.random()),
                archive.bool(value.fullyRandom()),
                archive.bool(value.persistent()));
    }

    private static NatTarget netmap(Archive archive, NatTarget.@Nullable Netmap value) {
        IpAddress network = ArchivedValues.address(archive, value == null ? null : value.network());
        return new NatTarget.Netmap(network, ArchivedValues.address(archive, value == null ? null : value.mask()));
    }

    private static String chainName(Archive archive, @Nullable StandardTarget value) {
        return archive.text(value == null ? "" : Objects.requireNonNull(value.chain()));
    }

    private static TargetKind kind(StandardTarget target) {
        if (target instanceof StandardTarget.Accept) {
            return TargetKind.ACCEPT;
        } else if (target instanceof StandardTarget.Drop) {
            return TargetKind.DROP;
        } else if (target instanceof StandardTarget.Reject) {
            return TargetKind.REJECT;
        } else if (target instanceof StandardTarget.Return) {
            return TargetKind.RETURN;
        } else if (target instanceof StandardTarget.Jump) {
            return TargetKind.JUMP;
        }
        if (target instanceof NatTarget nat) {
            return kind(nat);
        } else if (target instanceof StandardTarget.Mark) {
            return TargetKind.MARK;
        }
        return target instanceof StandardTarget.GoTo ? TargetKind.GOTO : TargetKind.NONE;
    }

    private static TargetKind kind(NatTarget target) {
        if (target instanceof NatTarget.Snat) {
            return TargetKind.SNAT;
        } else if (target instanceof NatTarget.Dnat) {
            return TargetKind.DNAT;
        } else if (target instanceof NatTarget.Masquerade) {
            return TargetKind.MASQUERADE;
        }
        return target instanceof NatTarget.Redirect ? TargetKind.REDIRECT : TargetKind.NETMAP;
    }
}
