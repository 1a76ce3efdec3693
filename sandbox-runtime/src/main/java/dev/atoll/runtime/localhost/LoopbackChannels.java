package dev.atoll.runtime.localhost;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/** Opens sockets of the kernel, for its loopback interface alone. Any thread. */
public interface LoopbackChannels {
    ServerSocketChannel openListener(ProtocolFamily family) throws IOException;

    SocketChannel openStream(ProtocolFamily family) throws IOException;

    DatagramChannel openDatagrams(ProtocolFamily family) throws IOException;

    Selector openSelector() throws IOException;

    /** Those of a provider of the JDK's own. */
    static LoopbackChannels of(SelectorProvider provider) {
        return new LoopbackChannels() {
            @Override
            public ServerSocketChannel openListener(ProtocolFamily family) throws IOException {
                return provider.openServerSocketChannel(family);
            }

            @Override
            public SocketChannel openStream(ProtocolFamily family) throws IOException {
                return provider.openSocketChannel(family);
            }

            @Override
            public DatagramChannel openDatagrams(ProtocolFamily family) throws IOException {
                return provider.openDatagramChannel(family);
            }

            @Override
            public Selector openSelector() throws IOException {
                return provider.openSelector();
            }
        };
    }
}
