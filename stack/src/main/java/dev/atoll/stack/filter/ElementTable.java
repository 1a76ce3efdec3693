package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;

/**
 * Elements of a set that have the same length of prefix, in arrays without an object for each; open addressing, at most half
 * full. An element is one to three words, so that a million IPv4 addresses take 18 MiB.
 */
final class ElementTable {
    /** What a slot holds. */
    static final byte EMPTY = 0;

    static final byte IN = 1;
    /** An element that is expressly not in the set, though a wider one is. */
    static final byte OUT = 2;

    private static final int FIRST_SLOTS = 16;
    /** 2^64 by the golden ratio (Knuth, volume 3, section 6.4). */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final int width;
    private long[] words;
    private byte[] states;
    private int size;

    /**
     * An empty table.
     *
     * @param width words of an element that count; the others are ignored
     */
    ElementTable(int width) {
        this.width = width;
        words = new long[FIRST_SLOTS * width];
        states = new byte[FIRST_SLOTS];
    }

    int size() {
        return size;
    }

    /** What is held of an element: {@link #IN}, {@link #OUT}, or {@link #EMPTY} for none. */
    byte get(long first, long second, long third) {
        return states[slot(first, second, third)];
    }

    /** Adds an element; false if it is there already. */
    boolean add(long first, long second, long third, byte state) {
        int slot = slot(first, second, third);
        if (states[slot] != EMPTY) {
            return false;
        }
        put(slot, first, second, third, state);
        size++;
        if (2 * size > states.length) {
            grow();
        }
        return true;
    }

    private void put(int slot, long first, long second, long third, byte state) {
        states[slot] = state;
        words[slot * width] = first;
        if (width > 1) {
            words[slot * width + 1] = second;
        }
        if (width > 2) {
            words[slot * width + 2] = third;
        }
    }

    /** Where the element is, or the empty slot where it would be. */
    private int slot(long first, long second, long third) {
        long mixed = first * SPREAD;
        if (width > 1) {
            mixed = ((mixed ^ mixed >>> 32) + second) * SPREAD;
        }
        if (width > 2) {
            mixed = ((mixed ^ mixed >>> 32) + third) * SPREAD;
        }
        int slot = (int) (mixed ^ mixed >>> 32) & states.length - 1;
        while (states[slot] != EMPTY && !holds(slot, first, second, third)) {
            slot = slot + 1 & states.length - 1;
        }
        return slot;
    }

    private boolean holds(int slot, long first, long second, long third) {
        return words[slot * width] == first
                && (width < 2 || words[slot * width + 1] == second)
                && (width < 3 || words[slot * width + 2] == third);
    }

    private long word(int slot, int index) {
        return index < width ? words[slot * width + index] : 0;
    }

    private void grow() {
        ElementTable larger = new ElementTable(width);
        larger.words = new long[2 * words.length];
        larger.states = new byte[2 * states.length];
        for (int slot = 0; slot < states.length; slot++) {
            if (states[slot] != EMPTY) {
                int to = larger.slot(word(slot, 0), word(slot, 1), word(slot, 2));
                larger.put(to, word(slot, 0), word(slot, 1), word(slot, 2), states[slot]);
            }
        }
        words = larger.words;
        states = larger.states;
    }

    /** Whether every element of this is one of the other, in the same state. */
    boolean isWithin(ElementTable other) {
        for (int slot = 0; slot < states.length; slot++) {
            if (states[slot] != EMPTY && other.get(word(slot, 0), word(slot, 1), word(slot, 2)) != states[slot]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Passes the elements through; into an empty table while restoring.
     *
     * @param most elements there may be
     * @return whether each was a possible one and there once
     */
    boolean archive(Archive archive, int most) {
        int count = archive.count(size, most);
        boolean good = true;
        if (archive.isRestoring()) {
            long[] element = new long[3];
            for (int i = 0; i < count; i++) {
                for (int word = 0; word < width; word++) {
                    element[word] = archive.int64(0);
                }
                byte state = (byte) archive.int8(0);
                good &= (state == IN || state == OUT) && add(element[0], element[1], element[2], state);
            }
            return good;
        }
        for (int slot = 0; slot < states.length; slot++) {
            if (states[slot] != EMPTY) {
                for (int word = 0; word < width; word++) {
                    long unused = archive.int64(word(slot, word));
                }
                int unused = archive.int8(states[slot]);
            }
        }
        return good;
    }
}
