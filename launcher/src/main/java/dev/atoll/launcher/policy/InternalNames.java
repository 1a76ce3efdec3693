package dev.atoll.launcher.policy;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds rules that deny names by way of a chain, and not where a name has an internal address. One that says DROP or REJECT itself
 * denies a name wherever it leads; one that jumps cannot know what it does, and is read as if it might allow.
 */
final class InternalNames {
    private final Map<String, Chain> chains = new HashMap<>();
    private final Table table;

    InternalNames(Table table) {
        this.table = table;
        for (Chain chain : table.chains()) {
            chains.put(chain.name(), chain);
        }
    }

    List<Warning> find() {
        List<Warning> warnings = new ArrayList<>();
        for (Chain chain : table.chains()) {
            for (Rule rule : chain.rules()) {
                String to = rule.target().chain();
                if (to != null && isBlindToInternal(rule) && onlyDenies(to)) {
                    warnings.add(new Warning(
                            Warning.Kind.INTERNAL_NAME,
                            rule.origin(),
                            "where a name has an internal address this rule does not match, so chain " + to
                                    + " does not deny it there",
                            List.of(),
                            "add --allow-private: in a rule that denies, internal addresses are denied, too"));
                }
            }
        }
        return warnings;
    }

    private static boolean isBlindToInternal(Rule rule) {
        for (Matcher matcher : rule.matchers()) {
            if (matcher instanceof NameMatcher names && !names.negated() && !names.allowPrivate()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something in the chain, or in one that it leads to, denies, and nothing there lets pass. */
    private boolean onlyDenies(String first) {
        boolean denies = false;
        Deque<String> waiting = new ArrayDeque<>(List.of(first));
        Set<String> met = new HashSet<>(waiting);
        while (!waiting.isEmpty()) {
            Chain chain = chains.get(waiting.remove());
            for (Rule rule : chain == null ? List.<Rule>of() : chain.rules()) {
                Target target = rule.target();
                if (target instanceof StandardTarget.Accept) {
                    return false;
                }
                denies |= target instanceof StandardTarget.Drop || target instanceof StandardTarget.Reject;
                String to = target.chain();
                if (to != null && met.add(to)) {
                    waiting.add(to);
                }
            }
        }
        return denies;
    }
}
