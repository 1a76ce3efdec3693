package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.AbstractLock;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.io.Closeable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds a /30 of {@value #POOL}, for several JVMs a /25 of {@value #SHARED_POOL}, or a /64 of {@value #IPV6_POOL}, that neither a route of the host nor another sandbox uses. Two launchers that look at the
 * same time cannot choose the same one: each holds a lock by the subnet's name for as long as it lives.
 */
final class FreeSubnets {
    /** Where the default subnets are taken from. */
    static final String POOL = "10.66.0.0/17";

    static final int PREFIX_LENGTH = 30;

    /** Where those are taken from that several JVMs share: locks are by the subnet's name, so one pool has one size. */
    static final String SHARED_POOL = "10.66.128.0/17";

    static final int SHARED_PREFIX_LENGTH = 25;

    /** The same for IPv6: a unique local prefix (RFC 4193) whose global identifier is "atoll" in ASCII. */
    static final String IPV6_POOL = "fd61:746f:6c6c::/48";

    static final int IPV6_PREFIX_LENGTH = 64;

    /** Subnets of {@link #IPV6_POOL}. */
    private static final int IPV6_SUBNETS = 1 << 16;

    private FreeSubnets() {}

    /**
     * A subnet that is this process's until closed.
     *
     * @param lock held by the process
     */
    record Lease(Subnet subnet, AbstractLock lock) implements Closeable {
        @Override
        public void close() {
            lock.close();
        }
    }

    private static boolean isFree(Subnet subnet, List<HostRoutes.Route> routes) {
        for (HostRoutes.Route route : routes) {
            if (route.overlaps(subnet)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes the first free one for a program.
     *
     * @throws LaunchException if there is none
     */
    static Lease take(List<HostRoutes.Route> routes) throws SystemCallException, LaunchException {
        return take(routes, POOL, PREFIX_LENGTH);
    }

    /**
     * Takes the first free one for several JVMs.
     *
     * @throws LaunchException if there is none
     */
    static Lease takeShared(List<HostRoutes.Route> routes) throws SystemCallException, LaunchException {
        return take(routes, SHARED_POOL, SHARED_PREFIX_LENGTH);
    }

    private static Lease take(List<HostRoutes.Route> routes, String from, int prefixLength)
            throws SystemCallException, LaunchException {
        Subnet pool = Subnet.parse(from);
        int first = pool.network().v4Bits();
        int step = 1 << (32 - prefixLength);
        int last = pool.lastAddress().v4Bits();
        for (int network = first; network - last < 0; network += step) {
            Lease lease = tryTake(new Subnet(IpAddress.v4(network), prefixLength), routes);
            if (lease != null) {
                return lease;
            }
        }
        throw new LaunchException(
                ExitCode.MISSING,
                "no free /" + prefixLength + " is left in " + from + "; give one with --address ADDRESS/LENGTH");
    }

    /**
     * Takes the first free one for IPv6.
     *
     * @throws LaunchException if there is none
     */
    static Lease takeIpv6(List<HostRoutes.Route> routes) throws SystemCallException, LaunchException {
        long first = Subnet.parse(IPV6_POOL).network().high();
        for (int i = 0; i < IPV6_SUBNETS; i++) {
            Lease lease = tryTake(new Subnet(new IpAddress(first + i, 0), IPV6_PREFIX_LENGTH), routes);
            if (lease != null) {
                return lease;
            }
        }
        throw new LaunchException(
                ExitCode.MISSING, "no free /64 is left in " + IPV6_POOL + "; give one with --address6 ADDRESS/LENGTH");
    }

    private static @Nullable Lease tryTake(Subnet subnet, List<HostRoutes.Route> routes) throws SystemCallException {
        AbstractLock lock = isFree(subnet, routes) ? AbstractLock.tryAcquire("dev.atoll/subnet/" + subnet) : null;
        return lock == null ? null : new Lease(subnet, lock);
    }
}
