package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what is wrong with one table: what Linux would refuse to load, and jumps that lead in a circle. */
final class TableCheck {
    private final Table table;
    private final List<RuleSet.Problem> problems;
    private final Map<String, Chain> chains = new HashMap<>();

    TableCheck(Table table, List<RuleSet.Problem> problems) {
        this.table = table;
        this.problems = problems;
    }

    void run() {
        for (Chain chain : table.chains()) {
            checkChain(chain);
            if (chains.put(chain.name(), chain) != null) {
                report(chain.origin(), "chain " + chain.name() + " is there twice");
            }
        }
        for (Hook hook : table.name().hooks()) {
            if (!chains.containsKey(hook.name())) {
                report(table.origin(), "the built-in chain " + hook.name() + " is missing");
            }
        }
        for (Chain chain : table.chains()) {
            for (Rule rule : chain.rules()) {
                checkRule(chain, rule);
            }
        }
        checkHooks();
        findLoops();
    }

    private void checkChain(Chain chain) {
        boolean builtInName = false;
        for (Hook hook : table.name().hooks()) {
            builtInName |= hook.name().equals(chain.name());
        }
        if (chain.isBuiltIn() != builtInName) {
            String message = builtInName
                    ? "the built-in chain " + chain.name() + " has no policy"
                    : "only a built-in chain can have a policy, " + chain.name() + " is none of table "
                            + table.name().text();
            report(chain.origin(), message);
        }
        int length = chain.name().length();
        if (length == 0 || length > Chain.MAX_NAME_LENGTH) {
            report(chain.origin(), "a chain's name has 1 to " + Chain.MAX_NAME_LENGTH + " characters");
        }
    }

    private void checkRule(Chain chain, Rule rule) {
        int protocol = Matcher.ANY_PROTOCOL;
        for (Matcher matcher : rule.matchers()) {
            if (matcher instanceof ProtocolMatcher named && !named.negated()) {
                protocol = named.protocol();
            }
        }
        boolean protocolFits = fits(rule.target().requiredProtocol(), protocol);
        for (Matcher matcher : rule.matchers()) {
            protocolFits &= fits(matcher.requiredProtocol(), protocol);
            checkInterface(chain, rule, matcher);
            checkFamily(rule, matcher);
        }
        if (!protocolFits) {
            report(rule.origin(), "a match or target of this rule needs -p with its protocol, not negated");
        }
        checkTarget(rule, protocol);
        String to = rule.target().chain();
        if (to != null) {
            Chain destination = chains.get(to);
            if (destination == null) {
                report(
                        rule.origin(),
                        "there is no chain " + to + " in table " + table.name().text());
            } else if (destination.isBuiltIn()) {
                report(rule.origin(), "no rule can jump to the built-in chain " + to);
            }
        }
    }

    private static boolean fits(int required, int protocol) {
        return required == Matcher.ANY_PROTOCOL || required == protocol;
    }

    private void checkInterface(Chain chain, Rule rule, Matcher matcher) {
        if (!(matcher instanceof InterfaceMatcher nic) || !chain.isBuiltIn()) {
            return;
        }
        boolean in = nic.side() == InterfaceMatcher.Side.IN;
        boolean absent = in
                ? chain.name().equals(Hook.OUTPUT.name()) || chain.name().equals(Hook.POSTROUTING.name())
                : chain.name().equals(Hook.INPUT.name()) || chain.name().equals(Hook.PREROUTING.name());
        if (absent) {
            report(rule.origin(), (in ? "-i" : "-o") + " cannot be used in " + chain.name());
        }
    }

    private void checkFamily(Rule rule, Matcher matcher) {
        if (matcher instanceof FragmentMatcher && table.family() != Family.IPV4) {
            report(rule.origin(), "-f is of IPv4, whose header has fragments in it");
        }
        if (matcher instanceof AddressMatcher named) {
            checkFamily(rule, named.address());
        } else if (matcher instanceof ConnTrackMatcher tracked) {
            for (FlowCondition condition : tracked.conditions()) {
                checkFamily(rule, condition instanceof FlowCondition.Address address ? address.address() : null);
            }
        } else if (matcher instanceof AddressRangeMatcher ranges) {
            for (AddressRangeMatcher.Range range : Arrays.asList(ranges.source(), ranges.destination())) {
                checkFamily(rule, range == null ? null : range.first());
            }
        }
    }

    private void checkFamily(Rule rule, @Nullable IpAddress address) {
        if (address != null && address.isV4() != (table.family() == Family.IPV4)) {
            report(rule.origin(), address + " is not an address of " + table.family());
        }
    }

