package dev.atoll.stack.simulation;

import dev.atoll.stack.env.Rng;

/** Draws from a seeded source. */
final class Chance {
    private static final double TWO_TO_53 = 1L << 53;

    private final Rng rng;

    Chance(Rng rng) {
        this.rng = rng;
    }

    /** True with that probability; an impossible or certain event draws nothing, so it disturbs no other. */
    boolean happens(double probability) {
        return probability > 0 && (probability >= 1 || (rng.nextLong() >>> 11) / TWO_TO_53 < probability);
    }

    /** From 0 up to and including the bound. */
    long upTo(long bound) {
        return bound == 0 ? 0 : Long.remainderUnsigned(rng.nextLong(), bound + 1);
    }

    /** From the least to the most, both included. */
    int between(int least, int most) {
        return least + (int) upTo(most - least);
    }
}
