package dev.atoll.bridge;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.SelectorProviderImpl;

/**
 * The shim's provider in the form the JDK expects of its default one: {@code DefaultSelectorProvider.get()} returns a
 * {@code SelectorProviderImpl}, and {@code jdk.nio.Channels} works with nothing else.
 */
final class BridgeSelectorProvider extends SelectorProviderImpl {
    private final Backend backend;
    private final SelectorProvider channels;

    BridgeSelectorProvider(Backend backend) {
        this.backend = backend;
        this.channels = backend.channels(this);
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return channels.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return channels.openDatagramChannel(family);
    }

    @Override
    public DatagramChannel openUninterruptibleDatagramChannel() throws IOException {
        return backend.openUninterruptibleDatagramChannel();
    }

    @Override
    public Pipe openPipe() throws IOException {
        return channels.openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return channels.openSelector();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return channels.openServerSocketChannel();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return channels.openServerSocketChannel(family);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return channels.openSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        return channels.openSocketChannel(family);
    }

    @Override
    public @Nullable Channel inheritedChannel() throws IOException {
        return channels.inheritedChannel();
    }
}
