package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        ADDRESS_RANGE,
        ADDRESS_TYPE,
        CODE_SOURCE,
        COMMENT,
        CONN_BYTES,
        CONN_LIMIT,
        CONN_MARK,
        CONN_STATE,
        CONN_TRACK,
        ECN,
        FRAGMENT,
        HASH_LIMIT,
        HOPS,
        ICMP,
        ICMPV6,
        INTERFACE,
        LENGTH,
        LIMIT,
        LINK_SOURCE,
        MARK,
        MULTIPORT,
        NAME,
        NTH,
        OWNER,
        PACKET_TYPE,
        PROTOCOL,
        RANDOM,
        RECENT,
        SET,
        SPI,
        STRING,
        TCP,
        TCP_MSS,
        TIME,
        TOS,
        U32,
        UDP
    }

    /** The form of each matcher: only who saves needs all these classes. */
    private static final class Saved {
        static final Map<Class<?>, MatcherKind> KINDS = new HashMap<>();

        static {
            KINDS.put(AddressMatcher.class, MatcherKind.ADDRESS);
            KINDS.put(AddressRangeMatcher.class, MatcherKind.ADDRESS_RANGE);
            KINDS.put(AddressTypeMatcher.class, MatcherKind.ADDRESS_TYPE);
            KINDS.put(CodeSourceMatcher.class, MatcherKind.CODE_SOURCE);
            KINDS.put(CommentMatcher.class, MatcherKind.COMMENT);
            KINDS.put(ConnBytesMatcher.class, MatcherKind.CONN_BYTES);
            KINDS.put(ConnLimitMatcher.class, MatcherKind.CONN_LIMIT);
            KINDS.put(ConnMarkMatcher.class, MatcherKind.CONN_MARK);
            KINDS.put(ConnStateMatcher.class, MatcherKind.CONN_STATE);
            KINDS.put(ConnTrackMatcher.class, MatcherKind.CONN_TRACK);
            KINDS.put(EcnMatcher.class, MatcherKind.ECN);
            KINDS.put(FragmentMatcher.class, MatcherKind.FRAGMENT);
            KINDS.put(HashLimitMatcher.class, MatcherKind.HASH_LIMIT);
            KINDS.put(HopsMatcher.class, MatcherKind.HOPS);
            KINDS.put(IcmpMatcher.class, MatcherKind.ICMP);
            KINDS.put(Icmpv6Matcher.class, MatcherKind.ICMPV6);
            KINDS.put(InterfaceMatcher.class, MatcherKind.INTERFACE);
            KINDS.put(LengthMatcher.class, MatcherKind.LENGTH);
            KINDS.put(LimitMatcher.class, MatcherKind.LIMIT);
            KINDS.put(LinkSourceMatcher.class, MatcherKind.LINK_SOURCE);
            KINDS.put(MarkMatcher.class, MatcherKind.MARK);
            KINDS.put(MultiportMatcher.class, MatcherKind.MULTIPORT);
            KINDS.put(NameMatcher.class, MatcherKind.NAME);
            KINDS.put(NthMatcher.class, MatcherKind.NTH);
            KINDS.put(OwnerMatcher.class, MatcherKind.OWNER);
            KINDS.put(PacketTypeMatcher.class, MatcherKind.PACKET_TYPE);
            KINDS.put(ProtocolMatcher.class, MatcherKind.PROTOCOL);
            KINDS.put(RandomMatcher.class, MatcherKind.RANDOM);
            KINDS.put(RecentMatcher.class, MatcherKind.RECENT);
            KINDS.put(SetMatcher.class, MatcherKind.SET);
            KINDS.put(SpiMatcher.class, MatcherKind.SPI);
            KINDS.put(StringMatcher.class, MatcherKind.STRING);
            KINDS.put(TcpMatcher.class, MatcherKind.TCP);
            KINDS.put(TcpMssMatcher.class, MatcherKind.TCP_MSS);
            KINDS.put(TimeMatcher.class, MatcherKind.TIME);
            KINDS.put(TosMatcher.class, MatcherKind.TOS);
            KINDS.put(U32Matcher.class, MatcherKind.U32);
            KINDS.put(UdpMatcher.class, MatcherKind.UDP);
        }

        private Saved() {}
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
        TOS,
        HOPS,
        TCP_MSS,
        CONN_MARK,
        NO_TRACK,
        LOG,
        NF_LOG,
        AUDIT,
        TRACE,
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
        List<Table> tables = list(archive, value == null ? null : value.tables(), MAX_TABLES, TABLE);
        return value == null ? RuleSet.of(tables) : value;
    }

    private static <T> List<T> list(Archive archive, @Nullable List<T> value, int most, Archive.Codec<T> codec) {
        List<T> list = value == null ? new ArrayList<>() : new ArrayList<>(value);
        archive.list(list, most, codec);
        return list;
    }

    // Classes and no lambdas: a program that starts under a policy reads one before its main.

    static final Archive.Codec<IpAddress> ADDRESS = new Archive.Codec<>() {
        @Override
        public IpAddress archive(Archive archive, @Nullable IpAddress value) {
            return ArchivedValues.address(archive, value);
        }
    };

    private static final Archive.Codec<Table> TABLE = new Archive.Codec<>() {
        @Override
        public Table archive(Archive archive, @Nullable Table value) {
            TableName name = archive.constant(value == null ? TableName.FILTER : value.name());
            Family family = archive.constant(value == null ? Family.IPV4 : value.family());
            List<Chain> chains = list(archive, value == null ? null : value.chains(), MAX_LISTED, CHAIN);
            Origin origin = Origin.archived(archive, value == null ? null : value.origin());
            return value == null ? new Table(name, family, chains, origin) : value;
        }
    };

    private static final Archive.Codec<Chain> CHAIN = new Archive.Codec<>() {
        @Override
        public Chain archive(Archive archive, @Nullable Chain value) {
            String name = archive.repeatedText(value == null ? "" : value.name());
            ChainPolicy policy = archive.optional(value == null ? null : value.policy(), POLICY);
            List<Rule> rules = list(archive, value == null ? null : value.rules(), RuleSet.MAX_RULES, RULE);
            Origin origin = archive.optional(value == null ? null : value.origin(), ORIGIN);
            return value == null ? new Chain(name, policy, rules, origin) : value;
        }
    };

    private static final Archive.Codec<ChainPolicy> POLICY = new Archive.Codec<>() {
        @Override
        public ChainPolicy archive(Archive archive, @Nullable ChainPolicy value) {
            return archive.constant(value == null ? ChainPolicy.ACCEPT : value);
        }
    };

    private static final Archive.Codec<Origin> ORIGIN = new Archive.Codec<>() {
        @Override
        public Origin archive(Archive archive, @Nullable Origin value) {
            return Origin.archived(archive, value);
        }
    };

    private static final Archive.Codec<Rule> RULE = new Archive.Codec<>() {
        @Override
        public Rule archive(Archive archive, @Nullable Rule value) {
            List<Matcher> matchers = list(archive, value == null ? null : value.matchers(), MAX_LISTED, MATCHER);
            Target target = target(archive, value == null ? null : (StandardTarget) value.target());
            Origin origin = Origin.archived(archive, value == null ? null : value.origin());
            return value == null ? new Rule(matchers, target, origin) : value;
        }
    };

    private static final Archive.Codec<Matcher> MATCHER = new Archive.Codec<>() {
        @Override
        public Matcher archive(Archive archive, @Nullable Matcher value) {
            return switch (archive.constant(value == null ? MatcherKind.ADDRESS : kind((StandardMatcher) value))) {
                case ADDRESS -> AddressMatcher.archived(archive, (AddressMatcher) value);
                case ADDRESS_RANGE -> AddressRangeMatcher.archived(archive, (AddressRangeMatcher) value);
                case ADDRESS_TYPE -> AddressTypeMatcher.archived(archive, (AddressTypeMatcher) value);
                case CODE_SOURCE -> CodeSourceMatcher.archived(archive, (CodeSourceMatcher) value);
                case COMMENT -> CommentMatcher.archived(archive, (CommentMatcher) value);
                case CONN_BYTES -> ConnBytesMatcher.archived(archive, (ConnBytesMatcher) value);
                case CONN_LIMIT -> ConnLimitMatcher.archived(archive, (ConnLimitMatcher) value);
                case CONN_MARK -> ConnMarkMatcher.archived(archive, (ConnMarkMatcher) value);
                case CONN_STATE -> ConnStateMatcher.archived(archive, (ConnStateMatcher) value);
                case CONN_TRACK -> ConnTrackMatcher.archived(archive, (ConnTrackMatcher) value);
                case ECN -> EcnMatcher.archived(archive, (EcnMatcher) value);
                case FRAGMENT -> FragmentMatcher.archived(archive, (FragmentMatcher) value);
                case HASH_LIMIT -> HashLimitMatcher.archived(archive, (HashLimitMatcher) value);
                case HOPS -> HopsMatcher.archived(archive, (HopsMatcher) value);
                case ICMP -> IcmpMatcher.archived(archive, (IcmpMatcher) value);
                case ICMPV6 -> Icmpv6Matcher.archived(archive, (Icmpv6Matcher) value);
                case INTERFACE -> InterfaceMatcher.archived(archive, (InterfaceMatcher) value);
                case LENGTH -> LengthMatcher.archived(archive, (LengthMatcher) value);
                case LIMIT -> LimitMatcher.archived(archive, (LimitMatcher) value);
                case LINK_SOURCE -> LinkSourceMatcher.archived(archive, (LinkSourceMatcher) value);
                case MARK -> MarkMatcher.archived(archive, (MarkMatcher) value);
                case MULTIPORT -> MultiportMatcher.archived(archive, (MultiportMatcher) value);
                case NAME -> NameMatcher.archived(archive, (NameMatcher) value);
                case NTH -> NthMatcher.archived(archive, (NthMatcher) value);
                case OWNER -> OwnerMatcher.archived(archive, (OwnerMatcher) value);
                case PACKET_TYPE -> PacketTypeMatcher.archived(archive, (PacketTypeMatcher) value);
                case PROTOCOL -> ProtocolMatcher.archived(archive, (ProtocolMatcher) value);
                case RANDOM -> RandomMatcher.archived(archive, (RandomMatcher) value);
                case RECENT -> RecentMatcher.archived(archive, (RecentMatcher) value);
                case SET -> SetMatcher.archived(archive, (SetMatcher) value);
                case SPI -> SpiMatcher.archived(archive, (SpiMatcher) value);
                case STRING -> StringMatcher.archived(archive, (StringMatcher) value);
                case TCP -> TcpMatcher.archived(archive, (TcpMatcher) value);
                case TCP_MSS -> TcpMssMatcher.archived(archive, (TcpMssMatcher) value);
                case TIME -> TimeMatcher.archived(archive, (TimeMatcher) value);
                case TOS -> TosMatcher.archived(archive, (TosMatcher) value);
                case U32 -> U32Matcher.archived(archive, (U32Matcher) value);
                case UDP -> UdpMatcher.archived(archive, (UdpMatcher) value);
            };
        }
    };

    private static MatcherKind kind(StandardMatcher matcher) {
        return Objects.requireNonNull(Saved.KINDS.get(matcher.getClass()), "every standard matcher has a form");
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
            case TOS -> tosTarget(archive, (RewriteTarget.SetTos) value);
            case HOPS -> hopsTarget(archive, (RewriteTarget.SetHops) value);
            case TCP_MSS ->
                new RewriteTarget.TcpMss(archive.int32(value == null ? 0 : ((RewriteTarget.TcpMss) value).mss()));
            case CONN_MARK -> connMark(archive, (FlowTarget.ConnMark) value);
            case NO_TRACK ->
                new FlowTarget.NoTrack(archive.constant(
                        value == null ? FlowTarget.NoTrack.Spelling.NOTRACK : ((FlowTarget.NoTrack) value).spelling()));
            case LOG -> log(archive, (LogTarget.Log) value);
            case NF_LOG -> nfLog(archive, (LogTarget.NfLog) value);
            case AUDIT ->
                new LogTarget.Audit(archive.constant(
                        value == null ? LogTarget.Audit.Type.ACCEPT : ((LogTarget.Audit) value).type()));
            case TRACE -> new TraceTarget();
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

    private static RewriteTarget tosTarget(Archive archive, RewriteTarget.@Nullable SetTos value) {
        TosMatcher.Spelling spelling = archive.constant(value == null ? TosMatcher.Spelling.TOS : value.spelling());
        int bits = archive.int32(value == null ? 0 : value.value());
        return new RewriteTarget.SetTos(spelling, bits, archive.int32(value == null ? 0 : value.mask()));
    }

    private static RewriteTarget hopsTarget(Archive archive, RewriteTarget.@Nullable SetHops value) {
        RewriteTarget.SetHops.Change change =
                archive.constant(value == null ? RewriteTarget.SetHops.Change.SET : value.change());
        return new RewriteTarget.SetHops(change, archive.int32(value == null ? 0 : value.hops()));
    }

    private static FlowTarget connMark(Archive archive, FlowTarget.@Nullable ConnMark value) {
        FlowTarget.ConnMark.Operation operation =
                archive.constant(value == null ? FlowTarget.ConnMark.Operation.SET : value.operation());
        int mark = archive.int32(value == null ? 0 : value.value());
        int connectionMask = archive.int32(value == null ? 0 : value.connectionMask());
        int packetMask = archive.int32(value == null ? 0 : value.packetMask());
        int leftShift = archive.int32(value == null ? 0 : value.leftShift());
        return new FlowTarget.ConnMark(operation, mark, connectionMask, packetMask, leftShift);
    }

    private static LogTarget log(Archive archive, LogTarget.@Nullable Log value) {
        int level = archive.int32(value == null ? LogTarget.Log.WARNING : value.level());
        String prefix = archive.repeatedText(value == null ? "" : value.prefix());
        LogDetails details = value == null ? LogDetails.NONE : value.details();
        boolean tcpSequence = archive.bool(details.tcpSequence());
        boolean tcpOptions = archive.bool(details.tcpOptions());
        boolean ipOptions = archive.bool(details.ipOptions());
        boolean owner = archive.bool(details.owner());
        boolean linkHeader = archive.bool(details.linkHeader());
        return new LogTarget.Log(level, prefix, new LogDetails(tcpSequence, tcpOptions, ipOptions, owner, linkHeader));
    }

    private static LogTarget nfLog(Archive archive, LogTarget.@Nullable NfLog value) {
        int group = archive.int32(value == null ? 0 : value.group());
        String prefix = archive.repeatedText(value == null ? "" : value.prefix());
        LogTarget.NfLog.Copy copy = archive.optional(value == null ? null : value.copy(), COPY);
        return new LogTarget.NfLog(group, prefix, copy, archive.int32(value == null ? 0 : value.threshold()));
    }

    private static final Archive.Codec<LogTarget.NfLog.Copy> COPY = new Archive.Codec<>() {
        @Override
        public LogTarget.NfLog.Copy archive(Archive archive, LogTarget.NfLog.@Nullable Copy value) {
            LogTarget.NfLog.Spelling spelling =
                    archive.constant(value == null ? LogTarget.NfLog.Spelling.SIZE : value.spelling());
            return new LogTarget.NfLog.Copy(spelling, archive.int64(value == null ? 0 : value.bytes()));
        }
    };

    private static NatRange range(Archive archive, @Nullable NatTarget value) {
        return NatRange.archived(archive, value == null ? NatRange.ANY : value.range());
    }

    private static NatTarget netmap(Archive archive, NatTarget.@Nullable Netmap value) {
        IpAddress network = ArchivedValues.address(archive, value == null ? null : value.network());
        return new NatTarget.Netmap(network, ArchivedValues.address(archive, value == null ? null : value.mask()));
    }

    private static String chainName(Archive archive, @Nullable StandardTarget value) {
        return archive.repeatedText(value == null ? "" : Objects.requireNonNull(value.chain()));
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
        } else if (target instanceof LogTarget log) {
            return kind(log);
        } else if (target instanceof TraceTarget) {
            return TargetKind.TRACE;
        } else if (target instanceof FlowTarget.ConnMark) {
            return TargetKind.CONN_MARK;
        } else if (target instanceof FlowTarget.NoTrack) {
            return TargetKind.NO_TRACK;
        } else if (target instanceof RewriteTarget.SetTos) {
            return TargetKind.TOS;
        } else if (target instanceof RewriteTarget.SetHops) {
            return TargetKind.HOPS;
        } else if (target instanceof RewriteTarget.TcpMss) {
            return TargetKind.TCP_MSS;
        } else if (target instanceof StandardTarget.Mark) {
            return TargetKind.MARK;
        }
        return target instanceof StandardTarget.GoTo ? TargetKind.GOTO : TargetKind.NONE;
    }

    private static TargetKind kind(LogTarget target) {
        if (target instanceof LogTarget.Log) {
            return TargetKind.LOG;
        }
        return target instanceof LogTarget.NfLog ? TargetKind.NF_LOG : TargetKind.AUDIT;
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
