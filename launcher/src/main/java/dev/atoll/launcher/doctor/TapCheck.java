package dev.atoll.launcher.doctor;

import dev.atoll.launcher.sys.Errno;
import dev.atoll.launcher.sys.Libc;
import dev.atoll.launcher.sys.SystemCallException;
import dev.atoll.launcher.sys.TapDevice;

/** Makes a TAP device, which goes again at once. Without it there is the stream link. */
final class TapCheck implements Check {
    /** Makes a device. */
    @FunctionalInterface
    interface Maker {
        TapDevice make() throws SystemCallException;
    }

    private static final String OTHERWISE =
            "; without it --link stream needs no privilege, and programs reach what the launcher serves and not the host";

    private final Maker maker;

    TapCheck(Maker maker) {
        this.maker = maker;
    }

    @Override
    public String subject() {
        return "TAP devices";
    }

    @Override
    public Finding examine() {
        TapDevice device;
        try {
            device = maker.make();
        } catch (SystemCallException e) {
            return Finding.warn("none can be made (" + e.getMessage() + ")", advice(e.errno()) + OTHERWISE);
        }
        Libc.close(device.descriptor());
        return Finding.ok("made " + device.name() + " through /dev/net/tun");
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENODEV ->
                "/dev/net/tun: as root modprobe tun, in a container pass it in with --device /dev/net/tun";
            case Errno.EACCES, Errno.EPERM ->
                "run as root or with CAP_NET_ADMIN and access to /dev/net/tun, a container with --cap-add NET_ADMIN";
            default -> "the kernel refuses";
        };
    }
}
