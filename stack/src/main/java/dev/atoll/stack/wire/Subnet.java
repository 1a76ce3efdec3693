package dev.atoll.stack.wire;

import dev.atoll.stack.env.Check;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses: those whose first {@code prefixLength} bits are those of {@code network}.
 *
 * @param network the block's first address; bits after the prefix are 0
 * @param prefixLength 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Subnet(IpAddress network, int prefixLength) {
    /** {@code 0.0.0.0/0} */
    public static final Subnet V4_ALL = new Subnet(IpAddress.V4_ANY, 0);
    /** {@code ::/0} */
    public static final Subnet V6_ALL = new Subnet(IpAddress.V6_ANY, 0);

    public Subnet {
        Check.argument(
                prefixLength >= 0 && prefixLength <= network.bitLength(),
                "prefixLength",
                prefixLength,
                "0 to " + network.bitLength());
        Check.argument(mask(network, prefixLength).equals(network), "network", network, "no bits after the prefix");
    }

    /** The block of that length which {@code address} is in. */
    public static Subnet containing(IpAddress address, int prefixLength) {
        Check.argument(
                prefixLength >= 0 && prefixLength <= address.bitLength(),
                "prefixLength",
                prefixLength,
                "0 to " + address.bitLength());
        return new Subnet(mask(address, prefixLength), prefixLength);
    }

    /** Reads {@code address/length}; the address may have bits after the prefix, as in {@code 10.1.2.3/8}. */
    public static Subnet parse(String text) {
        int slash = text.indexOf('/');
        Check.argument(slash > 0, "subnet", text, "ADDRESS/LENGTH");
        int length;
        try {
            length = Integer.parseInt(text.substring(slash + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" has no prefix length after the slash", e);
        }
        return containing(IpAddress.parse(text.substring(0, slash)), length);
    }

    public boolean contains(IpAddress address) {
        return address.isV4() == network.isV4() && contains(address.high(), address.low());
    }

    /** The same for an address given by its halves; the caller knows that the family is the subnet's. */
    public boolean contains(long high, long low) {
        int bits = mappedPrefixLength();
        return ((high ^ network.high()) & highMask(bits)) == 0 && ((low ^ network.low()) & lowMask(bits)) == 0;
    }

    /** The last address: the subnet's broadcast address where IPv4 has one (RFC 3021: not for /31 and /32). */
    public IpAddress lastAddress() {
        int bits = mappedPrefixLength();
        return new IpAddress(network.high() | ~highMask(bits), network.low() | ~lowMask(bits));
    }

    /** Whether the address is this IPv4 subnet's directed broadcast. */
    public boolean isBroadcast(IpAddress address) {
        return address.isV4() && isBroadcast(address.low());
    }

    /** The same for the low half of an IPv4 address. */
    public boolean isBroadcast(long v4Low) {
        // Asked for each packet: compared in place.
        return network.isV4() && prefixLength < 31 && v4Low == (network.low() | ~lowMask(mappedPrefixLength()));
    }

    /** Whether it is the lowest address of this IPv4 subnet, where that is no host's of two (RFC 3021). */
    public boolean isLowest(long v4Low) {
        return network.isV4() && prefixLength < 31 && v4Low == network.low();
    }

    // Written out, as IpAddress has it, for the first route of a program that starts.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Subnet subnet && prefixLength == subnet.prefixLength && network.equals(subnet.network);
    }

    @Override
    public int hashCode() {
        return 31 * network.hashCode() + prefixLength;
    }

    private int mappedPrefixLength() {
        return network.isV4() ? prefixLength + 96 : prefixLength;
    }

    private static IpAddress mask(IpAddress address, int prefixLength) {
        int bits = address.isV4() ? prefixLength + 96 : prefixLength;
        return new IpAddress(address.high() & highMask(bits), address.low() & lowMask(bits));
    }

    private static long highMask(int bits) {
        return bits >= 64 ? -1L : bits == 0 ? 0 : -1L << 64 - bits;
    }

    private static long lowMask(int bits) {
        return bits <= 64 ? 0 : -1L << 128 - bits;
    }

    @Override
    public String toString() {
        return network + "/" + prefixLength;
    }
}
