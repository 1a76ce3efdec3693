package dev.atoll.stack.tcp;

/** A set of slot numbers below a power of two; the next member is found in steps of 64 words at a time. */
final class SlotBits {
    private static final long[] NONE = {};

    /** All of them if there are so few. */
    private long only;

    private final long[] words;
    /** One bit a word that is not zero. */
    private final long[] summary;

    SlotBits(int slots) {
        boolean few = slots <= Long.SIZE;
        words = few ? NONE : new long[(slots + 63) >>> 6];
        summary = few ? NONE : new long[(words.length + 63) >>> 6];
    }

    void add(int slot) {
        if (words.length == 0) {
            only |= 1L << slot;
            return;
        }
        int word = slot >>> 6;
        words[word] |= 1L << slot;
        summary[word >>> 6] |= 1L << word;
    }

    void remove(int slot) {
        if (words.length == 0) {
            only &= ~(1L << slot);
            return;
        }
        int word = slot >>> 6;
        words[word] &= ~(1L << slot);
        if (words[word] == 0) {
            summary[word >>> 6] &= ~(1L << word);
        }
    }

    /** The least member from {@code from} on, or -1. */
    int next(int from) {
        if (words.length == 0) {
            long some = from < Long.SIZE ? only & -1L << from : 0;
            return some == 0 ? -1 : Long.numberOfTrailingZeros(some);
        }
        int word = from >>> 6;
        if (word >= words.length) {
            return -1;
        }
        long bits = words[word] & -1L << from;
        if (bits != 0) {
            return word << 6 | Long.numberOfTrailingZeros(bits);
        }
        int above = word + 1;
        for (int i = above >>> 6; i < summary.length; i++) {
            long some = summary[i];
            if (i == above >>> 6) {
                some &= -1L << above;
            }
            if (some != 0) {
                int found = i << 6 | Long.numberOfTrailingZeros(some);
                return found << 6 | Long.numberOfTrailingZeros(words[found]);
            }
        }
        return -1;
    }
}
