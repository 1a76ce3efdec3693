package dev.atoll.launcher.policy.space;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds in a table the rules and chains that no packet reaches. Packets of every kind are followed from the built-in chains on;
 * where it cannot be told what becomes of some, they are taken to go every way, so that what is found is certain.
 */
public final class Reachability {
    private final Space space;
    private final Diagrams diagrams;
    private final Matches matches;
    private final Map<String, Chain> chains = new HashMap<>();
    private final List<Chain> builtIn = new ArrayList<>();
    private final Table table;
    private final Known known;
    private final Map<String, Diagram> entering = new HashMap<>();
    private final Map<String, List<Rule>> callers = new HashMap<>();
    private final Map<String, Diagram> returning = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Origin> reached = new HashSet<>();

    /**
     * @param matches of the rule set that the table is of, for packets of every kind
     */
    public Reachability(Space space, Table table, Matches matches) {
        this.space = space;
        this.table = table;
        known = table.name() == TableName.RAW ? Known.NOTHING_YET_TRACKED : Known.NOTHING;
        this.matches = matches;
        diagrams = space.diagrams();
        for (Chain chain : table.chains()) {
            chains.put(chain.name(), chain);
            if (chain.isBuiltIn()) {
                builtIn.add(chain);
            }
        }
    }

    /** What has no effect, chain by chain in the order in which packets meet them. */
    public List<Finding> find() {
        for (Chain chain : builtIn) {
            entering.put(chain.name(), arriving(Hook.valueOf(chain.name())));
        }
        List<String> order = callersFirst();
        for (String name : order) {
            new Following(chain(name)).run();
        }
        for (Chain chain : table.chains()) {
            if (!order.contains(chain.name())) {
                findings.add(new Finding.Unused(chain));
            } else if (chain.origin() != null) {
                reached.add(chain.origin());
            }
        }
        return findings;
    }

    /** The lines of which some rule or chain is reached, after {@link #find}: a line may stand for several tables. */
    public Set<Origin> reached() {
        return reached;
    }

    /** The built-in chains and all that they lead to, each behind those that lead to it: there are no circles. */
    private List<String> callersFirst() {
        Set<String> finished = new LinkedHashSet<>();
        // From the last on, so that the order of those that have no callers in common is the file's.
        for (int i = builtIn.size() - 1; i >= 0; i--) {
            finish(builtIn.get(i), finished);
        }
        List<String> order = new ArrayList<>();
        for (String name : finished) {
            order.add(0, name);
        }
        return order;
    }

