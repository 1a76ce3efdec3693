package dev.atoll.stack.filter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One table of one family.
 *
 * @param chains the built-in chains and the user chains, in the order they were made
 * @param origin where the table begins
 */
public record Table(TableName name, Family family, List<Chain> chains, Origin origin) {
    public Table {
        chains = List.copyOf(chains);
    }

    /** The chain of that name, or null. */
    public @Nullable Chain chain(String chainName) {
        for (Chain chain : chains) {
            if (chain.name().equals(chainName)) {
                return chain;
            }
        }
        return null;
    }

    /** A table of this kind that accepts everything: its built-in chains without a rule. */
    public static Table acceptAll(TableName name, Family family) {
        Origin origin = new Origin("Table.acceptAll", 1, "*" + name.text());
        List<Chain> chains = new ArrayList<>();
        for (Hook hook : name.hooks()) {
            chains.add(new Chain(hook.name(), ChainPolicy.ACCEPT, List.of(), origin));
        }
        return new Table(name, family, chains, origin);
    }

    /** This table with that chain in the place of the one of its name, or behind all others. */
    public Table with(Chain chain) {
        List<Chain> changed = new ArrayList<>();
        boolean replaced = false;
        for (Chain each : chains) {
            boolean same = each.name().equals(chain.name());
            changed.add(same ? chain : each);
            replaced |= same;
        }
        if (!replaced) {
            changed.add(chain);
        }
        return new Table(name, family, changed, origin);
    }
}
