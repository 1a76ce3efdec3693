package dev.atoll.stack.simulation;

/** Draws networks: most have a few troubles, some have none, some have all. */
final class BadNetworks {
    private static final long MS = 1_000_000;
    private static final int[] MTUS = {576, 1280, 1400, 1500, 1500, 9000};
    private static final long[] RATES = {0, 0, 10_000_000, 100_000_000};

    private BadNetworks() {}

    static int mtu(Chance chance) {
        return MTUS[chance.between(0, MTUS.length - 1)];
    }

    /**
     * One of many directions on a path, so that the path as a whole loses no more than a single one would.
     *
     * @param segments of the path
     * @param corrupting whether it may corrupt: two bursts in one packet may cancel out in its checksum, so one direction
     *     of a path does it at most
     */
    static Impairments direction(Chance chance, int segments, boolean corrupting) {
        Impairments drawn = direction(chance);
        return drawn.withLoss(drawn.loss() / segments).withCorrupt(corrupting ? drawn.corrupt() : 0);
    }

    /** How long hosts wait before they look at what arrives: drawn from nothing, so that networks stay as they were. */
    static long interruptNs(long seed) {
        return seed % 4 == 0 ? 2 * MS : 0;
    }

    static Impairments direction(Chance chance) {
        Impairments drawn = Impairments.NONE.withDelay(chance.upTo(40 * MS), chance.upTo(5 * MS));
        if (chance.happens(0.5)) {
            drawn = drawn.withLoss(chance.upTo(30) / 1000.0);
        }
        if (chance.happens(0.5)) {
            drawn = drawn.withReorder(chance.upTo(50) / 1000.0, chance.upTo(30 * MS));
        }
        if (chance.happens(0.5)) {
            drawn = drawn.withDuplicate(chance.upTo(50) / 1000.0);
        }
        if (chance.happens(0.5)) {
            drawn = drawn.withCorrupt(chance.upTo(20) / 1000.0);
        }
        return drawn.withRate(RATES[chance.between(0, RATES.length - 1)], chance.between(20, 200));
    }
}
