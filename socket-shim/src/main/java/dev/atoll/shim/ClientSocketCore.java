package dev.atoll.shim;

import dev.atoll.bridge.SocketCore;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * For {@code java.net.Socket}, a TCP socket in all but the oldest of programs ({@link DatagramTransport}): states, locks and the
 * close protocol are explained at {@link SocketCoreBase}.
 *
 * <p><b>Interrupts.</b> A platform thread's read, write and connect are not interruptible and keep the flag. A virtual
 * thread's end: with {@code InterruptedIOException} for read and write, which {@code java.net.Socket} turns into a close
 * and "Closed by interrupt", and with that very failure for connect.
 */
final class ClientSocketCore extends SocketCoreBase {
    private final Turn writeTurn = new Turn();

    private volatile @Nullable SocketTransport transport;
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    /** An end of stream was read: guarded by the read turn. After it reads give -1 even when closed, as of old. */
    private boolean endSeen;

    ClientSocketCore(ShimContext context) {
        super(context);
    }

    /** The socket of a connection that a listener accepted. */
    static ClientSocketCore ofAccepted(ShimContext context, TcpEndpoint endpoint) {
        ClientSocketCore core = new ClientSocketCore(context);
        core.transport = new ConnectionTransport(endpoint);
        core.start(Opened.of(endpoint), State.CONNECTED);
        InetSocketAddress remote = Addresses.toJavaOrNull(endpoint.remoteAddress());
        if (remote != null) {
            core.setRemote(remote.getAddress(), remote.getPort());
        }
        core.learnLocalPort();
        return core;
    }

    @Override
    Opened openEndpoint(boolean stream) throws IOException, StackException {
        if (!stream && DatagramTransport.isKnown()) {
            CountedUdpEndpoint opened = CountedUdpEndpoint.open(context.sockets());
            transport = new DatagramTransport(opened.endpoint());
            return new Opened(opened.endpoint(), opened::close);
        }
        requireStream(stream);
        TcpEndpoint opened = context.sockets().newTcpEndpoint();
        transport = new ConnectionTransport(opened);
        return Opened.of(opened);
    }

    @Override
    @Nullable Endpoint endpointOrNull() {
        SocketTransport now = transport;
        return now == null ? null : now.endpoint();
    }

    private SocketTransport transport() {
        return Objects.requireNonNull(transport, "transport");
    }

    private void ensureConnected() throws SocketException {
        State now = state;
        if (now == State.CLOSED) {
            throw socketClosed();
        }
        if (now != State.CONNECTED) {
            throw new SocketException("Not connected");
        }
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        if (!(remote instanceof InetSocketAddress inet)) {
            throw new IOException("Unsupported address type");
        }
        if (inet.isUnresolved()) {
            throw new UnknownHostException(inet.getHostName());
        }
        InetAddress address = inet.getAddress();
        if (address.isAnyLocalAddress()) {
            address = context.localHost();
        }
        try {
            connect(address, inet, TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
        } catch (SocketTimeoutException e) {
            close();
            throw e;
        } catch (InterruptedIOException e) {
            close();
            throw new SocketException("Closed by interrupt");
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /**
     * @param address where to, with the wildcard address replaced
     * @param asked what the program said
     */
    private void connect(InetAddress address, InetSocketAddress asked, long timeoutNanos) throws IOException {
        int port = asked.getPort();
        FullAddress target = Addresses.toStack(address, port, context.sockets().hasIpv6());
        readTurn.take();
        try {
            beginConnect(address, port);
            context.noteCaller(endpoint());
            if (!transport().connect(target)) {
                awaitConnected(endpoint(), timeoutNanos);
            }
            endConnect();
        } catch (StackException e) {
            throw unlessClosed(Failures.ofConnect(e, asked));
        } finally {
            readTurn.give();
        }
    }

    private void beginConnect(InetAddress address, int port) throws SocketException {
        stateLock.lock();
        try {
            switch (state) {
                case NEW -> throw new SocketException("Not created");
                case CONNECTING -> throw new SocketException("Connection in progress");
                case CONNECTED -> throw new SocketException("Already connected");
                case CLOSED -> throw socketClosed();
                case UNCONNECTED -> {
                    state = State.CONNECTING;
                    setRemote(address, port);
                }
            }
        } finally {
            stateLock.unlock();
        }
    }

    private void awaitConnected(Endpoint endpoint, long timeoutNanos) throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginConnect(timeoutNanos, Waiters.Interrupts.ofSocket())) {
            while (isOpen() && (endpoint.readiness() & Waiters.FOR_WRITER) == 0) {
                if (!wait.await()) {
                    throw new SocketTimeoutException("Connect timed out");
                }
            }
        }
        StackException failed = endpoint.takeError();
        if (failed != null) {
            throw failed;
        }
    }

    private void endConnect() throws SocketException {
        stateLock.lock();
        try {
            if (state != State.CONNECTING) {
                throw socketClosed();
            }
            state = State.CONNECTED;
            learnLocalPort();
        } finally {
            stateLock.unlock();
        }
    }

    private int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        if (timeoutNanos > 0) {
            timeoutNanos = readTurn.take(timeoutNanos);
            if (timeoutNanos <= 0) {
                throw new SocketTimeoutException("Read timed out");
            }
        } else {
            readTurn.take();
        }
        try {
            if (endSeen) {
                return -1;
            }
            int count = readOnce(ByteBuffer.wrap(bytes, offset, length), timeoutNanos);
            endSeen = count == -1;
            return count;
        } finally {
            readTurn.give();
        }
    }

