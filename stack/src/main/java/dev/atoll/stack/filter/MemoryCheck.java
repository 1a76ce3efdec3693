package dev.atoll.stack.filter;

import dev.atoll.stack.wire.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether rules that share a memory by its name mean the same one. Linux takes the settings of the rule that it sees first and
 * says nothing.
 */
final class MemoryCheck {
    private static final IpAddress ALL_V6 = new IpAddress(-1, -1);

    private final List<RuleSet.Problem> problems;
    private final Map<String, IpAddress> masks = new HashMap<>();
    private final Map<String, HashLimitMatcher.Settings> tables = new HashMap<>();

    /**
     * A check of one rule set.
     *
     * @param problems where what is wrong goes
     */
    MemoryCheck(List<RuleSet.Problem> problems) {
        this.problems = problems;
    }

    void check(Table table) {
        for (Chain chain : table.chains()) {
            for (Rule rule : chain.rules()) {
                for (Matcher matcher : rule.matchers()) {
                    if (matcher instanceof RecentMatcher recent) {
                        check(recent, rule.origin());
                    } else if (matcher instanceof HashLimitMatcher limit) {
                        check(limit.settings(), rule.origin());
                    }
                }
            }
        }
    }

    private void check(RecentMatcher matcher, Origin origin) {
        IpAddress first = masks.putIfAbsent(matcher.name(), matcher.mask());
        boolean same = first == null || first.equals(matcher.mask()) || (isWhole(first) && isWhole(matcher.mask()));
        if (!same) {
            problems.add(new RuleSet.Problem(
                    origin,
                    "the list \"" + matcher.name() + "\" of -m recent has the mask " + first
                            + " in a rule before; take that, or another name"));
        }
    }

    private static boolean isWhole(IpAddress mask) {
        return mask.equals(IpAddress.V4_BROADCAST) || mask.equals(ALL_V6);
    }

    private void check(HashLimitMatcher.Settings settings, Origin origin) {
        HashLimitMatcher.Settings first = tables.putIfAbsent(settings.family() + settings.name(), settings);
        if (first != null && !first.equals(settings)) {
            problems.add(new RuleSet.Problem(
                    origin,
                    "the table \"" + settings.name()
                            + "\" of -m hashlimit has another rate, burst or mode in a rule before; take those, or another"
                            + " name"));
        }
    }
}
