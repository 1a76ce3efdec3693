package dev.atoll.launcher.sys;

import java.nio.charset.StandardCharsets;

/**
 * A TAP device of this process's network namespace. It exists as long as a descriptor of it does: nothing has to be
 * undone, whatever happens to the launcher.
 *
 * @param name as the kernel knows it
 * @param descriptor non-blocking, closed on exec; the caller's
 */
public record TapDevice(String name, int descriptor) {
    /** Bytes of the virtio-net header before each frame, the kernel's default. */
    public static final int VNET_HEADER_BYTES = 10;

    /** What devices are called if the user names none; the kernel fills in a number. */
    public static final String DEFAULT_NAME = "atoll%d";

    private static final String TUN_DEVICE = "/dev/net/tun";
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;

    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final short IFF_TAP = 2;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_VNET_HDR = 0x4000;

    /** Else a persistent device of that name, somebody's, would be attached to and reconfigured. */
    private static final short IFF_TUN_EXCL = (short) 0x8000;

    /** TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6. */
    private static final long OFFLOADS = 1 | 2 | 4;

    /** Makes a device; EBUSY if there is one of that name already, of whatever kind. */
    public static TapDevice create(String name) throws SystemCallException {
        int descriptor = Libc.open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        try {
            byte[] request = NetDevice.request(name);
            NetDevice.fields(request)
                    .putShort(NetDevice.IFNAMSIZ, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL));
            Libc.ioctl(descriptor, TUNSETIFF, request);
            Libc.ioctl(descriptor, TUNSETOFFLOAD, OFFLOADS);
            int length = 0;
            while (length < NetDevice.IFNAMSIZ && request[length] != 0) {
                length++;
            }
            return new TapDevice(new String(request, 0, length, StandardCharsets.US_ASCII), descriptor);
        } catch (SystemCallException e) {
            Libc.close(descriptor);
            throw e;
        }
    }

    /** Whether this process's network namespace has a device of that name. */
    public static boolean exists(String name) throws SystemCallException {
        try {
            Libc.call("if_nametoindex", name);
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENODEV) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Removes a device that has outlived its descriptors: whoever holds one can make the device persistent, without any
     * privilege.
     */
    public static void remove(String name) throws SystemCallException {
        TapDevice device = create(name);
        try {
            Libc.ioctl(device.descriptor(), TUNSETPERSIST, 0L);
        } finally {
            Libc.close(device.descriptor());
        }
    }
}
