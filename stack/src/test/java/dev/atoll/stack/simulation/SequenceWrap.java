package dev.atoll.stack.simulation;

/**
 * Chooses when a simulation begins, so that sequence numbers wrap while data flows.
 *
 * <p>A transfer of 1 MiB passes a boundary of 32-bit arithmetic by chance once in some thousand seeds, far too seldom to
 * find a comparison that is wrong there. Initial sequence numbers move with the clock (RFC 6528), so a first, short run
 * tells which one a seed gives, and time is begun so much later that it lands just below 2^31 or 2^32. Every third seed
 * is left as it is.
 */
final class SequenceWrap {
    /** The stack's clock for initial sequence numbers, nanoseconds a step. */
    private static final long TICK_NS = 4096;

    private static final int ROOM_BYTES = 1 << 19;

    /** Tells the initial sequence number of a seed if time begins there. */
    interface Probe {
        int firstSequence(long seed, long startNs);
    }

    private SequenceWrap() {}

    static long startNs(long seed, Probe probe) {
        if (seed % 3 == 0) {
            return 0;
        }
        int target = (seed % 3 == 1 ? Integer.MIN_VALUE : 0) - Math.floorMod((int) (seed * 7919), ROOM_BYTES);
        long ticks = Integer.toUnsignedLong(target - probe.firstSequence(seed, 0));
        long startNs = ticks * TICK_NS;
        int got = probe.firstSequence(seed, startNs);
        if (got != target) {
            throw new AssertionError("the initial sequence number is " + Integer.toUnsignedString(got) + ", not "
                    + Integer.toUnsignedString(target) + ": does its clock still tick every " + TICK_NS + " ns?");
        }
        return startNs;
    }
}
