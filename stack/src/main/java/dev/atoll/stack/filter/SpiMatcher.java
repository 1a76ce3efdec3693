package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m esp [!] --espspi} and {@code -m ah [!] --ahspi}: the security parameters index of IPsec (RFC 4303, RFC 4302). A later
 * fragment never matches; a truncated header is dropped.
 *
 * @param first 0 to 2^32 - 1, as is {@code last}
 */
public record SpiMatcher(Header header, long first, long last, boolean negated) implements StandardMatcher {
    /** The largest index. */
    public static final long MOST = 0xffff_ffffL;

    /** In which header it is. */
    public enum Header {
        ESP(50, 8, 0),
        AH(51, 12, 4);

        private final int protocol;
        private final int leastBytes;
        private final int offset;

        Header(int protocol, int leastBytes, int offset) {
            this.protocol = protocol;
            this.leastBytes = leastBytes;
            this.offset = offset;
        }
    }

    public SpiMatcher {
        Check.argument(first >= 0 && first <= MOST, "first", first, "0 to " + MOST);
        Check.argument(last >= first && last <= MOST, "last", last, "not below " + first + ", to " + MOST);
    }

    @Override
    public Result match(PacketContext context) {
        if (context.fragmentOffsetBytes() != 0) {
            return Result.NO;
        }
        if (!context.hasTransportBytes(header.leastBytes)) {
            return Result.HOTDROP;
        }
        long index = Integer.toUnsignedLong(
                context.packet().data().getInt(context.packet().transportOffset + header.offset));
        return Matcher.of((index >= first && index <= last) != negated);
    }

    @Override
    public int requiredProtocol() {
        return header.protocol;
    }

    static SpiMatcher archived(Archive archive, @Nullable SpiMatcher value) {
        Header header = archive.constant(value == null ? Header.ESP : value.header());
        long first = archive.int64(value == null ? 0 : value.first());
        long last = archive.int64(value == null ? 0 : value.last());
        return new SpiMatcher(header, first, last, archive.bool(value != null && value.negated()));
    }
}
