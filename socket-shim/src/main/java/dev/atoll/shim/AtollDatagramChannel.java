package dev.atoll.shim;

import dev.atoll.stack.env.DeafLock;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A UDP endpoint as a channel.
 *
 * <p>Locks, close and interrupts are as in {@link AtollSocketChannel}: receiving takes the read turn, sending the write turn,
 * {@code stateLock} guards the addresses and the memberships. Binding and connecting take {@code stateLock} only, so they do
 * not wait for a receive under way.
 *
 * <p>A channel that is not <em>interruptible</em> is what {@code DatagramSocket} runs on: an interrupt does nothing to a
 * platform thread, and ends a virtual thread's receive.
 */
final class AtollDatagramChannel extends DatagramChannel implements AtollChannel {
    /** A sender as the stack has it, and as Java does. */
    private static final class Source {
        final FullAddress sender;
        final InetSocketAddress address;

        Source(FullAddress sender) {
            this.sender = sender;
            this.address = Addresses.toJava(sender);
        }
    }

    private final boolean interruptible;
    private final boolean ipv6;
    private final ShimContext context;
    private final UdpEndpoint endpoint;
    private final Cleaner.Cleanable closer;
    private final Waiters waiters = new Waiters();
    private final Turn readTurn = new Turn();
    private final Turn writeTurn = new Turn();
    private final DeafLock stateLock = new DeafLock();
    private final Memberships memberships;

    private volatile @Nullable InetSocketAddress localAddress;
    private volatile @Nullable InetSocketAddress remoteAddress;
    /** Whose datagram was received last: the next one of the same sender brings the same object, as the JDK's do. */
    private volatile @Nullable Source lastSource;
    /** Made on demand; guarded by {@code stateLock}. */
    private @Nullable DatagramSocket adaptor;

    /**
     * @param interruptible whether an interrupt closes it
     * @param ipv6 whether it may be bound to IPv6 addresses and send to them
     */
    AtollDatagramChannel(SelectorProvider published, ShimContext context, boolean interruptible, boolean ipv6)
            throws IOException {
        super(published);
        this.interruptible = interruptible;
        this.ipv6 = ipv6;
        this.context = context;
        CountedUdpEndpoint opened = CountedUdpEndpoint.open(context.sockets());
        this.endpoint = opened.endpoint();
        try {
            endpoint.setOption(EndpointOption.IP_MULTICAST_ALL, false); // as the JDK does on Linux
        } catch (StackException e) {
            opened.close();
            throw Failures.ofCall(e);
        }
        this.memberships = new Memberships(this, endpoint);
        endpoint.setReadinessListener(waiters);
        closer = Cleaners.CLEANER.register(this, opened::close);
    }

    @Override
    public Waiters waiters() {
        return waiters;
    }

