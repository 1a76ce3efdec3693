package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;

/**
 * Moves the bytes of one {@link AtollSocketChannel} and knows which of its directions are shut. The channel sees to turns,
 * to interrupts and to its state.
 */
final class TcpTransfer {
    private final TcpEndpoint endpoint;
    private final Waiters waiters;
    private final Channel channel;
    private volatile boolean inputShut;
    private volatile boolean outputShut;

    TcpTransfer(TcpEndpoint endpoint, Waiters waiters, Channel channel) {
        this.endpoint = endpoint;
        this.waiters = waiters;
        this.channel = channel;
    }

    boolean isInputShut() {
        return inputShut;
    }

    boolean isOutputShut() {
        return outputShut;
    }

    private boolean connectIsOver() {
        return (endpoint.readiness() & (Readiness.OUT | Readiness.ERR | Readiness.HUP)) != 0;
    }

    /** Whether a connect under way has come to its end; throws if that end is a failure. */
    boolean isConnected() throws StackException {
        if (!connectIsOver() || !channel.isOpen()) {
            return false;
        }
        StackException failed = endpoint.takeError();
        if (failed != null) {
            throw failed;
        }
        return true;
    }

    /** Waits for the end of a connect; false if the channel was closed meanwhile. */
    boolean awaitConnected(long timeoutNanos) throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginConnect(timeoutNanos, Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (channel.isOpen() && !connectIsOver()) {
                if (!wait.await()) {
                    throw new SocketTimeoutException("Connect timed out");
                }
            }
        }
        return isConnected();
    }

    String describeShut() {
        return (inputShut ? " ishut" : "") + (outputShut ? " oshut" : "");
    }

    void shutdownInput() throws SocketException {
        if (!inputShut) {
            inputShut = true;
            try {
                endpoint.shutdownRead();
            } catch (StackException e) {
                Failures.throwUnlessGone(e);
            }
        }
    }

    void shutdownOutput() throws SocketException {
        if (!outputShut) {
            outputShut = true;
            try {
                endpoint.shutdownWrite();
            } catch (StackException e) {
                Failures.throwUnlessGone(e);
            }
        }
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

    long readWaiting(long timeoutNanos, ByteBuffer[] targets, int offset, int length)
            throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (channel.isOpen()) {
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

    long tryRead(ByteBuffer[] targets, int offset, int length) throws StackException {
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

    /** Writes until the buffer is empty or the channel is closed. */
    int writeAll(ByteBuffer source) throws IOException, StackException {
        int before = source.remaining();
        while (source.hasRemaining() && channel.isOpen()) {
            if (endpoint.write(source) == Endpoint.WOULD_BLOCK) {
                writeWaiting(source);
            }
        }
        return before - source.remaining();
    }

    private void writeWaiting(ByteBuffer source) throws InterruptedIOException, StackException {
        try (Waiters.Wait wait = waiters.beginWrite(Waiters.Interrupts.CLOSE_CHANNEL)) {
            while (channel.isOpen() && endpoint.write(source) == Endpoint.WOULD_BLOCK) {
                wait.await();
            }
        }
    }

    static boolean hasRemaining(ByteBuffer[] buffers, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }
}
