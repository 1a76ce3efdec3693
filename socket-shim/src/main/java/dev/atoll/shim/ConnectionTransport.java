package dev.atoll.shim;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;

/** A TCP connection. */
record ConnectionTransport(TcpEndpoint endpoint) implements SocketTransport {
    @Override
    public boolean connect(FullAddress remote) throws StackException {
        return endpoint.connect(remote);
    }

    @Override
    public int read(ByteBuffer target) throws StackException {
        return endpoint.read(target);
    }

    @Override
    public int write(ByteBuffer source) throws StackException {
        return endpoint.write(source);
    }

    @Override
    public boolean sendUrgent(byte value) throws StackException {
        return endpoint.sendUrgent(value);
    }

    @Override
    public int available() {
        return endpoint.available();
    }

    @Override
    public void shutdownRead() throws StackException {
        endpoint.shutdownRead();
    }

    @Override
    public void shutdownWrite() throws StackException {
        endpoint.shutdownWrite();
    }

    /**
     * As the JDK does it: FIN goes out first, unless SO_LINGER is 0, and only then the endpoint is closed. So a peer whose
     * bytes were never read finds the end of the stream before the reset.
     */
    @Override
    public void finish() {
        int seconds = OptionTable.lingerSeconds(endpoint);
        if (seconds == 0) {
            return;
        }
        try {
            endpoint.shutdownWrite();
        } catch (StackException e) {
            return; // the connection is gone, and what was written with it
        }
        if (seconds > 0) {
            Linger.await(endpoint, seconds);
        }
    }
}
