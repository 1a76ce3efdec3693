package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlotBitsTest {
    @Test
    void next_anySet_isThatOfABitSet() {
        Random random = new Random(7);
        for (int slots = 4; slots <= 1 << 16; slots *= 4) {
            SlotBits bits = new SlotBits(slots);
            BitSet expected = new BitSet();
            for (int i = 0; i < 2000; i++) {
                int slot = random.nextInt(slots);
                if (random.nextInt(3) == 0) {
                    bits.add(slot);
                    expected.set(slot);
                } else {
                    bits.remove(slot);
                    expected.clear(slot);
                }
                int from = random.nextInt(slots);
                assertEquals(expected.nextSetBit(from), bits.next(from), "of " + slots + " from " + from);
            }
        }
    }

    @Test
    void next_beyondTheEnd_isNone() {
        SlotBits bits = new SlotBits(64);
        bits.add(63);
        assertEquals(63, bits.next(63));
        assertEquals(-1, bits.next(64));
    }
}
