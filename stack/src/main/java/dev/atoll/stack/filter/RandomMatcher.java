package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m statistic --mode random [!] --probability}: some of the packets, by chance.
 *
 * @param probability in units of 2^-31, as Linux has it: 0 to 2^31
 */
public record RandomMatcher(long probability, boolean negated) implements StandardMatcher {
    /** Every packet. */
    public static final long CERTAIN = 1L << 31;

    public RandomMatcher {
        Check.argument(probability >= 0 && probability <= CERTAIN, "probability", probability, "0 to 2^31");
    }

    @Override
    public Result match(PacketContext context) {
        return Matcher.of((context.randomBits() & (CERTAIN - 1)) < probability != negated);
    }

    static RandomMatcher archived(Archive archive, @Nullable RandomMatcher value) {
        long probability = archive.int64(value == null ? 0 : value.probability());
        return new RandomMatcher(probability, archive.bool(value != null && value.negated()));
    }
}
