package dev.atoll.runtime.localhost;

import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.PortHolder;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpForwardRequest;
import dev.atoll.stack.socket.TcpForwarder;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.socket.UdpForwardRequest;
import dev.atoll.stack.socket.UdpForwarder;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One localhost for a stack and the kernel: programs beside this one, which use the kernel's loopback, and this one's sockets, which
 * are the stack's, reach each other at 127.0.0.1 and ::1 as on any host.
 *
 * <p>The stack's {@code lo} stays the place where rules apply; the kernel's only joins processes. What a socket of the stack binds on
 * loopback or on all addresses is held in the kernel too ({@link PortHolder}); who connects or sends there is connected in the stack
 * over {@code lo}. What goes to a loopback address where the stack has nobody is offered to the kernel. Between two sockets of the
 * stack nothing of this is in the way. Groups and broadcasts do not cross.
 *
 * <p>Any thread. The thread that moves bytes begins with the first port that is held or the first connection that crosses.
 */
public final class Localhost implements PortHolder, TcpForwarder, UdpForwarder, Closeable {
    /** Connections that may cross at a time; further ones are refused. */
    public static final int MAX_STREAMS = 4096;

    /** Pairs of UDP sockets that are known at a time; the one not used for longest makes room. */
    public static final int MAX_DATAGRAM_PAIRS = 1024;

    /** How long a pair of UDP sockets is known after its last datagram. */
    private static final long PAIR_IDLE_NS = 60_000_000_000L;

    /** Callers that wait in the kernel to be taken over. */
    private static final int BACKLOG = 1024;

    /** Requests that wait for the kernel's answer. */
    private static final int MAX_IN_FLIGHT = 1024;

    private static final long LOOK_AGAIN_MS = 1;

    /** How often what has become idle is looked for. */
    private static final long HOUSEKEEPING_MS = 5_000;

    /** There if the kernel has IPv6. */
    private static final File KERNEL_IPV6 = new File("/proc/net/if_inet6");

    private final LoopbackChannels channels;
    private final FailureReport report;
    private final List<HeldListener> listeners = new CopyOnWriteArrayList<>();
    private final List<HeldDatagrams> ports = new CopyOnWriteArrayList<>();
    private final Set<StreamSplice> streams = ConcurrentHashMap.newKeySet();
    /** One for each connection more that may cross. */
    private final Semaphore places;

    private final LongAdder refusedStreams = new LongAdder();
    private final Map<DatagramSplice.Pair, DatagramSplice> pairs = new ConcurrentHashMap<>();
    /** Listeners that could not take a caller over: no descriptor was left. On the loop's thread. */
    private final List<SelectionKey> paused = new ArrayList<>();

    private volatile @Nullable Stack stack;
    private @Nullable LocalhostLoop loop;
    private boolean closed;

    /**
     * @param report told if the crossing ends by itself
     */
    public Localhost(LoopbackChannels channels, FailureReport report) {
        this(channels, report, MAX_STREAMS);
    }

    /**
     * @param maxStreams in place of {@link #MAX_STREAMS}
     */
    Localhost(LoopbackChannels channels, FailureReport report, int maxStreams) {
        this.channels = channels;
        this.report = report;
        places = new Semaphore(maxStreams);
    }

    /** Makes a stack that is going to be built one that shares its loopback. */
    public void share(StackBuilder builder) {
        builder.portHolder(this)
                .tcpForwarder(ForwardScope.LOOPBACK, MAX_IN_FLIGHT, this)
                .udpForwarder(ForwardScope.LOOPBACK, MAX_IN_FLIGHT, this);
    }

    /** The stack that was built; before anything uses it. */
    public void attach(Stack built) {
        stack = built;
    }

    private Stack stack() {
        Stack attached = stack;
        if (attached == null) {
            throw new IllegalStateException("no stack is attached yet");
        }
        return attached;
    }

    private synchronized LocalhostLoop loop() throws IOException {
        LocalhostLoop running = loop;
        if (closed || (running != null && running.isEnded())) {
            throw new StackException(StackError.CLOSED);
        }
        if (running == null) {
            running = new LocalhostLoop(channels.openSelector(), report, this::keepHouse, HOUSEKEEPING_MS);
            loop = running;
            running.start();
        }
        return running;
    }

    // --- Ports of the stack's sockets

    @Override
    public HeldPort holdTcp(FullAddress local) throws StackException {
        return Privileged.call(() -> listen(local));
    }

