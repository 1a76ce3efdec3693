package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.sys.IngressFilter;
import dev.atoll.launcher.sys.NetDevice;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.runtime.control.ControlRecord.Route;
import dev.atoll.stack.wire.Subnet;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a link that the host's kernel has, on a device that the launcher makes: the router's address is on it. */
final class HostEnd implements Closeable {
    private final AddressPlan plan;
    private final @Nullable AddressPlan ipv6;
    private final int mtuBytes;
    private final List<FreeSubnets.Lease> leases;
    private @Nullable IngressFilter filter;

    private HostEnd(AddressPlan plan, @Nullable AddressPlan ipv6, int mtuBytes, List<FreeSubnets.Lease> leases) {
        this.plan = plan;
        this.ipv6 = ipv6;
        this.mtuBytes = mtuBytes;
        this.leases = leases;
    }

    /**
     * Chooses the addresses. They are kept from other launchers until this is closed.
     *
     * @throws LaunchException if the host has what was asked for in use, or nothing is left
     */
    static HostEnd plan(LinkRequest request) throws LaunchException {
        List<FreeSubnets.Lease> leases = new ArrayList<>();
        try {
            AddressPlan plan = planIpv4(request, leases);
            AddressPlan ipv6 = request.ipv6().isDemanded() ? planIpv6(request.ipv6(), leases) : null;
            return new HostEnd(plan, ipv6, request.mtuBytes(), leases);
        } catch (LaunchException e) {
            close(leases);
            throw e;
        } catch (IOException e) {
            close(leases);
            throw new LaunchException(ExitCode.MISSING, "no address can be chosen: " + e.getMessage(), e);
        }
    }

    private static AddressPlan planIpv4(LinkRequest request, List<FreeSubnets.Lease> leases)
            throws IOException, LaunchException {
        List<HostRoutes.Route> routes = HostRoutes.read();
        if (request.address() == null) {
            FreeSubnets.Lease lease = request.shared() ? FreeSubnets.takeShared(routes) : FreeSubnets.take(routes);
            leases.add(lease);
            return AddressPlan.ofPair(lease.subnet());
        }
        AddressPlan plan = AddressPlan.of(request.address(), request.router());
        refuseTaken("address", plan.subnet(), routes);
        return plan;
    }

    private static AddressPlan planIpv6(Ipv6Request request, List<FreeSubnets.Lease> leases)
            throws IOException, LaunchException {
        List<HostRoutes.Route> routes = HostRoutes.readIpv6();
        Address address = request.address();
        if (address == null) {
            FreeSubnets.Lease lease = FreeSubnets.takeIpv6(routes);
            leases.add(lease);
            return AddressPlan.ofIpv6Pair(lease.subnet());
        }
        AddressPlan plan = AddressPlan.ofIpv6(address, request.router());
        refuseTaken("address6", plan.subnet(), routes);
        return plan;
    }

    private static void refuseTaken(String setting, Subnet subnet, List<HostRoutes.Route> routes)
            throws LaunchException {
        for (HostRoutes.Route route : routes) {
            if (route.overlaps(subnet)) {
                throw new LaunchException(
                        ExitCode.CONFIGURATION,
                        setting + ": the host has " + route.description() + ", which overlaps " + subnet
                                + "; choose another --" + setting);
            }
        }
    }

    /** What the program is told. */
    LinkAddresses ofProgram() {
        if (ipv6 == null) {
            return plan.ofProgram();
        }
        return new LinkAddresses(
                List.of(plan.program(), ipv6.program()),
                plan.router(),
                List.of(new Route(Subnet.V6_ALL, ipv6.router())));
    }

    /** Gives a device that was made its address and brings it up. */
    void setUp(String name) throws LaunchException {
        try (NetDevice device = NetDevice.open(name)) {
            device.setMtu(mtuBytes);
            device.setAddress(plan.router().v4Bits(), plan.program().prefixLength());
            guard(device, name, ipv6 != null);
            if (ipv6 != null) {
                filter = guardIpv6(device, name, ipv6.program());
            }
            device.up();
            if (ipv6 != null) {
                device.addIpv6Address(ipv6.router().octets(), ipv6.program().prefixLength());
            }
        } catch (SystemCallException e) {
            throw new LaunchException(
                    ExitCode.MISSING, "the device " + name + " cannot be set up: " + e.getMessage(), e);
        }
    }

    /**
     * Settings of the host's end against code in the program that writes frames of its own. Strict reverse-path filtering
     * (RFC 3704): frames with a foreign source are dropped, or the host would send its answers to whoever that is, through
     * its other interfaces. No router advertisements (RFC 4861), with which such code could have the host route through the
     * program; and no IPv6 at all if the link has none.
     */
    private static void guard(NetDevice device, String name, boolean ipv6) {
        try {
            device.set("ipv4", "rp_filter", 1);
            device.set("ipv6", "accept_ra", 0);
            if (ipv6) {
                device.set("ipv6", "autoconf", 0);
                // Nobody else is on the link who could have the device's link-local address.
                device.set("ipv6", "accept_dad", 0);
            }
            device.set("ipv6", "disable_ipv6", ipv6 ? 0 : 1);
        } catch (IOException e) {
            Terminal.line("the host's end of " + name + " is not guarded, /proc/sys cannot be written (" + e
                    + "): code that drives the link's descriptor itself can make the host send to others");
        }
    }

    /**
     * The counterpart for IPv6 of reverse-path filtering, which Linux has for IPv4 only. Who asks for IPv6 and cannot have this
     * gets none.
     */
    private static IngressFilter guardIpv6(NetDevice device, String name, Address program) throws LaunchException {
        try {
            return IngressFilter.install(device, program.address().octets());
        } catch (SystemCallException e) {
            throw new LaunchException(
                    ExitCode.MISSING,
                    "address6: the host's end of " + name
                            + " cannot be guarded against false IPv6 sources, which takes nf_tables of Linux 5.12 or newer ("
                            + e.getMessage() + "); load the module nf_tables, or leave out --address6",
                    e);
        }
    }

    @Override
    public void close() {
        if (filter != null) {
            filter.close();
            filter = null;
        }
        close(leases);
    }

    private static void close(List<FreeSubnets.Lease> leases) {
        for (FreeSubnets.Lease lease : leases) {
            lease.close();
        }
    }
}
