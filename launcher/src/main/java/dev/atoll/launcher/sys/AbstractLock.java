package dev.atoll.launcher.sys;

import java.io.Closeable;
import org.jspecify.annotations.Nullable;

/**
 * A name that one process of a network namespace can hold: an abstract Unix socket, which has no file and is gone with
 * its holder, however that ends.
 */
public final class AbstractLock implements Closeable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;

    private final int socket;

    private AbstractLock(int socket) {
        this.socket = socket;
    }

    /** Takes the name; null if somebody holds it. */
    public static @Nullable AbstractLock tryAcquire(String name) throws SystemCallException {
        int socket = Libc.call("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        byte[] address = UnixSocket.address(name);
        try {
            Libc.call("bind", socket, address, address.length);
            return new AbstractLock(socket);
        } catch (SystemCallException e) {
            Libc.close(socket);
            if (e.errno() == Errno.EADDRINUSE) {
                return null;
            }
            throw e;
        }
    }

    /** For another process to hold it with. */
    public int descriptor() {
        return socket;
    }

    @Override
    public void close() {
        Libc.close(socket);
    }
}
