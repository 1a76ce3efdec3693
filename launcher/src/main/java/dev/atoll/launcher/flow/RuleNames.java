package dev.atoll.launcher.flow;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.CommentMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of rules by where they were written and how: a rule's {@code name} in HOCON, its comment in iptables' form. The text counts
 * since a flow may be told of that rules have decided which are no more, and at the same line something else may stand by now.
 */
final class RuleNames {
    private final Map<String, String> names = new HashMap<>();

    RuleNames(@Nullable RuleSet rules) {
        if (rules == null) {
            return;
        }
        for (Table table : rules.tables()) {
            for (Chain chain : table.chains()) {
                chain.rules().forEach(this::add);
            }
        }
    }

    private void add(Rule rule) {
        for (Matcher matcher : rule.matchers()) {
            if (matcher instanceof CommentMatcher comment) {
                names.put(rule.origin().toString(), comment.text());
            }
        }
    }

    /** Null for a rule without, or that is not one of these. */
    @Nullable String of(Origin origin) {
        return names.get(origin.toString());
    }
}
