package dev.atoll.stack.filter;

/**
 * {@code -m mark [!] --mark value/mask}: the mark that an endpoint (SO_MARK) or a rule has put on the packet.
 *
 * @param mask the bits that are compared
 */
public record MarkMatcher(int value, int mask, boolean negated) implements StandardMatcher {
    @Override
    public Result match(PacketContext context) {
        return Matcher.of(((context.packet().mark & mask) == value) != negated);
    }
}
