package dev.atoll.stack.check;

import dev.atoll.stack.wire.IpAddress;
import java.io.ByteArrayOutputStream;

/** Builds bytes big-endian, field after field, with the means to fill a checksum in afterwards. */
final class BytesOut {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    BytesOut u8(int value) {
        out.write(value);
        return this;
    }

    BytesOut u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    BytesOut i32(int value) {
        return u16(value >>> 16).u16(value);
    }

    BytesOut u48(long value) {
        return u16((int) (value >>> 32)).i32((int) value);
    }

    /** 4 or 16 octets. */
    BytesOut address(IpAddress value) {
        out.writeBytes(value.octets());
        return this;
    }

    BytesOut bytes(Bytes value) {
        out.writeBytes(value.toArray());
        return this;
    }

    int length() {
        return out.size();
    }

    Bytes toBytes() {
        return Bytes.of(out.toByteArray());
    }

    /** The bytes with a 16-bit field replaced. */
    Bytes withU16(int at, int value) {
        byte[] bytes = out.toByteArray();
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
        return Bytes.of(bytes);
    }
}
