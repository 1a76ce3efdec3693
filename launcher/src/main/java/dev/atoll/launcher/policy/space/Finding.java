package dev.atoll.launcher.policy.space;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Rule;
import java.util.List;

/** Something in a table that has no effect. */
public sealed interface Finding {
    /** Conditions of one rule that no packet meets together. */
    record Contradiction(Chain chain, Rule rule, List<Matcher> conditions) implements Finding {}

    /**
     * A rule all of whose packets are decided before they reach it.
     *
     * @param by the rules that decide them, in the chain's order
     * @param same whether they do with them what this rule would
     */
    record Shadowed(Chain chain, Rule rule, List<Rule> by, boolean same) implements Finding {}

    /**
     * Rules that nothing reaches.
     *
     * @param rule the first of them
     * @param count how many
     * @param by the rule that decides everything which was left
     */
    record Behind(Chain chain, Rule rule, int count, Rule by) implements Finding {}

    /**
     * A rule that means none of the packets which come into its chain.
     *
     * @param callers the rules that lead into the chain
     */
    record Elsewhere(Chain chain, Rule rule, List<Rule> callers) implements Finding {}

    /** A user chain to which no built-in chain leads. */
    record Unused(Chain chain) implements Finding {}
}
