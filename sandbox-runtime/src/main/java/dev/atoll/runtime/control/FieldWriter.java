package dev.atoll.runtime.control;

import dev.atoll.stack.wire.IpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes a record's fields, numbers in network order. What {@link FieldReader} would refuse is refused here already. */
final class FieldWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    FieldWriter flag(boolean value) {
        bytes.write(value ? 1 : 0);
        return this;
    }

    FieldWriter octet(int value) {
        bytes.write(value);
        return this;
    }

    FieldWriter number(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.write(value >>> shift);
        }
        return this;
    }

    FieldWriter longNumber(long value) {
        return number((int) (value >>> 32)).number((int) value);
    }

    /** Text longer than the bound is cut: it is for people, and a record too long would end the connection. */
    FieldWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > ControlCodec.MAX_TEXT_BYTES) {
            int end = ControlCodec.MAX_TEXT_BYTES;
            // Not inside a character: continuation bytes are 10xxxxxx.
            while ((utf8[end] & 0xc0) == 0x80) {
                end--;
            }
            number(end);
            bytes.write(utf8, 0, end);
        } else {
            number(utf8.length);
            bytes.write(utf8, 0, utf8.length);
        }
        return this;
    }

    FieldWriter blob(ByteBuffer value) {
        byte[] content = new byte[value.remaining()];
        value.get(content);
        number(content.length);
        bytes.write(content, 0, content.length);
        return this;
    }

    FieldWriter address(IpAddress value) {
        return longNumber(value.high()).longNumber(value.low());
    }

    FieldWriter optionalAddress(@Nullable IpAddress value) {
        flag(value != null);
        return value == null ? this : address(value);
    }

    <T> FieldWriter list(List<T> values, BiConsumer<FieldWriter, T> write) {
        if (values.size() > ControlCodec.MAX_LIST_ENTRIES) {
            throw new IllegalArgumentException(
                    values.size() + " entries, at most " + ControlCodec.MAX_LIST_ENTRIES + " are allowed");
        }
        number(values.size());
        for (T value : values) {
            write.accept(this, value);
        }
        return this;
    }
}
