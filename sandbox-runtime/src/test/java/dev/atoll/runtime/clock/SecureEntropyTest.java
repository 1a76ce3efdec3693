package dev.atoll.runtime.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecureEntropyTest {
    @Test
    void numbers_overManyBlocksAndSources_neverRepeat() throws Exception {
        Set<Long> seen = new HashSet<>();
        try (SecureEntropy one = new SecureEntropy();
                SecureEntropy other = new SecureEntropy()) {
            for (int i = 0; i < 1000; i++) {
                seen.add(one.nextLong());
                seen.add(other.nextLong());
            }
        }
        assertEquals(2000, seen.size());
    }

    @Test
    void bits_areSetHalfOfTheTime() throws Exception {
        long bits = 0;
        try (SecureEntropy entropy = new SecureEntropy()) {
            for (int i = 0; i < 10_000; i++) {
                bits += Long.bitCount(entropy.nextLong());
            }
        }
        // 640,000 fair coins: the standard deviation is 400, and 8 of them are never seen by chance.
        assertTrue(Math.abs(bits - 320_000) < 3200, bits + " of 640000");
    }

    @Test
    void closed_givesNothingAnyMore() throws Exception {
        SecureEntropy entropy = new SecureEntropy();
        entropy.nextLong();
        entropy.close();
        assertThrows(UncheckedIOException.class, entropy::nextLong);
    }
}
