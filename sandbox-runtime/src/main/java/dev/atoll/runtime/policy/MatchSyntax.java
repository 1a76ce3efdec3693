package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text form of one {@code -m} extension; an object reads one use of it. */
abstract class MatchSyntax extends OptionUses {
    MatchSyntax(String name, List<OptionSpec> options) {
        super(name, options);
    }

    @Override
    final String kind() {
        return "match";
    }

    /** The family whose tool alone has it; null for both. */
    @Nullable Family onlyFamily() {
        return null;
    }

    /** Whether it works in a rule that {@code -p} restricts to that protocol; 0 for one that is not restricted. */
    boolean fits(int protocol) {
        return true;
    }

    /** The protocols that {@link #fits} has, to be told to who named none of them. */
    String protocols() {
        return "";
    }

    /**
     * The matcher these options make; null if they make none, which was then reported.
     *
     * @param at the place of the extension's name, or of its first option
     */
    abstract @Nullable Matcher finish(Word at, Line line);
}
