package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What the bytes of a {@code java.net.Socket} travel by. The calls are those of {@link
 * dev.atoll.stack.socket.TcpEndpoint}, with its results: none of them waits.
 */
interface SocketTransport {
    Endpoint endpoint();

    /** Begins to connect; true if that is over already. */
    boolean connect(FullAddress remote) throws StackException;

    int read(ByteBuffer target) throws StackException;

    int write(ByteBuffer source) throws StackException;

    boolean sendUrgent(byte value) throws IOException, StackException;

    int available();

    void shutdownRead() throws StackException;

    void shutdownWrite() throws StackException;

    /** What a socket that is connected does of its own before its endpoint is closed; waits if the program wants it. */
    void finish();
}
