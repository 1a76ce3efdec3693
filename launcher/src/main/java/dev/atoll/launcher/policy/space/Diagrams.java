package dev.atoll.launcher.policy.space;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The algebra of {@linkplain Diagram functions of packets}: an interval decision diagram, reduced and shared, so that sets of
 * packets are compared by reference however their rules were written (Bryant 1986; for packet filters Gouda and Liu 2007).
 */
public final class Diagrams {
    /** Of all nodes together: some hundred MB. Some thousand rules about one thing need them, each with its own address. */
    private static final int MAX_EDGES = 20_000_000;

    private static final int MAX_CHOICES = 2_000_000;

    private record Key(int variable, List<BigInteger> lasts, List<Diagram> children) {}

    private record Choice(Diagram condition, Diagram then, Diagram otherwise) {}

    private record Pair(Diagram first, Diagram second) {}

    private final Map<Object, Diagram> leaves = new HashMap<>();
    private final Map<Key, Diagram> nodes = new HashMap<>();
    private final Map<Choice, Diagram> choices = new HashMap<>();
    private int edges;

    /** Every packet. */
    public final Diagram all = leaf(true);

    /** No packet. */
    public final Diagram none = leaf(false);

    /** Says the same of every packet. */
    public Diagram leaf(Object value) {
        return leaves.computeIfAbsent(value, Diagram::new);
    }

    /**
     * The packets whose variable is within a range, ends included.
     *
     * @param most the variable's greatest value
     */
    Diagram range(int variable, BigInteger first, BigInteger last, BigInteger most) {
        List<BigInteger> lasts = new ArrayList<>();
        List<Diagram> children = new ArrayList<>();
        if (first.signum() > 0) {
            lasts.add(first.subtract(BigInteger.ONE));
            children.add(none);
        }
        lasts.add(last);
        children.add(all);
        if (last.compareTo(most) < 0) {
            lasts.add(most);
            children.add(none);
        }
        return node(variable, lasts, children);
    }

    public Diagram not(Diagram set) {
        return choose(set, none, all);
    }

    public Diagram and(Diagram first, Diagram second) {
        return choose(first, second, none);
    }

    public Diagram or(Diagram first, Diagram second) {
        return choose(first, all, second);
    }

    /** The packets of the first that the second has not. */
    public Diagram without(Diagram first, Diagram second) {
        return choose(second, none, first);
    }

    /** One function for the packets of a set, another for the others. */
    public Diagram choose(Diagram condition, Diagram then, Diagram otherwise) {
        if (condition == all || then == otherwise) {
            return then;
        }
        if (condition == none) {
            return otherwise;
        }
        if (then == all && otherwise == none) {
            return condition;
        }
        Choice key = new Choice(condition, then, otherwise);
        Diagram known = choices.get(key);
        if (known != null) {
            return known;
        }
        int variable = Math.min(condition.variable, Math.min(then.variable, otherwise.variable));
        List<BigInteger> lasts = new ArrayList<>();
        List<Diagram> children = new ArrayList<>();
        Edges a = new Edges(condition, variable);
        Edges b = new Edges(then, variable);
        Edges c = new Edges(otherwise, variable);
        while (true) {
            BigInteger last = least(least(a.last(), b.last()), c.last());
            lasts.add(last);
            children.add(choose(a.child(), b.child(), c.child()));
            if (isEnd(last, a, b, c)) {
                break;
            }
            a.advance(last);
            b.advance(last);
            c.advance(last);
        }
        Diagram made = node(variable, lasts, children);
        if (choices.size() == MAX_CHOICES) {
            choices.clear();
        }
        choices.put(key, made);
        return made;
    }

    /** What an operation makes of what two functions say of each packet. */
    public Diagram combine(Diagram first, Diagram second, BinaryOperator<Object> operation) {
        return combine(
                first,
                second,
                (a, b) -> a.isLeaf() && b.isLeaf() ? leaf(operation.apply(a.value(), b.value())) : null,
                new HashMap<>());
    }

    /** The first function, with the second in its place for packets of which it says that they are a gap. */
    Diagram fill(Diagram first, Object gap, Diagram second) {
        return combine(first, second, (a, b) -> !a.isLeaf() ? null : a.value() == gap ? b : a, new HashMap<>());
    }

    /** What two functions make together, where that needs no further question; else null. */
    @FunctionalInterface
    private interface Settled {
        @Nullable Diagram of(Diagram first, Diagram second);
    }

    private Diagram combine(Diagram first, Diagram second, Settled settled, Map<Pair, Diagram> combined) {
        Diagram end = settled.of(first, second);
        if (end != null) {
            return end;
        }
        Pair key = new Pair(first, second);
        Diagram known = combined.get(key);
        if (known != null) {
            return known;
        }
        int variable = Math.min(first.variable, second.variable);
        List<BigInteger> lasts = new ArrayList<>();
        List<Diagram> children = new ArrayList<>();
        Edges a = new Edges(first, variable);
        Edges b = new Edges(second, variable);
        while (true) {
            BigInteger last = least(a.last(), b.last());
            lasts.add(last);
            children.add(combine(a.child(), b.child(), settled, combined));
            if (isEnd(last, a, b)) {
                break;
            }
            a.advance(last);
            b.advance(last);
        }
        Diagram made = node(variable, lasts, children);
        combined.put(key, made);
        return made;
    }

    /** A node, unless it would say the same on all its edges; neighbours that say the same become one edge. */
    private Diagram node(int variable, List<BigInteger> lasts, List<Diagram> children) {
        List<BigInteger> ends = new ArrayList<>();
        List<Diagram> targets = new ArrayList<>();
        for (int i = 0; i < children.size(); i++) {
            if (i + 1 == children.size() || children.get(i) != children.get(i + 1)) {
                ends.add(lasts.get(i));
                targets.add(children.get(i));
            }
        }
        if (targets.size() == 1) {
            return targets.get(0);
        }
        // Immutable ones, so that key and node share them.
        Key key = new Key(variable, List.copyOf(ends), List.copyOf(targets));
        Diagram known = nodes.get(key);
        if (known != null) {
            return known;
        }
        edges += targets.size();
        if (edges > MAX_EDGES) {
            throw new TooComplexException(MAX_EDGES);
        }
        Diagram made = new Diagram(variable, key.lasts(), key.children());
        nodes.put(key, made);
        return made;
    }

    private static BigInteger least(BigInteger a, BigInteger b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** Whether the edges of those that ask for the variable are used up: the others have no end of their own. */
    private static boolean isEnd(BigInteger last, Edges... all) {
        for (Edges one : all) {
            if (one.isAsked() && !one.isLast(last)) {
                return false;
            }
        }
        return true;
    }

    /** The edges of a function for one variable, one after the other; a function that does not ask for it has one. */
    private static final class Edges {
        /** Above every value. */
        private static final BigInteger ENDLESS = BigInteger.ONE.shiftLeft(129);

        private final Diagram of;
        private final boolean asked;
        private int next;

        Edges(Diagram of, int variable) {
            this.of = of;
            asked = of.variable == variable;
        }

        boolean isAsked() {
            return asked;
        }

        boolean isLast(BigInteger last) {
            return next == of.lasts.size() - 1 && of.lasts.get(next).equals(last);
        }

        BigInteger last() {
            return asked ? of.lasts.get(next) : ENDLESS;
        }

        Diagram child() {
            return asked ? of.children.get(next) : of;
        }

        void advance(BigInteger last) {
            if (asked && of.lasts.get(next).equals(last)) {
                next++;
            }
        }
    }
}
