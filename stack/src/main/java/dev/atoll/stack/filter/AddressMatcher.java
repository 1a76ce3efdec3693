package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * {@code [!] -s address/mask} and {@code [!] -d address/mask}; the mask may have holes.
 *
 * @param address bits outside the mask are 0
 * @param mask in the shape of an address of the same family
 */
public record AddressMatcher(Direction direction, IpAddress address, IpAddress mask, boolean negated)
        implements StandardMatcher {
    /** Which of a packet's two addresses or interfaces is meant. */
    public enum Direction {
        SOURCE,
        DESTINATION
    }

    public AddressMatcher {
        checkMask(address, mask);
    }

    static void checkMask(IpAddress address, IpAddress mask) {
        Check.argument(address.isV4() == mask.isV4(), "mask", mask, "a mask of the address's family");
        Check.argument(
                (address.high() & ~mask.high()) == 0 && (address.low() & ~mask.low()) == 0,
                "address",
                address,
                "no bits outside the mask " + mask);
    }

    @Override
    public Result match(PacketContext context) {
        PacketBuffer packet = context.packet();
        boolean source = direction == Direction.SOURCE;
        long high = source ? packet.sourceHigh : packet.destinationHigh;
        long low = source ? packet.sourceLow : packet.destinationLow;
        // An IPv4 mask carries the bits of the mapped prefix, so this also compares the family.
        boolean inside = (high & mask.high()) == address.high() && (low & mask.low()) == address.low();
        return Matcher.of(inside != negated);
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    static AddressMatcher archived(Archive archive, @Nullable AddressMatcher value) {
        AddressMatcher.Direction direction =
                archive.constant(value == null ? AddressMatcher.Direction.SOURCE : value.direction());
        IpAddress address = ArchivedValues.address(archive, value == null ? null : value.address());
        IpAddress mask = ArchivedValues.address(archive, value == null ? null : value.mask());
        boolean negated = archive.bool(value != null && value.negated());
        return value == null ? new AddressMatcher(direction, address, mask, negated) : value;
    }
}
