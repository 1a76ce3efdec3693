package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable run of bytes, read big-endian by offset; compares by content. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of the array. */
    public static Bytes of(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /** Bytes given as hexadecimal digits, blanks ignored. */
    public static Bytes hex(String digits) {
        return new Bytes(HexFormat.of().parseHex(digits.replaceAll("\\s", "")));
    }

    public int length() {
        return bytes.length;
    }

    public int u8(int at) {
        return bytes[at] & 0xff;
    }

    public int u16(int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    public int i32(int at) {
        return u16(at) << 16 | u16(at + 2);
    }

    /** 48 bits, as in a link address. */
    public long u48(int at) {
        return (long) u16(at) << 32 | (i32(at + 2) & 0xffff_ffffL);
    }

    /** The 16 octets of an IPv6 address. */
    public IpAddress address(int at) {
        return IpAddress.of(slice(at, at + 16).bytes);
    }

    /** The bytes from {@code from} up to {@code to}. */
    public Bytes slice(int from, int to) {
        return new Bytes(Arrays.copyOfRange(bytes, from, to));
    }

    public Bytes from(int start) {
        return slice(start, bytes.length);
    }

    /** A copy. */
    public byte[] toArray() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Length and the first bytes in hexadecimal. */
    @Override
    public String toString() {
        int shown = Math.min(bytes.length, 32);
        String more = shown < bytes.length ? "..." : "";
        return bytes.length + " bytes " + HexFormat.of().formatHex(bytes, 0, shown) + more;
    }
}
