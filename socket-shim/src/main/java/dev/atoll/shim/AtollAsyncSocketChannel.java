package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection as an asynchronous channel.
 *
 * <p><b>States.</b> UNCONNECTED → PENDING → CONNECTED; never back. A connect that fails closes. Whether it is closed
 * {@link AsyncCore} knows, which starts and ends the operations.
 *
 * <p><b>Locks.</b> {@code stateLock} guards state, addresses and shutting for short calls that do not wait. Operations are tried
 * with the lock of their {@link AsyncSlot}; that comes first.
 */
final class AtollAsyncSocketChannel extends AsynchronousSocketChannel {
    private enum State {
        UNCONNECTED,
        PENDING,
        CONNECTED
    }

    private final ShimContext context;
    private final TcpEndpoint endpoint;
    private final TcpTransfer transfer;
    private final AsyncSlot reading = new AsyncSlot(
            Waiters.FOR_READER,
            ReadPendingException::new,
            () -> new IllegalStateException("Reading not allowed due to timeout or cancellation"));
    private final AsyncSlot writing = new AsyncSlot(
            Waiters.FOR_WRITER,
            WritePendingException::new,
            () -> new IllegalStateException("Writing not allowed due to timeout or cancellation"));
    private final AsyncCore core;
    private final DeafLock stateLock = new DeafLock();

    private volatile State state;
    private volatile @Nullable InetSocketAddress localAddress;
    /** Null until connected. */
    private volatile @Nullable InetSocketAddress remoteAddress;

    private AtollAsyncSocketChannel(AsyncGroup group, ShimContext context, TcpEndpoint endpoint, State state) {
        super(group.provider());
        this.context = context;
        this.endpoint = endpoint;
        this.state = state;
        this.transfer = new TcpTransfer(endpoint, this);
        this.core = AsyncCore.open(group, endpoint, reading, writing);
    }

