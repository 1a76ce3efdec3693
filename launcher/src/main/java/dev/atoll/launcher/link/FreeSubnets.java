package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.sys.AbstractLock;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.io.Closeable;
import java.util.List;

/**
 * Finds a /30 of {@value #POOL} that neither a route of the host nor another sandbox uses. Two launchers that look at the
 * same time cannot choose the same one: each holds a lock by the subnet's name for as long as it lives.
 */
final class FreeSubnets {
    /** Where the default subnets are taken from. */
    static final String POOL = "10.66.0.0/16";

    static final int PREFIX_LENGTH = 30;

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
     * Takes the first free one.
     *
     * @throws LaunchException if there is none
     */
    static Lease take(List<HostRoutes.Route> routes) throws SystemCallException, LaunchException {
        Subnet pool = Subnet.parse(POOL);
        int first = pool.network().v4Bits();
        int step = 1 << (32 - PREFIX_LENGTH);
        int last = pool.lastAddress().v4Bits();
        for (int network = first; network - last < 0; network += step) {
            Subnet subnet = new Subnet(IpAddress.v4(network), PREFIX_LENGTH);
            if (isFree(subnet, routes)) {
                AbstractLock lock = AbstractLock.tryAcquire("dev.atoll/subnet/" + subnet);
                if (lock != null) {
                    return new Lease(subnet, lock);
                }
            }
        }
        throw new LaunchException(
                ExitCode.MISSING, "no free /30 is left in " + POOL + "; give one with --address ADDRESS/LENGTH");
    }
}
