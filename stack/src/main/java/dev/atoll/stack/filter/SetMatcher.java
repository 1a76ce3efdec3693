package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m set [!] --match-set name src,dst}: the packet's addresses and ports are in a set.
 *
 * @param sides for each dimension a bit, lowest first: 1 for {@code src}, 0 for {@code dst}
 * @param dimensions how many there are, 1 to {@link #MAX_DIMENSIONS} and no fewer than the set's type has; more are ignored
 * @param excluded {@code --return-nomatch}: it matches what the set expressly excludes, where it has networks
 * @param counting what {@code ! --update-counters} and {@code ! --update-subcounters} say; sets count nothing here
 */
public record SetMatcher(IpSet set, int sides, int dimensions, boolean negated, boolean excluded, Counting counting)
        implements StandardMatcher {
    /** IPSET_DIM_MAX of Linux. */
    public static final int MAX_DIMENSIONS = 6;

    /**
     * Whose counters are to be left alone.
     *
     * @param set those of the set that is named
     * @param members those of its members
     */
    public record Counting(boolean set, boolean members) {
        /** Everything counts. */
        public static final Counting ALL = new Counting(true, true);
    }

    public SetMatcher {
        Check.argument(
                dimensions >= set.kind().dimension() && dimensions <= MAX_DIMENSIONS,
                "dimensions",
                dimensions,
                set.kind().dimension() + " to " + MAX_DIMENSIONS);
        Check.argument(sides >= 0 && sides < 1 << dimensions, "sides", sides, "a bit for each dimension");
    }

    @Override
    public Result match(PacketContext context) {
        return Matcher.of(set.contains(context, sides, dimensions, excluded) != negated);
    }

    /** Addresses and ports are those of the flow. */
    @Override
    public boolean isConstant() {
        return true;
    }

    static SetMatcher archived(Archive archive, @Nullable SetMatcher value) {
        IpSet set = IpSet.archived(archive, value == null ? null : value.set());
        int sides = archive.int32(value == null ? 0 : value.sides());
        int dimensions = archive.int32(value == null ? 0 : value.dimensions());
        boolean negated = archive.bool(value != null && value.negated());
        boolean excluded = archive.bool(value != null && value.excluded());
        boolean ofSet = archive.bool(value != null && value.counting().set());
        boolean ofMembers = archive.bool(value != null && value.counting().members());
        return new SetMatcher(set, sides, dimensions, negated, excluded, new Counting(ofSet, ofMembers));
    }
}
