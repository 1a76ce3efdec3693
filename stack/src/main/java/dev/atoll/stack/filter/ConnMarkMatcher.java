package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m connmark [!] --mark value/mask}: the mark that a rule has put on the packet's connection. A packet without a
 * connection never matches.
 *
 * @param mask the bits that are compared
 */
public record ConnMarkMatcher(int value, int mask, boolean negated) implements StandardMatcher {
    @Override
    public Result match(PacketContext context) {
        return Matcher.of(context.hasFlow() && (context.flow().mark & mask) == value != negated);
    }

    @Override
    public boolean needsConnTrack() {
        return true;
    }

    static ConnMarkMatcher archived(Archive archive, @Nullable ConnMarkMatcher value) {
        int mark = archive.int32(value == null ? 0 : value.value());
        int mask = archive.int32(value == null ? 0 : value.mask());
        return new ConnMarkMatcher(mark, mask, archive.bool(value != null && value.negated()));
    }
}
