package dev.atoll.runtime.dns;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Only names that some rule in force could allow may be asked for: those of {@code -m fqdn} in rules that do not deny. A name in a
 * question reaches whoever serves its zone, so that asking is a way out by itself. Any thread.
 */
public final class StrictNames implements NameTable.NameRule {
    private static final Origin NO_RULES = new Origin("--dns=strict", 1, "no rule names any host");

    /** Of one rule set. */
    private record Allowed(RuleSet of, List<NameMatcher> names) {}

    private final IpTables filter;
    private volatile Allowed allowed = new Allowed(RuleSet.EMPTY, List.of());

    public StrictNames(IpTables filter) {
        this.filter = filter;
    }

    @Override
    public @Nullable Origin refusal(String name) {
        Allowed now = current();
        for (NameMatcher each : now.names()) {
            if (each.covers(name)) {
                return null;
            }
        }
        List<Table> tables = now.of().tables();
        Origin first = tables.isEmpty() ? NO_RULES : tables.get(0).origin();
        String what = name.isEmpty() ? "what is no question for a name" : "the name " + name;
        return new Origin(first.source(), first.line(), "no rule allows " + what + " (--dns=strict)");
    }

    @SuppressWarnings("ReferenceEquality") // rules are replaced by another object; comparing many takes long
    private Allowed current() {
        Allowed now = allowed;
        RuleSet inForce = filter.ruleSet();
        if (now.of() != inForce) {
            now = new Allowed(inForce, namesIn(inForce));
            allowed = now;
        }
        return now;
    }

    private static List<NameMatcher> namesIn(RuleSet ruleSet) {
        List<NameMatcher> names = new ArrayList<>();
        for (Table table : ruleSet.tables()) {
            for (Chain chain : table.chains()) {
                for (Rule rule : chain.rules()) {
                    for (Matcher matcher : rule.matchers()) {
                        if (matcher instanceof NameMatcher of && !of.negated() && !denies(rule.target())) {
                            names.add(of);
                        }
                    }
                }
            }
        }
        return names;
    }

    private static boolean denies(Target target) {
        return target instanceof StandardTarget.Drop || target instanceof StandardTarget.Reject;
    }
}
