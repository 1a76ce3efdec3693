package dev.atoll.shim;

import dev.atoll.bridge.SocketCore;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket for {@code java.net.ServerSocket}: states, locks and the close protocol are explained at {@link
 * SocketCoreBase}. Accepting threads take the read turn.
 */
final class ServerSocketCore extends SocketCoreBase {
    private static final int DEFAULT_BACKLOG = 50;

    private volatile @Nullable TcpListener endpoint;

    ServerSocketCore(ShimContext context) {
        super(context);
    }

    @Override
    Opened openEndpoint(boolean stream) throws IOException, StackException {
        requireStream(stream);
        TcpListener opened = context.sockets().newTcpListener();
        // As for every server socket of the JDK on Linux.
        opened.setOption(EndpointOption.SO_REUSEADDR, true);
        endpoint = opened;
        return Opened.of(opened);
    }

    @Override
    @Nullable Endpoint endpointOrNull() {
        return endpoint;
    }

    private TcpListener listener() {
        return Objects.requireNonNull(endpoint, "endpoint");
    }

    private void ensureBound() throws SocketException {
        ensureOpen();
        if (localPort() == 0) {
            throw new SocketException("Not bound");
        }
    }

    @Override
    public void listen(int backlog) throws IOException {
        stateLock.lock();
        try {
            ensureBound();
            listener().listen(backlog < 1 ? DEFAULT_BACKLOG : backlog);
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public SocketCore accept() throws IOException {
        long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        if (timeoutNanos > 0) {
            timeoutNanos = readTurn.take(timeoutNanos);
            if (timeoutNanos <= 0) {
                throw new SocketTimeoutException("Accept timed out");
            }
        } else {
            readTurn.take();
        }
        TcpEndpoint accepted;
        try {
            ensureBound();
            accepted = listener().accept();
            if (accepted == null) {
                accepted = acceptWaiting(listener(), timeoutNanos);
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofCall(e));
        } finally {
            readTurn.give();
        }
        return ClientSocketCore.ofAccepted(context, accepted);
    }

    private TcpEndpoint acceptWaiting(TcpListener listener, long timeoutNanos) throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, Waiters.Interrupts.ofSocket())) {
            while (isOpen()) {
                TcpEndpoint accepted = listener.accept();
                if (accepted != null) {
                    return accepted;
                }
                if (!wait.await()) {
                    throw new SocketTimeoutException("Accept timed out");
                }
            }
            throw socketClosed();
        }
    }

    @Override
    void beforeClose(State before) {
        // A listener has nothing to deliver.
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        throw notConnected();
    }

    @Override
    public InputStream inputStream() throws IOException {
        throw notConnected();
    }

    @Override
    public OutputStream outputStream() throws IOException {
        throw notConnected();
    }

    @Override
    public int available() throws IOException {
        throw notConnected();
    }

    @Override
    public void shutdownInput() throws IOException {
        throw notConnected();
    }

    @Override
    public void shutdownOutput() throws IOException {
        throw notConnected();
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        throw notConnected();
    }

    private SocketException notConnected() {
        return isOpen() ? new SocketException("Not connected") : socketClosed();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return OptionTable.SERVER_SOCKET;
    }
}
