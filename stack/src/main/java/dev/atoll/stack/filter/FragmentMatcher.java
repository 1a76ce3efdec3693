package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/**
 * {@code [!] -f} of IPv4: fragments behind the first, or everything else. The stack puts packets together before rules see
 * them and cuts them afterwards, so it is only negated that this matches anything.
 */
public record FragmentMatcher(boolean negated) implements StandardMatcher {
    @Override
    public Result match(PacketContext context) {
        return Matcher.of(context.fragmentOffsetBytes() != 0 != negated);
    }

    static FragmentMatcher archived(Archive archive, @Nullable FragmentMatcher value) {
        return new FragmentMatcher(archive.bool(value != null && value.negated()));
    }
}
