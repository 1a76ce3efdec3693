package dev.atoll.launcher.policy;

import dev.atoll.runtime.policy.PolicyPrinter;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Target;
import java.util.List;

/** Parts of a rule as iptables-save prints them; of an embedder's own, what they say of themselves. */
public final class MatcherText {
    private static final String CHAIN = "X";
    private static final String BEFORE = "-A " + CHAIN + " ";
    private static final Origin NOWHERE = new Origin("", 1, "");

    private MatcherText() {}

    /** One condition, {@code -d 10.0.0.0/8}. */
    public static String of(Matcher matcher, Family family) {
        return print(new Rule(List.of(matcher), StandardTarget.NONE, NOWHERE), matcher, family);
    }

    /** A target, {@code -j REJECT --reject-with tcp-reset}; nothing for a rule without one. */
    public static String ofTarget(Target target, Family family) {
        return target instanceof StandardTarget.None ? "" : print(new Rule(List.of(), target, NOWHERE), target, family);
    }

    private static String print(Rule rule, Object part, Family family) {
        try {
            return PolicyPrinter.print(family, CHAIN, rule).substring(BEFORE.length());
        } catch (IllegalArgumentException e) {
            // One that has no text form: not a standard one.
            return part.toString();
        }
    }
}
