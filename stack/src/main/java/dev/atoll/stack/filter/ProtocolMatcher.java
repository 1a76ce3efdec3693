package dev.atoll.stack.filter;

import dev.atoll.stack.env.Check;

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
}
