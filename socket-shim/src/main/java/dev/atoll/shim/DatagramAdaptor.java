package dev.atoll.shim;

import dev.atoll.bridge.JavaNet;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A channel as a {@link DatagramSocket}, and as a {@link MulticastSocket}, which is what the JDK expects of its default
 * provider. Every method is overridden, as the superclass has no delegate.
 */
// java.net's own methods that this must override are deprecated or to be removed.
@SuppressWarnings({"deprecation", "removal"})
final class DatagramAdaptor extends MulticastSocket {
    /** From 21 on an interrupted receive says that it was interrupted; before, only the cause of what it says does. */
    private static final boolean INTERRUPT_SHOWS = Runtime.version().feature() >= 21;

    private final AtollDatagramChannel channel;
    private final PacketFiller filler = new PacketFiller();
    /** Held while the time to live is changed for one send. */
    private final ReentrantLock hopsLock = new ReentrantLock();

    private volatile int timeoutMillis;
    private volatile @Nullable InetAddress outgoingAddress;

    private DatagramAdaptor(AtollDatagramChannel channel, @Nullable SocketAddress noDelegate) throws IOException {
        super(noDelegate);
        this.channel = channel;
        if (noDelegate == null) {
            super.close(); // without the agent a delegate comes with the superclass; it is not used
        }
    }

