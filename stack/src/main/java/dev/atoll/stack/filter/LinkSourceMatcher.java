package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.wire.MacAddress;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m mac [!] --mac-source}: the link address of the frame's sender. What came in without a link header, as over
 * loopback, never matches.
 */
public record LinkSourceMatcher(MacAddress source, boolean negated) implements StandardMatcher {
    @Override
    public Set<Hook> hooks() {
        return EnumSet.of(Hook.PREROUTING, Hook.INPUT, Hook.FORWARD);
    }

    @Override
    public Result match(PacketContext context) {
        long from = context.packet().linkSource;
        return Matcher.of(from != MacAddress.ZERO.bits() && from == source.bits() != negated);
    }

    static LinkSourceMatcher archived(Archive archive, @Nullable LinkSourceMatcher value) {
        MacAddress source =
                new MacAddress(archive.int64(value == null ? 0 : value.source().bits()));
        return new LinkSourceMatcher(source, archive.bool(value != null && value.negated()));
    }
}
