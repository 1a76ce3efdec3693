package dev.atoll.launcher.policy.trace;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.Target;
import java.util.List;

/** Something that happens to a packet in the filter. */
public sealed interface Step {
    /** It comes to a chain's first rule. */
    record Entered(Table table, Chain chain) implements Step {}

    /**
     * A rule did not match.
     *
     * @param why which condition failed, and on what
     */
    record Missed(Chain chain, Rule rule, String why) implements Step {}

    /**
     * A rule matched.
     *
     * @param notes conditions that would not hold for every packet of the connection
     */
    record Matched(Chain chain, Rule rule, Target.Action action, List<String> notes) implements Step {}

    /** A rule found it too broken to judge, which drops it. */
    record Broken(Chain chain, Rule rule) implements Step {}

    /** It comes to a chain's end without a verdict: back to the caller, or to the policy. */
    record Ended(Chain chain) implements Step {}
}
