package dev.atoll.launcher.sys;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Sets up a network device through the old {@code ioctl}s of {@code netdevice(7)}, as far as they go: a call costs a start
 * less than a netlink message does. It belongs to the network namespace of the thread that opened it.
 */
public final class NetDevice implements Closeable {
    /** Bytes of {@code struct ifreq} on 64-bit systems. */
    static final int IFREQ_BYTES = 40;

    /** Bytes of a device's name with its closing null. */
    static final int IFNAMSIZ = 16;

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;

    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCSIFADDR = 0x8916;
    private static final long SIOCSIFNETMASK = 0x891c;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final short IFF_UP = 1;
    private static final short IFF_NOARP = 0x80;

    private final String name;
    private final int socket;

    private NetDevice(String name, int socket) {
        this.name = name;
        this.socket = socket;
    }

    /** The device of that name in the launcher's network namespace. */
    public static NetDevice open(String name) throws SystemCallException {
        return new NetDevice(name, Libc.call("socket", AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    }

    String name() {
        return name;
    }

    /** Removes the device of that index from the launcher's network namespace; it may be gone already. */
    public static void remove(int index) throws SystemCallException {
        try (Netlink netlink = Netlink.open()) {
            netlink.change(NetlinkRequest.link(Netlink.RTM_DELLINK, index));
        } catch (SystemCallException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    /** The kernel's number for it, which no later device gets. */
    public int index() throws SystemCallException {
        byte[] request = request(name);
        Libc.ioctl(socket, SIOCGIFINDEX, request);
        return fields(request).getInt(IFNAMSIZ);
    }

    /** Gives it its IPv4 address and prefix. */
    public void setAddress(int address, int prefixLength) throws SystemCallException {
        Libc.ioctl(socket, SIOCSIFADDR, withAddress(address));
        Libc.ioctl(socket, SIOCSIFNETMASK, withAddress(prefixLength == 0 ? 0 : -1 << (32 - prefixLength)));
    }

    /** Gives it an IPv6 address and prefix, to be used at once; it must be up. */
    public void addIpv6Address(byte[] address, int prefixLength) throws SystemCallException {
        try (Netlink netlink = Netlink.open()) {
            netlink.change(NetlinkRequest.newIpv6Address(index(), address, prefixLength));
        }
    }

    /** Sets the largest IP packet. */
    public void setMtu(int mtuBytes) throws SystemCallException {
        byte[] request = request(name);
        fields(request).putInt(IFNAMSIZ, mtuBytes);
        Libc.ioctl(socket, SIOCSIFMTU, request);
    }

    /** Brings it up. */
    public void up() throws SystemCallException {
        raise(IFF_UP);
    }

    /** Brings it up for somebody else than the kernel, which will ask and answer nobody for hardware addresses by it. */
    public void upWithoutArp() throws SystemCallException {
        raise((short) (IFF_UP | IFF_NOARP));
    }

    private void raise(short flags) throws SystemCallException {
        byte[] request = request(name);
        Libc.ioctl(socket, SIOCGIFFLAGS, request);
        ByteBuffer fields = fields(request);
        fields.putShort(IFNAMSIZ, (short) (fields.getShort(IFNAMSIZ) | flags));
        Libc.ioctl(socket, SIOCSIFFLAGS, request);
    }

    /**
     * Writes one of the device's settings below {@code /proc/sys/net}; true if it is so now, false if there is no such
     * setting in this kernel.
     *
     * @param family {@code ipv4} or {@code ipv6}
     * @throws IOException if the kernel, or a read-only {@code /proc/sys}, refuses
     */
    public boolean set(String family, String setting, int value) throws IOException {
        Path file = Path.of("/proc/sys/net", family, "conf", name, setting);
        if (!Files.exists(file)) {
            return false;
        }
        Files.writeString(file, Integer.toString(value), StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
        return true;
    }

    @Override
    public void close() {
        Libc.close(socket);
    }

    private byte[] withAddress(int address) {
        byte[] request = request(name);
        // struct sockaddr_in: family in the machine's order, port, address in network order.
        fields(request).putShort(IFNAMSIZ, (short) AF_INET);
        ByteBuffer.wrap(request).putInt(IFNAMSIZ + 4, address);
        return request;
    }

    /** A {@code struct ifreq} with the name filled in. */
    static byte[] request(String name) {
        byte[] request = new byte[IFREQ_BYTES];
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, request, 0, Math.min(bytes.length, IFNAMSIZ - 1));
        return request;
    }

    static ByteBuffer fields(byte[] request) {
        return ByteBuffer.wrap(request).order(ByteOrder.nativeOrder());
    }
}
