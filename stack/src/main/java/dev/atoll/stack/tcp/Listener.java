package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port that takes connections (RFC 9293 section 3.10.7.2). Half-open connections and those waiting to be accepted are
 * bounded by the backlog: when too many are half open, SYNs are answered with cookies and not remembered (RFC 4987);
 * when too many wait to be accepted, SYNs are dropped and will be repeated, as Linux has it.
 */
public final class Listener extends DemuxEntry {
    /** However small the backlog, this many may be half open. */
    private static final int LEAST_HALF_OPEN = 8;
    /** How long after the last cookie one may come back. */
    private static final long COOKIES_EXPECTED_NS = 120_000_000_000L;

    private final TcpLayer layer;
    private ConnectionOptions options;
    private final ArrayDeque<Connection> accepted = new ArrayDeque<>();
    private ConnectionObserver observer = ConnectionObserver.NOBODY;
    private Ports.@Nullable Binding binding;
    private boolean listening;
    private boolean closed;
    private int backlog = 1;
    private int halfOpen;
    private long lastCookieNs = Long.MIN_VALUE / 2;

    Listener(TcpLayer layer, ConnectionOptions options) {
        this.layer = layer;
        this.options = options;
    }

    public void setObserver(ConnectionObserver newObserver) {
        observer = newObserver;
    }

    public ConnectionOptions options() {
        return options;
    }

    /** Other options, for itself and what it accepts from now on. */
    public void setOptions(ConnectionOptions newOptions) {
        options = newOptions;
    }

    /** The send buffer a connection begins with, as SO_SNDBUF tells it. */
    public int sendBufferBytes() {
        return options.sendBufferBytes > 0 ? options.sendBufferBytes : layer.settings().sendBufferBytes / 2;
    }

    /** The receive buffer a connection begins with, as SO_RCVBUF tells it. */
    public int receiveBufferBytes() {
        return options.receiveBufferBytes > 0 ? options.receiveBufferBytes : layer.settings().receiveBufferBytes / 2;
    }

    public void bind(Ports.Binding newBinding) {
        binding = newBinding;
    }

    public Ports.@Nullable Binding binding() {
        return binding;
    }

    public @Nullable FullAddress localAddress() {
        Ports.Binding bound = binding;
        return bound == null ? null : FullAddress.onLink(options.nicId, bound.address(), bound.port());
    }

    /** Starts to take connections, or changes how many may wait. */
    public void listen(int newBacklog) throws StackException {
        Ports.Binding bound = binding;
        if (bound == null) {
            throw new StackException(StackError.INVALID);
        }
        backlog = Math.max(1, Math.min(newBacklog, TcpSettings.MAX_BACKLOG));
        if (listening) {
            return;
        }
        if (!layer.ports().mayListen(bound)) {
            throw new StackException(StackError.ADDRESS_IN_USE);
        }
        bound.setListening(true);
        setV6Only(options.v6Only);
        setNicId(options.nicId);
        setReusePort(options.reusePort);
        layer.register(this, TransportEndpointId.unconnected(bound.address(), bound.port()));
        listening = true;
    }

    public boolean isListening() {
        return listening;
    }

    /** The next connection, or null. */
    public @Nullable Connection accept() {
        return accepted.poll();
    }

    /** Connections that wait to be accepted. */
    public int acceptable() {
        return accepted.size();
    }

    public boolean hasAcceptable() {
        return !accepted.isEmpty();
    }

    /** Who waits for a connection waits for nothing. */
    void stackClosed() {
        observer.readinessChanged();
    }

    boolean isFull() {
        // As in Linux one more than the backlog: "full" is when the queue is longer than it.
        return accepted.size() > backlog;
    }

    void process(Segment segment) {
        if (segment.has(Tcp.RST)) {
            return;
        }
        if (segment.has(Tcp.ACK)) {
            if (segment.has(Tcp.SYN) || !openByCookie(segment)) {
                layer.refuse(segment);
            }
            return;
        }
        processSyn(segment, /* predecessor= */ null);
    }

