package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to look for in what may lie in several pieces: by the automaton of Knuth, Morris and Pratt (1977), which never looks
 * back.
 */
public final class BytePattern {
    /** Linux's XT_STRING_MAX_PATTERN_SIZE. */
    public static final int MAX_BYTES = 128;

    private final byte[] bytes;
    private final boolean ignoreCase;
    /** What is looked for, in upper case if case is ignored. */
    private final byte[] wanted;
    /** After so many bytes that fit, how many still do if the next does not. */
    private final int[] fallback;

    /**
     * A pattern of 1 to {@link #MAX_BYTES} bytes.
     *
     * @param ignoreCase whether letters of ISO 8859-1 fit in upper and lower case, as Linux has it
     */
    public BytePattern(byte[] bytes, boolean ignoreCase) {
        Check.argument(
                bytes.length >= 1 && bytes.length <= MAX_BYTES,
                "bytes",
                bytes.length,
                "1 to " + MAX_BYTES + " of them");
        this.bytes = bytes.clone();
        this.ignoreCase = ignoreCase;
        wanted = bytes.clone();
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = folded(wanted[i]);
        }
        fallback = new int[wanted.length];
        for (int i = 1; i < wanted.length; i++) {
            fallback[i] = next(fallback[i - 1], wanted[i]);
        }
    }

    /** The bytes as they were given. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Whether upper and lower case are the same. */
    public boolean ignoreCase() {
        return ignoreCase;
    }

    private byte folded(byte octet) {
        int value = octet & 0xff;
        boolean lower = (value >= 'a' && value <= 'z') || (value >= 0xdf && value != 0xf7);
        return ignoreCase && lower ? (byte) (value - ('a' - 'A')) : octet;
    }

    /** How many bytes fit after one more, given how many did before; fewer than all did. */
    private int next(int fit, byte octet) {
        int now = fit;
        while (now > 0 && wanted[now] != octet) {
            now = fallback[now - 1];
        }
        return wanted[now] == octet ? now + 1 : 0;
    }

    /** Whether that many bytes are the whole pattern. */
    boolean isFound(int fit) {
        return fit == wanted.length;
    }

    /** Goes on looking in another piece, until the pattern {@link #isFound}. */
    int scan(int fit, ByteBuffer data, int from, int end) {
        int now = fit;
        for (int at = from; at < end && now < wanted.length; at++) {
            now = next(now, folded(data.get(at)));
        }
        return now;
    }

    static BytePattern archived(Archive archive, @Nullable BytePattern value) {
        byte[] bytes = archive.bytes(value == null ? new byte[0] : value.bytes, MAX_BYTES);
        return new BytePattern(bytes, archive.bool(value != null && value.ignoreCase));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BytePattern that && ignoreCase == that.ignoreCase && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + Boolean.hashCode(ignoreCase);
    }

    @Override
    public String toString() {
        return "BytePattern" + Arrays.toString(bytes) + (ignoreCase ? " in any case" : "");
    }
}
