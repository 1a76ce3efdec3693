package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m state [!] --state} and {@code -m conntrack [!] --ctstate}.
 *
 * @param spelling which of the two it was written as; both mean the same
 * @param states the {@linkplain ConnState#bit bits} of the states that match
 */
public record ConnStateMatcher(Spelling spelling, int states, boolean negated) implements StandardMatcher {
    /** The two extensions that name the same states. */
    public enum Spelling {
        STATE,
        CONNTRACK
    }

    private static final int ALL = (1 << ConnState.values().length) - 1;

    public ConnStateMatcher {
        Check.argument(states > 0 && states <= ALL, "states", states, "bits of at least one state");
    }

    @Override
    public Result match(PacketContext context) {
        return Matcher.of((states & context.connState().bit()) != 0 != negated);
    }

    @Override
    public boolean needsConnTrack() {
        return true;
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static ConnStateMatcher archived(Archive archive, @Nullable ConnStateMatcher value) {
        ConnStateMatcher.Spelling spelling =
                archive.constant(value == null ? ConnStateMatcher.Spelling.STATE : value.spelling());
        int states = archive.int32(value == null ? 0 : value.states());
        boolean negated = archive.bool(value != null && value.negated());
        return new ConnStateMatcher(spelling, states, negated);
    }
}