    private void finish(Chain root, Set<String> finished) {
        Deque<Chain> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Chain chain = open.peek();
            boolean waits = false;
            for (Rule rule : chain.rules()) {
                String to = rule.target().chain();
                if (to != null && !finished.contains(to)) {
                    open.push(chain(to));
                    waits = true;
                }
            }
            if (!waits) {
                open.pop();
                finished.add(chain.name());
            }
        }
    }

    private Chain chain(String name) {
        return Objects.requireNonNull(chains.get(name), "a rule set has the chains that its rules name");
    }

    /** The packets that meet a hook. */
    private Diagram arriving(Hook hook) {
        Diagram noIn = space.range(Space.IN, Interfaces.NO_INTERFACE, Interfaces.NO_INTERFACE);
        Diagram noOut = space.range(Space.OUT, Interfaces.NO_INTERFACE, Interfaces.NO_INTERFACE);
        return switch (hook) {
            case PREROUTING, INPUT -> diagrams.without(noOut, noIn);
            case OUTPUT, POSTROUTING -> diagrams.without(noIn, noOut);
            case FORWARD -> diagrams.not(diagrams.or(noIn, noOut));
        };
    }

    private Diagram set(Rule rule) {
        return matches.of(rule, known);
    }

    /** The packets that come back out of a chain, of all that might be sent there. */
    private Diagram returning(String name) {
        Diagram known = returning.get(name);
        if (known != null) {
            return known;
        }
        List<Rule> rules = chain(name).rules();
        Diagram back = diagrams.all;
        int i = rules.size();
        while (i > 0) {
            int last = i;
            while (i > 0 && ends(rules.get(i - 1).target())) {
                i--;
            }
            if (i < last) {
                back = diagrams.without(back, anyOf(rules, i, last));
            } else {
                i--;
                back = diagrams.choose(set(rules.get(i)), returning(rules.get(i).target(), back), back);
            }
        }
        returning.put(name, back);
        return back;
    }

    /** The packets that some of the rules match. Halves are put together: one after the other would take much longer. */
    private Diagram anyOf(List<Rule> rules, int from, int to) {
        int middle = (from + to) >>> 1;
        return to - from == 1
                ? set(rules.get(from))
                : diagrams.or(anyOf(rules, from, middle), anyOf(rules, middle, to));
    }

    private Diagram returning(Target target, Diagram behind) {
        if (ends(target)) {
            return diagrams.none;
        } else if (target instanceof StandardTarget.None
                || target instanceof StandardTarget.Mark
                || Matches.goesOn(target)) {
            return behind;
        } else if (target instanceof StandardTarget.Jump jump) {
            return diagrams.and(returning(jump.chain()), behind);
        } else if (target instanceof StandardTarget.GoTo goTo) {
            return returning(goTo.chain());
        }
        return diagrams.all;
    }

    private static boolean ends(Target target) {
        return target instanceof StandardTarget.Accept
                || target instanceof StandardTarget.Drop
                || target instanceof StandardTarget.Reject
                || target instanceof NatTarget;
    }

    /** Follows the packets that come into one chain. */
    private final class Following {
        private final Chain chain;
        private final List<Rule> rules;
        private final Diagram in;

        /** What each rule decided, so that it does not come to the next. */
        private final List<Diagram> taken = new ArrayList<>();

        /** By the number of a part of the rules, what some of them matches. */
        private final Map<Integer, Diagram> meant = new HashMap<>();

        /** For each rule, why nothing reaches it, or null. */
        private final Map<Integer, Finding> found = new HashMap<>();

        Following(Chain chain) {
            this.chain = chain;
            rules = chain.rules();
            in = entering.getOrDefault(chain.name(), diagrams.none);
        }

        void run() {
            if (!rules.isEmpty()) {
                Diagram meant = meant(1, 0, rules.size());
                Diagram left = diagrams.and(in, meant);
                Diagram unused = follow(1, 0, rules.size(), left, diagrams.without(in, meant) == diagrams.none);
            }
            report();
        }

        /** The packets that some rule of a part matches; {@code node} is its number in a binary tree of parts. */
        private Diagram meant(int node, int from, int to) {
            Diagram known = meant.get(node);
            if (known == null) {
                int middle = (from + to) >>> 1;
                known = to - from == 1
                        ? set(rules.get(from))
                        : diagrams.or(meant(2 * node, from, middle), meant(2 * node + 1, middle, to));
                meant.put(node, known);
            }
            return known;
        }

        /**
         * Follows packets through a part of the rules, half by half: each half is asked of those alone that it means, so that
         * thousands of rules about as many addresses do not each look at all of them.
         *
         * @param left those that come there, of the ones that some rule of the part means
         * @param alone whether no others come there
         * @return what is left of them behind the part
         */
        private Diagram follow(int node, int from, int to, Diagram left, boolean alone) {
            if (to - from == 1) {
                return follow(from, left, alone);
            }
            int middle = (from + to) >>> 1;
            Diagram first = meant(2 * node, from, middle);
            Diagram passing = diagrams.without(left, first);
            Diagram behind = diagrams.or(
                    passing,
                    follow(2 * node, from, middle, diagrams.and(left, first), alone && passing == diagrams.none));
            Diagram second = meant(2 * node + 1, middle, to);
            Diagram past = diagrams.without(behind, second);
            return diagrams.or(
                    past,
                    follow(2 * node + 1, middle, to, diagrams.and(behind, second), alone && past == diagrams.none));
        }

        private Diagram follow(int index, Diagram here, boolean alone) {
            Rule rule = rules.get(index);
            // A chain that nobody enters is told at the rules that would lead there.
            if (here == diagrams.none && in != diagrams.none) {
                found.put(index, why(index, set(rule), alone));
            }
            Diagram behind = behind(rule, here);
            taken.add(diagrams.without(here, behind));
            return behind;
        }

        /** What of the packets that a rule matches comes to the one behind it. */
        private Diagram behind(Rule rule, Diagram here) {
            Target target = rule.target();
            String to = target.chain();
            if (to != null) {
                entering.merge(to, here, diagrams::or);
                callers.computeIfAbsent(to, unused -> new ArrayList<>()).add(rule);
            }
            if (ends(target) || target instanceof StandardTarget.Return || target instanceof StandardTarget.GoTo) {
                return diagrams.none;
            } else if (target instanceof StandardTarget.Jump jump) {
                return diagrams.and(here, returning(jump.chain()));
            }
            return here;
        }

        /**
         * Why no packet comes to a rule that it matches.
         *
         * @param nothingLeft whether none comes there at all
         */
        private Finding why(int index, Diagram set, boolean nothingLeft) {
            Rule rule = rules.get(index);
            if (set == diagrams.none) {
                return new Finding.Contradiction(chain, rule, contradiction(rule));
            }
            if (nothingLeft) {
                return new Finding.Behind(chain, rule, 1, rules.get(lastTaker(index)));
            }
            if (diagrams.and(in, set) == diagrams.none) {
                return new Finding.Elsewhere(chain, rule, callers.getOrDefault(chain.name(), List.of()));
            }
            List<Rule> by = new ArrayList<>();
            boolean same = true;
            for (int i = 0; i < index; i++) {
                if (diagrams.and(taken.get(i), set) != diagrams.none) {
                    by.add(rules.get(i));
                    same &= rules.get(i).target().equals(rule.target());
                }
            }
            return new Finding.Shadowed(chain, rule, by, same);
        }

        private int lastTaker(int index) {
            int last = index - 1;
            while (taken.get(last) == diagrams.none) {
                last--;
            }
            return last;
        }

        /** Two conditions that have no packet in common; all of the rule's if it takes more of them. */
        private List<Matcher> contradiction(Rule rule) {
            List<Matcher> all = rule.matchers();
            for (int i = 0; i < all.size(); i++) {
                for (int j = 0; j <= i; j++) {
                    Diagram first = matches.of(rule, all.get(j), known);
                    Diagram second = matches.of(rule, all.get(i), known);
                    if (diagrams.and(first, second) == diagrams.none) {
                        return i == j ? List.of(all.get(i)) : List.of(all.get(j), all.get(i));
                    }
                }
            }
            return all;
        }

        /** A line that stands for several rules is told of only if none of them is reached. */
        private void report() {
            Set<Origin> here = new HashSet<>();
            for (int i = 0; i < rules.size(); i++) {
                if (!found.containsKey(i)) {
                    here.add(rules.get(i).origin());
                }
            }
            reached.addAll(here);
            Set<Origin> told = new LinkedHashSet<>();
            for (int i = 0; i < rules.size(); i++) {
                Finding finding = found.get(i);
                Origin origin = rules.get(i).origin();
                if (finding == null || here.contains(origin) || !told.add(origin)) {
                    continue;
                }
                if (finding instanceof Finding.Behind behind) {
                    findings.add(new Finding.Behind(chain, behind.rule(), lines(i), behind.by()));
                    return;
                }
                findings.add(finding);
            }
        }

        /** How many lines there are from a rule on. */
        private int lines(int from) {
            Set<Origin> lines = new LinkedHashSet<>();
            for (int i = from; i < rules.size(); i++) {
                lines.add(rules.get(i).origin());
            }
            return lines.size();
        }
    }
}
