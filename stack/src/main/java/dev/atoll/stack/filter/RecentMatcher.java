package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m recent}: addresses that were met, in lists that rules share by their names, as xt_recent of Linux has them.
 *
 * @param name of the list, {@link #MAX_NAME_LENGTH} characters at most
 * @param destination whether the packet's destination is meant instead of its source
 * @param mask which bits of addresses count, in the shape of an address of the table's family
 * @param seconds {@code --seconds}: only packets so long ago count; 0 for any time
 * @param hitCount {@code --hitcount}: so many of them are needed; 0 and 1 for one
 * @param reap {@code --reap}: the address not met for longest is forgotten if that is longer ago
 * @param sameTtl {@code --rttl}: the packet has as many hops left as the one that was noted
 */
public record RecentMatcher(
        Action action,
        String name,
        boolean destination,
        IpAddress mask,
        long seconds,
        int hitCount,
        boolean reap,
        boolean sameTtl,
        boolean negated)
        implements StandardMatcher {
    /** XT_RECENT_NAME_LEN of Linux without its end. */
    public static final int MAX_NAME_LENGTH = 199;

    /** The name of a list that is given none. */
    public static final String DEFAULT_NAME = "DEFAULT";

    /** What Linux takes at most. */
    public static final int MAX_HIT_COUNT = 0xffff;

    /** What iptables prints as it is read. */
    public static final long MAX_SECONDS = Integer.MAX_VALUE;

    /** What is done with the address. */
    public enum Action {
        /** It is noted; always matches. */
        SET,
        /** Matches if it was noted. */
        CHECK,
        /** The same, and then it is noted again. */
        UPDATE,
        /** Matches if it was noted, and forgets it. */
        REMOVE
    }

    public RecentMatcher {
        boolean looks = action == Action.CHECK || action == Action.UPDATE;
        Check.argument(
                !name.isEmpty() && name.length() <= MAX_NAME_LENGTH,
                "name",
                name,
                "1 to " + MAX_NAME_LENGTH + " characters");
        Check.argument(
                seconds >= 0 && seconds <= (looks ? MAX_SECONDS : 0),
                "seconds",
                seconds,
                "0 to " + MAX_SECONDS + " of what checks or updates");
        Check.argument(
                hitCount >= 0 && hitCount <= (looks ? MAX_HIT_COUNT : 0),
                "hitCount",
                hitCount,
                "0 to " + MAX_HIT_COUNT + " of what checks or updates");
        Check.argument(!reap || seconds > 0, "reap", reap, "only with seconds");
        Check.argument(!sameTtl || looks, "sameTtl", sameTtl, "only of what checks or updates");
    }

    /** As of a list without addresses: only what {@link #inForce(MemoryTables)} gives has one. */
    @Override
    public Result match(PacketContext context) {
        return Matcher.of((action == Action.SET) != negated);
    }

    @Override
    public Matcher inForce() {
        return inForce(new MemoryTables());
    }

    @Override
    public Matcher inForce(MemoryTables tables) {
        return new Asking(this, tables.recent(this));
    }

    private record Asking(RecentMatcher rule, RecentList list) implements Matcher {
        @Override
        public Result match(PacketContext context) {
            PacketBuffer packet = context.packet();
            long high = rule.destination ? packet.destinationHigh : packet.sourceHigh;
            long low = rule.destination ? packet.destinationLow : packet.sourceLow;
            int hops = hops(context);
            return Matcher.of(list.ask(rule, high, low, hops, context.nowNs()) != rule.negated);
        }

        /** What is left as it was before it was forwarded. */
        private static int hops(PacketContext context) {
            PacketBuffer packet = context.packet();
            int hops = packet.ipVersion == Family.IPV4.ipVersion()
                    ? Ipv4.ttl(packet.data(), packet.networkOffset)
                    : Ipv6.hopLimit(packet.data(), packet.networkOffset);
            return context.isForwarded() ? hops + 1 : hops;
        }
    }

    static RecentMatcher archived(Archive archive, @Nullable RecentMatcher value) {
        Action action = archive.constant(value == null ? Action.SET : value.action());
        String name = archive.repeatedText(value == null ? "" : value.name());
        boolean destination = archive.bool(value != null && value.destination());
        IpAddress mask = ArchivedValues.address(archive, value == null ? null : value.mask());
        long seconds = archive.int64(value == null ? 0 : value.seconds());
        int hitCount = archive.int32(value == null ? 0 : value.hitCount());
        boolean reap = archive.bool(value != null && value.reap());
        boolean sameTtl = archive.bool(value != null && value.sameTtl());
        boolean negated = archive.bool(value != null && value.negated());
        return new RecentMatcher(action, name, destination, mask, seconds, hitCount, reap, sameTtl, negated);
    }
}
