package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m state [!] --state} and {@code -m conntrack [!] --ctstate}.
 *
 * @param spelling which of the two it was written as; both mean the same
 * @param states the {@linkplain ConnState#bit bits} of the states that match; of {@link Spelling#CONNTRACK} also {@link #SNAT}
 *     and {@link #DNAT}
 */
public record ConnStateMatcher(Spelling spelling, int states, boolean negated) implements StandardMatcher {
    /** The two extensions that name the same states. */
    public enum Spelling {
        STATE,
        CONNTRACK
    }

    /** Beside its state: the connection's source is translated. */
    public static final int SNAT = 1 << ConnState.values().length;

    /** Beside its state: the connection's destination is translated. */
    public static final int DNAT = SNAT << 1;

    public ConnStateMatcher {
        int all = spelling == Spelling.STATE ? SNAT - 1 : 2 * DNAT - 1;
        Check.argument(states > 0 && states <= all, "states", states, "bits of at least one state");
    }

    @Override
    public Result match(PacketContext context) {
        int state = context.connState().bit();
        if (states >= SNAT && context.hasFlow()) {
            Flow flow = context.flow();
            state |= (flow.isTranslated(NatSide.SOURCE) ? SNAT : 0)
                    | (flow.isTranslated(NatSide.DESTINATION) ? DNAT : 0);
        }
        return Matcher.of((states & state) != 0 != negated);
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
