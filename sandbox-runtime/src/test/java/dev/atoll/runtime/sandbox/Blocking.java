package dev.atoll.runtime.sandbox;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A TCP endpoint as a blocking stream, for one thread that reads and one that writes; gives up after 30 seconds without
 * progress.
 */
public final class Blocking implements AutoCloseable {
    private static final long LIMIT_S = 30;

    public final TcpEndpoint endpoint;

    // One for each thread: with one for both, the reader could take the signal that the writer waits for.
    private final Semaphore mayRead = new Semaphore(0);
    private final Semaphore mayWrite = new Semaphore(0);

    private Blocking(TcpEndpoint endpoint) {
        this.endpoint = endpoint;
        endpoint.setReadinessListener((which, readiness) -> {
            mayRead.release();
            mayWrite.release();
        });
    }

    /** Connects, or throws what the connection failed with. */
    public static Blocking connect(Stack stack, IpAddress address, int port) throws StackException {
        TcpEndpoint endpoint = stack.newTcpEndpoint();
        endpoint.connect(new FullAddress(address, port));
        return connected(endpoint);
    }

    /** Waits for a connection that was asked for, or throws what it failed with. */
    public static Blocking connected(TcpEndpoint endpoint) throws StackException {
        Blocking stream = new Blocking(endpoint);
        while ((stream.endpoint.readiness() & (Readiness.OUT | Readiness.ERR | Readiness.HUP)) == 0) {
            await(stream.mayWrite);
        }
        StackException error = stream.endpoint.takeError();
        if (error != null) {
            throw error;
        }
        return stream;
    }

    public static TcpListener listen(Stack stack, int port) throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, port));
        listener.listen(16);
        return listener;
    }

    public static Blocking accept(TcpListener listener) throws StackException {
        Semaphore signal = new Semaphore(0);
        listener.setReadinessListener((which, readiness) -> signal.release());
        while (true) {
            TcpEndpoint accepted = listener.accept();
            if (accepted != null) {
                return new Blocking(accepted);
            }
            await(signal);
        }
    }

    private static void await(Semaphore signal) {
        try {
            assertTrue(signal.tryAcquire(LIMIT_S, TimeUnit.SECONDS), "nothing happened in " + LIMIT_S + " s");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        signal.drainPermits();
    }

    public void write(ByteBuffer source) throws StackException {
        while (source.hasRemaining()) {
            if (endpoint.write(source) == Endpoint.WOULD_BLOCK) {
                await(mayWrite);
            }
        }
    }

    /** Reads at least one byte; false at the end. */
    public boolean read(ByteBuffer target) throws StackException {
        while (true) {
            int count = endpoint.read(target);
            if (count == Endpoint.END_OF_STREAM) {
                return false;
            }
            if (count != Endpoint.WOULD_BLOCK) {
                return true;
            }
            await(mayRead);
        }
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
