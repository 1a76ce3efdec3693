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

/** The names of rules by their places: a rule's {@code name} in HOCON, its comment in iptables' form. */
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
                names.put(place(rule.origin()), comment.text());
            }
        }
    }

    /** Null for a rule without. */
    @Nullable String of(Origin origin) {
        return names.get(place(origin));
    }

    private static String place(Origin origin) {
        return origin.line() + ":" + origin.source();
    }
}
