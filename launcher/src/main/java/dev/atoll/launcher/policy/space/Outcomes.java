package dev.atoll.launcher.policy.space;

import dev.atoll.launcher.policy.MatcherText;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a policy makes of packets that begin something or answer it, as {@link dev.atoll.stack.filter.IpTables} judges them at
 * its hooks: the same tables in the same order, followed from their ends to their beginnings. Each leaf is an {@link
 * Outcome}.
 *
 * <p>{@code OutcomesTest} holds this against the filter itself with random policies and packets.
 */
public final class Outcomes {
    /** Flags of the segment that begins a connection. */
    public static final int FIRST = Tcp.SYN;

    /** Flags of the segment that answers it. */
    public static final int ANSWER = Tcp.SYN | Tcp.ACK;

    /** A table at a hook. */
    private record Stage(Hook hook, TableName table) {}

    private static final List<Stage> OUTGOING = List.of(
            new Stage(Hook.OUTPUT, TableName.RAW),
            new Stage(Hook.OUTPUT, TableName.MANGLE),
            new Stage(Hook.OUTPUT, TableName.NAT),
            new Stage(Hook.OUTPUT, TableName.FILTER),
            new Stage(Hook.POSTROUTING, TableName.MANGLE),
            new Stage(Hook.POSTROUTING, TableName.NAT));

    private static final List<Stage> INCOMING = List.of(
            new Stage(Hook.PREROUTING, TableName.RAW),
            new Stage(Hook.PREROUTING, TableName.MANGLE),
            new Stage(Hook.PREROUTING, TableName.NAT),
            new Stage(Hook.INPUT, TableName.MANGLE),
            new Stage(Hook.INPUT, TableName.FILTER),
            new Stage(Hook.INPUT, TableName.NAT));

    /** Of packets that go on to the rules behind a run of rules. */
    private static final Object UNDECIDED = new Object();

    /** What was decided on the way so far. */
    private record Way(@Nullable Origin origin, String translations) {
        static final Way BEGUN = new Way(null, "");

        /** Table filter has the last word; of the others, the first that names a rule. */
        Way accepted(TableName table, @Nullable Origin by) {
            return table == TableName.FILTER || origin == null ? new Way(by, translations) : this;
        }

        Way translated(String text) {
            return new Way(origin, translations.isEmpty() ? text : translations + ", " + text);
        }
    }

    private record Position(List<Stage> stages, int next, Known known, Way way) {}

    /** What becomes of packets that a chain's end is reached with. */
    @FunctionalInterface
    private interface End {
        Diagram reached(Known known);
    }

    private final Space space;
    private final Diagrams diagrams;
    private final RuleSet ruleSet;
    private final Matches matches;
    private final Map<Position, Diagram> done = new HashMap<>();

    /**
     * @param tcpFlags those of the TCP segments that are looked at: {@link #FIRST} or {@link #ANSWER}
     */
    public Outcomes(Space space, RuleSet ruleSet, int tcpFlags) {
        this.space = space;
        this.ruleSet = ruleSet;
        diagrams = space.diagrams();
        matches = new Matches(space, ruleSet, tcpFlags);
    }

    /** What becomes of what a program sends. */
    public Diagram outgoing() {
        return from(OUTGOING);
    }

    /** What becomes of what comes to a program. */
    public Diagram incoming() {
        return from(INCOMING);
    }

    /** The packets that {@link #outgoing} is about: of no interface they came in by. */
    public Diagram sent() {
        return diagrams.without(
                space.range(Space.IN, Interfaces.NO_INTERFACE, Interfaces.NO_INTERFACE),
                space.range(Space.OUT, Interfaces.NO_INTERFACE, Interfaces.NO_INTERFACE));
    }

    /** The packets that {@link #incoming} is about. */
    public Diagram received() {
        return diagrams.without(
                space.range(Space.OUT, Interfaces.NO_INTERFACE, Interfaces.NO_INTERFACE),
                space.range(Space.IN, Interfaces.NO_INTERFACE, Interfaces.NO_INTERFACE));
    }

    /** The packets that are accepted, or whose fate cannot be told. */
    public Diagram accepted(Diagram outcomes) {
        return diagrams.combine(outcomes, diagrams.none, (outcome, unused) -> {
            Outcome.Kind kind = ((Outcome) outcome).kind();
            return kind == Outcome.Kind.ACCEPT || kind == Outcome.Kind.UNKNOWN;
        });
    }

