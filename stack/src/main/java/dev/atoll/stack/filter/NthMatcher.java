package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archivable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m statistic --mode nth [!] --every n --packet p}: one of n packets, the pth of them counted from 0. Each rule in force
 * counts for itself the packets that the matchers before it match.
 *
 * @param every 1 to 2^32 - 1
 * @param packet 0 to every - 1
 */
public record NthMatcher(long every, long packet, boolean negated) implements StandardMatcher {
    /** What Linux counts in 32 bits. */
    public static final long MOST = 0xffff_ffffL;

    public NthMatcher {
        Check.argument(every >= 1 && every <= MOST, "every", every, "1 to " + MOST);
        Check.argument(packet >= 0 && packet < every, "packet", packet, "0 to " + (every - 1));
    }

    /** As of the first packet: only what {@link #inForce} gives counts. */
    @Override
    public Result match(PacketContext context) {
        return Matcher.of(packet == 0 != negated);
    }

    @Override
    public Matcher inForce() {
        return new Counter(every, packet, negated);
    }

    private static final class Counter implements Matcher, Archivable {
        private final long every;
        private final boolean negated;
        /** Packets to go until one matches. */
        private long left;

        Counter(long every, long packet, boolean negated) {
            this.every = every;
            this.negated = negated;
            left = packet;
        }

        @Override
        public Result match(PacketContext context) {
            boolean hit = left == 0;
            left = hit ? every - 1 : left - 1;
            return Matcher.of(hit != negated);
        }

        @Override
        public void archive(Archive archive) {
            left = archive.int64(left);
        }
    }

    static NthMatcher archived(Archive archive, @Nullable NthMatcher value) {
        long every = archive.int64(value == null ? 0 : value.every());
        long packet = archive.int64(value == null ? 0 : value.packet());
        return new NthMatcher(every, packet, archive.bool(value != null && value.negated()));
    }
}
