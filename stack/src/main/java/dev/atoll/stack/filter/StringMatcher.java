package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.Tcp;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m string}: whether bytes are somewhere in the packet, headers included. What several segments carry is not put
 * together, unless they arrived as one.
 *
 * @param algorithm as which it was written; both find the same here, where Linux's {@code bm} does not see what lies in two
 *     pieces of memory
 * @param from where the bytes may begin at the earliest, counted from the IP header
 * @param to where they have to have ended, {@link #MAX_OFFSET} for anywhere
 */
public record StringMatcher(Algorithm algorithm, BytePattern pattern, int from, int to, boolean negated)
        implements StandardMatcher {
    /** The largest offset. */
    public static final int MAX_OFFSET = 0xffff;

    /** What Linux can look with. */
    public enum Algorithm {
        BM,
        KMP
    }

    public StringMatcher {
        Check.argument(from >= 0 && from <= MAX_OFFSET, "from", from, "0 to " + MAX_OFFSET);
        Check.argument(to >= from && to <= MAX_OFFSET, "to", to, "not below " + from + ", to " + MAX_OFFSET);
    }

    @Override
    public Result match(PacketContext context) {
        return Matcher.of(isIn(context.packet()) != negated);
    }

    private boolean isIn(PacketBuffer packet) {
        int at = 0;
        int fit = scan(0, at, packet.data(), packet.networkOffset, packet.end());
        at += packet.end() - packet.networkOffset;
        for (int i = 0; i < packet.fragmentCount(); i++) {
            ByteBuffer fragment = packet.fragment(i);
            fit = scan(fit, at, fragment, fragment.position(), fragment.limit());
            at += fragment.remaining();
        }
        if (packet.joined != null) {
            int headerBytes = packet.transportOffset
                    - packet.networkOffset
                    + Tcp.headerBytes(packet.data(), packet.transportOffset);
            for (PacketBuffer next = packet.joined; next != null; next = next.joined) {
                fit = scan(fit, at, next.data(), next.start() + headerBytes, next.end());
                at += next.linearLength() - headerBytes;
            }
        }
        return pattern.isFound(fit);
    }

    /**
     * Looks into a piece as far as it lies between the offsets.
     *
     * @param at where in the packet it begins
     */
    private int scan(int fit, int at, ByteBuffer data, int begin, int end) {
        int first = Math.max(begin, begin + from - at);
        int last = Math.min(end, begin + to - at);
        return first < last ? pattern.scan(fit, data, first, last) : fit;
    }

    static StringMatcher archived(Archive archive, @Nullable StringMatcher value) {
        Algorithm algorithm = archive.constant(value == null ? Algorithm.BM : value.algorithm());
        BytePattern pattern = BytePattern.archived(archive, value == null ? null : value.pattern());
        int from = archive.int32(value == null ? 0 : value.from());
        int to = archive.int32(value == null ? 0 : value.to());
        return new StringMatcher(algorithm, pattern, from, to, archive.bool(value != null && value.negated()));
    }
}
