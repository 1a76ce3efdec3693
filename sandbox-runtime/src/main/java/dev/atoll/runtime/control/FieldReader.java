package dev.atoll.runtime.control;

import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a record's fields; nothing is allocated for a length before that many bytes are known to be there. */
final class FieldReader {
    private final ByteBuffer payload;

    /** How a list's entry is read. */
    @FunctionalInterface
    interface Entry<T> {
        T read(FieldReader in) throws ControlFault;
    }

    FieldReader(ByteBuffer payload) {
        this.payload = payload;
    }

    boolean flag() throws ControlFault {
        int value = octet();
        if (value > 1) {
            throw new ControlFault("a flag is 0 or 1, not " + value);
        }
        return value == 1;
    }

    int octet() throws ControlFault {
        need(1);
        return payload.get() & 0xff;
    }

    int number() throws ControlFault {
        need(Integer.BYTES);
        return payload.getInt();
    }

    long longNumber() throws ControlFault {
        need(Long.BYTES);
        return payload.getLong();
    }

    String text() throws ControlFault {
        int length = length(ControlCodec.MAX_TEXT_BYTES, "text");
        ByteBuffer utf8 = payload.slice(payload.position(), length);
        payload.position(payload.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new ControlFault("text is not UTF-8", e);
        }
    }

    byte[] blob(int maxBytes) throws ControlFault {
        byte[] value = new byte[length(maxBytes, "block")];
        payload.get(value);
        return value;
    }

    IpAddress address() throws ControlFault {
        return new IpAddress(longNumber(), longNumber());
    }

    @Nullable IpAddress optionalAddress() throws ControlFault {
        return flag() ? address() : null;
    }

    <E extends Enum<E>> E constant(E[] values) throws ControlFault {
        String name = text();
        for (E value : values) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw new ControlFault("no such " + values[0].getDeclaringClass().getSimpleName() + ": " + name);
    }

    <T> List<T> list(Entry<T> entry) throws ControlFault {
        int count = number();
        if (count < 0 || count > ControlCodec.MAX_LIST_ENTRIES) {
            throw new ControlFault("a list of " + Integer.toUnsignedString(count) + " entries, at most "
                    + ControlCodec.MAX_LIST_ENTRIES + " are allowed");
        }
        List<T> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(entry.read(this));
        }
        return values;
    }

    void end() throws ControlFault {
        if (payload.hasRemaining()) {
            throw new ControlFault(payload.remaining() + " bytes after the record's last field");
        }
    }

    private int length(int maxBytes, String what) throws ControlFault {
        int length = number();
        if (length < 0 || length > maxBytes) {
            throw new ControlFault("a " + what + " of " + Integer.toUnsignedString(length) + " bytes, at most "
                    + maxBytes + " are allowed");
        }
        need(length);
        return length;
    }

    private void need(int bytes) throws ControlFault {
        if (payload.remaining() < bytes) {
            throw new ControlFault("the record ends inside a field");
        }
    }
}