    /**
     * Takes a segment without RST and ACK.
     *
     * @param predecessor the connection with the same four values that it ended
     */
    void processSyn(Segment segment, @Nullable Connection predecessor) {
        if (!segment.has(Tcp.SYN) || segment.has(Tcp.FIN)) {
            layer.counters().drop(DropReason.TCP_UNACCEPTABLE);
            return;
        }
        boolean crowded = halfOpen > Math.max(Math.min(backlog, layer.settings().synBacklog), LEAST_HALF_OPEN);
        if (isFull() || layer.isFull() || (crowded && !layer.settings().synCookies)) {
            layer.counters().drop(DropReason.TCP_BACKLOG_FULL);
            return;
        }
        Route route = layer.findReply(segment.packet(), options.nicId);
        if (route == null || route.broadcast() || segment.packet().type != PacketType.HOST) {
            layer.counters().drop(DropReason.TCP_UNACCEPTABLE);
            return;
        }
        TransportEndpointId id = id(route, segment);
        Connection connection = newConnection(route, segment);
        if (crowded) {
            lastCookieNs = layer.cycle().nowNs();
            layer.counters().tcpCookiesSent++;
            int cookie = layer.cookies().sequence(id, segment.seq, segment.options.mss);
            connection.answerWithCookie(route, id, segment, cookie);
            return;
        }
        connection.listener = this;
        halfOpen++;
        connection.setNicId(options.nicId);
        connection.setPeerLink(route);
        layer.register(connection, id);
        connection.openPassively(route, id, segment, layer.initialSequence(id, predecessor));
    }

    private Connection newConnection(Route route, Segment first) {
        byte[] ipOptions = layer.ip().optionsForAnswers(first.packet(), route.source());
        return new Connection(layer, options.ofAccepted(ipOptions));
    }

    /** The route has the addresses already: connections are many, and share them with it. */
    private static TransportEndpointId id(Route route, Segment segment) {
        return new TransportEndpointId(
                route.source(), segment.destinationPort, route.destination(), segment.sourcePort);
    }

    /** The last segment of a handshake that was not remembered; false if it is none. */
    private boolean openByCookie(Segment segment) {
        if (layer.cycle().nowNs() - lastCookieNs > COOKIES_EXPECTED_NS) {
            return false;
        }
        Route route = layer.findReply(segment.packet(), options.nicId);
        if (route == null) {
            return false;
        }
        TransportEndpointId id = id(route, segment);
        int cookie = segment.ack - 1;
        int mss = layer.cookies().mss(id, segment.seq - 1, cookie);
        if (mss == 0) {
            layer.counters().tcpCookiesFailed++;
            return false;
        }
        if (isFull() || layer.isFull()) {
            // Not refused: the peer will say it again.
            layer.counters().drop(DropReason.TCP_BACKLOG_FULL);
            return true;
        }
        layer.counters().tcpCookiesReceived++;
        Connection connection = newConnection(route, segment);
        connection.listener = this;
        halfOpen++;
        connection.setNicId(options.nicId);
        connection.setPeerLink(route);
        layer.register(connection, id);
        connection.openByCookie(route, id, segment, cookie, mss);
        layer.arrival().process(connection, segment);
        return true;
    }

    /** A connection completed its handshake. */
    void established(Connection connection) {
        halfOpen--;
        accepted.add(connection);
        observer.readinessChanged();
    }

    /** A half-open connection came to nothing. */
    void failed() {
        halfOpen--;
    }

    /** Takes no more connections; those nobody accepted are reset. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        listening = false;
        observer = ConnectionObserver.NOBODY;
        layer.unregister(this);
        Connection waiting = accepted.poll();
        while (waiting != null) {
            waiting.abort();
            waiting = accepted.poll();
        }
        layer.abortHalfOpen(this);
        Ports.Binding bound = binding;
        if (bound != null) {
            bound.setListening(false);
            layer.ports().release(bound);
        }
    }

    void archive(Archive archive) {
        archiveEntry(archive);
        options = layer.archive(archive, options);
        binding = archive.optional(binding, Ports::archive);
        listening = archive.bool(listening);
        closed = archive.bool(closed);
        backlog = archive.int32(backlog);
        halfOpen = archive.int32(halfOpen);
        lastCookieNs = archive.int64(lastCookieNs);
        List<Connection> waiting = new ArrayList<>(accepted);
        archive.list(waiting, TcpSettings.MAX_CONNECTIONS, layer::archive);
        if (archive.isRestoring()) {
            accepted.addAll(waiting);
        }
    }
}
