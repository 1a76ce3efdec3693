package dev.atoll.runtime.oracle;

import dev.atoll.stack.env.Rng;
import java.util.List;

/** Choices that a seed makes. */
final class Draw {
    private final Rng rng;

    Draw(long seed) {
        rng = Rng.seeded(seed);
    }

    int below(int bound) {
        return rng.nextInt(bound);
    }

    boolean oneIn(int n) {
        return rng.nextInt(n) == 0;
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[rng.nextInt(choices.length)];
    }

    <T> T of(List<T> choices) {
        return choices.get(rng.nextInt(choices.size()));
    }
}
