package dev.atoll.launcher.link;

import dev.atoll.launcher.ExitCode;
import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.Terminal;
import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.TapDevice;
import dev.atoll.runtime.control.ControlRecord;
import java.util.Optional;
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

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public OpenLink open(LinkRequest request) throws LaunchException {
        String device = request.argument();
        if (!device.isEmpty()) {
            DeviceName.check(NAME, device);
        }
        requireNetAdmin();
        int descriptor;
        try {
            descriptor = TapDevice.open();
        } catch (SystemCallException e) {
            throw cannotBeMade(device, e);
        }
        try {
            return new Open(descriptor, request, HostEnd.plan(request));
        } catch (LaunchException e) {
            Libc.close(descriptor);
            throw e;
        }
    }

    /** A descriptor can be had without it, a device cannot. */
    private static void requireNetAdmin() throws LaunchException {
        if (!Capabilities.missing(Capabilities.NET_ADMIN).isEmpty()) {
            throw new LaunchException(ExitCode.MISSING, "no TAP device can be made: " + WITHOUT_PRIVILEGE);
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
        private final HostEnd host;
        private volatile @Nullable TapDevice tap;
        private boolean handedOver;

        Open(int descriptor, LinkRequest request, HostEnd host) {
            this.descriptor = descriptor;
            this.request = request;
            this.host = host;
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
            host.setUp(made.name());
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
        public LinkAddresses addresses() {
            return host.ofProgram();
        }

        @Override
        public Optional<OpenLink> beside(LinkRequest newRequest) throws LaunchException {
            return Optional.of(new TapLink().open(newRequest));
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
            host.close();
        }

        private void remove() throws SystemCallException {
            TapDevice made = tap;
            if (made != null) {
                made.remove();
            }
        }
    }
}
