package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
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

    private final boolean ipv6;
    private final ShimContext context;
    private final TcpEndpoint endpoint;
    private final Waiters waiters = new Waiters();
    private final TcpTransfer transfer;
    private final BlockingTransfer blockingTransfer;
    private final Turn readTurn = new Turn();
    private final Turn writeTurn = new Turn();
    private final DeafLock stateLock = new DeafLock();

    private volatile State state;
    private volatile @Nullable InetSocketAddress localAddress;
    private volatile @Nullable InetSocketAddress remoteAddress;
    /** Made on demand; guarded by {@code stateLock}. */
    private @Nullable Socket adaptor;

    /**
     * A channel not connected yet.
     *
     * @param ipv6 whether it may be bound to IPv6 addresses and connected to them
     */
    AtollSocketChannel(SelectorProvider published, ShimContext context, boolean ipv6) throws IOException {
        super(published);
        this.context = context;
        this.ipv6 = ipv6;
        this.state = State.UNCONNECTED;
        try {
            this.endpoint = context.sockets().newTcpEndpoint();
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
        this.transfer = new TcpTransfer(endpoint, this);
        this.blockingTransfer = new BlockingTransfer(transfer, endpoint, waiters, this);
        endpoint.setReadinessListener(waiters);
    }

    /** The channel of an accepted connection. */
    AtollSocketChannel(SelectorProvider published, ShimContext context, TcpEndpoint accepted) {
        super(published);
        this.context = context;
        this.ipv6 = context.sockets().hasIpv6();
        this.state = State.CONNECTED;
        this.endpoint = accepted;
        this.localAddress = Addresses.toJavaOrNull(accepted.localAddress());
        this.remoteAddress = Addresses.toJavaOrNull(accepted.remoteAddress());
        this.transfer = new TcpTransfer(endpoint, this);
        this.blockingTransfer = new BlockingTransfer(transfer, endpoint, waiters, this);
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
            FullAddress target = Addresses.toBind(local, ipv6);
            Permissions.checkListen(target.port());
            context.noteCaller(endpoint);
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
        InetSocketAddress asked = Addresses.checkForChannel(remote, ipv6);
        Permissions.checkConnect(asked);
        InetSocketAddress target = Addresses.loopbackIfAny(asked);
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

    private boolean connectInTurn(InetSocketAddress target, boolean blocking, long timeoutNanos) throws IOException {
        boolean connected = false;
        try {
            if (blocking) {
                begin();
            }
            beginConnect(target);
            context.noteCaller(endpoint);
            connected = endpoint.connect(Addresses.toStack(target.getAddress(), target.getPort()));
            if (!blocking) {
                // On loopback it may be. The kernel answers EINPROGRESS there, too, and programs wait for OP_CONNECT.
                connected = false;
            } else if (!connected) {
                connected = blockingTransfer.awaitConnected(timeoutNanos);
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofConnect(e, remoteAddress));
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
                connected = blockingTransfer.awaitConnected(0);
            } else {
                connected = transfer.isConnected();
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofConnect(e, remoteAddress));
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
                count = transfer.tryRead(targets, offset, length);
                if (blocking && count == Endpoint.WOULD_BLOCK) {
                    count = blockingTransfer.read(timeoutNanos, targets, offset, length);
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
                if (transfer.isOutputShut()) {
                    throw blocking ? new ClosedChannelException() : new AsynchronousCloseException();
                }
                total = blocking
                        ? blockingTransfer.writeAll(sources, offset, length)
                        : Math.max(transfer.tryWrite(sources, offset, length), 0);
            } catch (StackException e) {
                throw unlessClosed(transfer.isOutputShut() ? new AsynchronousCloseException() : Failures.ofWrite(e));
            } finally {
                if (blocking) {
                    end(total > 0 || !TcpTransfer.hasRemaining(sources, offset, length));
                }
            }
            return total;
        } finally {
            writeTurn.give();
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
            transfer.shutdownInput();
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
            transfer.shutdownOutput();
        } finally {
            stateLock.unlock();
        }
        waiters.wakeThreads();
        waiters.wakeSelectors();
        return this;
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
        try {
            if (before == State.CONNECTED && isBlocking()) {
                blockingTransfer.lingerIfAsked();
            }
            endpoint.close();
        } finally {
            waiters.wakeThreads();
        }
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
        return Permissions.revealed(localAddress);
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return remoteAddress;
    }

    /** Also after close; not for the program's eyes. */
    @Nullable InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Also after close. */
    @Nullable InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    boolean isInputShut() {
        return transfer.isInputShut();
    }

    boolean isOutputShut() {
        return transfer.isOutputShut();
    }

    int available() throws IOException {
        ensureConnected();
        return transfer.isInputShut() ? 0 : endpoint.available();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> option, T value) throws IOException {
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
        String text =
                switch (isOpen() ? state : State.CLOSED) {
                    case UNCONNECTED -> "unconnected";
                    case PENDING -> "connection-pending";
                    case CONNECTED -> "connected" + transfer.describeShut();
                    case CLOSED -> "closed";
                };
        if (isOpen()) {
            InetSocketAddress local = localAddress;
            text += local == null ? "" : " local=" + Permissions.revealedText(local);
            text += remoteAddress == null ? "" : " remote=" + remoteAddress;
        }
        return SocketChannel.class.getName() + '[' + text + ']';
    }
}
