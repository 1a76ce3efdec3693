package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.sys.NetDevice;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.stack.wire.Subnet;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a link that the host's kernel has, on a device that the launcher makes: the router's address is on it. */
final class HostEnd implements Closeable {
    private final AddressPlan plan;
    private final int mtuBytes;
    private final FreeSubnets.@Nullable Lease lease;

    private HostEnd(AddressPlan plan, int mtuBytes, FreeSubnets.@Nullable Lease lease) {
        this.plan = plan;
        this.mtuBytes = mtuBytes;
        this.lease = lease;
    }

    /**
     * Chooses the addresses. They are kept from other launchers until this is closed.
     *
     * @throws LaunchException if the host has what was asked for in use, or nothing is left
     */
    static HostEnd plan(LinkRequest request) throws LaunchException {
        try {
            List<HostRoutes.Route> routes = HostRoutes.read();
            if (request.address() == null) {
                FreeSubnets.Lease lease = FreeSubnets.take(routes);
                return new HostEnd(AddressPlan.ofPair(lease.subnet()), request.mtuBytes(), lease);
            }
            AddressPlan plan = AddressPlan.of(request.address(), request.router());
            refuseTaken(plan.subnet(), routes);
            return new HostEnd(plan, request.mtuBytes(), null);
        } catch (IOException e) {
            throw new LaunchException(ExitCode.MISSING, "no address can be chosen: " + e.getMessage(), e);
        }
    }

    private static void refuseTaken(Subnet subnet, List<HostRoutes.Route> routes) throws LaunchException {
        for (HostRoutes.Route route : routes) {
            if (route.overlaps(subnet)) {
                throw new LaunchException(
                        ExitCode.CONFIGURATION,
                        "address: the host has " + route.description() + ", which overlaps " + subnet
                                + "; choose another --address");
            }
        }
    }

    AddressPlan plan() {
        return plan;
    }

    /** Gives a device that was made its address and brings it up. */
    void setUp(String name) throws LaunchException {
        try (NetDevice device = NetDevice.open(name)) {
            device.setMtu(mtuBytes);
            device.setAddress(plan.router().v4Bits(), plan.program().prefixLength());
            guard(device, name);
            device.up();
        } catch (SystemCallException e) {
            throw new LaunchException(
                    ExitCode.MISSING, "the device " + name + " cannot be set up: " + e.getMessage(), e);
        }
    }

    /**
     * Settings of the host's end against code in the program that writes frames of its own. Strict reverse-path filtering
     * (RFC 3704): frames with a foreign source are dropped, or the host would send its answers to whoever that is, through
     * its other interfaces. No router advertisements (RFC 4861), with which such code could have the host route through the
     * program; and no IPv6 at all until the stack has it.
     */
    private static void guard(NetDevice device, String name) {
        try {
            device.set("ipv4", "rp_filter", 1);
            device.set("ipv6", "accept_ra", 0);
            device.set("ipv6", "disable_ipv6", 1);
        } catch (IOException e) {
            Terminal.line("the host's end of " + name + " is not guarded, /proc/sys cannot be written (" + e
                    + "): code that drives the link's descriptor itself can make the host send to others");
        }
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
