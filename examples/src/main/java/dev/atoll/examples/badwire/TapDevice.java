package dev.atoll.examples.badwire;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A TAP device made by this program; it goes when the program closes it. Without a virtio-net header the kernel hands
 * over whole frames with complete checksums, so no offload is in play. One thread.
 */
public final class TapDevice implements AutoCloseable {
    private static final long TUNSETIFF = 0x400454caL;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int MAX_FRAME_BYTES = 65_600;

    private final int fd;
    private final Memory buffer = new Memory(MAX_FRAME_BYTES);

    /**
     * Makes the device, or takes hold of a persistent one of that name. A new one is down: the caller gives it its address
     * and brings it up.
     */
    TapDevice(String name) {
        this(name, 0);
    }

    private TapDevice(String name, int moreFlags) {
        fd = Linux.open("/dev/net/tun", Linux.O_RDWR | Linux.O_NONBLOCK | Linux.O_CLOEXEC);
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length >= IFNAMSIZ) {
            throw new IllegalArgumentException("\"" + name + "\" is longer than 15 characters");
        }
        try (Memory request = new Memory(IFREQ_BYTES)) {
            request.clear();
            request.write(0, bytes, 0, bytes.length);
            request.setShort(IFNAMSIZ, (short) (IFF_TAP | IFF_NO_PI | moreFlags));
            Linux.ioctl(fd, new NativeLong(TUNSETIFF), request);
        } catch (LastErrorException e) {
            Linux.close(fd);
            throw e;
        }
    }

    /**
     * The descriptor of a device whose frames have a virtio-net header before them, as Atoll's link wants it; the caller
     * owns it.
     */
    public static int openWithVirtioHeader(String name) {
        return new TapDevice(name, IFF_VNET_HDR).fd;
    }

    int fd() {
        return fd;
    }

    /** The next frame the kernel sends, or null if there is none now. */
    byte @Nullable [] read() {
        int count = Linux.read(fd, buffer, new NativeLong(MAX_FRAME_BYTES)).intValue();
        if (count >= 0) {
            return buffer.getByteArray(0, count);
        }
        int error = Native.getLastError();
        if (error == Linux.EAGAIN || error == Linux.EINTR) {
            return null;
        }
        throw new LastErrorException(error);
    }

    /** Gives the kernel a frame; false if it does not take it, as a device that is down does not. */
    boolean write(byte[] frame) {
        buffer.write(0, frame, 0, frame.length);
        if (Linux.write(fd, buffer, new NativeLong(frame.length)).intValue() >= 0) {
            return true;
        }
        int error = Native.getLastError();
        if (error == Linux.EAGAIN || error == Linux.EIO) {
            return false;
        }
        throw new LastErrorException(error);
    }

    @Override
    public void close() {
        Linux.close(fd);
        buffer.close();
    }
}
