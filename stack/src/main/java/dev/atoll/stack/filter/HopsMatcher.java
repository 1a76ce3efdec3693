package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m ttl [!] --ttl-eq}, {@code --ttl-lt} and {@code --ttl-gt} of IPv4, {@code -m hl} of IPv6: hops that are left.
 *
 * @param hops 0 to 255
 */
public record HopsMatcher(Comparison comparison, int hops) implements StandardMatcher {
    /** How the packet's are compared with those of the rule. */
    public enum Comparison {
        EQUAL,
        UNEQUAL,
        LESS,
        GREATER
    }

    public HopsMatcher {
        Check.argument(hops >= 0 && hops <= 255, "hops", hops, "0 to 255");
    }

    @Override
    public Result match(PacketContext context) {
        PacketBuffer packet = context.packet();
        int left = packet.ipVersion == Family.IPV4.ipVersion()
                ? Ipv4.ttl(packet.data(), packet.networkOffset)
                : Ipv6.hopLimit(packet.data(), packet.networkOffset);
        return Matcher.of(
                switch (comparison) {
                    case EQUAL -> left == hops;
                    case UNEQUAL -> left != hops;
                    case LESS -> left < hops;
                    case GREATER -> left > hops;
                });
    }

    static HopsMatcher archived(Archive archive, @Nullable HopsMatcher value) {
        Comparison comparison = archive.constant(value == null ? Comparison.EQUAL : value.comparison());
        return new HopsMatcher(comparison, archive.int32(value == null ? 0 : value.hops()));
    }
}
