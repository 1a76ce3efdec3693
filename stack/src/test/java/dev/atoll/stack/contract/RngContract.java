package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.Rng;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the stack relies on in an {@link Rng}: no proof of strength, only that it is no constant and keeps bounds. */
public abstract class RngContract {
    private static final int DRAWS = 1000;

    protected RngContract() {}

    /** A new source. */
    protected abstract Rng rng();

    @Test
    void values_areNotRepeated() {
        Rng rng = rng();
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < DRAWS; i++) {
            seen.add(rng.nextLong());
        }
        assertEquals(DRAWS, seen.size(), "of so many 64-bit values no two are alike");
    }

    @Test
    void everyBit_isSometimesSetAndSometimesNot() {
        Rng rng = rng();
        long set = 0;
        long clear = 0;
        for (int i = 0; i < DRAWS; i++) {
            long value = rng.nextLong();
            set |= value;
            clear |= ~value;
        }
        assertEquals(-1L, set, "bits that were never set");
        assertEquals(-1L, clear, "bits that were never clear");
    }

    @Test
    void bound_isKept_andEveryValueBelowItComesUp() {
        Rng rng = rng();
        for (int bound : new int[] {1, 2, 7, 30}) {
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < DRAWS; i++) {
                int value = rng.nextInt(bound);
                assertTrue(value >= 0 && value < bound, value + " for a bound of " + bound);
                seen.add(value);
            }
            assertEquals(bound, seen.size());
        }
        assertTrue(rng.nextInt(Integer.MAX_VALUE) >= 0);
    }
}
