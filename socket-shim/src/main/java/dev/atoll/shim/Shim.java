package dev.atoll.shim;

import dev.atoll.bridge.CoreSocketImpl;
import dev.atoll.bridge.Doors;
import dev.atoll.stack.socket.NameService;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.DatagramSocketImplFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketImplFactory;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/**
 * The way in: {@code java.net} and {@code java.nio} over one stack.
 *
 * <p>A program that embeds Atoll makes one per stack with {@link #of} and takes its sockets and channels from it; nothing
 * global is set, so there may be several. In a sandboxed program the agent calls {@link #openDoors}, once, and every
 * socket of the program comes from the stack.
 *
 * <p>Thread-safe.
 */
public final class Shim {
    private final ShimContext context;
    private final SelectorProvider channels;
    /** Made on demand; guarded by this object's monitor. */
    private @Nullable AsynchronousChannelProvider asyncChannels;

    private Shim(ShimContext context) {
        this.context = context;
        this.channels = new AtollSelectorProvider(context, SelectorProvider.provider(), null);
    }

    /** Providers for a program that embeds a stack. */
    public static Shim of(StackSockets sockets, NameService names) {
        return new Shim(new ShimContext(sockets, names));
    }

    /**
     * Puts a stack behind the edited JDK of this JVM: between {@code Installer.install} and {@code Installer.verify}.
     *
     * @throws IllegalStateException if that was done before
     */
    public static void openDoors(StackSockets sockets, NameService names) {
        Doors.open(new ShimBackend(new ShimContext(sockets, names), Doors.platformProvider()));
    }

    /** For {@code SocketChannel}, {@code ServerSocketChannel}, {@code DatagramChannel} and {@code Selector}. */
    public SelectorProvider selectorProvider() {
        return channels;
    }

    /**
     * For {@code AsynchronousSocketChannel}, {@code AsynchronousServerSocketChannel} and groups of them. Always the same one,
     * with one default group.
     */
    public synchronized AsynchronousChannelProvider asynchronousChannelProvider() {
        AsynchronousChannelProvider made = asyncChannels;
        if (made == null) {
            made = AtollAsyncProvider.of(context);
            asyncChannels = made;
        }
        return made;
    }

    /** For {@code Socket.setSocketImplFactory}, where one stack is to serve the whole JVM. */
    public SocketImplFactory socketImplFactory() {
        return () -> newSocketImpl(false);
    }

    /** For {@code ServerSocket.setSocketFactory}, where one stack is to serve the whole JVM. */
    public SocketImplFactory serverSocketImplFactory() {
        return () -> newSocketImpl(true);
    }

    /** For {@code DatagramSocket.setDatagramSocketImplFactory}, where one stack is to serve the whole JVM. */
    public DatagramSocketImplFactory datagramSocketImplFactory() {
        return () -> ((AtollSelectorProvider) channels).newDatagramSocketImpl();
    }

    /** A socket that is neither bound nor connected. */
    public Socket newSocket() throws SocketException {
        return new EmbeddedSocket(newSocketImpl(false));
    }

    /** A server socket that is not bound. */
    public ServerSocket newServerSocket() {
        return new EmbeddedServerSocket(this, newSocketImpl(true));
    }

    /**
     * A datagram socket.
     *
     * @param local where to bind it, or null to leave it unbound
     */
    public DatagramSocket newDatagramSocket(@Nullable InetSocketAddress local) throws IOException {
        DatagramSocket socket = ((AtollSelectorProvider) channels)
                .openUninterruptibleDatagramChannel()
                .socket();
        if (local != null) {
            socket.bind(local);
        }
        return socket;
    }

    private SocketImpl newSocketImpl(boolean server) {
        return new CoreSocketImpl(server ? new ServerSocketCore(context) : new ClientSocketCore(context));
    }

    private static final class EmbeddedSocket extends Socket {
        EmbeddedSocket(SocketImpl implementation) throws SocketException {
            super(implementation);
        }
    }

    /** Accepts sockets of the same stack, where {@code ServerSocket} itself would ask the JVM's one factory. */
    private static final class EmbeddedServerSocket extends ServerSocket {
        private final Shim shim;

        EmbeddedServerSocket(Shim shim, SocketImpl implementation) {
            super(implementation);
            this.shim = shim;
        }

        @Override
        public Socket accept() throws IOException {
            if (isClosed()) {
                throw new SocketException("Socket is closed");
            }
            if (!isBound()) {
                throw new SocketException("Socket is not bound yet");
            }
            Socket accepted = shim.newSocket();
            implAccept(accepted);
            return accepted;
        }
    }
}
