package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.NetDevice;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.TapDevice;
import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Address;
import dev.atoll.stack.wire.Subnet;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A TAP device in the launcher's network namespace: the host's kernel is the neighbour, with the router's address. Nothing
 * else of the host is changed, and the device goes when the program and the launcher have closed it.
 */
public final class TapLink implements LinkKind {
    /** What {@code --link} calls it. */
    public static final String NAME = "tap";

    private static final String WITHOUT_PRIVILEGE =
            "it needs access to /dev/net/tun and CAP_NET_ADMIN; run as root, or use --link stream";

    private static final Pattern DEVICE_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,15}");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public OpenLink open(LinkRequest request) throws LaunchException {
        String device = request.argument();
        if (!device.isEmpty() && !DEVICE_NAME.matcher(device).matches()) {
            throw new LaunchException(
                    ExitCode.CONFIGURATION,
                    "link tap:" + device + ": a device's name has 1 to 15 letters, digits, dots, dashes, underscores");
        }
        requireNetAdmin();
        int descriptor;
        try {
            descriptor = TapDevice.open();
        } catch (SystemCallException e) {
            throw cannotBeMade(device, e);
        }
        try {
            return planned(descriptor, request);
        } catch (IOException e) {
            Libc.close(descriptor);
            throw new LaunchException(ExitCode.MISSING, "no address can be chosen: " + e.getMessage(), e);
        } catch (LaunchException e) {
            Libc.close(descriptor);
            throw e;
        }
    }

    private static OpenLink planned(int descriptor, LinkRequest request) throws IOException, LaunchException {
        List<HostRoutes.Route> routes = HostRoutes.read();
        Address address = request.address();
        if (address == null) {
            FreeSubnets.Lease lease = FreeSubnets.take(routes);
            return new Open(descriptor, request, AddressPlan.ofPair(lease.subnet()), lease);
        }
        AddressPlan plan = AddressPlan.of(address, request.router());
        refuseTaken(plan.subnet(), routes);
        return new Open(descriptor, request, plan, null);
    }

    /** A descriptor can be had without it, a device cannot. */
    private static void requireNetAdmin() throws LaunchException {
        if (!Capabilities.mayAdministerNetworks()) {
            throw new LaunchException(ExitCode.MISSING, "no TAP device can be made: " + WITHOUT_PRIVILEGE);
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

    private static LaunchException cannotBeMade(String name, SystemCallException e) {
        String reason =
                switch (e.errno()) {
                    case Errno.ENOENT, Errno.ENODEV ->
                        "there is no /dev/net/tun: load the module \"tun\", in a container pass the device in";
                    case Errno.EACCES, Errno.EPERM -> WITHOUT_PRIVILEGE;
                    case Errno.EBUSY -> "there is a device " + name + " already, choose another --link tap:NAME";
                    case Errno.EINVAL -> "the kernel takes no device of the name " + name;
                    default -> "the kernel refuses";
                };
        // The user's words are to blame for a name, the host for everything else.
        boolean nameIsWrong = e.errno() == Errno.EBUSY || e.errno() == Errno.EINVAL;
        return new LaunchException(
                nameIsWrong ? ExitCode.CONFIGURATION : ExitCode.MISSING,
                "no TAP device can be made: " + reason + " (" + e.getMessage() + ")",
                e);
    }

    /** The descriptor, the subnet's lock, and from {@link #bringUp} on the device. */
    private static final class Open implements OpenLink {
        private final int descriptor;
        private final LinkRequest request;
        private final AddressPlan plan;
        private final FreeSubnets.@Nullable Lease lease;
        private volatile @Nullable TapDevice tap;
        private boolean handedOver;

        Open(int descriptor, LinkRequest request, AddressPlan plan, FreeSubnets.@Nullable Lease lease) {
            this.descriptor = descriptor;
            this.request = request;
            this.plan = plan;
            this.lease = lease;
        }

        @Override
        public void bringUp() throws LaunchException {
            String name = request.argument().isEmpty() ? TapDevice.DEFAULT_NAME : request.argument();
            TapDevice made;
            try {
                made = TapDevice.attach(descriptor, name, request.offload());
            } catch (SystemCallException e) {
                throw cannotBeMade(name, e);
            }
            tap = made;
            try (NetDevice device = NetDevice.open(made.name())) {
                device.setMtu(request.mtuBytes());
                device.setAddress(plan.router().v4Bits(), plan.program().prefixLength());
                guard(device, made.name());
                device.up();
            } catch (SystemCallException e) {
                throw new LaunchException(
                        ExitCode.MISSING, "the device " + made.name() + " cannot be set up: " + e.getMessage(), e);
            }
        }

        @Override
        public ControlRecord.LinkKind wire() {
            return ControlRecord.LinkKind.TAP;
        }

        @Override
        public int programDescriptor() {
            return descriptor;
        }

        @Override
        public int headerBytes() {
            return TapDevice.VNET_HEADER_BYTES;
        }

        @Override
        public AddressPlan addresses() {
            return plan;
        }

        @Override
        public String description() {
            TapDevice made = tap;
            return made == null ? NAME : NAME + ":" + made.name();
        }

        @Override
        public void handOver() {
            // One reader only: two would split the frames between them.
            if (!handedOver) {
                handedOver = true;
                Libc.close(descriptor);
            }
        }

        /** The kernel takes some 20 ms to remove a device, which it can while the program's processes end. */
        @Override
        public void programLeaves() {
            try {
                remove();
            } catch (SystemCallException e) {
                // Then it goes with its last descriptor; close() looks.
                return;
            }
        }

        @Override
        public void close() {
            handOver();
            try {
                remove();
            } catch (SystemCallException e) {
                Terminal.line("the device of " + description() + " is left and cannot be removed: " + e.getMessage());
            }
            if (lease != null) {
                lease.close();
            }
        }

        private void remove() throws SystemCallException {
            TapDevice made = tap;
            if (made != null) {
                made.remove();
            }
        }
    }
}
