package dev.atoll.shim;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Channels and selectors over a stack. What is not the network (pipes, Unix-domain channels, the inherited channel) comes
 * from the platform's provider, and can be selected together with ours.
 */
final class AtollSelectorProvider extends SelectorProvider {
    private final ShimContext context;
    private final SelectorProvider platform;
    private final SelectorProvider published;

    /**
     * @param platform the JDK's own provider
     * @param published what {@code provider()} of the channels says; null for this
     */
    AtollSelectorProvider(ShimContext context, SelectorProvider platform, @Nullable SelectorProvider published) {
        this.context = context;
        this.platform = platform;
        this.published = published == null ? this : published;
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return new AtollDatagramChannel(
                published, context, true, context.sockets().hasIpv6());
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return new AtollDatagramChannel(published, context, true, isIpv6(family));
    }

    DatagramChannel openUninterruptibleDatagramChannel() throws IOException {
        return new AtollDatagramChannel(
                published, context, false, context.sockets().hasIpv6());
    }

    AtollDatagramSocketImpl newDatagramSocketImpl() {
        return new AtollDatagramSocketImpl(published, context);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return platform.openPipe();
    }

    @Override
    public AbstractSelector openSelector() {
        return new AtollSelector(published, platform);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return new AtollServerSocketChannel(
                published, context, context.sockets().hasIpv6());
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        if (Objects.requireNonNull(family, "'family' is null") == StandardProtocolFamily.UNIX) {
            return platform.openServerSocketChannel(family);
        }
        return new AtollServerSocketChannel(published, context, isIpv6(family));
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return new AtollSocketChannel(published, context, context.sockets().hasIpv6());
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        if (Objects.requireNonNull(family, "'family' is null") == StandardProtocolFamily.UNIX) {
            return platform.openSocketChannel(family);
        }
        return new AtollSocketChannel(published, context, isIpv6(family));
    }

    /** Whether channels of that family are of both; IPv4's are not. */
    private boolean isIpv6(ProtocolFamily family) {
        Objects.requireNonNull(family, "'family' is null");
        if (family == StandardProtocolFamily.INET6 && !context.sockets().hasIpv6()) {
            throw new UnsupportedOperationException("IPv6 not available");
        }
        if (family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new UnsupportedOperationException("Protocol family not supported");
        }
        return family == StandardProtocolFamily.INET6;
    }

    @Override
    public @Nullable Channel inheritedChannel() throws IOException {
        return platform.inheritedChannel();
    }
}