    private void checkTarget(Rule rule, int protocol) {
        TableName required = rule.target().requiredTable();
        if (required != null && required != table.name()) {
            report(rule.origin(), "this target can only be used in table " + required.text());
        }
        if (rule.target() instanceof StandardTarget.Reject reject) {
            RejectWith with = reject.rejectWith();
            if (with.family() != null && with.family() != table.family()) {
                report(rule.origin(), with.optionName() + " is no answer of " + table.family());
            }
        }
        if (rule.target() instanceof RewriteTarget.TcpMss && !namesSyn(rule)) {
            report(
                    rule.origin(),
                    "the size of segments is announced by SYN: this rule needs --syn or --tcp-flags with it");
        }
        if (!(rule.target() instanceof NatTarget nat)) {
            return;
        }
        IpAddress address = nat instanceof NatTarget.Netmap map
                ? map.network()
                : nat.range().firstAddress();
        checkFamily(rule, address);
        if (nat.range().hasPorts() && protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
            report(
                    rule.origin(),
                    "ports are translated of TCP and UDP: this rule needs -p with one of them, not negated");
        }
    }

    private static boolean namesSyn(Rule rule) {
        for (Matcher matcher : rule.matchers()) {
            if (matcher instanceof TcpMatcher tcp && (tcp.flagsSet() & Tcp.SYN) != 0 && !tcp.flagsNegated()) {
                return true;
            }
        }
        return false;
    }

    /** A match or target may stand in a user chain only if all built-in chains that lead there are right for it. */
    private void checkHooks() {
        for (Hook hook : table.name().hooks()) {
            Deque<String> waiting = new ArrayDeque<>(List.of(hook.name()));
            Set<String> met = new HashSet<>(waiting);
            while (!waiting.isEmpty()) {
                Chain chain = chains.get(waiting.remove());
                for (Rule rule : chain == null ? List.<Rule>of() : chain.rules()) {
                    if (!rule.target().hooks().contains(hook) && isOfThisTable(rule.target())) {
                        report(
                                rule.origin(),
                                "this target cannot be reached from " + hook
                                        + only("from", rule.target().hooks()));
                    }
                    for (Matcher matcher : rule.matchers()) {
                        if (!matcher.hooks().contains(hook)) {
                            report(
                                    rule.origin(),
                                    "a match of this rule cannot be asked in " + hook + only("in", matcher.hooks()));
                        }
                    }
                    String to = rule.target().chain();
                    if (to != null && met.add(to)) {
                        waiting.add(to);
                    }
                    if (endsChain(rule)) {
                        break;
                    }
                }
            }
        }
    }

    /** Of another table's target it is said that it is, and that is enough. */
    private boolean isOfThisTable(Target target) {
        return target.requiredTable() == null || target.requiredTable() == table.name();
    }

    /** Where of this table it would be right; nothing if nowhere. */
    private String only(String where, Set<Hook> right) {
        List<String> names = new ArrayList<>();
        for (Hook hook : table.name().hooks()) {
            if (right.contains(hook)) {
                names.add(hook.name());
            }
        }
        return names.isEmpty() ? "" : ", only " + where + " " + String.join(" and ", names);
    }

    /** Whether nothing behind the rule is ever met: then Linux does not judge it, either. */
    static boolean endsChain(Rule rule) {
        Target target = rule.target();
        return rule.matchers().isEmpty()
                && (target instanceof StandardTarget.Accept
                        || target instanceof StandardTarget.Drop
                        || target instanceof StandardTarget.Return);
    }

    /** Depth-first search without recursion: a chain met again while it is still open closes a circle. */
    private void findLoops() {
        Map<String, Boolean> open = new HashMap<>();
        for (Chain root : table.chains()) {
            if (open.containsKey(root.name())) {
                continue;
            }
            List<Step> path = new ArrayList<>();
            path.add(new Step(root));
            open.put(root.name(), true);
            while (!path.isEmpty()) {
                Step step = path.get(path.size() - 1);
                Rule jump = step.nextJump();
                if (jump == null) {
                    open.put(step.chain.name(), false);
                    path.remove(path.size() - 1);
                    continue;
                }
                Chain next = chains.get(jump.target().chain());
                if (next == null) {
                    continue;
                }
                Boolean state = open.get(next.name());
                if (state == null) {
                    open.put(next.name(), true);
                    path.add(new Step(next));
                } else if (state) {
                    report(jump.origin(), "chains jump in a circle: " + circle(path, next));
                }
            }
        }
    }

    private static String circle(List<Step> path, Chain closing) {
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (Step step : path) {
            inside |= step.chain.name().equals(closing.name());
            if (inside) {
                text.append(step.chain.name()).append(" -> ");
            }
        }
        return text.append(closing.name()).toString();
    }

    private void report(@Nullable Origin origin, String message) {
        problems.add(new RuleSet.Problem(origin, message));
    }

    /** A chain on the search path and the next of its rules to look at. */
    private static final class Step {
        private final Chain chain;
        private int next;

        Step(Chain chain) {
            this.chain = chain;
        }

        @Nullable Rule nextJump() {
            while (next < chain.rules().size()) {
                Rule rule = chain.rules().get(next++);
                if (rule.target().chain() != null) {
                    return rule;
                }
            }
            return null;
        }
    }
}
