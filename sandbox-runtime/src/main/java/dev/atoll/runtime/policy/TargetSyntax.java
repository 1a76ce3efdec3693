package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.StandardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text form of one {@code -j} target with its options; an object reads one use of it. */
abstract class TargetSyntax extends OptionUses {
    TargetSyntax(String name, List<OptionSpec> options) {
        super(name, options);
    }

    @Override
    final String kind() {
        return "target";
    }

    /** The family whose tool alone has it; null for both. */
    @Nullable Family onlyFamily() {
        return null;
    }

    /**
     * The target these options make; null if they make none, which was then reported.
     *
     * @param at the place of the target's name
     */
    abstract @Nullable StandardTarget finish(Word at, Line line);

    /** One without options. */
    static final class Plain extends TargetSyntax {
        private final StandardTarget target;

        Plain(String name, StandardTarget target) {
            super(name, List.of());
            this.target = target;
        }

        @Override
        StandardTarget finish(Word at, Line line) {
            return target;
        }
    }
}
