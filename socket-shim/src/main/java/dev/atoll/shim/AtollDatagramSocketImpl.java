package dev.atoll.shim;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * UDP in the form a {@code DatagramSocketImplFactory} gives; the socket it makes does one thing at a time, because {@code
 * java.net} locks around it. Runs on the adaptor of a channel.
 */
// java.net's own methods that this must implement are deprecated or to be removed.
@SuppressWarnings({"deprecation", "removal"})
final class AtollDatagramSocketImpl extends DatagramSocketImpl {
    private final ShimContext context;
    private final SelectorProvider published;
    private @Nullable MulticastSocket socket;
    /** Looked at by peek and not received yet. */
    private @Nullable DatagramPacket peeked;

    AtollDatagramSocketImpl(SelectorProvider published, ShimContext context) {
        this.published = published;
        this.context = context;
    }

    private MulticastSocket socket() {
        return Objects.requireNonNull(socket, "not created");
    }

    @Override
    protected void create() throws SocketException {
        try {
            socket = (MulticastSocket) new AtollDatagramChannel(
                            published, context, false, context.sockets().hasIpv6())
                    .socket();
        } catch (IOException e) {
            throw Translated.socket(e);
        }
    }

    @Override
    protected void bind(int port, InetAddress local) throws SocketException {
        socket().bind(new InetSocketAddress(local, port));
        localPort = socket().getLocalPort();
    }

    @Override
    protected void connect(InetAddress address, int port) throws SocketException {
        socket().connect(new InetSocketAddress(address, port));
    }

    @Override
    protected void disconnect() {
        socket().disconnect();
    }

    @Override
    protected void send(DatagramPacket packet) throws IOException {
        socket().send(packet);
    }

    @Override
    protected int peek(InetAddress unused) throws IOException {
        throw new IOException("peek needs a packet: use peekData");
    }

    @Override
    protected synchronized int peekData(DatagramPacket packet) throws IOException {
        DatagramPacket waiting = peeked;
        if (waiting == null) {
            waiting = new DatagramPacket(new byte[0xffff], 0xffff);
            socket().receive(waiting);
            peeked = waiting;
        }
        copy(waiting, packet);
        return waiting.getPort();
    }

    @Override
    protected synchronized void receive(DatagramPacket packet) throws IOException {
        DatagramPacket waiting = peeked;
        if (waiting == null) {
            socket().receive(packet);
            return;
        }
        peeked = null;
        copy(waiting, packet);
    }

    private static void copy(DatagramPacket from, DatagramPacket to) {
        int length = Math.min(from.getLength(), to.getLength());
        System.arraycopy(from.getData(), from.getOffset(), to.getData(), to.getOffset(), length);
        to.setLength(length);
        to.setSocketAddress(from.getSocketAddress());
    }

    @Override
    protected void setTTL(byte hops) throws IOException {
        socket().setTTL(hops);
    }

    @Override
    protected byte getTTL() throws IOException {
        return socket().getTTL();
    }

    @Override
    protected void setTimeToLive(int hops) throws IOException {
        socket().setTimeToLive(hops);
    }

    @Override
    protected int getTimeToLive() throws IOException {
        return socket().getTimeToLive();
    }

    @Override
    protected void join(InetAddress group) throws IOException {
        socket().joinGroup(group);
    }

    @Override
    protected void leave(InetAddress group) throws IOException {
        socket().leaveGroup(group);
    }

    @Override
    protected void joinGroup(SocketAddress group, @Nullable NetworkInterface nic) throws IOException {
        socket().joinGroup(group, nic);
    }

    @Override
    protected void leaveGroup(SocketAddress group, @Nullable NetworkInterface nic) throws IOException {
        socket().leaveGroup(group, nic);
    }

    @Override
    protected void close() {
        MulticastSocket open = socket;
        if (open != null) {
            open.close();
        }
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return OptionTable.DATAGRAM_CHANNEL;
    }

    @Override
    protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
        socket().setOption(option, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> option) throws IOException {
        return socket().getOption(option);
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        MulticastSocket target = socket();
        switch (option) {
            case SocketOptions.SO_TIMEOUT -> target.setSoTimeout(NumberedOptions.intValue(value, "SO_TIMEOUT"));
            case SocketOptions.SO_REUSEADDR ->
                target.setReuseAddress(NumberedOptions.booleanValue(value, "SO_REUSEADDR"));
            case SocketOptions.SO_BROADCAST -> target.setBroadcast(NumberedOptions.booleanValue(value, "SO_BROADCAST"));
            case SocketOptions.SO_SNDBUF -> target.setSendBufferSize(NumberedOptions.intValue(value, "SO_SNDBUF"));
            case SocketOptions.SO_RCVBUF -> target.setReceiveBufferSize(NumberedOptions.intValue(value, "SO_RCVBUF"));
            case SocketOptions.IP_TOS -> target.setTrafficClass(NumberedOptions.intValue(value, "IP_TOS"));
            case SocketOptions.IP_MULTICAST_LOOP ->
                target.setLoopbackMode(NumberedOptions.booleanValue(value, "IP_MULTICAST_LOOP"));
            case SocketOptions.IP_MULTICAST_IF -> target.setInterface((InetAddress) value);
            case SocketOptions.IP_MULTICAST_IF2 -> target.setNetworkInterface((NetworkInterface) value);
            case SocketOptions.SO_REUSEPORT -> setReusePort(target, value);
            default -> throw new SocketException("Unknown option " + option);
        }
    }

    private static void setReusePort(MulticastSocket target, Object value) throws SocketException {
        try {
            target.setOption(StandardSocketOptions.SO_REUSEPORT, NumberedOptions.booleanValue(value, "SO_REUSEPORT"));
        } catch (IOException e) {
            throw Translated.socket(e);
        }
    }

    @Override
    @SuppressWarnings("NullAway") // the JDK's own gives null for an interface without an address too
    public Object getOption(int option) throws SocketException {
        MulticastSocket source = socket();
        return switch (option) {
            case SocketOptions.SO_TIMEOUT -> source.getSoTimeout();
            case SocketOptions.SO_REUSEADDR -> source.getReuseAddress();
            case SocketOptions.SO_BROADCAST -> source.getBroadcast();
            case SocketOptions.SO_SNDBUF -> source.getSendBufferSize();
            case SocketOptions.SO_RCVBUF -> source.getReceiveBufferSize();
            case SocketOptions.IP_TOS -> source.getTrafficClass();
            case SocketOptions.IP_MULTICAST_LOOP -> source.getLoopbackMode();
            case SocketOptions.IP_MULTICAST_IF -> source.getInterface();
            case SocketOptions.IP_MULTICAST_IF2 -> source.getNetworkInterface();
            case SocketOptions.SO_BINDADDR -> source.getLocalAddress();
            default -> throw new SocketException("Unknown option " + option);
        };
    }
}
