package dev.atoll.stack.archive;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * State on its way to a stream or back. Whoever has state passes its values through, one after the other, and keeps what
 * comes back: while saving that is the value itself, while restoring the one that was saved. One method then does both,
 * and cannot get out of step with itself.
 *
 * <pre>{@code
 * void archive(Archive archive) {
 *     segments = archive.int32(segments);
 *     limited = archive.bool(limited);
 * }
 * }</pre>
 *
 * <p>Everything is in memory until it is done, so that a slow stream does not hold up a stack. What is restored was
 * checked as a whole first; each count is checked against what there can be. Not thread-safe.
 */
public final class Archive {
    /** Changes whenever what is written does. */
    private static final int VERSION = 1;

    private static final long MAGIC = 0x41544f4c4c535441L; // "ATOLLSTA"
    private static final int HEADER_BYTES = 8 + 4 + 4 + 8;
    /** What fits an array, behind the header. */
    private static final int MAX_BYTES = Integer.MAX_VALUE - HEADER_BYTES - 8;

    private static final int FIRST_BYTES = 1 << 16;
    private static final int MAX_TEXT_BYTES = 1 << 24;

    /** How one value is archived; {@code value} is null while restoring. */
    @FunctionalInterface
    public interface Codec<T> {
        T archive(Archive archive, @Nullable T value);
    }

    private final boolean restoring;
    private ByteBuffer data;
    /** Those written already, by number; those read already. */
    private final IdentityHashMap<Object, Integer> numbers = new IdentityHashMap<>();

    private final List<Object> objects = new ArrayList<>();
    /** Texts that were written already, by number; those read already. */
    private final Map<String, Integer> textNumbers = new HashMap<>();

    private final List<String> texts = new ArrayList<>();
    private String section = "head";

    private Archive(boolean restoring, ByteBuffer data) {
        this.restoring = restoring;
        this.data = data;
    }

    /** An archive to write to. */
    public static Archive saving() {
        return new Archive(false, ByteBuffer.allocate(FIRST_BYTES));
    }

    /**
     * An archive to read from.
     *
     * @param saved what {@link #toByteArray} gave
     * @throws ArchiveException if it is not whole, or of another version
     */
    public static Archive restoring(byte[] saved) {
        ByteBuffer all = ByteBuffer.wrap(saved);
        if (saved.length < HEADER_BYTES || all.getLong() != MAGIC) {
            throw new ArchiveException("this is no saved stack");
        }
        int version = all.getInt();
        if (version != VERSION) {
            throw new ArchiveException(
                    "saved in version " + version + " of the format, and this stack reads " + VERSION);
        }
        int length = all.getInt();
        if (length != saved.length - HEADER_BYTES) {
            throw new ArchiveException(
                    "the saved stack is cut: " + (saved.length - HEADER_BYTES) + " of " + length + " bytes are there");
        }
        if (all.getLong() != checksum(all.duplicate())) {
            throw new ArchiveException("the saved stack is damaged: its checksum does not match");
        }
        return new Archive(true, all);
    }

