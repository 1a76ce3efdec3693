package dev.atoll.stack.options;

import dev.atoll.stack.env.Check;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a route is besides where it leads, as {@code ip route} has it.
 *
 * @param metric of routes to the same destination the one with the smallest is taken
 * @param source address of packets that were given none [src]; not used while it is not the stack's. Null to have the best
 *     address of the NIC chosen
 * @param mtuBytes the largest packet, bytes, if less than the link carries [mtu]; 0 for what the link carries
 * @param mtuLocked whether that is so whatever routers say, who may cut packets instead [mtu lock]
 * @param advertisedMssBytes maximum segment size that TCP tells its peers, bytes [advmss]; 0 for what fits the MTU
 * @param initialWindowSegments segments that a TCP connection may send before the first acknowledgment [initcwnd]; 0 for 10
 *     (RFC 6928)
 */
public record RouteOptions(
        int metric,
        @Nullable IpAddress source,
        int mtuBytes,
        boolean mtuLocked,
        int advertisedMssBytes,
        int initialWindowSegments) {
    /** Of metric 0, and nothing else. */
    public static final RouteOptions DEFAULT = new RouteOptions(0, null, 0, false, 0, 0);

    private static final int LEAST_MTU_BYTES = 68;
    private static final int LEAST_MSS_BYTES = 28;

    /**
     * Refuses values that cannot work.
     *
     * @throws IllegalArgumentException with the field's name
     */
    public RouteOptions {
        Check.argument(
                mtuBytes == 0 || (mtuBytes >= LEAST_MTU_BYTES && mtuBytes <= 0xffff),
                "mtuBytes",
                mtuBytes,
                "0, or 68 to 65535");
        Check.argument(mtuBytes > 0 || !mtuLocked, "mtuLocked", true, "an MTU with it");
        Check.argument(
                advertisedMssBytes == 0 || (advertisedMssBytes >= LEAST_MSS_BYTES && advertisedMssBytes <= 0xffff),
                "advertisedMssBytes",
                advertisedMssBytes,
                "0, or 28 to 65535");
        Check.argument(
                initialWindowSegments >= 0 && initialWindowSegments <= 0xffff,
                "initialWindowSegments",
                initialWindowSegments,
                "0 to 65535");
    }

    /** Of that metric, and nothing else. */
    public static RouteOptions ofMetric(int metric) {
        return DEFAULT.withMetric(metric);
    }

    /** The same with another metric. */
    public RouteOptions withMetric(int newMetric) {
        return new RouteOptions(newMetric, source, mtuBytes, mtuLocked, advertisedMssBytes, initialWindowSegments);
    }

    /** The same with another source. */
    public RouteOptions withSource(@Nullable IpAddress newSource) {
        return new RouteOptions(metric, newSource, mtuBytes, mtuLocked, advertisedMssBytes, initialWindowSegments);
    }

    /** The same with another MTU, which routers may say is less. */
    public RouteOptions withMtuBytes(int bytes) {
        return new RouteOptions(metric, source, bytes, false, advertisedMssBytes, initialWindowSegments);
    }

    /** The same with another MTU, whatever routers say. */
    public RouteOptions withLockedMtuBytes(int bytes) {
        return new RouteOptions(metric, source, bytes, true, advertisedMssBytes, initialWindowSegments);
    }

    /** The same with another maximum segment size. */
    public RouteOptions withAdvertisedMssBytes(int bytes) {
        return new RouteOptions(metric, source, mtuBytes, mtuLocked, bytes, initialWindowSegments);
    }

    /** The same with another initial window. */
    public RouteOptions withInitialWindowSegments(int segments) {
        return new RouteOptions(metric, source, mtuBytes, mtuLocked, advertisedMssBytes, segments);
    }
}
