package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m connlimit}: how many connections there are with the packet's source or destination, or with the network around it, that
 * packets of the rule belong to. Each rule counts for itself those that it was asked about, as xt_connlimit of Linux does. A packet
 * too short to tell of which connection it would be is dropped.
 *
 * @param limit 0 to 2^32 - 1
 * @param above {@code --connlimit-above}: matches if there are more than that, else if there are no more
 * @param prefixLength bits of the address that count, 0 to 128; of IPv4 as in an IPv6 address, from 96 on
 * @param destination {@code --connlimit-daddr}: the destination is meant instead of the source
 */
public record ConnLimitMatcher(long limit, boolean above, int prefixLength, boolean destination)
        implements StandardMatcher {
    /** What iptables takes at most. */
    public static final long MAX_LIMIT = 0xffff_ffffL;

    public ConnLimitMatcher {
        Check.argument(limit >= 0 && limit <= MAX_LIMIT, "limit", limit, "0 to " + MAX_LIMIT);
        Check.argument(prefixLength >= 0 && prefixLength <= 128, "prefixLength", prefixLength, "0 to 128");
    }

    /** As of the first connection: only what {@link #inForce(MemoryTables)} gives counts. */
    @Override
    public Result match(PacketContext context) {
        return Matcher.of(1 > limit == above);
    }

    @Override
    public Matcher inForce() {
        return inForce(new MemoryTables());
    }

    @Override
    public Matcher inForce(MemoryTables tables) {
        return new Asking(this, tables.connLimit(this));
    }

    private record Asking(ConnLimitMatcher rule, ConnLimitTable table) implements Matcher {
        @Override
        public Result match(PacketContext context) {
            if (!context.hasFlow() && !FlowKey.isNamed(context)) {
                return Result.HOTDROP;
            }
            return Matcher.of(table.count(context) > rule.limit == rule.above);
        }

        @Override
        public boolean needsConnTrack() {
            return true;
        }
    }

    @Override
    public boolean needsConnTrack() {
        return true;
    }

    static ConnLimitMatcher archived(Archive archive, @Nullable ConnLimitMatcher value) {
        long limit = archive.int64(value == null ? 0 : value.limit());
        boolean above = archive.bool(value != null && value.above());
        int prefixLength = archive.int32(value == null ? 0 : value.prefixLength());
        return new ConnLimitMatcher(limit, above, prefixLength, archive.bool(value != null && value.destination()));
    }
}
