package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m connbytes [!] --connbytes}: how much the packet's connection has carried so far, this packet included. A packet
 * without a connection never matches.
 *
 * @param from as an unsigned number, as is {@code to}
 * @param to not below {@code from}
 */
public record ConnBytesMatcher(Direction direction, Unit unit, long from, long to, boolean negated)
        implements StandardMatcher {
    /** Which packets are counted. */
    public enum Direction {
        ORIGINAL,
        REPLY,
        BOTH
    }

    /** What is counted of them. */
    public enum Unit {
        PACKETS,
        /** IP headers included. */
        BYTES,
        /** Bytes a packet. */
        AVERAGE
    }

    public ConnBytesMatcher {
        Check.argument(
                Long.compareUnsigned(from, to) <= 0,
                "to",
                Long.toUnsignedString(to),
                "not below " + Long.toUnsignedString(from));
    }

    @Override
    public Result match(PacketContext context) {
        if (!context.hasFlow()) {
            return Result.NO;
        }
        Flow flow = context.flow();
        boolean original = direction != Direction.REPLY;
        boolean reply = direction != Direction.ORIGINAL;
        long packets = (original ? flow.originalPackets : 0) + (reply ? flow.replyPackets : 0);
        long bytes = (original ? flow.originalBytes : 0) + (reply ? flow.replyBytes : 0);
        long counted =
                switch (unit) {
                    case PACKETS -> packets;
                    case BYTES -> bytes;
                    case AVERAGE -> packets == 0 ? 0 : bytes / packets;
                };
        boolean inside = Long.compareUnsigned(counted, from) >= 0 && Long.compareUnsigned(counted, to) <= 0;
        return Matcher.of(inside != negated);
    }

    @Override
    public boolean needsConnTrack() {
        return true;
    }

    static ConnBytesMatcher archived(Archive archive, @Nullable ConnBytesMatcher value) {
        Direction direction = archive.constant(value == null ? Direction.BOTH : value.direction());
        Unit unit = archive.constant(value == null ? Unit.BYTES : value.unit());
        long from = archive.int64(value == null ? 0 : value.from());
        long to = archive.int64(value == null ? 0 : value.to());
        return new ConnBytesMatcher(direction, unit, from, to, archive.bool(value != null && value.negated()));
    }
}
