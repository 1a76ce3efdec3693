package dev.atoll.stack.fuzz;

import dev.atoll.testing.Requirement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A little of what {@code .ci/fuzz} does at length. */
class FrameFuzzTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Requirement("pain 13")
    void spoiledFrames_endInCounters(long seed) {
        FrameFuzz.run(seed, 250_000);
    }
}
