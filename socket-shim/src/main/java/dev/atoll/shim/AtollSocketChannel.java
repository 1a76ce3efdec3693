package dev.atoll.shim;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection as a channel.
 *
 * <p><b>States.</b> UNCONNECTED → PENDING → CONNECTED, and CLOSED from each; never back. A connect that fails closes.
 *
 * <p><b>Locks.</b> {@code stateLock} guards state and addresses for short calls that do not wait. Reading takes the read
 * turn, writing the write turn, connecting and binding both ({@link Turn}); a turn is kept while its owner waits. Order: read
 * turn, write turn, {@code stateLock}.
 *
 * <p><b>Close and interrupts.</b> {@link #implCloseSelectableChannel} sets CLOSED, closes the endpoint, which returns at once,
 * and wakes who waits. It takes no turn, so it may run in the thread that interrupts, as it does on 17 and 21. Who wakes in
 * a blocking operation leaves through {@code end}, which throws what fits: closed by an interrupt, or by another thread. The
 * one wait of close is the one asked for with SO_LINGER, in blocking mode.
 *
 * <p>The blocking mode is looked at when an operation begins; changing it does not wait for operations under way.
 */
final class AtollSocketChannel extends SocketChannel implements AtollChannel {
    private enum State {
        UNCONNECTED,
        PENDING,
        CONNECTED,
        CLOSED
    }

    private final ShimContext context;
    private final TcpEndpoint endpoint;
    private final Waiters waiters = new Waiters();
    private final Turn readTurn = new Turn();
    private final Turn writeTurn = new Turn();
    private final ReentrantLock stateLock = new ReentrantLock();

    private volatile State state;
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private volatile @Nullable InetSocketAddress localAddress;
    private volatile @Nullable InetSocketAddress remoteAddress;
    /** Made on demand; guarded by {@code stateLock}. */
    private @Nullable Socket adaptor;

    /** A channel not connected yet. */
    AtollSocketChannel(SelectorProvider published, ShimContext context) throws IOException {
        super(published);
        this.context = context;
        this.state = State.UNCONNECTED;
        try {
            this.endpoint = context.sockets().newTcpEndpoint();
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
        endpoint.setReadinessListener(waiters);
    }

    /** The channel of an accepted connection. */
    AtollSocketChannel(SelectorProvider published, ShimContext context, TcpEndpoint accepted) {
        super(published);
        this.context = context;
        this.state = State.CONNECTED;
        this.endpoint = accepted;
        this.localAddress = Addresses.toJavaOrNull(accepted.localAddress());
        this.remoteAddress = Addresses.toJavaOrNull(accepted.remoteAddress());
        endpoint.setReadinessListener(waiters);
    }

    @Override
    public Waiters waiters() {
        return waiters;
    }

    @Override
    public TcpEndpoint endpoint() {
        return endpoint;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void ensureConnected() throws ClosedChannelException {
        State now = state;
        if (now == State.CLOSED || !isOpen()) {
            throw new ClosedChannelException();
        }
        if (now != State.CONNECTED) {
            throw new NotYetConnectedException();
        }
    }

    /** The failure of a call, unless the channel was closed meanwhile. */
    private IOException unlessClosed(IOException failure) {
        return isOpen() ? failure : new AsynchronousCloseException();
    }

    // ---- binding and connecting

    @Override
    public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
        readTurn.take();
        writeTurn.take();
        stateLock.lock();
        try {
            ensureOpen();
            if (state == State.PENDING) {
                throw new ConnectionPendingException();
            }
            if (localAddress != null) {
                throw new AlreadyBoundException();
            }
            FullAddress target = new FullAddress(IpAddress.V4_ANY, 0);
            if (local != null) {
                InetSocketAddress inet =
                        Addresses.checkForChannel(local, context.sockets().hasIpv6());
                target = Addresses.toStack(inet.getAddress(), inet.getPort());
            }
            endpoint.bind(target);
            localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
            writeTurn.give();
            readTurn.give();
        }
        return this;
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        return connect(remote, isBlocking(), 0);
    }

    /** For the adaptor: blocks in any case, at most so long unless 0. */
    void blockingConnect(SocketAddress remote, long timeoutNanos) throws IOException {
        if (!isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        connect(remote, true, timeoutNanos);
    }

    private boolean connect(SocketAddress remote, boolean blocking, long timeoutNanos) throws IOException {
        InetSocketAddress target = loopbackIfAny(
                Addresses.checkForChannel(remote, context.sockets().hasIpv6()));
        try {
            readTurn.take();
            writeTurn.take();
            try {
                ensureOpen();
                return connectInTurn(target, blocking, timeoutNanos);
            } finally {
                writeTurn.give();
                readTurn.give();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static InetSocketAddress loopbackIfAny(InetSocketAddress address) {
        if (!address.getAddress().isAnyLocalAddress()) {
            return address;
        }
        IpAddress loopback =
                address.getAddress() instanceof java.net.Inet6Address ? IpAddress.V6_LOOPBACK : IpAddress.V4_LOOPBACK;
        return new InetSocketAddress(Addresses.toJava(loopback), address.getPort());
    }

    private boolean connectInTurn(InetSocketAddress target, boolean blocking, long timeoutNanos) throws IOException {
        boolean connected = false;
        try {
            if (blocking) {
                begin();
            }
            beginConnect(target);
            connected = endpoint.connect(Addresses.toStack(target.getAddress(), target.getPort()));
            if (!connected && blocking) {
                connected = awaitConnected(timeoutNanos);
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofCall(e));
        } finally {
            endConnect(blocking, connected);
        }
        return connected;
    }

    private void beginConnect(InetSocketAddress target) throws ClosedChannelException {
        stateLock.lock();
        try {
            switch (state) {
                case CONNECTED -> throw new AlreadyConnectedException();
                case PENDING -> throw new ConnectionPendingException();
                case CLOSED -> throw new ClosedChannelException();
                case UNCONNECTED -> {
                    state = State.PENDING;
                    remoteAddress = target;
                }
            }
        } finally {
            stateLock.unlock();
        }
    }

    private boolean connectIsOver() {
        return (endpoint.readiness() & (Readiness.OUT | Readiness.ERR | Readiness.HUP)) != 0;
    }

    private void throwIfConnectFailed() throws StackException {
        StackException failed = endpoint.takeError();
        if (failed != null) {
            throw failed;
        }
    }

    private boolean awaitConnected(long timeoutNanos) throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (isOpen() && !connectIsOver()) {
                if (!wait.await()) {
                    throw new SocketTimeoutException("Connect timed out");
                }
            }
        }
        if (!isOpen()) {
            return false;
        }
        throwIfConnectFailed();
        return true;
    }

    private void endConnect(boolean blocking, boolean connected) throws IOException {
        if (blocking) {
            end(connected);
        }
        if (connected) {
            stateLock.lock();
            try {
                if (state == State.PENDING) {
                    localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
                    state = State.CONNECTED;
                }
            } finally {
                stateLock.unlock();
            }
        }
        waiters.wakeSelectors();
    }

    @Override
    public boolean finishConnect() throws IOException {
        try {
            readTurn.take();
            writeTurn.take();
            try {
                if (isConnected()) {
                    return true;
                }
                ensureOpen();
                return finishInTurn(isBlocking());
            } finally {
                writeTurn.give();
                readTurn.give();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private boolean finishInTurn(boolean blocking) throws IOException {
        boolean connected = false;
        try {
            if (blocking) {
                begin();
            }
            if (state == State.CLOSED) {
                throw new ClosedChannelException();
            }
            if (state != State.PENDING) {
                throw new NoConnectionPendingException();
            }
            if (blocking) {
                connected = awaitConnected(0);
            } else if (connectIsOver()) {
                throwIfConnectFailed();
                connected = isOpen();
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofCall(e));
        } finally {
            endConnect(blocking, connected);
        }
        return connected;
    }

    @Override
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    @Override
    public boolean isConnectionPending() {
        return state == State.PENDING;
    }

    // ---- reading

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        return (int) read(isBlocking(), 0, new ByteBuffer[] {target}, 0, 1);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].isReadOnly()) {
                throw new IllegalArgumentException("Read-only buffer");
            }
        }
        return read(isBlocking(), 0, targets, offset, length);
    }

    /** For the adaptor: blocks in any case, at most so long unless 0. */
    int blockingRead(ByteBuffer target, long timeoutNanos) throws IOException {
        return (int) read(true, timeoutNanos, new ByteBuffer[] {target}, 0, 1);
    }

    private long read(boolean blocking, long timeoutNanos, ByteBuffer[] targets, int offset, int length)
            throws IOException {
        readTurn.take();
        try {
            ensureConnected();
            if (blocking && !isBlocking()) {
                throw new IllegalBlockingModeException();
            }
            long count = 0;
            try {
                if (blocking) {
                    begin();
                }
                ensureOpen();
                count = tryRead(targets, offset, length);
                if (blocking && count == Endpoint.WOULD_BLOCK) {
                    count = readWaiting(timeoutNanos, targets, offset, length);
                }
            } catch (StackException e) {
                throw unlessClosed(Failures.ofRead(e));
            } finally {
                if (blocking) {
                    end(count > 0 || count == Endpoint.END_OF_STREAM);
                }
            }
            return count == Endpoint.WOULD_BLOCK ? 0 : count;
        } finally {
            readTurn.give();
        }
    }

    private long readWaiting(long timeoutNanos, ByteBuffer[] targets, int offset, int length)
            throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (isOpen()) {
                long count = tryRead(targets, offset, length);
                if (count != Endpoint.WOULD_BLOCK) {
                    return count;
                }
                if (!wait.await()) {
                    throw new SocketTimeoutException("Read timed out");
                }
            }
            return 0;
        }
    }

    private long tryRead(ByteBuffer[] targets, int offset, int length) throws StackException {
        if (inputShut) {
            return Endpoint.END_OF_STREAM;
        }
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            ByteBuffer target = targets[i];
            if (!target.hasRemaining()) {
                continue;
            }
            int count = endpoint.read(target);
            if (count < 0) {
                return total == 0 ? count : total;
            }
            total += count;
            if (target.hasRemaining()) {
                break;
            }
        }
        return total;
    }

    // ---- writing

    @Override
    public int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source);
        return (int) write(isBlocking(), new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        return write(isBlocking(), sources, offset, length);
    }

    /** For the adaptor: writes all, and blocks in any case. */
    void blockingWrite(ByteBuffer source) throws IOException {
        write(true, new ByteBuffer[] {source}, 0, 1);
    }

    private long write(boolean blocking, ByteBuffer[] sources, int offset, int length) throws IOException {
        writeTurn.take();
        try {
            ensureConnected();
            if (blocking && !isBlocking()) {
                throw new IllegalBlockingModeException();
            }
            long total = 0;
            try {
                if (blocking) {
                    begin();
                }
                ensureOpen();
                if (outputShut) {
                    throw blocking ? new ClosedChannelException() : new AsynchronousCloseException();
                }
                for (int i = offset; i < offset + length; i++) {
                    total += blocking ? writeAll(sources[i]) : Math.max(endpoint.write(sources[i]), 0);
                    if (sources[i].hasRemaining()) {
                        break;
                    }
                }
            } catch (StackException e) {
                throw unlessClosed(outputShut ? new AsynchronousCloseException() : Failures.ofWrite(e));
            } finally {
                if (blocking) {
                    end(total > 0 || !hasRemaining(sources, offset, length));
                }
            }
            return total;
        } finally {
            writeTurn.give();
        }
    }

    private static boolean hasRemaining(ByteBuffer[] buffers, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    /** Writes until the buffer is empty or the channel is closed. */
    private int writeAll(ByteBuffer source) throws IOException, StackException {
        int before = source.remaining();
        while (source.hasRemaining() && isOpen()) {
            if (endpoint.write(source) == Endpoint.WOULD_BLOCK) {
                writeWaiting(source);
            }
        }
        return before - source.remaining();
    }

    private void writeWaiting(ByteBuffer source) throws InterruptedIOException, StackException {
        try (Waiters.Wait wait = waiters.beginWrite(Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (isOpen() && endpoint.write(source) == Endpoint.WOULD_BLOCK) {
                wait.await();
            }
        }
    }

    /** For the adaptor. */
    void sendUrgent(byte value) throws IOException {
        writeTurn.take();
        try {
            ensureConnected();
            if (!endpoint.sendUrgent(value)) {
                throw isBlocking()
                        ? new SocketException("No buffer space available")
                        : new IOException("Socket buffer full");
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofWrite(e));
        } finally {
            writeTurn.give();
        }
    }

    // ---- shutting and closing

    @Override
    public SocketChannel shutdownInput() throws IOException {
        stateLock.lock();
        try {
            ensureConnected();
            if (!inputShut) {
                inputShut = true;
                endpoint.shutdownRead();
            }
        } catch (StackException e) {
            throwUnlessGone(e);
        } finally {
            stateLock.unlock();
        }
        waiters.wakeThreads();
        waiters.wakeSelectors();
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        stateLock.lock();
        try {
            ensureConnected();
            if (!outputShut) {
                outputShut = true;
                endpoint.shutdownWrite();
            }
        } catch (StackException e) {
            throwUnlessGone(e);
        } finally {
            stateLock.unlock();
        }
        waiters.wakeThreads();
        waiters.wakeSelectors();
        return this;
    }

    /** Shutting a connection that the peer has ended is ENOTCONN to the kernel, which the JDK lets pass. */
    private static void throwUnlessGone(StackException e) throws SocketException {
        if (e.error() != StackError.NOT_CONNECTED) {
            throw Failures.ofCall(e);
        }
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        State before;
        stateLock.lock();
        try {
            before = state;
            state = State.CLOSED;
        } finally {
            stateLock.unlock();
        }
        if (before == State.CONNECTED && isBlocking() && OptionTable.lingerSeconds(endpoint) > 0) {
            linger(OptionTable.lingerSeconds(endpoint));
        }
        endpoint.close();
        waiters.wakeThreads();
    }

    private void linger(int seconds) {
        try {
            endpoint.shutdownWrite();
        } catch (StackException e) {
            return; // the connection is gone, and what was written with it
        }
        waiters.wakeThreads();
        Linger.await(endpoint, seconds);
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // The endpoint never blocks; the mode is kept by the superclass and read when an operation begins.
    }

    // ---- addresses and options

    @Override
    public Socket socket() {
        stateLock.lock();
        try {
            Socket made = adaptor;
            if (made == null) {
                made = SocketAdaptor.of(this);
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
        return localAddress;
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return remoteAddress;
    }

    /** Also after close. */
    @Nullable InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Also after close. */
    @Nullable InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    boolean isInputShut() {
        return inputShut;
    }

    boolean isOutputShut() {
        return outputShut;
    }

    int available() throws IOException {
        ensureConnected();
        return inputShut ? 0 : endpoint.available();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        Objects.requireNonNull(option);
        OptionTable.requireSupported(supportedOptions(), option);
        OptionTable.requireValue(option, value);
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
        Objects.requireNonNull(option);
        OptionTable.requireSupported(supportedOptions(), option);
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
        return OptionTable.SOCKET_CHANNEL;
    }

    // ---- selection

    @Override
    public int readyOps(int readiness, int interest) {
        if ((readiness & ALWAYS) != 0) {
            return interest;
        }
        State now = state;
        int ops = 0;
        if ((readiness & Readiness.IN) != 0 && now == State.CONNECTED) {
            ops |= SelectionKey.OP_READ;
        }
        if ((readiness & Readiness.OUT) != 0) {
            ops |= now == State.CONNECTED ? SelectionKey.OP_WRITE : now == State.PENDING ? SelectionKey.OP_CONNECT : 0;
        }
        return ops & interest;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(SocketChannel.class.getName()).append('[');
        if (!isOpen()) {
            return text.append("closed]").toString();
        }
        switch (state) {
            case UNCONNECTED -> text.append("unconnected");
            case PENDING -> text.append("connection-pending");
            case CONNECTED ->
                text.append("connected").append(inputShut ? " ishut" : "").append(outputShut ? " oshut" : "");
            case CLOSED -> text.append("closed");
        }
        if (localAddress != null) {
            text.append(" local=").append(localAddress);
        }
        if (remoteAddress != null) {
            text.append(" remote=").append(remoteAddress);
        }
        return text.append(']').toString();
    }
}
