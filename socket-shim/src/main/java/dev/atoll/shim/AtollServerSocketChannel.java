package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A listener as a channel. Locks, close and interrupts are as in {@link AtollSocketChannel}; accepting threads take the
 * accept turn.
 */
final class AtollServerSocketChannel extends ServerSocketChannel implements AtollChannel {
    static final int DEFAULT_BACKLOG = 50;

    private final SelectorProvider published;
    private final ShimContext context;
    private final boolean ipv6;
    private final TcpListener endpoint;
    private final Waiters waiters = new Waiters();
    private final Turn acceptTurn = new Turn();
    private final DeafLock stateLock = new DeafLock();

    private volatile @Nullable InetSocketAddress localAddress;
    /** Made on demand; guarded by {@code stateLock}. */
    private @Nullable ServerSocket adaptor;

    /**
     * @param ipv6 whether it may be bound to IPv6 addresses
     */
    AtollServerSocketChannel(SelectorProvider published, ShimContext context, boolean ipv6) throws IOException {
        super(published);
        this.published = published;
        this.context = context;
        this.ipv6 = ipv6;
        try {
            this.endpoint = context.sockets().newTcpListener();
            endpoint.setOption(EndpointOption.SO_REUSEADDR, true); // as the JDK does for servers on Linux
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
        endpoint.setReadinessListener(waiters);
    }

    @Override
    public Waiters waiters() {
        return waiters;
    }

    @Override
    public TcpListener endpoint() {
        return endpoint;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog) throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            if (localAddress != null) {
                throw new AlreadyBoundException();
            }
            FullAddress target = Addresses.toBind(local, ipv6);
            Permissions.checkListen(target.port());
            context.noteCaller(endpoint);
            endpoint.bind(target);
            endpoint.listen(backlog < 1 ? DEFAULT_BACKLOG : backlog);
            localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    @Override
    public @Nullable SocketChannel accept() throws IOException {
        return accept(isBlocking(), 0);
    }

    /** For the adaptor: blocks in any case, at most so long. */
    SocketChannel blockingAccept(long timeoutNanos) throws IOException {
        if (!isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        SocketChannel accepted = accept(true, timeoutNanos);
        if (accepted == null) {
            throw new AsynchronousCloseException();
        }
        return accepted;
    }

    private @Nullable SocketChannel accept(boolean blocking, long timeoutNanos) throws IOException {
        TcpEndpoint accepted = null;
        acceptTurn.take();
        try {
            ensureOpen();
            try {
                if (blocking) {
                    begin();
                }
                ensureOpen();
                if (localAddress == null) {
                    throw new NotYetBoundException();
                }
                accepted = endpoint.accept();
                if (blocking && accepted == null) {
                    accepted = acceptWaiting(timeoutNanos);
                }
            } catch (StackException e) {
                throw isOpen() ? Failures.ofCall(e) : new AsynchronousCloseException();
            } finally {
                if (blocking) {
                    end(accepted != null);
                }
            }
        } finally {
            acceptTurn.give();
        }
        return accepted == null ? null : channelOf(accepted);
    }

    /** The channel of an accepted connection, which is closed if a security manager does not accept its peer. */
    private SocketChannel channelOf(TcpEndpoint accepted) {
        InetSocketAddress remote = Addresses.toJavaOrNull(accepted.remoteAddress());
        try {
            if (remote != null) {
                Permissions.checkAccept(remote);
            }
        } catch (RuntimeException e) {
            accepted.close();
            throw e;
        }
        return new AtollSocketChannel(published, context, accepted);
    }

    private @Nullable TcpEndpoint acceptWaiting(long timeoutNanos) throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (isOpen()) {
                TcpEndpoint accepted = endpoint.accept();
                if (accepted != null) {
                    return accepted;
                }
                if (!wait.await()) {
                    throw new SocketTimeoutException("Accept timed out");
                }
            }
            return null;
        }
    }

    @Override
    protected void implCloseSelectableChannel() {
        try {
            endpoint.close();
        } finally {
            waiters.wakeThreads();
        }
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // The endpoint never blocks; the mode is kept by the superclass and read when an operation begins.
    }

    @Override
    public ServerSocket socket() {
        stateLock.lock();
        try {
            ServerSocket made = adaptor;
            if (made == null) {
                made = ServerSocketAdaptor.of(this);
                adaptor = made;
            }
            return made;
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return Permissions.revealed(localAddress);
    }

    /** Also after close; not for the program's eyes. */
    @Nullable InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        OptionTable.check(supportedOptions(), option, value);
        stateLock.lock();
        try {
            ensureOpen();
            OptionTable.set(endpoint, option, value);
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // the table gives a value of the option's type
    public <T> T getOption(SocketOption<T> option) throws IOException {
        OptionTable.check(supportedOptions(), option);
        stateLock.lock();
        try {
            ensureOpen();
            return (T) OptionTable.get(endpoint, option);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return OptionTable.SERVER_CHANNEL;
    }

    @Override
    public int readyOps(int readiness, int interest) {
        return (readiness & (ALWAYS | Readiness.IN)) != 0 ? interest & SelectionKey.OP_ACCEPT : 0;
    }

    @Override
    public String toString() {
        InetSocketAddress local = localAddress;
        String state = !isOpen() ? "closed" : local == null ? "unbound" : Permissions.revealedText(local);
        return ServerSocketChannel.class.getName() + '[' + state + ']';
    }
}
