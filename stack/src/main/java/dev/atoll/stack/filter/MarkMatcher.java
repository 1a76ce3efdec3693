package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m mark [!] --mark value/mask}: the mark that an endpoint (SO_MARK) or a rule has put on the packet.
 *
 * @param mask the bits that are compared
 */
public record MarkMatcher(int value, int mask, boolean negated) implements StandardMatcher {
    @Override
    public Result match(PacketContext context) {
        return Matcher.of(((context.packet().mark & mask) == value) != negated);
    }

    static MarkMatcher archived(Archive archive, @Nullable MarkMatcher value) {
        int mark = archive.int32(value == null ? 0 : value.value());
        int mask = archive.int32(value == null ? 0 : value.mask());
        return new MarkMatcher(mark, mask, archive.bool(value != null && value.negated()));
    }
}