    private HeldListener listen(FullAddress local) throws IOException {
        ServerSocketChannel channel = null;
        try {
            LocalhostLoop running = loop();
            IpAddress address = ofKernel(local.address());
            channel = channels.openListener(Sockets.family(address));
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(Sockets.toJava(address, local.port()), BACKLOG);
            channel.configureBlocking(false);
            FullAddress bound = withPort(local, channel.getLocalAddress());
            HeldListener held = new HeldListener(this, running, channel, bound);
            listeners.add(held);
            held.start();
            return held;
        } catch (IOException e) {
            if (channel != null) {
                Sockets.close(channel);
            }
            throw e;
        }
    }

    @Override
    public HeldPort holdUdp(FullAddress local, boolean shared) throws StackException {
        return Privileged.call(() -> bind(local, shared));
    }

    private HeldPort bind(FullAddress local, boolean shared) throws IOException {
        DatagramChannel channel = null;
        try {
            LocalhostLoop running = loop();
            if (running.isCurrentThread()) {
                return new OfKernel(local.port());
            }
            IpAddress address = ofKernel(local.address());
            channel = channels.openDatagrams(Sockets.family(address));
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, shared);
            channel.bind(Sockets.toJava(address, local.port()));
            channel.configureBlocking(false);
            FullAddress bound = withPort(local, channel.getLocalAddress());
            HeldDatagrams held = new HeldDatagrams(this, running, channel, bound, shared);
            ports.add(held);
            held.start();
            forgetPairsOf(bound.port());
            return held;
        } catch (IOException e) {
            if (channel != null) {
                Sockets.close(channel);
            }
            throw e;
        }
    }

    /** The port of a socket of the kernel's, which an endpoint of ours stands for in the stack. */
    private record OfKernel(int port) implements HeldPort {
        @Override
        public void release() {
            // It was not held for the stack.
        }
    }

    /** All addresses are those of IPv4 to a kernel without IPv6. */
    private static IpAddress ofKernel(IpAddress address) {
        return address.equals(IpAddress.V6_ANY) && !KERNEL_IPV6.exists() ? IpAddress.V4_ANY : address;
    }

    private static FullAddress withPort(FullAddress local, SocketAddress bound) {
        return new FullAddress(
                local.nicId(), local.address(), Sockets.toStack(bound).port());
    }

    /** Whoever had this port in the kernel is gone. */
    private void forgetPairsOf(int port) {
        for (DatagramSplice splice : pairs.values()) {
            if (splice.pair().outer().port() == port) {
                splice.close();
            }
        }
    }

    /** Takes no more callers for now. On the loop's thread. */
    void pause(SelectionKey listener) {
        LocalhostLoop.setInterest(listener, 0);
        paused.add(listener);
    }

    void released(HeldListener held) {
        listeners.remove(held);
    }

    void released(HeldDatagrams held) {
        ports.remove(held);
        for (DatagramSplice splice : pairs.values()) {
            if (splice.held() == held) {
                splice.close();
            }
        }
    }

    // --- Connections

    TcpEndpoint newConnection() {
        return stack().newTcpEndpoint();
    }

    /** Counts a connection that crosses; false if there are as many as may be. */
    boolean begin(StreamSplice splice) {
        if (!takePlace()) {
            return false;
        }
        streams.add(splice);
        return true;
    }

    private boolean takePlace() {
        boolean taken = places.tryAcquire();
        if (!taken) {
            refusedStreams.increment();
        }
        return taken;
    }

    void ended(StreamSplice splice) {
        if (streams.remove(splice)) {
            places.release();
        }
    }

    /** Connections that were refused because as many as may crossed already. */
    public long refusedStreams() {
        return refusedStreams.sum();
    }

    @Override
    public void onRequest(TcpForwardRequest request) {
        Privileged.run(() -> offer(request));
    }

    /** Asks the kernel, and refuses if nobody there wants it. */
    private void offer(TcpForwardRequest request) {
        TransportEndpointId id = request.id();
        SocketChannel outer = null;
        try {
            for (HeldListener held : listeners) {
                if (held.covers(id.localAddress(), id.localPort())) {
                    // The listener is about to begin or has just ended: in the kernel is nobody but us.
                    request.refuse();
                    return;
                }
            }
            LocalhostLoop running = loop();
            outer = connect(id);
            if (outer.isConnected()) {
                accept(request, outer, running);
            } else {
                SocketChannel waiting = outer;
                running.execute(() -> new Attempt(this, running, request, waiting).start());
            }
        } catch (IOException e) {
            if (outer != null) {
                Sockets.reset(outer);
            }
            request.refuse();
        }
    }

    /** Begins to connect in the kernel, from the same port if that is free there. */
    private SocketChannel connect(TransportEndpointId id) throws IOException {
        SocketChannel channel = open(id.localAddress());
        try {
            if (id.remotePort() != id.localPort()) {
                channel.bind(Sockets.toJava(id.remoteAddress(), id.remotePort()));
                tryConnect(channel, id);
                return channel;
            }
        } catch (ConnectException e) {
            Sockets.close(channel);
            throw e;
        } catch (IOException ignored) {
            // The port is taken in the kernel, or the connection was there before.
        }
        Sockets.close(channel);
        SocketChannel another = open(id.localAddress());
        try {
            tryConnect(another, id);
            return another;
        } catch (IOException e) {
            Sockets.close(another);
            throw e;
        }
    }

    private SocketChannel open(IpAddress family) throws IOException {
        SocketChannel channel = channels.openStream(Sockets.family(family));
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private static void tryConnect(SocketChannel channel, TransportEndpointId id) throws IOException {
        channel.connect(Sockets.toJava(id.localAddress(), id.localPort()));
        SocketAddress local = channel.getLocalAddress();
        if (local.equals(channel.getRemoteAddress())) {
            // Nobody listens, and the port that the kernel chose is the one asked for: it connected with itself.
            throw new ConnectException(StackError.REFUSED.text());
        }
    }

    /** The kernel has connected: so does the stack, if one more may cross. */
    void accept(TcpForwardRequest request, SocketChannel outer, LocalhostLoop running) throws IOException {
        if (!takePlace()) {
            Sockets.reset(outer);
            request.refuse();
            return;
        }
        TcpEndpoint inner = null;
        try {
            inner = request.accept();
            inner.setOption(EndpointOption.TCP_NODELAY, true);
        } catch (StackException e) {
            places.release();
            if (inner != null) {
                inner.abort();
            }
            throw e;
        }
        StreamSplice splice = new StreamSplice(this, running, outer, inner);
        streams.add(splice);
        running.execute(splice::start);
    }

    /** A connection that the kernel is still asked for: the backlog of who listens is full. */
    private record Attempt(Localhost localhost, LocalhostLoop loop, TcpForwardRequest request, SocketChannel outer)
            implements Crossing {
        void start() {
            if (loop.watch(outer, SelectionKey.OP_CONNECT, this) == null) {
                request.refuse();
            }
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                if (outer.finishConnect()) {
                    key.interestOps(0);
                    localhost.accept(request, outer, loop);
                }
            } catch (ConnectException e) {
                settle(e);
            } catch (IOException e) {
                Sockets.reset(outer);
                request.refuse();
            }
        }

        /** Who has waited for as long as the kernel did hears no refusal. */
        private void settle(ConnectException e) {
            Sockets.close(outer);
            if (StackError.TIMED_OUT.text().equals(e.getMessage())) {
                request.drop();
            } else {
                request.refuse();
            }
        }

        @Override
        public void end() {
            Sockets.close(outer);
            request.refuse();
        }
    }

    // --- Datagrams

    @Override
    public void onRequest(UdpForwardRequest request) {
        try {
            LocalhostLoop running = Privileged.call(this::loop);
            running.execute(() -> forward(request, running));
        } catch (IOException e) {
            request.refuse();
        }
    }

    private void forward(UdpForwardRequest request, LocalhostLoop running) {
        TransportEndpointId id = request.id();
        FullAddress program = new FullAddress(id.remoteAddress(), id.remotePort());
        FullAddress outer = new FullAddress(id.localAddress(), id.localPort());
        DatagramSplice.Pair pair = new DatagramSplice.Pair(program, outer);
        if (pairs.containsKey(pair) || findPort(outer) != null) {
            // Another sender was faster, or the endpoint there is about to begin: UDP may lose these.
            request.drop();
            return;
        }
        if (!isAnybodyAt(outer)) {
            request.refuse();
            return;
        }
        HeldDatagrams held = findPort(program);
        DatagramChannel own = null;
        try {
            own = openTo(outer, program, held);
            DatagramSplice splice = new DatagramSplice(this, running, pair, request.accept(), held, own);
            keep(splice);
            splice.start();
        } catch (IOException e) {
            if (own != null) {
                Sockets.close(own);
            }
            request.refuse();
        }
    }

    /** A socket with one peer, at the program's own port if that is held: so the peer can answer there. */
    private DatagramChannel openTo(FullAddress outer, FullAddress program, @Nullable HeldDatagrams held)
            throws IOException {
        DatagramChannel channel = channels.openDatagrams(Sockets.family(outer.address()));
        try {
            channel.configureBlocking(false);
            if (held != null) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                held.share(() -> channel.bind(Sockets.toJava(program.address(), program.port())));
            }
            channel.connect(Sockets.toJava(outer.address(), outer.port()));
            return channel;
        } catch (IOException e) {
            Sockets.close(channel);
            throw e;
        }
    }

    /** Whether somebody in the kernel has that port: then it cannot be had. */
    private boolean isAnybodyAt(FullAddress outer) {
        try (DatagramChannel probe = channels.openDatagrams(Sockets.family(outer.address()))) {
            probe.bind(Sockets.toJava(outer.address(), outer.port()));
            return false;
        } catch (IOException e) {
            return Sockets.toStack(e).error() == StackError.ADDRESS_IN_USE;
        }
    }

    /** A datagram came to a held port from a socket of the kernel's. On the loop's thread. */
    void arrived(HeldDatagrams held, FullAddress from, ByteBuffer datagram) {
        IpAddress local = held.local().address();
        if (local.isUnspecified()) {
            local = from.address().isV4() ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
        }
        FullAddress program = new FullAddress(local, held.port());
        DatagramSplice.Pair pair = new DatagramSplice.Pair(program, from);
        DatagramSplice splice = pairs.get(pair);
        if (splice == null) {
            splice = findPort(from) == null ? adopt(held, pair) : null;
        }
        if (splice != null) {
            splice.moveIn(datagram);
        }
    }

    private @Nullable DatagramSplice adopt(HeldDatagrams held, DatagramSplice.Pair pair) {
        UdpEndpoint inner = stack().newUdpEndpoint();
        try {
            LocalhostLoop running = loop();
            // One who talks with several ports of the program's is an endpoint for each.
            inner.setOption(EndpointOption.SO_REUSEADDR, true);
            inner.bind(pair.outer());
            inner.connect(pair.program());
            DatagramSplice splice = new DatagramSplice(this, running, pair, inner, held, null);
            keep(splice);
            splice.start();
            return splice;
        } catch (IOException e) {
            // The stack has that port for something else: the datagram is lost.
            inner.close();
            return null;
        }
    }

    private @Nullable HeldDatagrams findPort(FullAddress address) {
        for (HeldDatagrams held : ports) {
            if (held.covers(address.address(), address.port())) {
                return held;
            }
        }
        return null;
    }

    private void keep(DatagramSplice splice) {
        if (pairs.size() >= MAX_DATAGRAM_PAIRS) {
            DatagramSplice oldest = null;
            for (DatagramSplice each : pairs.values()) {
                if (oldest == null || each.usedNs() - oldest.usedNs() < 0) {
                    oldest = each;
                }
            }
            if (oldest != null) {
                oldest.close();
            }
        }
        pairs.put(splice.pair(), splice);
    }

    void ended(DatagramSplice splice) {
        pairs.remove(splice.pair(), splice);
    }

    /** What the loop does now and then. */
    private void keepHouse() {
        for (SelectionKey listener : paused) {
            LocalhostLoop.setInterest(listener, SelectionKey.OP_ACCEPT);
        }
        paused.clear();
        long nowNs = System.nanoTime();
        for (DatagramSplice splice : pairs.values()) {
            if (nowNs - splice.usedNs() > PAIR_IDLE_NS) {
                splice.close();
            }
        }
    }

    // --- End

    /** Waits until what the program has written has reached the kernel, no longer than until then. */
    public void drain(long deadlineNs) throws InterruptedException {
        List<StreamSplice> undelivered = new ArrayList<>(streams);
        while (System.nanoTime() - deadlineNs < 0) {
            undelivered.removeIf(StreamSplice::isDelivered);
            if (undelivered.isEmpty()) {
                return;
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }

    /** Gives every port back and ends every connection. */
    @Override
    public void close() {
        LocalhostLoop running;
        synchronized (this) {
            closed = true;
            running = loop;
        }
        if (running != null) {
            running.close();
        }
    }
}