    private static long checksum(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** What was saved, with a header that says what it is. */
    public byte[] toByteArray() {
        ByteBuffer content = data.duplicate().flip();
        byte[] all = new byte[HEADER_BYTES + content.remaining()];
        ByteBuffer to = ByteBuffer.wrap(all);
        to.putLong(MAGIC).putInt(VERSION).putInt(content.remaining()).putLong(checksum(content.duplicate()));
        to.put(content);
        return all;
    }

    /** Whether values come from the archive instead of going there. */
    public boolean isRestoring() {
        return restoring;
    }

    // --- Values

    public boolean bool(boolean value) {
        return int8(value ? 1 : 0) != 0;
    }

    public int int8(int value) {
        if (restoring) {
            return room(1).get();
        }
        room(1).put((byte) value);
        return value;
    }

    public int int32(int value) {
        if (restoring) {
            return room(Integer.BYTES).getInt();
        }
        room(Integer.BYTES).putInt(value);
        return value;
    }

    public long int64(long value) {
        if (restoring) {
            return room(Long.BYTES).getLong();
        }
        room(Long.BYTES).putLong(value);
        return value;
    }

    /** How many of something follow: none, or as many as there can be at most. */
    public int count(int value, int most) {
        int count = int32(value);
        if (count < 0 || count > most) {
            throw new ArchiveException(
                    "section " + section + ": " + count + " of something there are at most " + most + " of");
        }
        return count;
    }

    /** A constant of an enum, by its name. */
    public <E extends Enum<E>> E constant(E value) {
        String name = repeatedText(value.name());
        try {
            return Enum.valueOf(value.getDeclaringClass(), name);
        } catch (IllegalArgumentException e) {
            throw new ArchiveException(
                    "section " + section + ": " + value.getDeclaringClass().getName() + " has no " + name);
        }
    }

    /** Text, which has no more than 16 MiB. */
    public String text(String value) {
        byte[] utf8 = bytes(value.getBytes(StandardCharsets.UTF_8), MAX_TEXT_BYTES);
        return restoring ? new String(utf8, StandardCharsets.UTF_8) : value;
    }

    /** The same of text that comes again and again: it is written the first time only. */
    public String repeatedText(String value) {
        Integer known = restoring ? null : textNumbers.get(value);
        int number = count(known == null ? texts.size() : known, texts.size());
        if (number < texts.size()) {
            return texts.get(number);
        }
        String archived = text(value);
        textNumbers.put(archived, texts.size());
        texts.add(archived);
        return archived;
    }

    public byte[] bytes(byte[] value, int most) {
        int length = count(value.length, most);
        if (restoring) {
            byte[] read = new byte[length];
            room(length).get(read);
            return read;
        }
        room(length).put(value);
        return value;
    }

    /** Bytes of a buffer, by absolute position. */
    public void bytes(ByteBuffer buffer, int at, int length) {
        ByteBuffer room = room(length);
        if (restoring) {
            buffer.put(at, room, room.position(), length);
        } else {
            room.put(room.position(), buffer, at, length);
        }
        room.position(room.position() + length);
    }

    public void int32s(int[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = int32(values[i]);
        }
    }

    public void int64s(long[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = int64(values[i]);
        }
    }

    // --- Objects

    /** A value that may be missing. */
    public <T> @Nullable T optional(@Nullable T value, Codec<T> codec) {
        return bool(value != null) ? codec.archive(this, restoring ? null : value) : null;
    }

    /** Values in order; while restoring the list is filled anew. */
    public <T> void list(List<T> values, int most, Codec<T> codec) {
        int count = count(values.size(), most);
        if (restoring) {
            values.clear();
        }
        for (int i = 0; i < count; i++) {
            T value = codec.archive(this, restoring ? null : values.get(i));
            if (restoring) {
                values.add(value);
            }
        }
    }

    /**
     * An object that several others may have: it is archived the first time, and everybody has the same one afterwards.
     * It must not lead back to itself.
     */
    public <T> T shared(@Nullable T value, Class<T> type, Codec<T> codec) {
        Integer known = restoring ? null : numbers.get(value);
        int number = int32(known == null ? objects.size() : known);
        if (number < objects.size()) {
            return object(number, type);
        }
        T archived = codec.archive(this, value);
        numbers.put(archived, objects.size());
        objects.add(archived);
        return archived;
    }

    private <T> T object(int number, Class<T> type) {
        if (number < 0 || !type.isInstance(objects.get(number))) {
            throw new ArchiveException("section " + section + ": object " + number + " is no " + type.getSimpleName());
        }
        return type.cast(objects.get(number));
    }

    /** What follows belongs together under this name: if something gets out of step, it is found here. */
    public void section(String name) {
        String before = section;
        section = name;
        String read = text(name);
        if (!read.equals(name)) {
            throw new ArchiveException("section " + before + " is followed by " + name + ", not by " + read);
        }
    }

    /** The archive is read to its end. */
    public void end() {
        section("end");
        if (restoring && data.hasRemaining()) {
            throw new ArchiveException(data.remaining() + " bytes follow the end");
        }
    }

    private ByteBuffer room(int bytes) {
        if (data.remaining() < bytes) {
            if (restoring) {
                throw new ArchiveException("section " + section + " ends early");
            }
            grow(bytes);
        }
        return data;
    }

    private void grow(int bytes) {
        long wanted = (long) data.position() + bytes;
        if (wanted > MAX_BYTES) {
            throw new ArchiveException("section " + section + ": more than " + MAX_BYTES + " bytes cannot be saved");
        }
        ByteBuffer larger = ByteBuffer.allocate((int) Math.min(Math.max(2L * data.capacity(), wanted), MAX_BYTES));
        larger.put(data.flip());
        data = larger;
    }
}
