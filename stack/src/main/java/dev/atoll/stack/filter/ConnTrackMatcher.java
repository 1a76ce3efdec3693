package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m conntrack} with more than {@code --ctstate}: what the packet's connection is. A packet without one, untracked or
 * invalid, has nothing but a state: as on Linux it matches if that is asked for and fits, and not without.
 *
 * @param state null for any
 * @param conditions all of which have to hold, at least one
 */
public record ConnTrackMatcher(@Nullable ConnStateMatcher state, List<FlowCondition> conditions)
        implements StandardMatcher {
    private static final int MOST = 32;

    private static final Archive.Codec<ConnStateMatcher> STATE = new Archive.Codec<>() {
        @Override
        public ConnStateMatcher archive(Archive archive, @Nullable ConnStateMatcher value) {
            return ConnStateMatcher.archived(archive, value);
        }
    };

    public ConnTrackMatcher {
        conditions = List.copyOf(conditions);
        Check.argument(
                !conditions.isEmpty() && conditions.size() <= MOST,
                "conditions",
                conditions.size(),
                "1 to " + MOST + " of them");
        Check.argument(
                state == null || state.spelling() == ConnStateMatcher.Spelling.CONNTRACK,
                "state",
                state,
                "one of conntrack");
    }

    @Override
    public Result match(PacketContext context) {
        if (state != null && state.match(context) != Result.YES) {
            return Result.NO;
        }
        if (!context.hasFlow()) {
            return Matcher.of(state != null);
        }
        for (int i = 0; i < conditions.size(); i++) {
            if (!conditions.get(i).holds(context)) {
                return Result.NO;
            }
        }
        return Result.YES;
    }

    @Override
    public boolean needsConnTrack() {
        return true;
    }

    static ConnTrackMatcher archived(Archive archive, @Nullable ConnTrackMatcher value) {
        ConnStateMatcher state = archive.optional(value == null ? null : value.state(), STATE);
        List<FlowCondition> conditions = value == null ? new ArrayList<>() : new ArrayList<>(value.conditions());
        archive.list(conditions, MOST, new ArchivedCondition());
        return new ConnTrackMatcher(state, conditions);
    }
}
