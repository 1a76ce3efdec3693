package dev.atoll.launcher.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A TCP socket that listens on a port of 127.0.0.1 and that another process can be given: the JDK does not tell its sockets'
 * descriptors.
 *
 * <p>Used by one thread.
 */
public final class LoopbackListener implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int LOOPBACK = 0x7f000001;
    private static final int BACKLOG = 8;

    /** Of {@code struct sockaddr_in}, ip(7). */
    private static final int ADDRESS_BYTES = 16;

    private static final int PORT_AT = 2;
    private static final int HOST_AT = 4;

    private final int socket;
    private final int port;
    private boolean closed;

    private LoopbackListener(int socket, int port) {
        this.socket = socket;
        this.port = port;
    }

    /**
     * Begins to listen.
     *
     * @param port 0 for any that is free
     */
    public static LoopbackListener listen(int port) throws SystemCallException {
        int socket = Libc.call("socket", AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        try {
            // Connections of a run before may be in TIME_WAIT.
            Libc.call("setsockopt", socket, SOL_SOCKET, SO_REUSEADDR, new int[] {1}, Integer.BYTES);
            byte[] address = new byte[ADDRESS_BYTES];
            ByteBuffer.wrap(address)
                    .order(ByteOrder.nativeOrder())
                    .putShort((short) AF_INET)
                    .order(ByteOrder.BIG_ENDIAN)
                    .putShort(PORT_AT, (short) port)
                    .putInt(HOST_AT, LOOPBACK);
            Libc.call("bind", socket, address, address.length);
            Libc.call("listen", socket, BACKLOG);
            byte[] bound = new byte[ADDRESS_BYTES];
            Libc.call("getsockname", socket, bound, new int[] {ADDRESS_BYTES});
            return new LoopbackListener(socket, ByteBuffer.wrap(bound).getShort(PORT_AT) & 0xffff);
        } catch (SystemCallException e) {
            Libc.close(socket);
            throw e;
        }
    }

    public int port() {
        return port;
    }

    /** Its number in this process, for {@link Spawn}. */
    public int descriptor() {
        return socket;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.close(socket);
        }
    }
}
