package dev.atoll.shim.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/** The oracle: the JDK over the kernel's loopback. */
final class JdkNet implements Net {
    @Override
    public Socket newSocket() {
        return new Socket();
    }

    @Override
    public ServerSocket newServerSocket() throws IOException {
        return new ServerSocket();
    }

    @Override
    public DatagramSocket newDatagramSocket(@Nullable InetSocketAddress local) throws IOException {
        return new DatagramSocket(local);
    }

    @Override
    public SelectorProvider channels() {
        return SelectorProvider.provider();
    }

    @Override
    public AsynchronousChannelProvider asyncChannels() {
        return AsynchronousChannelProvider.provider();
    }

    @Override
    public void close() {}
}
