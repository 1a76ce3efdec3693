package dev.atoll.stack.env;

/**
 * The only door through which randomness enters a stack: secrets for sequence numbers and ports, timer jitter, ids.
 *
 * <p>Called by the thread that holds the stack. In production the source is cryptographically strong (RFC 4086); a
 * simulation passes a seeded one and so replays.
 */
public interface Rng {
    /** 64 random bits. */
    long nextLong();

    /** A value in {@code [0, bound)}, without modulo bias worth mentioning for bounds far below 2^64. */
    default int nextInt(int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }

    /** A source for tests and simulations: the same seed gives the same sequence, on every machine. */
    static Rng seeded(long seed) {
        return new SplitMix(seed);
    }
}
