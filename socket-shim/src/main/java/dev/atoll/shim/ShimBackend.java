package dev.atoll.shim;

import dev.atoll.bridge.Backend;
import dev.atoll.bridge.InterfaceView;
import dev.atoll.bridge.SocketCore;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shim behind the doors of the edited JDK. */
final class ShimBackend implements Backend {
    private final ShimContext context;
    private final SelectorProvider platform;
    /** Set while the doors are opened, before anything can use it. */
    private volatile AtollSelectorProvider channels;

    ShimBackend(ShimContext context, SelectorProvider platform) {
        this.context = context;
        this.platform = platform;
        this.channels = new AtollSelectorProvider(context, platform, null);
    }

    @Override
    public SocketCore newSocket(boolean server) {
        return server ? new ServerSocketCore(context) : new ClientSocketCore(context);
    }

    @Override
    public SelectorProvider channels(SelectorProvider published) {
        channels = new AtollSelectorProvider(context, platform, published);
        return channels;
    }

    @Override
    public DatagramChannel openUninterruptibleDatagramChannel() throws IOException {
        return channels.openUninterruptibleDatagramChannel();
    }

    @Override
    public DatagramSocketImpl newDatagramSocketImpl() {
        return channels.newDatagramSocketImpl();
    }

    @Override
    public AsynchronousChannelProvider asynchronousChannels() {
        return AtollAsyncProvider.of(context);
    }

    @Override
    public @Nullable InputStream inputOf(ReadableByteChannel channel) {
        return channel instanceof AtollSocketChannel ours ? new ChannelStreams.Input(ours, () -> 0) : null;
    }

    @Override
    public @Nullable OutputStream outputOf(WritableByteChannel channel) {
        return channel instanceof AtollSocketChannel ours ? new ChannelStreams.Output(ours) : null;
    }

    @Override
    public boolean isConnection(Channel channel) {
        return channel instanceof AtollSocketChannel;
    }

    @Override
    public InetAddress[] lookupAll(String host) throws UnknownHostException {
        List<IpAddress> found = context.lookup(host);
        InetAddress[] all = new InetAddress[found.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = InetAddress.getByAddress(host, found.get(i).octets());
        }
        return all;
    }

    @Override
    public String hostOf(byte[] address) throws UnknownHostException {
        return context.reverse(IpAddress.of(address));
    }

    @Override
    public String localHostName() {
        return context.localHostName();
    }

    @Override
    public boolean isReachable(byte[] address, int scope, int timeoutMillis, byte[] source, int sourceScope, int hops)
            throws IOException {
        FullAddress target = new FullAddress(scope, IpAddress.of(address), 0);
        FullAddress from = source.length == 0 ? null : new FullAddress(sourceScope, IpAddress.of(source), 0);
        return Reachability.probe(context, target, from, hops, timeoutMillis);
    }

    @Override
    public List<InterfaceView> interfaces() {
        return context.sockets().interfaces();
    }

    @Override
    public boolean hasIpv6() {
        return context.sockets().hasIpv6();
    }
}