    static DatagramSocket of(AtollDatagramChannel channel) {
        try {
            return Permissions.privileged(() -> new DatagramAdaptor(channel, JavaNet.noDelegate()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireOpen() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
    }

    private static InetSocketAddress requireInet(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return inet;
        }
        throw new UnsupportedAddressTypeException();
    }

    @Override
    public void bind(@Nullable SocketAddress local) throws SocketException {
        InetSocketAddress address = local == null ? new InetSocketAddress(0) : requireInet(local);
        try {
            channel.bind(address);
        } catch (IOException | RuntimeException e) {
            throw Translated.socket(e);
        }
    }

    @Override
    public void connect(InetAddress address, int port) {
        if (address == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        try {
            connect(new InetSocketAddress(address, port));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void connect(SocketAddress remote) throws SocketException {
        if (remote == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        InetSocketAddress address = requireInet(remote);
        try {
            channel.connect(address, false);
        } catch (ClosedChannelException e) {
            // As old as DatagramSocket: connecting a closed one does nothing.
            return;
        } catch (IOException | RuntimeException e) {
            throw Translated.socket(e);
        }
    }

    @Override
    public void disconnect() {
        try {
            channel.disconnect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isBound() {
        return channel.localAddress() != null;
    }

    @Override
    public boolean isConnected() {
        return channel.remoteAddress() != null;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? -1 : remote.getPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return channel.remoteAddress();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        InetSocketAddress local = isClosed() ? null : channel.localAddress();
        // What stands in for an address that may not be known is another here than in a channel.
        return local == null || local.getAddress().isAnyLocalAddress() || Permissions.mayKnow(local.getAddress())
                ? local
                : new InetSocketAddress(local.getPort());
    }

    @Override
    public @Nullable InetAddress getLocalAddress() {
        if (isClosed()) {
            return null;
        }
        InetSocketAddress local = channel.localAddress();
        InetAddress address = local == null ? anyAddress() : local.getAddress();
        return Permissions.mayKnow(address) ? address : anyAddress();
    }

    @Override
    public int getLocalPort() {
        if (isClosed()) {
            return -1;
        }
        InetSocketAddress local = channel.localAddress();
        return local == null ? 0 : local.getPort();
    }

    private static InetAddress anyAddress() {
        return new InetSocketAddress(0).getAddress();
    }

    @Override
    public void send(DatagramPacket packet) throws IOException {
        synchronized (packet) {
            if (packet.getAddress() == null) {
                InetSocketAddress remote = channel.remoteAddress();
                if (remote == null) {
                    if (isClosed()) {
                        throw new SocketException("Socket closed");
                    }
                    throw new IllegalArgumentException("Address not set");
                }
                packet.setSocketAddress(remote);
            }
            ByteBuffer payload = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
            try {
                channel.blockingSend(payload, (InetSocketAddress) packet.getSocketAddress());
            } catch (AlreadyConnectedException e) {
                throw new IllegalArgumentException("Connected and packet address differ", e);
            } catch (ClosedChannelException e) {
                throw new SocketException("Socket closed");
            }
        }
    }

    @Override
    public void receive(DatagramPacket packet) throws IOException {
        synchronized (packet) {
            ByteBuffer target = filler.bufferOf(packet);
            try {
                FullAddress sender = channel.blockingReceive(target, TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
                filler.received(packet, target.position() - packet.getOffset());
                packet.setSocketAddress(Addresses.toJava(sender));
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (InterruptedIOException e) {
                close();
                throw new SocketException("Closed by interrupt");
            } catch (ClosedChannelException e) {
                if (e instanceof ClosedByInterruptException && INTERRUPT_SHOWS) {
                    throw e;
                }
                SocketException closed = new SocketException("Socket closed");
                closed.initCause(e);
                throw closed;
            }
        }
    }

    @Override
    public void setSoTimeout(int timeoutMillis) throws SocketException {
        requireOpen();
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        requireOpen();
        return timeoutMillis;
    }

    private <T> void set(SocketOption<T> option, T value) throws SocketException {
        try {
            channel.setOption(option, value);
        } catch (IOException e) {
            throw Translated.socket(e);
        }
    }

    private <T> T get(SocketOption<T> option) throws SocketException {
        try {
            return channel.getOption(option);
        } catch (IOException e) {
            throw Translated.socket(e);
        }
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("Invalid send size");
        }
        set(StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("Invalid receive size");
        }
        set(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return get(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setBroadcast(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_BROADCAST, on);
    }

    @Override
    public boolean getBroadcast() throws SocketException {
        return get(StandardSocketOptions.SO_BROADCAST);
    }

    @Override
    public void setTrafficClass(int octet) throws SocketException {
        set(StandardSocketOptions.IP_TOS, octet);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return get(StandardSocketOptions.IP_TOS);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public DatagramChannel getChannel() {
        return channel;
    }

    @Override
    public <T> DatagramSocket setOption(SocketOption<T> option, T value) throws IOException {
        channel.setOption(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return channel.getOption(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    // ---- multicast

    @Override
    public void setTTL(byte hops) throws IOException {
        setTimeToLive(Byte.toUnsignedInt(hops));
    }

    @Override
    public byte getTTL() throws IOException {
        return (byte) getTimeToLive();
    }

    @Override
    public void setTimeToLive(int hops) throws IOException {
        hopsLock.lock();
        try {
            set(StandardSocketOptions.IP_MULTICAST_TTL, hops);
        } finally {
            hopsLock.unlock();
        }
    }

    @Override
    public int getTimeToLive() throws IOException {
        hopsLock.lock();
        try {
            return get(StandardSocketOptions.IP_MULTICAST_TTL);
        } finally {
            hopsLock.unlock();
        }
    }

    @Override
    public void send(DatagramPacket packet, byte hops) throws IOException {
        hopsLock.lock();
        try {
            int before = getTimeToLive();
            try {
                setTTL(hops);
                send(packet);
            } finally {
                setTimeToLive(before);
            }
        } finally {
            hopsLock.unlock();
        }
    }

    @Override
    public void joinGroup(InetAddress group) throws IOException {
        Objects.requireNonNull(group);
        try {
            joinGroup(new InetSocketAddress(group, 0), null);
        } catch (IllegalArgumentException e) {
            throw new SocketException("joinGroup failed");
        }
    }

    @Override
    public void leaveGroup(InetAddress group) throws IOException {
        Objects.requireNonNull(group);
        try {
            leaveGroup(new InetSocketAddress(group, 0), null);
        } catch (IllegalArgumentException e) {
            throw new SocketException("leaveGroup failed");
        }
    }

    private static InetAddress checkGroup(SocketAddress address) throws SocketException {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new IllegalArgumentException("Unsupported address type");
        }
        if (inet.isUnresolved()) {
            throw new IllegalArgumentException("Unresolved address");
        }
        if (!inet.getAddress().isMulticastAddress()) {
            throw new SocketException("Not a multicast address");
        }
        return inet.getAddress();
    }

    @Override
    public void joinGroup(SocketAddress address, @Nullable NetworkInterface nic) throws IOException {
        InetAddress group = checkGroup(address);
        NetworkInterface on = nic == null ? getNetworkInterface() : nic;
        requireOpen();
        channel.withMemberships(memberships -> {
            if (memberships.find(group, on) != null) {
                Permissions.checkMulticast(group); // who may not join does not hear that somebody did
                throw new SocketException("Already a member of group");
            }
            return channel.join(group, on);
        });
    }

    @Override
    public void leaveGroup(SocketAddress address, @Nullable NetworkInterface nic) throws IOException {
        InetAddress group = checkGroup(address);
        NetworkInterface on = nic == null ? getNetworkInterface() : nic;
        requireOpen();
        Permissions.checkMulticast(group);
        channel.withMemberships(memberships -> {
            MembershipKey key = memberships.find(group, on);
            if (key == null) {
                throw new SocketException("Not a member of group");
            }
            key.drop();
            return key;
        });
    }

    @Override
    public void setInterface(InetAddress address) throws SocketException {
        if (address == null) {
            throw new SocketException("Invalid value 'null'");
        }
        NetworkInterface nic = NetworkInterface.getByInetAddress(address);
        if (nic == null) {
            throw new SocketException("No network interface found with address " + address.getHostAddress());
        }
        setNetworkInterface(nic);
        outgoingAddress = address;
    }

    @Override
    public @Nullable InetAddress getInterface() throws SocketException {
        NetworkInterface nic = outgoingInterface();
        if (nic == null) {
            return anyAddress();
        }
        InetAddress chosen = outgoingAddress;
        if (chosen != null && nic.inetAddresses().anyMatch(chosen::equals)) {
            return chosen;
        }
        return nic.inetAddresses().findFirst().orElse(null);
    }

    @Override
    public void setNetworkInterface(NetworkInterface nic) throws SocketException {
        set(StandardSocketOptions.IP_MULTICAST_IF, nic);
    }

    /** With none set, an interface of index 0 stands for "as the routes say". */
    @Override
    public NetworkInterface getNetworkInterface() throws SocketException {
        NetworkInterface nic = outgoingInterface();
        InetAddress any = anyAddress();
        return nic != null ? nic : JavaNet.placeholder(placeholderName(any), any);
    }

    static String placeholderName(InetAddress any) {
        return any instanceof Inet6Address ? "::" : "0.0.0.0";
    }

    private @Nullable NetworkInterface outgoingInterface() throws SocketException {
        return get(StandardSocketOptions.IP_MULTICAST_IF);
    }

    @Override
    public void setLoopbackMode(boolean disable) throws SocketException {
        set(StandardSocketOptions.IP_MULTICAST_LOOP, !disable);
    }

    @Override
    public boolean getLoopbackMode() throws SocketException {
        return !get(StandardSocketOptions.IP_MULTICAST_LOOP);
    }
}