    @Override
    public UdpEndpoint endpoint() {
        return endpoint;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private IOException unlessClosed(IOException failure) {
        return isOpen() ? failure : new AsynchronousCloseException();
    }

    private void beginBlocking(boolean blocking) {
        if (blocking && interruptible) {
            begin();
        }
    }

    private void endBlocking(boolean blocking, boolean completed) throws AsynchronousCloseException {
        if (blocking && interruptible) {
            end(completed);
        } else if (blocking && !completed && !isOpen()) {
            throw new AsynchronousCloseException();
        }
    }

    private Waiters.Interrupts interrupts() {
        return interruptible ? Waiters.Interrupts.CLOSE_CHANNEL : Waiters.Interrupts.ofSocket();
    }

    // ---- binding and connecting

    @Override
    public DatagramChannel bind(@Nullable SocketAddress local) throws IOException {
        stateLock.lock();
        try {
            ensureOpen();
            if (localAddress != null) {
                throw new AlreadyBoundException();
            }
            FullAddress target = Addresses.toBind(local, ipv6);
            bindLocked(target);
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    private void bindLocked(FullAddress target) throws SocketException {
        Permissions.checkListen(target.port());
        try {
            context.noteCaller(endpoint);
            endpoint.bind(target);
            localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
        } catch (StackException e) {
            throw Failures.ofCall(e);
        }
    }

    private void bindIfNeeded() throws IOException {
        if (localAddress == null) {
            stateLock.lock();
            try {
                ensureOpen();
                if (localAddress == null) {
                    bindLocked(Addresses.toBind(null, ipv6));
                }
            } finally {
                stateLock.unlock();
            }
        }
    }

    @Override
    public DatagramChannel connect(SocketAddress remote) throws IOException {
        return connect(remote, true);
    }

    /** A socket may be connected anew, a channel may not. */
    DatagramChannel connect(SocketAddress remote, boolean onlyOnce) throws IOException {
        InetSocketAddress target = Addresses.checkForChannel(remote, ipv6);
        Permissions.checkConnectDatagrams(target);
        stateLock.lock();
        try {
            ensureOpen();
            if (onlyOnce && remoteAddress != null) {
                throw new AlreadyConnectedException();
            }
            if (target.getPort() == 0) {
                throw new SocketException("Can't connect to port 0");
            }
            bindIfNeeded();
            context.noteCaller(endpoint);
            endpoint.connect(Addresses.toStack(target.getAddress(), target.getPort()));
            remoteAddress = target;
            localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
            dropReceived();
        } catch (StackException e) {
            throw unlessClosed(Failures.ofCall(e));
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    /** What was received before the connect may be of anyone. */
    private void dropReceived() throws StackException {
        ByteBuffer nowhere = ByteBuffer.allocate(0);
        while (endpoint.nextLength() >= 0) {
            endpoint.receive(nowhere);
        }
    }

    @Override
    public DatagramChannel disconnect() throws IOException {
        stateLock.lock();
        try {
            if (isOpen() && remoteAddress != null) {
                endpoint.disconnect();
                remoteAddress = null;
                localAddress = Addresses.toJavaOrNull(endpoint.localAddress());
            }
        } catch (StackException e) {
            throw unlessClosed(Failures.ofCall(e));
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    @Override
    public boolean isConnected() {
        return remoteAddress != null && isOpen();
    }

    private void requireConnected() {
        if (remoteAddress == null) {
            throw new NotYetConnectedException();
        }
    }

    // ---- receiving

    @Override
    public @Nullable SocketAddress receive(ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        FullAddress sender = receive(target, isBlocking(), 0, false);
        return sender == null ? null : sourceOf(sender);
    }

    private InetSocketAddress sourceOf(FullAddress sender) {
        Source last = lastSource;
        if (last == null || !last.sender.equals(sender)) {
            last = new Source(sender);
            lastSource = last;
        }
        return last.address;
    }

    /** For the adaptor: blocks in any case, at most so long unless 0. */
    FullAddress blockingReceive(ByteBuffer target, long timeoutNanos) throws IOException {
        if (!isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        FullAddress sender = receive(target, true, timeoutNanos, false);
        if (sender == null) {
            throw new AsynchronousCloseException();
        }
        return sender;
    }

    private @Nullable FullAddress receive(ByteBuffer target, boolean blocking, long timeoutNanos, boolean connectedOnly)
            throws IOException {
        if (!MappedMemory.isMapping(target)) {
            return receiveInTurn(target, blocking, timeoutNanos, connectedOnly);
        }
        ByteBuffer received = MappedMemory.bufferFor(target);
        FullAddress sender = receiveInTurn(received, blocking, timeoutNanos, connectedOnly);
        try {
            MappedMemory.move(received.flip(), target);
        } catch (StackException e) {
            throw Failures.ofDatagram(e);
        }
        return sender;
    }

    private @Nullable FullAddress receiveInTurn(
            ByteBuffer target, boolean blocking, long timeoutNanos, boolean connectedOnly) throws IOException {
        readTurn.take();
        try {
            ensureOpen();
            FullAddress sender = null;
            try {
                beginBlocking(blocking);
                ensureOpen();
                if (connectedOnly) {
                    requireConnected();
                }
                bindIfNeeded();
                sender = tryReceive(target);
                if (blocking && sender == null) {
                    sender = receiveWaiting(target, timeoutNanos);
                }
            } catch (StackException e) {
                throw unlessClosed(Failures.ofDatagram(e));
            } finally {
                endBlocking(blocking, sender != null);
            }
            return sender;
        } finally {
            readTurn.give();
        }
    }

    private @Nullable FullAddress receiveWaiting(ByteBuffer target, long timeoutNanos)
            throws IOException, StackException {
        try (Waiters.Wait wait = waiters.beginRead(timeoutNanos, interrupts())) {
            while (isOpen()) {
                FullAddress sender = tryReceive(target);
                if (sender != null) {
                    return sender;
                }
                if (!wait.await()) {
                    throw new SocketTimeoutException("Receive timed out");
                }
            }
            return null;
        }
    }

    private @Nullable FullAddress tryReceive(ByteBuffer target) throws StackException {
        return remoteAddress != null || !Permissions.areAsked() ? endpoint.receive(target) : receivePermitted(target);
    }

    /** What comes of senders that a security manager does not accept must not get into the program's buffer. */
    private @Nullable FullAddress receivePermitted(ByteBuffer target) throws StackException {
        ByteBuffer unseen = ByteBuffer.allocate(target.remaining());
        FullAddress sender = endpoint.receive(unseen);
        while (sender != null && !Permissions.mayReceive(Addresses.toJava(sender))) {
            unseen.clear();
            sender = endpoint.receive(unseen);
        }
        target.put(unseen.flip());
        return sender;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        int before = target.position();
        receive(target, isBlocking(), 0, true);
        return target.position() - before;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        ByteBuffer whole = ByteBuffer.allocate(DatagramBuffers.remaining(targets, offset, length));
        receive(whole, isBlocking(), 0, true);
        whole.flip();
        int count = whole.remaining();
        DatagramBuffers.scatter(whole, targets, offset, length);
        return count;
    }

    // ---- sending

    @Override
    public int send(ByteBuffer source, SocketAddress target) throws IOException {
        Objects.requireNonNull(source);
        InetSocketAddress inet = Addresses.checkForChannel(target, ipv6);
        return send(source, inet, isBlocking());
    }

    /** For the adaptor. */
    void blockingSend(ByteBuffer source, InetSocketAddress target) throws IOException {
        if (!isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        send(source, Addresses.checkForChannel(target, ipv6), true);
    }

    private int send(ByteBuffer source, @Nullable InetSocketAddress target, boolean blocking) throws IOException {
        if (!MappedMemory.isMapping(source)) {
            return sendInTurn(source, target, blocking);
        }
        ByteBuffer payload;
        try {
            payload = MappedMemory.copyOf(source);
        } catch (StackException e) {
            throw Failures.ofDatagram(e);
        }
        int count = sendInTurn(payload, target, blocking);
        if (!payload.hasRemaining()) {
            source.position(source.limit());
        }
        return count;
    }

    private int sendInTurn(ByteBuffer source, @Nullable InetSocketAddress target, boolean blocking) throws IOException {
        writeTurn.take();
        try {
            ensureOpen();
            int count = 0;
            boolean completed = false;
            try {
                beginBlocking(blocking);
                ensureOpen();
                if (target == null) {
                    requireConnected();
                }
                bindIfNeeded();
                count = sendMaybeWaiting(source, target == null ? null : whereTo(target), blocking);
                completed = count >= 0;
            } catch (StackException e) {
                throw unlessClosed(Failures.ofDatagram(e));
            } finally {
                endBlocking(blocking, completed);
            }
            return Math.max(count, 0);
        } finally {
            writeTurn.give();
        }
    }

    /** Null is where the endpoint is connected to. */
    private @Nullable FullAddress whereTo(InetSocketAddress target) throws SocketException {
        InetSocketAddress connectedTo = remoteAddress;
        if (connectedTo != null) {
            if (!target.equals(connectedTo)) {
                throw new AlreadyConnectedException();
            }
            return null;
        }
        Permissions.checkSend(target);
        if (target.getPort() == 0) {
            throw new SocketException("Can't send to port 0");
        }
        return Addresses.toStack(target.getAddress(), target.getPort());
    }

    private int sendMaybeWaiting(ByteBuffer source, @Nullable FullAddress to, boolean blocking)
            throws IOException, StackException {
        int count = endpoint.send(source, to);
        if (!blocking || count != Endpoint.WOULD_BLOCK) {
            return count;
        }
        try (Waiters.Wait wait = waiters.beginWrite(interrupts())) {
            while (isOpen()) {
                count = endpoint.send(source, to);
                if (count != Endpoint.WOULD_BLOCK) {
                    return count;
                }
                wait.await();
            }
            return Endpoint.WOULD_BLOCK;
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source);
        return send(source, null, isBlocking());
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        ByteBuffer whole = DatagramBuffers.gather(sources, offset, length);
        int count = send(whole, null, isBlocking());
        if (count > 0) {
            DatagramBuffers.consume(sources, offset, length);
        }
        return count;
    }

    // ---- multicast

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface nic) throws IOException {
        return joinSource(group, nic, null);
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface nic, InetAddress source) throws IOException {
        return joinSource(group, nic, Objects.requireNonNull(source));
    }

    private MembershipKey joinSource(InetAddress group, NetworkInterface nic, @Nullable InetAddress source)
            throws IOException {
        Memberships.check(group, source, ipv6);
        Permissions.checkMulticast(group);
        stateLock.lock();
        try {
            ensureOpen();
            return memberships.join(group, Objects.requireNonNull(nic), source);
        } finally {
            stateLock.unlock();
        }
    }

    /** Runs an action on the memberships under the lock that guards them. */
    <T> T withMemberships(MembershipAction<T> action) throws IOException {
        stateLock.lock();
        try {
            return action.run(memberships);
        } finally {
            stateLock.unlock();
        }
    }

    /** Something done to the memberships. */
    interface MembershipAction<T> {
        T run(Memberships memberships) throws IOException;
    }

    // ---- closing

    @Override
    protected void implCloseSelectableChannel() {
        try {
            closer.clean();
        } finally {
            waiters.wakeThreads();
        }
        memberships.channelClosed();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // The endpoint never blocks; the mode is kept by the superclass and read when an operation begins.
    }

    // ---- addresses and options

    @Override
    public DatagramSocket socket() {
        stateLock.lock();
        try {
            DatagramSocket made = adaptor;
            if (made == null) {
                made = DatagramAdaptor.of(this);
                adaptor = made;
            }
            return made;
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return Permissions.revealed(localAddress);
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return remoteAddress;
    }

    /** Also after close. */
    @Nullable InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Also after close. */
    @Nullable InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> option, T value) throws IOException {
        OptionTable.check(supportedOptions(), option, value);
        stateLock.lock();
        try {
            ensureOpen();
            if (value instanceof NetworkInterface nic) {
                endpoint.setOption(EndpointOption.IP_MULTICAST_IF, Math.max(nic.getIndex(), 0));
            } else {
                OptionTable.set(endpoint, option, value);
            }
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
        return this;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"
    }) // a value of the option's type; no interface set is null, as in the JDK
    public <T> T getOption(SocketOption<T> option) throws IOException {
        OptionTable.check(supportedOptions(), option);
        stateLock.lock();
        try {
            ensureOpen();
            if (option == StandardSocketOptions.IP_MULTICAST_IF) {
                int id = endpoint.getOption(EndpointOption.IP_MULTICAST_IF);
                return id == 0 ? null : (T) NetworkInterface.getByIndex(id);
            }
            return (T) OptionTable.get(endpoint, option);
        } catch (StackException e) {
            throw Failures.ofCall(e);
        } finally {
            stateLock.unlock();
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return OptionTable.DATAGRAM_CHANNEL;
    }

    @Override
    public int readyOps(int readiness, int interest) {
        if ((readiness & ALWAYS) != 0) {
            return interest;
        }
        int ops = (readiness & Readiness.IN) != 0 ? SelectionKey.OP_READ : 0;
        ops |= (readiness & Readiness.OUT) != 0 ? SelectionKey.OP_WRITE : 0;
        return ops & interest;
    }
}
