package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m icmp6 [!] --icmpv6-type type[/code]}. A later fragment never matches; a truncated header is dropped.
 *
 * @param type 0 to 255
 * @param firstCode lowest code that matches
 * @param lastCode highest code that matches
 */
public record Icmpv6Matcher(int type, int firstCode, int lastCode, boolean negated) implements StandardMatcher {
    public Icmpv6Matcher {
        Check.argument(type >= 0 && type <= 255, "type", type, "0 to 255");
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
        if (!context.hasTransportBytes(Icmpv6.HEADER_BYTES)) {
            return Result.HOTDROP;
        }
        PacketBuffer packet = context.packet();
        int code = Icmpv6.code(packet.data(), packet.transportOffset);
        boolean same =
                Icmpv6.type(packet.data(), packet.transportOffset) == type && code >= firstCode && code <= lastCode;
        return Matcher.of(same != negated);
    }

    @Override
    public int requiredProtocol() {
        return IpProtocol.ICMPV6;
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static Icmpv6Matcher archived(Archive archive, @Nullable Icmpv6Matcher value) {
        int type = archive.int32(value == null ? 0 : value.type());
        int firstCode = archive.int32(value == null ? 0 : value.firstCode());
        int lastCode = archive.int32(value == null ? 0 : value.lastCode());
        return new Icmpv6Matcher(type, firstCode, lastCode, archive.bool(value != null && value.negated()));
    }
}
