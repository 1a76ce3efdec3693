package dev.atoll.shim.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/** Where the sockets of a contract test come from. */
interface Net extends AutoCloseable {
    Socket newSocket() throws IOException;

    ServerSocket newServerSocket() throws IOException;

    DatagramSocket newDatagramSocket(@Nullable InetSocketAddress local) throws IOException;

    SelectorProvider channels();

    AsynchronousChannelProvider asyncChannels();

    @Override
    void close();

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
