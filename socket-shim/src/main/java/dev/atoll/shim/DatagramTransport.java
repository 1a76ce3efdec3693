package dev.atoll.shim;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Datagrams to and from one peer, which a {@code Socket} of JDK 17 or 21 can be made for. Each write is a datagram, each read
 * takes one and loses what of it does not fit; one without a byte looks like an end to the JDK, and so it is one.
 */
final class DatagramTransport implements SocketTransport {
    /** The first JDK that refuses to make such sockets (JDK-8356154). */
    private static final int FIRST_WITHOUT = 25;

    private final UdpEndpoint endpoint;
    private volatile boolean writeShut;

    DatagramTransport(UdpEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Whether this JDK has such sockets. */
    static boolean isKnown() {
        return Runtime.version().feature() < FIRST_WITHOUT;
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public boolean connect(FullAddress remote) throws StackException {
        endpoint.connect(remote);
        return true;
    }

    @Override
    public int read(ByteBuffer target) throws StackException {
        int before = target.position();
        if (endpoint.receive(target) == null) {
            return Endpoint.WOULD_BLOCK;
        }
        int count = target.position() - before;
        return count == 0 ? Endpoint.END_OF_STREAM : count;
    }

    @Override
    public int write(ByteBuffer source) throws StackException {
        if (writeShut) {
            throw new StackException(StackError.BROKEN_PIPE);
        }
        return endpoint.send(source, null);
    }

    @Override
    public boolean sendUrgent(byte value) throws IOException {
        throw new IOException("Operation not supported");
    }

    @Override
    public int available() {
        return Math.max(0, endpoint.nextLength());
    }

    /** Nobody is told; who reads is told by the socket. */
    @Override
    public void shutdownRead() {}

    @Override
    public void shutdownWrite() {
        writeShut = true;
    }

    @Override
    public void finish() {}
}
