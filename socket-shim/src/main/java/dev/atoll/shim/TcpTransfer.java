package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;

/**
 * Moves the bytes of one channel, without ever waiting, and knows which of its directions are shut. The channel sees to
 * whose turn it is and to its state.
 */
final class TcpTransfer {
    private final TcpEndpoint endpoint;
    private final Channel channel;
    private volatile boolean inputShut;
    private volatile boolean outputShut;

    TcpTransfer(TcpEndpoint endpoint, Channel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
    }

    boolean isInputShut() {
        return inputShut;
    }

    boolean isOutputShut() {
        return outputShut;
    }

    /** Whether a connect under way has come to its end, well or badly. */
    boolean connectIsOver() {
        return (endpoint.readiness() & Waiters.FOR_WRITER) != 0;
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

    /** The endpoint's read, for a buffer of any kind. */
    private int read(ByteBuffer target) throws StackException {
        return MappedMemory.isMapping(target) ? MappedMemory.read(endpoint, target) : endpoint.read(target);
    }

    /** The endpoint's write, for a buffer of any kind. */
    int write(ByteBuffer source) throws StackException {
        return MappedMemory.isMapping(source) ? MappedMemory.write(endpoint, source) : endpoint.write(source);
    }

    /**
     * Reads what is there.
     *
     * @return how many bytes, {@link Endpoint#WOULD_BLOCK}, {@link Endpoint#END_OF_STREAM}, or 0 if the buffers are full
     */
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
            int count = read(target);
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

    /**
     * Writes as much as goes now.
     *
     * @return how many bytes, or {@link Endpoint#WOULD_BLOCK} if there are some and none goes
     */
    long tryWrite(ByteBuffer[] sources, int offset, int length) throws StackException {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            ByteBuffer source = sources[i];
            int count = write(source);
            if (count == Endpoint.WOULD_BLOCK) {
                return total == 0 ? count : total;
            }
            total += count;
            if (source.hasRemaining()) {
                break;
            }
        }
        return total;
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
