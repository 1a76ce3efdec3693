package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AcceptPendingException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ShutdownChannelGroupException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A listener as an asynchronous channel; locks and close are as in {@link AtollAsyncSocketChannel}. */
final class AtollAsyncServerSocketChannel extends AsynchronousServerSocketChannel {
    private final AsyncGroup group;
    private final ShimContext context;
    private final TcpListener endpoint;
    private final AsyncSlot accepting = new AsyncSlot(
            Waiters.FOR_READER,
            AcceptPendingException::new,
            () -> new RuntimeException("Accept not allowed due cancellation"));
    private final AsyncCore core;
    private final DeafLock stateLock = new DeafLock();

    private volatile @Nullable InetSocketAddress localAddress;

    private AtollAsyncServerSocketChannel(AsyncGroup group, ShimContext context, TcpListener endpoint) {
        super(group.provider());
        this.group = group;
        this.context = context;
        this.endpoint = endpoint;
        this.core = AsyncCore.open(group, endpoint, accepting, null);
    }

    static AtollAsyncServerSocketChannel open(AsyncGroup group, ShimContext context) throws IOException {
        try {
            TcpListener endpoint = context.sockets().newTcpListener();
            endpoint.setOption(EndpointOption.SO_REUSEADDR, true); // as the JDK does for servers on Linux
            return new AtollAsyncServerSocketChannel(group, context, endpoint);
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
    }

    @Override
    public boolean isOpen() {
        return core.isOpen();
    }

    @Override
    public void close() {
        core.close();
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public AsynchronousServerSocketChannel bind(@Nullable SocketAddress local, int backlog) throws IOException {
        FullAddress target = Addresses.toBind(local, context.sockets().hasIpv6());
        Permissions.checkListen(target.port());
        stateLock.lock();
        try {
            ensureOpen();
            if (localAddress != null) {
                throw new AlreadyBoundException();
            }
            context.noteCaller(endpoint);
            endpoint.bind(target);
            endpoint.listen(backlog < 1 ? AtollServerSocketChannel.DEFAULT_BACKLOG : backlog);
            localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    @Override
    public Future<AsynchronousSocketChannel> accept() {
        Accept<Void> operation = new Accept<>(null, null);
        start(operation);
        return operation;
    }

    @Override
    public <A> void accept(@Nullable A attachment, CompletionHandler<AsynchronousSocketChannel, ? super A> handler) {
        start(new Accept<>(Objects.requireNonNull(handler, "'handler' is null"), attachment));
    }

    private void start(Accept<?> operation) {
        if (!isOpen()) {
            operation.fail(new ClosedChannelException());
            core.finishAtOnce(operation);
            return;
        }
        if (localAddress == null) {
            throw new NotYetBoundException();
        }
        accepting.take(operation);
        core.start(operation, accepting, AsyncCore.Beginning.HERE_HANDLER_ELSEWHERE, 0, TimeUnit.NANOSECONDS);
    }

    private final class Accept<A> extends AsyncOperation<AsynchronousSocketChannel, A> {
        private final Permissions.Caller caller = new Permissions.Caller();

        Accept(@Nullable CompletionHandler<AsynchronousSocketChannel, ? super A> handler, @Nullable A attachment) {
            super(accepting, handler, attachment);
        }

        @Override
        boolean attempt() throws IOException {
            try {
                TcpEndpoint accepted = endpoint.accept();
                if (accepted == null) {
                    return false;
                }
                succeed(AtollAsyncSocketChannel.ofAccepted(group, context, accepted));
                return true;
            } catch (StackException e) {
                throw isOpen() ? Failures.ofCall(e) : new AsynchronousCloseException();
            } catch (ShutdownChannelGroupException e) {
                throw new IOException(e);
            }
        }

        @Override
        void beforeResultIsSeen(@Nullable AsynchronousSocketChannel result) {
            InetSocketAddress remote =
                    result instanceof AtollAsyncSocketChannel accepted ? accepted.remoteAddress() : null;
            if (remote != null) {
                caller.checkAccept(remote);
            }
        }

        /** One connection more is taken, and closed: its peer learns that nobody serves it. */
        @Override
        boolean goesOnCancelled() {
            return true;
        }

        @Override
        void discard(@Nullable AsynchronousSocketChannel result) {
            if (result instanceof AtollAsyncSocketChannel accepted) {
                accepted.close();
            }
        }

        @Override
        void closeChannel() {
            close();
        }
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return Permissions.revealed(localAddress);
    }

    @Override
    public <T> AsynchronousServerSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        OptionTable.check(supportedOptions(), option);
        stateLock.lock();
        try {
            ensureOpen();
            OptionTable.check(supportedOptions(), option, value);
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
    public String toString() {
        InetSocketAddress local = localAddress;
        String state = !isOpen() ? "closed" : local == null ? "unbound" : Permissions.revealedText(local);
        return AsynchronousServerSocketChannel.class.getName() + '[' + state + ']';
    }
}