    /** A channel not connected yet. */
    static AtollAsyncSocketChannel open(AsyncGroup group, ShimContext context) throws IOException {
        try {
            return new AtollAsyncSocketChannel(group, context, context.sockets().newTcpEndpoint(), State.UNCONNECTED);
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
    }

    /** The channel of an accepted connection. */
    static AtollAsyncSocketChannel ofAccepted(AsyncGroup group, ShimContext context, TcpEndpoint accepted) {
        AtollAsyncSocketChannel channel = new AtollAsyncSocketChannel(group, context, accepted, State.CONNECTED);
        channel.localAddress = Addresses.toJavaOrNull(accepted.localAddress());
        channel.remoteAddress = Addresses.toJavaOrNull(accepted.remoteAddress());
        return channel;
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

    private IOException unlessClosed(IOException failure) {
        return isOpen() ? failure : new AsynchronousCloseException();
    }

    // ---- binding and connecting

    @Override
    public AsynchronousSocketChannel bind(@Nullable SocketAddress local) throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            if (state == State.PENDING) {
                throw new ConnectionPendingException();
            }
            if (localAddress != null) {
                throw new AlreadyBoundException();
            }
            FullAddress target = Addresses.toBind(local, context.sockets().hasIpv6());
            Permissions.checkListen(target.port());
            context.noteCaller(endpoint);
            endpoint.bind(target);
            localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    @Override
    public Future<Void> connect(SocketAddress remote) {
        Connect<Void> operation = new Connect<>(remote, null, null);
        start(operation);
        return operation;
    }

    @Override
    public <A> void connect(SocketAddress remote, @Nullable A attachment, CompletionHandler<Void, ? super A> handler) {
        start(new Connect<>(remote, requireHandler(handler), attachment));
    }

    private void start(Connect<?> operation) {
        if (!isOpen()) {
            operation.fail(new ClosedChannelException());
            core.finishAtOnce(operation);
            return;
        }
        operation.checkTarget();
        stateLock.lock();
        try {
            if (state == State.CONNECTED) {
                throw new AlreadyConnectedException();
            }
            if (state == State.PENDING) {
                throw new ConnectionPendingException();
            }
            state = State.PENDING;
        } finally {
            stateLock.unlock();
        }
        writing.take(operation);
        core.start(operation, writing, AsyncCore.Beginning.HERE, 0, TimeUnit.NANOSECONDS);
    }

    private final class Connect<A> extends AsyncOperation<Void, A> {
        private final SocketAddress remote;
        private @Nullable InetSocketAddress target;
        private boolean begun;

        Connect(SocketAddress remote, @Nullable CompletionHandler<Void, ? super A> handler, @Nullable A attachment) {
            super(writing, handler, attachment);
            this.remote = remote;
        }

        void checkTarget() {
            InetSocketAddress checked =
                    Addresses.checkForChannel(remote, context.sockets().hasIpv6());
            Permissions.checkConnect(checked);
            target = checked;
        }

        @Override
        boolean attempt() throws IOException {
            try {
                if (!begin() && !transfer.isConnected()) {
                    return false;
                }
            } catch (StackException e) {
                throw unlessClosed(Failures.ofConnect(e, target));
            }
            setConnected();
            succeed(null);
            return true;
        }

        private boolean begin() throws StackException {
            if (begun) {
                return false;
            }
            begun = true;
            InetSocketAddress host = Addresses.loopbackIfAny(Objects.requireNonNull(target));
            context.noteCaller(endpoint);
            return endpoint.connect(Addresses.toStack(host.getAddress(), host.getPort()));
        }

        private void setConnected() {
            stateLock.lock();
            try {
                state = State.CONNECTED;
                localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
                remoteAddress = target;
            } finally {
                stateLock.unlock();
            }
        }

        @Override
        void beforeFailureIsSeen() {
            close();
        }

        /** The connection may come about all the same; what may not be done with it {@link #afterCancel} says. */
        @Override
        boolean goesOnCancelled() {
            return true;
        }

        @Override
        void afterCancel() {
            reading.forbid();
        }

        @Override
        void closeChannel() {
            close();
        }
    }

    // ---- reading

    @Override
    public Future<Integer> read(ByteBuffer target) {
        requireWritable(target);
        Read<Integer, Void> operation = new Read<>(one(target), null, null);
        start(operation, 0, TimeUnit.NANOSECONDS);
        return operation;
    }

    @Override
    public <A> void read(
            ByteBuffer target,
            long timeout,
            TimeUnit unit,
            @Nullable A attachment,
            CompletionHandler<Integer, ? super A> handler) {
        requireHandler(handler);
        requireWritable(target);
        start(new Read<>(one(target), handler, attachment), timeout, unit);
    }

    @Override
    public <A> void read(
            ByteBuffer[] targets,
            int offset,
            int length,
            long timeout,
            TimeUnit unit,
            @Nullable A attachment,
            CompletionHandler<Long, ? super A> handler) {
        requireHandler(handler);
        Buffers<Long> buffers = several(targets, offset, length);
        for (ByteBuffer each : buffers.array) {
            requireWritable(each);
        }
        start(new Read<>(buffers, handler, attachment), timeout, unit);
    }

    private <V> void start(Read<V, ?> operation, long timeout, TimeUnit unit) {
        if (!isOpen()) {
            operation.fail(new ClosedChannelException());
            core.finishAtOnce(operation);
            return;
        }
        ensureConnected();
        Buffers<V> targets = operation.targets;
        if (transfer.isInputShut() || targets.isEmpty()) {
            reading.requireFree();
            operation.succeed(targets.count(transfer.isInputShut() ? Endpoint.END_OF_STREAM : 0));
            core.finishAtOnce(operation);
            return;
        }
        reading.take(operation);
        core.start(operation, reading, AsyncCore.Beginning.HERE_IF_OF_USE, timeout, unit);
    }

    private final class Read<V, A> extends AsyncOperation<V, A> {
        private final Buffers<V> targets;

        Read(Buffers<V> targets, @Nullable CompletionHandler<V, ? super A> handler, @Nullable A attachment) {
            super(reading, handler, attachment);
            this.targets = targets;
        }

        @Override
        boolean attempt() throws IOException {
            try {
                long count = transfer.tryRead(targets.array, 0, targets.array.length);
                if (count == Endpoint.WOULD_BLOCK) {
                    return false;
                }
                succeed(targets.count(count));
                return true;
            } catch (StackException e) {
                throw unlessClosed(Failures.ofAsyncRead(e));
            }
        }

        @Override
        void closeChannel() {
            close();
        }
    }

    // ---- writing

    @Override
    public Future<Integer> write(ByteBuffer source) {
        Write<Integer, Void> operation = new Write<>(one(source), null, null);
        start(operation, 0, TimeUnit.NANOSECONDS);
        return operation;
    }

    @Override
    public <A> void write(
            ByteBuffer source,
            long timeout,
            TimeUnit unit,
            @Nullable A attachment,
            CompletionHandler<Integer, ? super A> handler) {
        start(new Write<>(one(source), requireHandler(handler), attachment), timeout, unit);
    }

    @Override
    public <A> void write(
            ByteBuffer[] sources,
            int offset,
            int length,
            long timeout,
            TimeUnit unit,
            @Nullable A attachment,
            CompletionHandler<Long, ? super A> handler) {
        requireHandler(handler);
        start(new Write<>(several(sources, offset, length), handler, attachment), timeout, unit);
    }

    private <V> void start(Write<V, ?> operation, long timeout, TimeUnit unit) {
        Buffers<V> sources = operation.sources;
        if (isOpen()) {
            ensureConnected();
            if (!transfer.isOutputShut() && !sources.isEmpty()) {
                writing.take(operation);
                core.start(operation, writing, AsyncCore.Beginning.HERE_IF_OF_USE, timeout, unit);
                return;
            }
            writing.requireFree();
        }
        if (!isOpen() || transfer.isOutputShut()) {
            operation.fail(new ClosedChannelException());
        } else {
            operation.succeed(sources.count(0));
        }
        core.finishAtOnce(operation);
    }

    private final class Write<V, A> extends AsyncOperation<V, A> {
        private final Buffers<V> sources;

        Write(Buffers<V> sources, @Nullable CompletionHandler<V, ? super A> handler, @Nullable A attachment) {
            super(writing, handler, attachment);
            this.sources = sources;
        }

        @Override
        boolean attempt() throws IOException {
            try {
                long count = transfer.tryWrite(sources.array, 0, sources.array.length);
                if (count == Endpoint.WOULD_BLOCK) {
                    return false;
                }
                succeed(sources.count(count));
                return true;
            } catch (StackException e) {
                throw unlessClosed(Failures.ofWrite(e));
            }
        }

        @Override
        void closeChannel() {
            close();
        }
    }

    // ---- what reading and writing have in common

    /** The buffers of one operation, and its result's type: one has its bytes counted as an int, several as a long. */
    private static final class Buffers<V> {
        final ByteBuffer[] array;
        private final boolean several;
        private final LongFunction<V> boxed;

        Buffers(ByteBuffer[] array, boolean several, LongFunction<V> boxed) {
            this.array = array;
            this.several = several;
            this.boxed = boxed;
        }

        /** Whether there is nothing to do; of several that is seen when they are tried. */
        boolean isEmpty() {
            return !several && !array[0].hasRemaining();
        }

        V count(long bytes) {
            return boxed.apply(bytes);
        }
    }

    private static Buffers<Integer> one(ByteBuffer buffer) {
        return new Buffers<>(new ByteBuffer[] {Objects.requireNonNull(buffer)}, false, bytes -> (int) bytes);
    }

    private static Buffers<Long> several(ByteBuffer[] buffers, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        return new Buffers<>(Arrays.copyOfRange(buffers, offset, offset + length), true, bytes -> bytes);
    }

    private static void requireWritable(ByteBuffer target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    private static <V, A> CompletionHandler<V, A> requireHandler(CompletionHandler<V, A> handler) {
        return Objects.requireNonNull(handler, "'handler' is null");
    }

    private void ensureConnected() {
        if (remoteAddress == null) {
            throw new NotYetConnectedException();
        }
    }

    // ---- shutting

    @Override
    public AsynchronousSocketChannel shutdownInput() throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            ensureConnected();
            transfer.shutdownInput();
        } finally {
            stateLock.unlock();
        }
        core.queue();
        return this;
    }

    @Override
    public AsynchronousSocketChannel shutdownOutput() throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            ensureConnected();
            transfer.shutdownOutput();
        } finally {
            stateLock.unlock();
        }
        core.queue();
        return this;
    }

    // ---- addresses and options

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return Permissions.revealed(localAddress);
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return remoteAddress;
    }

    /** Also after close. */
    @Nullable InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public <T> AsynchronousSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        OptionTable.check(supportedOptions(), option);
        stateLock.lock();
        try {
            ensureOpen();
            if (transfer.isOutputShut()) {
                throw new IOException("Connection has been shutdown for writing");
            }
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
        return OptionTable.ASYNC_SOCKET_CHANNEL;
    }

    @Override
    public String toString() {
        String text = "closed";
        if (isOpen()) {
            text = switch (state) {
                case UNCONNECTED -> "unconnected";
                case PENDING -> "connection-pending";
                case CONNECTED -> "connected" + transfer.describeShut();
            };
            InetSocketAddress local = localAddress;
            text += local == null ? "" : " local=" + Permissions.revealedText(local);
            text += remoteAddress == null ? "" : " remote=" + remoteAddress;
        }
        return AsynchronousSocketChannel.class.getName() + '[' + text + ']';
    }
}
