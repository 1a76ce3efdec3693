package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m dscp [!] --dscp} and {@code -m tos [!] --tos value/mask}: bits of the type of service or traffic class.
 *
 * @param spelling as which of the two it was written
 * @param value the octet, bits outside the mask 0
 * @param mask the bits that are compared; those of the code point, 0xfc, for {@link Spelling#DSCP}
 */
public record TosMatcher(Spelling spelling, int value, int mask, boolean negated) implements StandardMatcher {
    /** The two extensions that look at the octet. */
    public enum Spelling {
        DSCP,
        TOS
    }

    /** The bits of the code point (RFC 2474 section 3). */
    public static final int DSCP_MASK = 0xfc;

    public TosMatcher {
        Check.argument(mask >= 0 && mask <= 0xff, "mask", mask, "0 to 255");
        Check.argument((value & ~mask) == 0, "value", value, "no bits outside the mask " + mask);
        Check.argument(spelling == Spelling.TOS || mask == DSCP_MASK, "mask", mask, "that of the code point");
    }

    @Override
    public Result match(PacketContext context) {
        PacketBuffer packet = context.packet();
        int octet = packet.ipVersion == Family.IPV4.ipVersion()
                ? Ipv4.tos(packet.data(), packet.networkOffset)
                : Ipv6.trafficClass(packet.data(), packet.networkOffset);
        return Matcher.of((octet & mask) == value != negated);
    }

    static TosMatcher archived(Archive archive, @Nullable TosMatcher value) {
        Spelling spelling = archive.constant(value == null ? Spelling.TOS : value.spelling());
        int bits = archive.int32(value == null ? 0 : value.value());
        int mask = archive.int32(value == null ? 0 : value.mask());
        return new TosMatcher(spelling, bits, mask, archive.bool(value != null && value.negated()));
    }
}
