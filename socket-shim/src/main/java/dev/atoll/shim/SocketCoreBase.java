package dev.atoll.shim;

import dev.atoll.bridge.SocketCore;
import dev.atoll.stack.env.DeafLock;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ClientSocketCore} and {@link ServerSocketCore} have in common: life, binding and options.
 *
 * <p><b>States.</b> NEW (costs nothing, has no endpoint) → UNCONNECTED → CONNECTING → CONNECTED, and CLOSED from each of
 * them. A state never goes back.
 *
 * <p><b>Locks.</b> {@code stateLock} guards changes of the state and of the addresses, and is held for short calls of the
 * endpoint, none of which waits for the network; nobody parks with it. Reading, accepting and connecting take the read
 * turn, writing the write turn ({@link Turn}); a turn is kept while its owner waits. Order: turn, then {@code stateLock}.
 *
 * <p><b>Close.</b> {@code close} sets CLOSED, closes the endpoint, which returns at once, and wakes whoever waits; it takes
 * no turn, so it never waits for a peer or for another thread's operation. Who wakes and finds CLOSED says "Socket closed".
 * The one wait there is, is asked for: SO_LINGER with a time above 0.
 *
 * <p>If the socket becomes unreachable without being closed, a {@link Cleaner} closes the endpoint; the endpoint's listener
 * does not refer to this object.
 */
abstract class SocketCoreBase implements SocketCore {
    /** The states; each includes what was true in those before it, up to CONNECTED. */
    enum State {
        NEW,
        UNCONNECTED,
        CONNECTING,
        CONNECTED,
        CLOSED
    }

    final ShimContext context;
    final DeafLock stateLock = new DeafLock();
    final Turn readTurn = new Turn();
    final Waiters waiters = new Waiters();

    volatile State state = State.NEW;
    /** For read and accept, in milliseconds; 0 for none. */
    volatile int timeoutMillis;

    private volatile @Nullable InetAddress address;
    private volatile int port;
    private volatile int localPort;
    private Cleaner.@Nullable Cleanable endpointCloser;

    SocketCoreBase(ShimContext context) {
        this.context = context;
    }

    /** The endpoint; null only while NEW. */
    abstract @Nullable Endpoint endpointOrNull();

    /** Makes the endpoint, which is closed by {@link Opened#closer}. */
    abstract Opened openEndpoint(boolean stream) throws IOException, StackException;

    /**
     * An endpoint.
     *
     * @param closer closes it; run once, and refers to nothing of the socket
     */
    record Opened(Endpoint endpoint, Runnable closer) {
        static Opened of(Endpoint endpoint) {
            return new Opened(endpoint, endpoint::close);
        }
    }

    /** What close does before the endpoint is closed, if the state was {@code before}; without any lock. */
    abstract void beforeClose(State before);

    @Override
    public void create(boolean stream) throws IOException {
        stateLock.lock();
        try {
            if (state != State.NEW) {
                throw new IOException("Already created");
            }
            start(openEndpoint(stream), State.UNCONNECTED);
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
    }

    /** Takes the endpoint over; with {@code stateLock} held, or before anyone else knows this object. */
    final void start(Opened opened, State first) {
        opened.endpoint().setReadinessListener(waiters);
        endpointCloser = Cleaners.CLEANER.register(this, opened.closer());
        state = first;
    }

    final Endpoint endpoint() {
        return Objects.requireNonNull(endpointOrNull(), "endpoint");
    }

    final boolean isOpen() {
        return state != State.CLOSED;
    }

    final void ensureOpen() throws SocketException {
        State now = state;
        if (now == State.NEW) {
            throw new SocketException("Socket not created");
        }
        if (now == State.CLOSED) {
            throw socketClosed();
        }
    }

    static void requireStream(boolean stream) throws IOException {
        if (!stream) {
            throw new IOException("Datagram socket creation not supported");
        }
    }

    static SocketException socketClosed() {
        return new SocketException("Socket closed");
    }

    /** The failure of a call, unless the socket was closed meanwhile: then that is the failure. */
    final SocketException unlessClosed(SocketException failure) {
        return isOpen() ? failure : socketClosed();
    }

    @Override
    public void bind(InetAddress host, int port) throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            if (localPort != 0) {
                throw new SocketException("Already bound");
            }
            context.noteCaller(endpoint());
            endpoint().bind(Addresses.toBind(host, port, context.sockets().hasIpv6()));
            address = host;
            learnLocalPort();
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
    }

    final void learnLocalPort() {
        InetSocketAddress local = localAddress();
        localPort = local == null ? 0 : local.getPort();
    }

    final void setRemote(InetAddress remote, int remotePort) {
        address = remote;
        port = remotePort;
    }

    @Override
    public @Nullable InetAddress address() {
        return address;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        Endpoint endpoint = endpointOrNull();
        return endpoint == null ? null : Addresses.toJavaOrNull(endpoint.localAddress());
    }

    @Override
    public void close() throws IOException {
        State before;
        stateLock.lock();
        try {
            before = state;
            state = State.CLOSED;
        } finally {
            stateLock.unlock();
        }
        Cleaner.Cleanable closer = endpointCloser;
        if (before != State.CLOSED && closer != null) {
            close(before, closer);
        }
    }

    /** Whatever fails on the way, nobody is left waiting. */
    private void close(State before, Cleaner.Cleanable closer) {
        try {
            beforeClose(before);
        } finally {
            try {
                closer.clean();
            } finally {
                waiters.wakeThreads();
            }
        }
    }

    @Override
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        OptionTable.check(supportedOptions(), option, value);
        stateLock.lock();
        try {
            ensureOpen();
            OptionTable.set(endpoint(), option, value);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the table gives a value of the option's type
    public <T> T getOption(SocketOption<T> option) throws IOException {
        OptionTable.check(supportedOptions(), option);
        stateLock.lock();
        try {
            ensureOpen();
            return (T) OptionTable.get(endpoint(), option);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        stateLock.lock();
        try {
            ensureOpen();
            if (option == SocketOptions.SO_TIMEOUT) {
                int millis = NumberedOptions.intValue(value, "SO_TIMEOUT");
                if (millis < 0) {
                    throw new SocketException("timeout < 0");
                }
                timeoutMillis = millis;
            } else {
                NumberedOptions.set(endpoint(), option, value);
            }
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public Object getOption(int option) throws SocketException {
        stateLock.lock();
        try {
            ensureOpen();
            if (option == SocketOptions.SO_TIMEOUT) {
                return timeoutMillis;
            }
            if (option == SocketOptions.SO_BINDADDR) {
                InetSocketAddress local = localAddress();
                return local == null ? Addresses.toJava(IpAddress.V4_ANY) : local.getAddress();
            }
            return NumberedOptions.get(endpoint(), option);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public abstract Set<SocketOption<?>> supportedOptions();
}
