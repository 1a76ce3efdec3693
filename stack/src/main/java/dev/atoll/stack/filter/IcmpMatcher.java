package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m icmp [!] --icmp-type type[/code]}. A later fragment never matches; a truncated header is dropped.
 *
 * @param type 0 to 254, or {@link #ANY_TYPE}
 * @param firstCode lowest code that matches
 * @param lastCode highest code that matches
 */
public record IcmpMatcher(int type, int firstCode, int lastCode, boolean negated) implements StandardMatcher {
    /** {@code --icmp-type any}: Linux gives the number 255 this meaning. */
    public static final int ANY_TYPE = 255;

    public IcmpMatcher {
        Check.argument(type >= 0 && type <= ANY_TYPE, "type", type, "0 to 255");
        Check.argument(
                firstCode >= 0 && firstCode <= lastCode && lastCode <= 255,
                "codes",
                firstCode + " to " + lastCode,
                "within 0 to 255");
    }

    @Override
    public Result match(PacketContext context) {
        if (context.fragmentOffsetBytes() != 0) {
            return Result.NO;
        }
        if (!context.hasTransportBytes(Icmpv4.HEADER_BYTES)) {
            return Result.HOTDROP;
        }
        PacketBuffer packet = context.packet();
        int at = packet.transportOffset;
        int packetType = Icmpv4.type(packet.data(), at);
        int packetCode = Icmpv4.code(packet.data(), at);
        boolean same = type == ANY_TYPE || (packetType == type && packetCode >= firstCode && packetCode <= lastCode);
        return Matcher.of(same != negated);
    }

    @Override
    public int requiredProtocol() {
        return IpProtocol.ICMP;
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static IcmpMatcher archived(Archive archive, @Nullable IcmpMatcher value) {
        int type = archive.int32(value == null ? 0 : value.type());
        int firstCode = archive.int32(value == null ? 0 : value.firstCode());
        int lastCode = archive.int32(value == null ? 0 : value.lastCode());
        return new IcmpMatcher(type, firstCode, lastCode, archive.bool(value != null && value.negated()));
    }
}
