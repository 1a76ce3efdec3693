package dev.atoll.stack.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named list of rules.
 *
 * @param name a hook's name for a built-in chain
 * @param policy the underflow policy of a built-in chain; null for a user chain, whose end returns to the caller
 * @param rules in the order in which they are asked
 * @param origin where the chain or its policy was written; null for a built-in chain that the file does not mention
 */
public record Chain(
        String name,
        @Nullable ChainPolicy policy,
        List<Rule> rules,
        @Nullable Origin origin) {
    /** Linux's limit for a chain's name, bytes. */
    public static final int MAX_NAME_LENGTH = 28;

    public Chain {
        rules = List.copyOf(rules);
    }

    public boolean isBuiltIn() {
        return policy != null;
    }
}