    private int readOnce(ByteBuffer target, long timeoutNanos) throws IOException {
        ensureConnected();
        SocketTransport from = transport();
        try {
            int count = inputShut ? Endpoint.END_OF_STREAM : from.read(target);
            if (count == Endpoint.WOULD_BLOCK) {
                count = (int) JdkFrames.implRead(new WaitingRead(from, target, timeoutNanos));
            }
            if (count <= 0 && !isOpen()) {
                throw socketClosed();
            }
            return count;
        } catch (StackException e) {
            throw unlessClosed(Failures.ofSocketRead(e));
        }
    }

    private int readWaiting(SocketTransport from, ByteBuffer target, long timeoutNanos)
            throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, Waiters.Interrupts.ofSocket())) {
            while (isOpen()) {
                int count = inputShut ? Endpoint.END_OF_STREAM : from.read(target);
                if (count != Endpoint.WOULD_BLOCK) {
                    return count;
                }
                if (!wait.await()) {
                    throw new SocketTimeoutException("Read timed out");
                }
            }
            throw socketClosed();
        }
    }

    /** {@link #readWaiting}, from within the frame that shows it. */
    private final class WaitingRead implements JdkFrames.Read {
        private final SocketTransport from;
        private final ByteBuffer target;
        private final long timeoutNanos;

        WaitingRead(SocketTransport from, ByteBuffer target, long timeoutNanos) {
            this.from = from;
            this.target = target;
            this.timeoutNanos = timeoutNanos;
        }

        @Override
        public long run() throws IOException, StackException {
            return readWaiting(from, target, timeoutNanos);
        }
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return;
        }
        ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
        writeTurn.take();
        try {
            ensureConnected();
            SocketTransport to = transport();
            while (source.hasRemaining()) {
                if (to.write(source) == Endpoint.WOULD_BLOCK) {
                    writeWaiting(to, source);
                }
                if (source.hasRemaining()) {
                    ensureConnected();
                }
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofSocketWrite(e));
        } finally {
            writeTurn.give();
        }
    }

    private void writeWaiting(SocketTransport to, ByteBuffer source) throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginWrite(Waiters.Interrupts.ofSocket())) {
            while (isOpen()) {
                if (to.write(source) != Endpoint.WOULD_BLOCK) {
                    return;
                }
                wait.await();
            }
            throw socketClosed();
        }
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        writeTurn.take();
        try {
            ensureConnected();
            if (!transport().sendUrgent((byte) data)) {
                throw new SocketException("No buffer space available");
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofSocketWrite(e));
        } finally {
            writeTurn.give();
        }
    }

    @Override
    public int available() throws IOException {
        ensureConnected();
        return inputShut ? 0 : transport().available();
    }

    @Override
    public void shutdownInput() throws IOException {
        stateLock.lock();
        try {
            ensureConnected();
            if (!inputShut) {
                inputShut = true;
                transport().shutdownRead();
            }
        } catch (StackException e) {
            Failures.throwUnlessGone(e);
        } finally {
            stateLock.unlock();
        }
        waiters.wakeThreads();
    }

    @Override
    public void shutdownOutput() throws IOException {
        stateLock.lock();
        try {
            ensureConnected();
            if (!outputShut) {
                outputShut = true;
                transport().shutdownWrite();
            }
        } catch (StackException e) {
            Failures.throwUnlessGone(e);
        } finally {
            stateLock.unlock();
        }
        waiters.wakeThreads();
    }

    @Override
    void beforeClose(State before) {
        if (before == State.CONNECTED) {
            transport().finish();
        }
    }

    @Override
    public void listen(int backlog) throws IOException {
        throw new SocketException("Not a server socket");
    }

    @Override
    public SocketCore accept() throws IOException {
        throw new SocketException("Not a server socket");
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return OptionTable.SOCKET;
    }

    @Override
    public InputStream inputStream() {
        return new Input();
    }

    @Override
    public OutputStream outputStream() {
        return new Output();
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) > 0 ? one[0] & 0xff : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return ClientSocketCore.this.read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            return ClientSocketCore.this.available();
        }

        @Override
        public void close() throws IOException {
            ClientSocketCore.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ClientSocketCore.this.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            ClientSocketCore.this.close();
        }
    }
}
