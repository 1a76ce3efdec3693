package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m length [!] --length least:most}: bytes of the packet with its IP header, of a super-segment all of them.
 *
 * @param least 0 to {@code most}
 * @param most to 65535, which stands for everything above it, too
 */
public record LengthMatcher(int least, int most, boolean negated) implements StandardMatcher {
    private static final int MAX = 0xffff;

    public LengthMatcher {
        Check.argument(least >= 0 && least <= most && most <= MAX, "length", least + ":" + most, "within 0:65535");
    }

    @Override
    public Result match(PacketContext context) {
        int bytes = context.lengthBytes();
        return Matcher.of((bytes >= least && (bytes <= most || most == MAX)) != negated);
    }

    static LengthMatcher archived(Archive archive, @Nullable LengthMatcher value) {
        int least = archive.int32(value == null ? 0 : value.least());
        int most = archive.int32(value == null ? 0 : value.most());
        return new LengthMatcher(least, most, archive.bool(value != null && value.negated()));
    }
}