    private Diagram from(List<Stage> stages) {
        Origin closed = closed();
        if (closed != null) {
            RejectWith with = space.family() == Family.IPV4
                    ? RejectWith.ICMP_ADMIN_PROHIBITED
                    : RejectWith.ICMP6_ADDR_UNREACHABLE;
            return discovering(diagrams.leaf(new Outcome(Outcome.Kind.REJECT, with, closed, Way.BEGUN.translations())));
        }
        return discovering(stage(new Position(stages, 0, Known.UNMARKED, Way.BEGUN)));
    }

    /** Neighbour discovery is no rule's business. */
    private Diagram discovering(Diagram others) {
        if (space.family() == Family.IPV4) {
            return others;
        }
        Diagram types =
                space.range(Space.DESTINATION_PORT, Icmpv6.ROUTER_SOLICITATION << 8, Icmpv6.REDIRECT << 8 | 0xff);
        Outcome passes = new Outcome(Outcome.Kind.ACCEPT, null, null, Way.BEGUN.translations());
        return diagrams.choose(diagrams.and(space.protocol(IpProtocol.ICMPV6), types), diagrams.leaf(passes), others);
    }

    /** Where it says that there are rules of the other family only, which closes this one; else null. */
    private @Nullable Origin closed() {
        Family other = space.family() == Family.IPV4 ? Family.IPV6 : Family.IPV4;
        if (ruleSet.covers(space.family()) || !ruleSet.covers(other)) {
            return null;
        }
        Origin first = ruleSet.tables().get(0).origin();
        return new Origin(first.source(), first.line(), "no " + space.family() + " policy given");
    }

    private Diagram stage(Position at) {
        Diagram known = done.get(at);
        if (known == null) {
            known = ask(at);
            done.put(at, known);
        }
        return known;
    }

    private Diagram ask(Position at) {
        if (at.next() == at.stages().size()) {
            return diagrams.leaf(new Outcome(
                    Outcome.Kind.ACCEPT, null, at.way().origin(), at.way().translations()));
        }
        Stage stage = at.stages().get(at.next());
        Table table = ruleSet.table(space.family(), stage.table());
        Chain chain = table == null ? null : table.chain(stage.hook().name());
        if (table == null || chain == null) {
            return passed(at, at.known(), at.way());
        }
        Known begun = at.known().in(stage.hook(), stage.table());
        Diagram asked = new Asking(at, stage, table).chain(chain, 0, begun, known -> policy(at, chain, known));
        return stage.table() == TableName.NAT
                ? diagrams.choose(space.state(ConnState.NEW), asked, passed(at, at.known(), at.way()))
                : asked;
    }

    private Diagram policy(Position at, Chain chain, Known known) {
        if (chain.policy() == ChainPolicy.DROP) {
            return ended(Outcome.Kind.DROP, null, chain.origin(), at.way());
        }
        return passed(at, known, at.way().accepted(at.stages().get(at.next()).table(), chain.origin()));
    }

    private Diagram passed(Position at, Known known, Way way) {
        return stage(new Position(at.stages(), at.next() + 1, known, way));
    }

    private Diagram ended(Outcome.Kind kind, @Nullable RejectWith with, @Nullable Origin origin, Way way) {
        return diagrams.leaf(new Outcome(kind, with, origin, way.translations()));
    }

    /** One table, asked at one hook. */
    private final class Asking {
        private final Position at;
        private final Stage stage;
        private final Table table;

        Asking(Position at, Stage stage, Table table) {
            this.at = at;
            this.stage = stage;
            this.table = table;
        }

        /** What becomes of packets that come to a chain's rule, and so to those behind it. */
        private Diagram chain(Chain chain, int from, Known known, End end) {
            List<Rule> rules = chain.rules();
            Diagram result = end.reached(known);
            int i = rules.size();
            while (i > from) {
                int last = i;
                while (i > from && isDecisive(rules.get(i - 1).target())) {
                    i--;
                }
                if (i < last) {
                    result = diagrams.fill(decided(chain, i, last, known, end), UNDECIDED, result);
                } else {
                    i--;
                    Diagram set = matches.of(rules.get(i), known);
                    if (set != diagrams.none) {
                        result = diagrams.choose(set, matched(chain, i, known, result, end), result);
                    }
                }
            }
            return result;
        }

