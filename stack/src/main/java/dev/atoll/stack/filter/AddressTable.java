package dev.atoll.stack.filter;

import java.util.Arrays;

/** Numbers by address, found without an object for the address; open addressing, at most half full. */
final class AddressTable {
    /** No number: all are 0 or more. */
    static final int NONE = -1;

    private static final int FIRST_SLOTS = 16;
    /** 2^64 by the golden ratio: spreads addresses that differ in few bits (Knuth, volume 3, section 6.4). */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private long[] highs = new long[FIRST_SLOTS];
    private long[] lows = new long[FIRST_SLOTS];
    private int[] values = emptySlots(FIRST_SLOTS);
    private int size;

    private static int[] emptySlots(int count) {
        int[] slots = new int[count];
        Arrays.fill(slots, NONE);
        return slots;
    }

    /** The number of an address given by its halves, or {@link #NONE}. */
    int get(long high, long low) {
        return values[slot(high, low)];
    }

    /** Gives an address a number in place of the one it has. */
    void put(long high, long low, int value) {
        int slot = slot(high, low);
        if (values[slot] == NONE) {
            highs[slot] = high;
            lows[slot] = low;
            size++;
        }
        values[slot] = value;
        if (2 * size > values.length) {
            grow();
        }
    }

    /** Where the address is, or the empty slot where it would be. */
    private int slot(long high, long low) {
        long mixed = (high * SPREAD ^ low) * SPREAD;
        int slot = (int) (mixed ^ mixed >>> 32) & values.length - 1;
        while (values[slot] != NONE && (lows[slot] != low || highs[slot] != high)) {
            slot = slot + 1 & values.length - 1;
        }
        return slot;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        int[] oldValues = values;
        highs = new long[2 * oldHighs.length];
        lows = new long[2 * oldLows.length];
        values = emptySlots(2 * oldValues.length);
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != NONE) {
                int slot = slot(oldHighs[i], oldLows[i]);
                highs[slot] = oldHighs[i];
                lows[slot] = oldLows[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
