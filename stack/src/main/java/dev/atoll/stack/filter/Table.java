package dev.atoll.stack.filter;

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
}
