package dev.atoll.launcher.policy.space;

import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of a packet: a decision diagram, in which a node asks for one {@link Space variable} and each edge has a range of
 * its values. Made by {@link Diagrams}, which has each function once: two are the same function exactly if they are the
 * same object.
 */
public final class Diagram {
    /** {@link #variable} of one that says the same of every packet. */
    static final int LEAF = Integer.MAX_VALUE;

    final int variable;

    /** What a leaf says. */
    private final @Nullable Object value;

    /** The last value of each edge, ascending; the first begins at 0. */
    final List<BigInteger> lasts;

    final List<Diagram> children;

    Diagram(Object value) {
        variable = LEAF;
        this.value = value;
        lasts = List.of();
        children = List.of();
    }

    Diagram(int variable, List<BigInteger> lasts, List<Diagram> children) {
        this.variable = variable;
        value = null;
        this.lasts = List.copyOf(lasts);
        this.children = List.copyOf(children);
    }

    /** Whether it says the same of every packet. */
    boolean isLeaf() {
        return variable == LEAF;
    }

    /** What a leaf says. */
    Object value() {
        Object says = value;
        if (says == null) {
            throw new IllegalStateException("only a leaf says something of every packet");
        }
        return says;
    }

    /**
     * What it says of one packet.
     *
     * @param packet the value of each variable that may be asked for
     */
    Object at(Point packet) {
        Diagram at = this;
        while (!at.isLeaf()) {
            BigInteger wanted = packet.value(at.variable);
            int edge = 0;
            while (at.lasts.get(edge).compareTo(wanted) < 0) {
                edge++;
            }
            at = at.children.get(edge);
        }
        return at.value();
    }

    /** One packet, as the values of its variables. */
    @FunctionalInterface
    interface Point {
        BigInteger value(int variable);
    }
}
