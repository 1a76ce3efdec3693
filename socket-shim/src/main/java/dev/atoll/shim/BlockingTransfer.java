package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;

/** The waiting of one {@link AtollSocketChannel} in blocking mode; what it waits for, {@link TcpTransfer} does. */
final class BlockingTransfer {
    private final TcpTransfer transfer;
    private final TcpEndpoint endpoint;
    private final Waiters waiters;
    private final Channel channel;

    BlockingTransfer(TcpTransfer transfer, TcpEndpoint endpoint, Waiters waiters, Channel channel) {
        this.transfer = transfer;
        this.endpoint = endpoint;
        this.waiters = waiters;
        this.channel = channel;
    }

    /** Waits for the end of a connect; false if the channel was closed meanwhile. */
    boolean awaitConnected(long timeoutNanos) throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginConnect(timeoutNanos, Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (channel.isOpen() && !transfer.connectIsOver()) {
                if (!wait.await()) {
                    throw new SocketTimeoutException("Connect timed out");
                }
            }
        }
        return transfer.isConnected();
    }

    /** Before close: waits as long as SO_LINGER says. */
    void lingerIfAsked() {
        int seconds = OptionTable.lingerSeconds(endpoint);
        if (seconds <= 0) {
            return;
        }
        try {
            endpoint.shutdownWrite();
        } catch (StackException e) {
            return; // the connection is gone, and what was written with it
        }
        waiters.wakeThreads();
        Linger.await(endpoint, seconds);
    }

    /** Waits until there is something to read, or the channel is closed. */
    long read(long timeoutNanos, ByteBuffer[] targets, int offset, int length) throws IOException, StackException {
        return JdkFrames.read(new WaitingRead(timeoutNanos, targets, offset, length));
    }

    /** {@link #readWaiting}, from within the frame that shows it. */
    private final class WaitingRead implements JdkFrames.Read {
        private final long timeoutNanos;
        private final ByteBuffer[] targets;
        private final int offset;
        private final int length;

        WaitingRead(long timeoutNanos, ByteBuffer[] targets, int offset, int length) {
            this.timeoutNanos = timeoutNanos;
            this.targets = targets;
            this.offset = offset;
            this.length = length;
        }

        @Override
        public long run() throws IOException, StackException {
            return readWaiting(timeoutNanos, targets, offset, length);
        }
    }

    private long readWaiting(long timeoutNanos, ByteBuffer[] targets, int offset, int length)
            throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (channel.isOpen()) {
                long count = transfer.tryRead(targets, offset, length);
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

    /**
     * Writes until the buffers are empty or the channel is closed.
     *
     * @return how many bytes
     */
    long writeAll(ByteBuffer[] sources, int offset, int length) throws IOException, StackException {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            ByteBuffer source = sources[i];
            int before = source.remaining();
            while (source.hasRemaining() && channel.isOpen()) {
                if (transfer.write(source) == Endpoint.WOULD_BLOCK) {
                    writeWaiting(source);
                }
            }
            total += before - source.remaining();
        }
        return total;
    }

    private void writeWaiting(ByteBuffer source) throws InterruptedIOException, StackException {
        try (Waiters.Wait wait = waiters.beginWrite(Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (channel.isOpen() && transfer.write(source) == Endpoint.WOULD_BLOCK) {
                wait.await();
            }
        }
    }
}
