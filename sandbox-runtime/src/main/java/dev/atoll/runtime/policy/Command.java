package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command line, read and found to be well formed: what to do with a table.
 *
 * @param letter one of {@link BaseOptions#COMMANDS}
 * @param chain the chain's name; null where the command means all
 * @param argument rule number, policy or new name; null if there is none
 * @param rules what the line's rule stands for: several if it names several addresses; empty for commands without one
 * @param target where the rule's target is named, or null
 */
record Command(
        char letter,
        @Nullable Word chain,
        @Nullable Word argument,
        List<Rule> rules,
        @Nullable Word target) {}
