package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m iprange [!] --src-range first-last [!] --dst-range first-last}, of the table's family.
 *
 * @param source null for every source
 * @param destination null for every destination; one of the two is there
 */
public record AddressRangeMatcher(
        @Nullable Range source, @Nullable Range destination) implements StandardMatcher {
    /**
     * Addresses from the first to the last, or all others.
     *
     * @param last of the first's family, not below it
     */
    public record Range(IpAddress first, IpAddress last, boolean negated) {
        public Range {
            Check.argument(
                    first.isV4() == last.isV4() && first.compareTo(last) <= 0,
                    "last",
                    last,
                    "an address of the first's family, not below " + first);
        }

        boolean contains(long high, long low) {
            return (compare(first, high, low) <= 0 && compare(last, high, low) >= 0) != negated;
        }

        private static int compare(IpAddress address, long high, long low) {
            int byHigh = Long.compareUnsigned(address.high(), high);
            return byHigh == 0 ? Long.compareUnsigned(address.low(), low) : byHigh;
        }
    }

    private static final Archive.Codec<Range> RANGE = new Archive.Codec<>() {
        @Override
        public Range archive(Archive archive, @Nullable Range value) {
            IpAddress first = ArchivedValues.address(archive, value == null ? null : value.first());
            IpAddress last = ArchivedValues.address(archive, value == null ? null : value.last());
            return new Range(first, last, archive.bool(value != null && value.negated()));
        }
    };

    public AddressRangeMatcher {
        Check.argument(source != null || destination != null, "source", source, "one of source and destination");
    }

    @Override
    public Result match(PacketContext context) {
        PacketBuffer packet = context.packet();
        return Matcher.of((source == null || source.contains(packet.sourceHigh, packet.sourceLow))
                && (destination == null || destination.contains(packet.destinationHigh, packet.destinationLow)));
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static AddressRangeMatcher archived(Archive archive, @Nullable AddressRangeMatcher value) {
        Range source = archive.optional(value == null ? null : value.source(), RANGE);
        return new AddressRangeMatcher(source, archive.optional(value == null ? null : value.destination(), RANGE));
    }
}