        /** Whether what becomes of packets that a rule matches does not depend on the rules behind it. */
        private static boolean isDecisive(Target target) {
            return target instanceof StandardTarget.Accept
                    || target instanceof StandardTarget.Drop
                    || target instanceof StandardTarget.Reject
                    || target instanceof StandardTarget.Return
                    || target instanceof StandardTarget.GoTo
                    || target instanceof NatTarget;
        }

        /**
         * What a run of such rules makes of packets. Halves are put together, since of thousands of rules about as many
         * addresses each alone would be put into a diagram of all those behind it.
         */
        private Diagram decided(Chain chain, int from, int to, Known known, End end) {
            if (to - from > 1) {
                int middle = (from + to) >>> 1;
                Diagram first = decided(chain, from, middle, known, end);
                return diagrams.fill(first, UNDECIDED, decided(chain, middle, to, known, end));
            }
            Diagram undecided = diagrams.leaf(UNDECIDED);
            Diagram set = matches.of(chain.rules().get(from), known);
            return set == diagrams.none
                    ? undecided
                    : diagrams.choose(set, matched(chain, from, known, undecided, end), undecided);
        }

        private Diagram matched(Chain chain, int index, Known known, Diagram behind, End end) {
            Rule rule = chain.rules().get(index);
            Target target = rule.target();
            if (target instanceof StandardTarget.None) {
                return behind;
            } else if (target instanceof StandardTarget.Accept) {
                return passed(at, known, at.way().accepted(stage.table(), rule.origin()));
            } else if (target instanceof StandardTarget.Drop) {
                return ended(Outcome.Kind.DROP, null, rule.origin(), at.way());
            } else if (target instanceof StandardTarget.Reject reject) {
                return ended(Outcome.Kind.REJECT, reject.rejectWith(), rule.origin(), at.way());
            } else if (target instanceof StandardTarget.Return) {
                return end.reached(known);
            } else if (target instanceof StandardTarget.Mark mark) {
                Known marked = known.marked(mark.value(), mark.mask());
                return marked.equals(known) ? behind : chain(chain, index + 1, marked, end);
            } else if (Matches.goesOn(target)) {
                return behind;
            } else if (target instanceof StandardTarget.GoTo goTo) {
                return chain(named(goTo.chain()), 0, known, end);
            } else if (target instanceof StandardTarget.Jump jump) {
                return chain(
                        named(jump.chain()),
                        0,
                        known,
                        after -> after.equals(known) ? behind : chain(chain, index + 1, after, end));
            } else if (target instanceof NatTarget nat) {
                Way way = at.way()
                        .accepted(stage.table(), rule.origin())
                        .translated(MatcherText.ofTarget(target, space.family()));
                return passed(at, known.translated(translated(nat, known.translated())), way);
            }
            // Whether one that nobody here knows ends the packet cannot be told.
            String text = MatcherText.ofTarget(target, space.family());
            Way way = at.way().translated(text);
            return diagrams.choose(
                    space.condition(text + " decides"), ended(Outcome.Kind.UNKNOWN, null, rule.origin(), way), behind);
        }

        private Chain named(String name) {
            return Objects.requireNonNull(table.chain(name), "a rule set has the chains that its rules name");
        }

        private Translated translated(NatTarget target, Translated before) {
            boolean destination = stage.hook() == Hook.OUTPUT || stage.hook() == Hook.PREROUTING;
            if (!destination) {
                return before;
            }
            NatRange range = target.range();
            BigInteger first = before.firstAddress();
            BigInteger last = before.lastAddress();
            IpAddress to = range.firstAddress();
            if (target instanceof NatTarget.Netmap map) {
                first = Space.value(map.network());
                last = first.or(Space.value(map.mask()).xor(space.most(Space.DESTINATION)));
            } else if (target instanceof NatTarget.Redirect) {
                IpAddress loopback = space.family() == Family.IPV4 ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
                // What comes in is led to an address of the interface, which a policy does not know.
                first = stage.hook() == Hook.OUTPUT ? Space.value(loopback) : BigInteger.ZERO;
                last = stage.hook() == Hook.OUTPUT ? first : space.most(Space.DESTINATION);
            } else if (to != null) {
                first = Space.value(to);
                last = Space.value(Objects.requireNonNull(range.lastAddress()));
            }
            if (!range.hasPorts()) {
                return new Translated(first, last, before.firstPort(), before.lastPort());
            }
            return new Translated(first, last, range.firstPort(), range.lastPort());
        }
    }
}
