package dev.atoll.launcher.policy.space;

import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of interfaces that rules tell apart: each that is named, of each pattern such as {@code eth+} one that nobody
 * names, one that no rule means at all, and the empty name of a packet that has no such interface.
 */
public final class Interfaces {
    /** Index of the empty name. */
    static final int NO_INTERFACE = 0;

    /** In no name of an interface. */
    private static final String UNNAMED = "\u0000";

    private final List<String> names = new ArrayList<>();

    /** The names that are told apart by any of these rule sets. */
    public Interfaces(List<RuleSet> ruleSets) {
        Set<String> exact = new TreeSet<>(List.of("lo"));
        Set<String> prefixes = new TreeSet<>();
        for (RuleSet ruleSet : ruleSets) {
            for (Table table : ruleSet.tables()) {
                for (Chain chain : table.chains()) {
                    for (Rule rule : chain.rules()) {
                        collect(rule, exact, prefixes);
                    }
                }
            }
        }
        names.add("");
        names.addAll(exact);
        for (String prefix : prefixes) {
            names.add(prefix + UNNAMED);
        }
        names.add(UNNAMED);
    }

    private static void collect(Rule rule, Set<String> exact, Set<String> prefixes) {
        for (Matcher matcher : rule.matchers()) {
            if (matcher instanceof InterfaceMatcher nic) {
                String pattern = nic.pattern();
                if (isPrefix(pattern)) {
                    prefixes.add(pattern.substring(0, pattern.length() - 1));
                } else {
                    exact.add(pattern);
                }
            }
        }
    }

    private static boolean isPrefix(String pattern) {
        return pattern.endsWith("+");
    }

    int count() {
        return names.size();
    }

    /** The index of a name, or of what stands for names like it. */
    int index(String name) {
        int exact = names.indexOf(name);
        if (exact >= 0) {
            return exact;
        }
        int best = names.size() - 1;
        int longest = 0;
        for (int i = 0; i < names.size(); i++) {
            String known = names.get(i);
            int prefix = known.length() - 1;
            if (known.endsWith(UNNAMED) && prefix > longest && name.startsWith(known.substring(0, prefix))) {
                best = i;
                longest = prefix;
            }
        }
        return best;
    }

    /** Whether a pattern means the names that an index stands for. */
    boolean matches(String pattern, int index) {
        String name = names.get(index);
        return isPrefix(pattern) ? name.startsWith(pattern.substring(0, pattern.length() - 1)) : name.equals(pattern);
    }

    /** Names for messages, of which the last, which no rule means, is none. */
    String text(List<Integer> indices) {
        List<String> texts = new ArrayList<>();
        for (int index : indices) {
            String name = names.get(index);
            if (name.endsWith(UNNAMED)) {
                String pattern = name.substring(0, name.length() - 1) + "+";
                texts.add(hasAll(pattern, indices) ? pattern : "other " + pattern);
            } else if (!isMeantByPattern(name, indices)) {
                texts.add(name);
            }
        }
        return String.join(",", texts);
    }

    private boolean hasAll(String pattern, List<Integer> indices) {
        for (int i = 0; i < names.size(); i++) {
            if (matches(pattern, i) && !indices.contains(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether one of the patterns says it already. */
    private boolean isMeantByPattern(String name, List<Integer> indices) {
        for (int index : indices) {
            String prefix = names.get(index);
            if (prefix.endsWith(UNNAMED)) {
                String pattern = prefix.substring(0, prefix.length() - 1) + "+";
                if (hasAll(pattern, indices) && name.startsWith(pattern.substring(0, pattern.length() - 1))) {
                    return true;
                }
            }
        }
        return false;
    }
}
