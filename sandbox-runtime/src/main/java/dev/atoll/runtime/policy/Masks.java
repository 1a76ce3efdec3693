package dev.atoll.runtime.policy;

import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import org.jspecify.annotations.Nullable;

/** Masks of addresses, in the shape of an address of the same family: given and printed by their length where they have one. */
final class Masks {
    private static final IpAddress ALL_V4 = IpAddress.V4_BROADCAST;
    private static final IpAddress ALL_V6 = new IpAddress(-1, -1);

    private Masks() {}

    /** The mask of a prefix of that length. */
    static IpAddress ofLength(int length, boolean v4) {
        return Subnet.containing(all(v4), length).network();
    }

    /** The mask that leaves an address as it is. */
    static IpAddress all(boolean v4) {
        return v4 ? ALL_V4 : ALL_V6;
    }

    /** A mask of the line's family given by its length or as an address; null if it is neither, which was reported. */
    static @Nullable IpAddress parse(Word word, Line line) {
        IpAddress all = all(line.isIpv4());
        int length = Ports.number(word.text(), all.bitLength());
        if (length >= 0) {
            return ofLength(length, line.isIpv4());
        }
        IpAddress mask = Addresses.plain(word.text(), line.family());
        if (mask == null) {
            String example = line.isIpv4() ? "255.255.255.0" : "ffff:ffff::";
            line.error(
                    word,
                    "\"" + word.text() + "\" is no mask, expected 0 to " + all.bitLength() + " or a mask such as "
                            + example);
        }
        return mask;
    }

    static IpAddress apply(IpAddress address, IpAddress mask) {
        return new IpAddress(address.high() & mask.high(), address.low() & mask.low());
    }

    /** {@code address/length}, or {@code address/mask} if the mask has holes. */
    static String text(IpAddress address, IpAddress mask) {
        return Addresses.text(address) + "/" + (hasHoles(mask) ? Addresses.text(mask) : ones(mask));
    }

    static boolean hasHoles(IpAddress mask) {
        return !Subnet.containing(all(mask.isV4()), ones(mask)).network().equals(mask);
    }

    private static int ones(IpAddress mask) {
        return mask.isV4() ? Integer.bitCount(mask.v4Bits()) : Long.bitCount(mask.high()) + Long.bitCount(mask.low());
    }
}
