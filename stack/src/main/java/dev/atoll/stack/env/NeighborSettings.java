package dev.atoll.stack.env;

/**
 * The timers and limits of neighbour resolution, for ARP and neighbour discovery alike (RFC 4861 section 10).
 *
 * @param baseReachableNs how long a confirmed neighbour counts as reachable on average, nanoseconds; at least 1 ms
 * @param minRandomFactor least factor on {@code baseReachableNs}, above 0
 * @param maxRandomFactor largest factor on it, not below {@code minRandomFactor}
 * @param retransmitNs time between questions, nanoseconds; at least 1 ms
 * @param delayFirstProbeNs how long a confirmation from above is awaited before a stale neighbour is probed
 * @param maxMulticastProbes questions to everybody before a neighbour counts as unreachable, at least 1
 * @param maxUnicastProbes questions to a known neighbour before it does, at least 1
 */
public record NeighborSettings(
        long baseReachableNs,
        double minRandomFactor,
        double maxRandomFactor,
        long retransmitNs,
        long delayFirstProbeNs,
        int maxMulticastProbes,
        int maxUnicastProbes) {
    private static final long MS = 1_000_000L;

    /** The values of RFC 4861 section 10, which Linux has too. */
    public static final NeighborSettings DEFAULT =
            new NeighborSettings(30_000 * MS, 0.5, 1.5, 1_000 * MS, 5_000 * MS, 3, 3);

    public NeighborSettings {
        Check.argument(baseReachableNs >= MS, "baseReachableNs", baseReachableNs, "at least 1 ms");
        Check.argument(minRandomFactor > 0, "minRandomFactor", minRandomFactor, "above 0");
        Check.argument(
                maxRandomFactor >= minRandomFactor && maxRandomFactor <= 1000,
                "maxRandomFactor",
                maxRandomFactor,
                "between minRandomFactor and 1000");
        Check.argument(retransmitNs >= MS, "retransmitNs", retransmitNs, "at least 1 ms");
        Check.argument(delayFirstProbeNs >= 0, "delayFirstProbeNs", delayFirstProbeNs, "0 or more");
        Check.argument(maxMulticastProbes >= 1, "maxMulticastProbes", maxMulticastProbes, "at least 1");
        Check.argument(maxUnicastProbes >= 1, "maxUnicastProbes", maxUnicastProbes, "at least 1");
    }

    /** The same with what a router advertised (RFC 4861 section 6.3.4). */
    public NeighborSettings withTimes(long newBaseReachableNs, long newRetransmitNs) {
        return new NeighborSettings(
                newBaseReachableNs,
                minRandomFactor,
                maxRandomFactor,
                newRetransmitNs,
                delayFirstProbeNs,
                maxMulticastProbes,
                maxUnicastProbes);
    }
}
