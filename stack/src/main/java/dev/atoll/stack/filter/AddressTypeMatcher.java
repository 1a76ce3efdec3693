package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m addrtype [!] --src-type}, {@code --dst-type}, {@code --limit-iface-in} and {@code --limit-iface-out}: what the
 * packet's addresses are to this host.
 *
 * @param limit whose addresses count as own
 * @param source null for every source
 * @param destination null for every destination; one of the two is there
 */
public record AddressTypeMatcher(
        Limit limit, @Nullable Types source, @Nullable Types destination) implements StandardMatcher {
    /** The NIC whose addresses and broadcasts are looked at. */
    public enum Limit {
        /** All of them. */
        NONE,
        /** The one the packet came in by. */
        IN,
        /** The one it leaves by. */
        OUT
    }

    /**
     * Some types, or all others.
     *
     * @param bits the {@linkplain AddressType#bit bits} of at least one
     */
    public record Types(int bits, boolean negated) {
        private static final int ALL = (1 << AddressType.values().length) - 1;

        public Types {
            Check.argument(bits > 0 && bits <= ALL, "bits", bits, "bits of at least one type");
        }
    }

    private static final Archive.Codec<Types> TYPES = new Archive.Codec<>() {
        @Override
        public Types archive(Archive archive, @Nullable Types value) {
            int bits = archive.int32(value == null ? 0 : value.bits());
            return new Types(bits, archive.bool(value != null && value.negated()));
        }
    };

    public AddressTypeMatcher {
        Check.argument(source != null || destination != null, "source", source, "one of source and destination");
    }

    @Override
    public Set<Hook> hooks() {
        return switch (limit) {
            case NONE -> EnumSet.allOf(Hook.class);
            case IN -> EnumSet.of(Hook.PREROUTING, Hook.INPUT, Hook.FORWARD);
            case OUT -> EnumSet.of(Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING);
        };
    }

    @Override
    public Result match(PacketContext context) {
        PacketBuffer packet = context.packet();
        return Matcher.of((source == null || is(context, packet.sourceHigh, packet.sourceLow, source))
                && (destination == null || is(context, packet.destinationHigh, packet.destinationLow, destination)));
    }

    private boolean is(PacketContext context, long high, long low, Types types) {
        String nic =
                switch (limit) {
                    case NONE -> "";
                    case IN -> context.inNic();
                    case OUT -> context.outNic();
                };
        return (types.bits() & context.addressType(high, low, nic).bit()) != 0 != types.negated();
    }

    static AddressTypeMatcher archived(Archive archive, @Nullable AddressTypeMatcher value) {
        Limit limit = archive.constant(value == null ? Limit.NONE : value.limit());
        Types source = archive.optional(value == null ? null : value.source(), TYPES);
        return new AddressTypeMatcher(
                limit, source, archive.optional(value == null ? null : value.destination(), TYPES));
    }
}
