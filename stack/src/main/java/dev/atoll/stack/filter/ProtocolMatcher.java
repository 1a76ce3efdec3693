package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code [!] -p protocol}
 *
 * @param protocol IANA protocol number, 1 to 255: 0 means every protocol and needs no matcher
 */
public record ProtocolMatcher(int protocol, boolean negated) implements StandardMatcher {
    public ProtocolMatcher {
        Check.argument(protocol > 0 && protocol <= 255, "protocol", protocol, "1 to 255");
    }

    @Override
    public Result match(PacketContext context) {
        return Matcher.of(context.packet().transportProtocol == protocol != negated);
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static ProtocolMatcher archived(Archive archive, @Nullable ProtocolMatcher value) {
        int protocol = archive.int32(value == null ? 0 : value.protocol());
        return new ProtocolMatcher(protocol, archive.bool(value != null && value.negated()));
    }
}
