package dev.atoll.launcher.policy;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of which rules say something by name: looked at where they cannot be looked up, they have an address of nobody, so that
 * policies can be tried far from the network they are for.
 *
 * @param names who is asked first
 */
record NamedHosts(HostResolver names, RuleSet ruleSet) implements HostResolver {
    /** RFC 5737: an address that is nobody's, and not internal. */
    private static final IpAddress NOBODY = IpAddress.parse("203.0.113.1");

    @Override
    public List<IpAddress> resolve(String host) {
        List<IpAddress> found = names.resolve(host);
        return found.isEmpty() && isNamed(NameMatcher.canonical(host)) ? List.of(NOBODY) : found;
    }

    private boolean isNamed(@Nullable String host) {
        for (Table table : ruleSet.tables()) {
            for (Chain chain : table.chains()) {
                for (Rule rule : chain.rules()) {
                    for (Matcher matcher : rule.matchers()) {
                        if (host != null && matcher instanceof NameMatcher of && of.covers(host)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }
}
