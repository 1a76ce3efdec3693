package dev.atoll.launcher.sys;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A Unix stream socket ({@code unix(7)}). Under an abstract name it has no file, is gone with its process, and only processes of
 * the same network namespace reach it, so none in a sandbox; under a path whoever may write that file reaches it.
 */
public final class UnixSocket implements Closeable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_RCVTIMEO = 20;
    private static final int FOR_ALL = 0666;
    private static final int SHUT_RDWR = 2;
    private static final int BACKLOG = 8;
    private static final int CREDENTIALS_BYTES = 12;
    private static final int USER_AT = 4;

    private final int socket;

    private UnixSocket(int socket) {
        this.socket = socket;
    }

    /** Who is at the other end, as the kernel says ({@code SO_PEERCRED}): who has connected, or who listens. */
    public record Peer(int pid, int userId) {}

    /** Begins to listen under an abstract name. */
    public static UnixSocket listen(String name) throws SystemCallException {
        return listen(address(name), BACKLOG);
    }

    /**
     * Begins to listen at a path, for everybody who can reach it.
     *
     * @param waiting how many may have connected that nobody has accepted yet
     */
    public static UnixSocket listenAt(String path, int waiting) throws SystemCallException {
        UnixSocket made = listen(addressOfPath(path), waiting);
        try {
            Libc.call("chmod", path, FOR_ALL);
            return made;
        } catch (SystemCallException e) {
            made.close();
            throw e;
        }
    }

    private static UnixSocket listen(byte[] address, int waiting) throws SystemCallException {
        UnixSocket made = unbound();
        try {
            Libc.call("bind", made.socket, address, address.length);
            Libc.call("listen", made.socket, waiting);
            return made;
        } catch (SystemCallException e) {
            made.close();
            throw e;
        }
    }

    /** Connects to whoever listens under an abstract name. */
    public static UnixSocket connect(String name) throws SystemCallException {
        UnixSocket made = unbound();
        try {
            byte[] address = address(name);
            Libc.call("connect", made.socket, address, address.length);
            return made;
        } catch (SystemCallException e) {
            made.close();
            throw e;
        }
    }

    /** Waits for somebody to connect. */
    public UnixSocket accept() throws SystemCallException {
        while (true) {
            try {
                return new UnixSocket(Libc.call("accept4", socket, Pointer.NULL, Pointer.NULL, SOCK_CLOEXEC));
            } catch (SystemCallException e) {
                if (e.errno() != Errno.EINTR) {
                    throw e;
                }
            }
        }
    }

    /** Who is at the other end. */
    public Peer peer() throws SystemCallException {
        int[] length = {CREDENTIALS_BYTES};
        try (Memory credentials = new Memory(CREDENTIALS_BYTES)) {
            Libc.call("getsockopt", socket, SOL_SOCKET, SO_PEERCRED, credentials, length);
            return new Peer(credentials.getInt(0), credentials.getInt(USER_AT));
        }
    }

    /** As {@link Libc#read}. */
    public int read(byte[] into) throws SystemCallException {
        return Libc.read(socket, into);
    }

    /** Writes all of it. */
    public void write(byte[] bytes) throws SystemCallException {
        // Whoever asked may be gone: that is an error and no signal.
        Libc.write(socket, bytes);
    }

    /** Ends reading and accepting, whoever waits in it, and writing. */
    public void shutdown() throws SystemCallException {
        Libc.call("shutdown", socket, SHUT_RDWR);
    }

    private static UnixSocket unbound() throws SystemCallException {
        return new UnixSocket(Libc.call("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }

    /** A {@code sockaddr_un}; a null byte first is what makes the name abstract. */
    static byte[] address(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Short.BYTES + 1 + bytes.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put((byte) 0)
                .put(bytes)
                .array();
    }

    /** A {@code sockaddr_un} with a file's name, which must not be longer than the kernel takes. */
    private static byte[] addressOfPath(String path) {
        byte[] bytes = path.getBytes(NativeText.CHARSET);
        return ByteBuffer.allocate(Short.BYTES + bytes.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(bytes)
                .array();
    }

    /** How long a read may wait before it fails with EAGAIN; 0 for any time. */
    public void setReadLimit(int seconds) throws SystemCallException {
        // struct timeval
        Libc.call("setsockopt", socket, SOL_SOCKET, SO_RCVTIMEO, new long[] {seconds, 0}, 2 * Long.BYTES);
    }

    /** The number, which stays this socket's. */
    public int descriptor() {
        return socket;
    }

    @Override
    public void close() {
        Libc.close(socket);
    }
}
