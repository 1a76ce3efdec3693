package dev.atoll.launcher.sys;

import java.nio.charset.StandardCharsets;

/**
 * A TAP device of this process's network namespace. It exists as long as a descriptor of it does: nothing has to be
 * undone, whatever happens to the launcher.
 *
 * @param name as the kernel knows it
 * @param index the kernel's number for it, which no later device gets
 * @param descriptor non-blocking, closed on exec; the caller's
 */
public record TapDevice(String name, int index, int descriptor) {
    /** Bytes of the virtio-net header before each frame, the kernel's default. */
    public static final int VNET_HEADER_BYTES = 10;

    /** What devices are called if the user names none; the kernel fills in a number. */
    public static final String DEFAULT_NAME = "atoll%d";

    private static final String TUN_DEVICE = "/dev/net/tun";
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;

    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final short IFF_TAP = 2;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_VNET_HDR = 0x4000;

    /** Else a persistent device of that name, somebody's, would be attached to and reconfigured. */
    private static final short IFF_TUN_EXCL = (short) 0x8000;

    /** TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6. */
    private static final long OFFLOADS = 1 | 2 | 4;

    /** Makes a device; as {@link #open} and {@link #attach}. */
    public static TapDevice create(String name, boolean offload) throws SystemCallException {
        int descriptor = open();
        try {
            return attach(descriptor, name, offload);
        } catch (SystemCallException e) {
            Libc.close(descriptor);
            throw e;
        }
    }

    /** A descriptor without a device: non-blocking, closed on exec. Duplicates of it have the device that it gets. */
    public static int open() throws SystemCallException {
        return Libc.open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    }

    /**
     * Makes a device for a descriptor of {@link #open}; EBUSY if there is one of that name already, of whatever kind.
     *
     * @param offload whether the kernel may leave checksums and segmentation to the program
     */
    public static TapDevice attach(int descriptor, String name, boolean offload) throws SystemCallException {
        byte[] request = NetDevice.request(name);
        NetDevice.fields(request)
                .putShort(NetDevice.IFNAMSIZ, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL));
        Libc.ioctl(descriptor, TUNSETIFF, request);
        Libc.ioctl(descriptor, TUNSETOFFLOAD, offload ? OFFLOADS : 0);
        int length = 0;
        while (length < NetDevice.IFNAMSIZ && request[length] != 0) {
            length++;
        }
        String given = new String(request, 0, length, StandardCharsets.US_ASCII);
        return new TapDevice(given, Libc.call("if_nametoindex", given), descriptor);
    }

    /** Whether it is there still; another device may have got its name meanwhile. */
    public boolean exists() throws SystemCallException {
        try {
            return Libc.call("if_nametoindex", name) == index;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENODEV) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Removes the device, if it is there, whoever holds its descriptors: whoever holds one can make the device outlive them,
     * without any privilege.
     */
    public void remove() throws SystemCallException {
        if (exists()) {
            NetDevice.remove(index);
        }
    }
}
