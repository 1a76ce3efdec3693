package dev.atoll.stack.wire;

import dev.atoll.stack.env.Check;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address.
 *
 * <p>An IPv4 address is held in its IPv4-mapped form ({@code ::ffff:a.b.c.d}, RFC 4291 section 2.5.5.2), as in
 * {@code java.net} a mapped address is an {@code Inet4Address}: tables then hold both families in one shape and a
 * dual-stack endpoint needs no conversion. On the wire a mapped address never occurs in an IPv6 header.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record IpAddress(long high, long low) implements Comparable<IpAddress> {
    /** What the low half of a mapped IPv4 address has above its 32 bits. */
    public static final long V4_PREFIX = 0xffff_0000_0000L;

    /** {@code 0.0.0.0} */
    public static final IpAddress V4_ANY = v4(0);
    /** {@code ::} */
    public static final IpAddress V6_ANY = new IpAddress(0, 0);
    /** {@code 255.255.255.255} */
    public static final IpAddress V4_BROADCAST = v4(-1);
    /** {@code 127.0.0.1} */
    public static final IpAddress V4_LOOPBACK = v4(0x7f000001);
    /** {@code ::1} */
    public static final IpAddress V6_LOOPBACK = new IpAddress(0, 1);

    /** All nodes on the link, {@code ff02::1} (RFC 4291 section 2.7.1). */
    public static final IpAddress V6_ALL_NODES = new IpAddress(0xff02L << 48, 1);
    /** All routers on the link, {@code ff02::2}. */
    public static final IpAddress V6_ALL_ROUTERS = new IpAddress(0xff02L << 48, 2);

    private static final long UNSIGNED_INT = 0xffff_ffffL;

    /** An IPv4 address from its 32 bits, first octet highest. */
    public static IpAddress v4(int bits) {
        return new IpAddress(0, V4_PREFIX | (bits & UNSIGNED_INT));
    }

    /** An address from its 4 or 16 octets in network order. */
    public static IpAddress of(byte[] octets) {
        Check.argument(octets.length == 4 || octets.length == 16, "octets.length", octets.length, "4 or 16");
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return octets.length == 4 ? v4(buffer.getInt()) : new IpAddress(buffer.getLong(), buffer.getLong());
    }

    /** Reads the usual text form of either family; names are not looked up. */
    public static IpAddress parse(String text) {
        return AddressText.parseAddress(text);
    }

    public boolean isV4() {
        return isV4(high, low);
    }

    /** Whether the two halves are those of a mapped IPv4 address. */
    public static boolean isV4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** The 32 bits of an IPv4 address. */
    public int v4Bits() {
        Check.argument(isV4(), "address", this, "an IPv4 address");
        return (int) low;
    }

    /** The 4 or 16 octets in network order. */
    public byte[] octets() {
        return isV4()
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** {@code 0.0.0.0} or {@code ::}: any local address when binding, none when comparing. */
    public boolean isUnspecified() {
        return high == 0 && (low == 0 || low == V4_PREFIX);
    }

    /** 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return isLoopback(high, low);
    }

    /** As {@link #isLoopback()}, of an address in two halves. */
    public static boolean isLoopback(long high, long low) {
        return isV4(high, low) ? (low >>> 24 & 0xff) == 127 : high == 0 && low == 1;
    }

    /** 224.0.0.0/4 or ff00::/8. */
    public boolean isMulticast() {
        return isV4() ? (low >>> 28 & 0xf) == 0xe : high >>> 56 == 0xff;
    }

    /** 169.254.0.0/16 or fe80::/10. */
    public boolean isLinkLocal() {
        return isV4() ? (low >>> 16 & 0xffff) == 0xa9fe : isV6LinkLocal(high);
    }

    /** Whether an IPv6 address with that high half is in fe80::/10. */
    public static boolean isV6LinkLocal(long high) {
        return high >>> 54 == 0x3fa;
    }

    /** The solicited-node group of a unicast address (RFC 4291 section 2.7.1). */
    public IpAddress solicitedNode() {
        return new IpAddress(0xff02L << 48, 0x1_ff00_0000L | low & 0xff_ffff);
    }

    /** The scope field of an IPv6 group (RFC 4291 section 2.7): 1 stays in the node, 2 on the link. */
    public int multicastScope() {
        return (int) (high >>> 48) & 0xf;
    }

    /** 255.255.255.255, the broadcast that stays on the link. */
    public boolean isLimitedBroadcast() {
        return equals(V4_BROADCAST);
    }

    /** Bits of an address of this family: 32 or 128. */
    public int bitLength() {
        return isV4() ? 32 : 128;
    }

    // Written out: what javac makes for a record is bound when first called, and the first address of a program that
    // starts would wait for it.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpAddress address && high == address.high && low == address.low;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(high) + Long.hashCode(low);
    }

    @Override
    public int compareTo(IpAddress other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /** The text form: dotted quad, or RFC 5952 for IPv6. */
    @Override
    public String toString() {
        return AddressText.format(this);
    }
}
