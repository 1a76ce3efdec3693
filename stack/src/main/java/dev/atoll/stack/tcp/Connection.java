package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.congestion.CongestionWindow;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.stack.wire.TransportEndpointId;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: its state, its timers, what the application does with it, and the way its segments take.
 *
 * <p>Under the stack's hold. Arriving segments are walked through the state machine by {@link SegmentArrival}; the two
 * directions are {@link Sender}'s and {@link Receiver}'s. The connection outlives its endpoint until the protocol is
 * done with it.
 */
public final class Connection extends DemuxEntry implements Device.RoomListener {
    /** The observer once the endpoint is gone; FIN or RST of its close was still its own, as on Linux. */
    private static final ConnectionObserver GONE = new ConnectionObserver() {
        @Override
        public void readinessChanged() {
            // Nobody to tell.
        }
    };

    private final TcpLayer layer;
    private final SegmentWriter writer;
    private final RttEstimator rtt = new RttEstimator();
    final Sender sender;
    final Receiver receiver;

    private TcpState state = TcpState.CLOSED;
    private ConnectionObserver observer = ConnectionObserver.NOBODY;
    private @Nullable Route route;
    private Ports.@Nullable Binding binding;
    private @Nullable IpAddress boundAddress;
    /** Set for connections that came in: where to go once established. */
    @Nullable Listener listener;

    /** Shared with others until it is {@linkplain #setOptions replaced}. */
    private ConnectionOptions options;

    private final ConnectionStats stats = new ConnectionStats();
    final Ecn ecn = new Ecn();

    private final Timer retransmitTimer;
    private final Timer delayedAckTimer;
    /** Made when something first depends on it: most connections live and are never asked for it. */
    private @Nullable LifeTimer life;

    private final Handshake handshake;

    private final boolean probed;
    private boolean awaitingRoom;
    private boolean orphan;
    private boolean writeShut;

    private @Nullable StackException failure;
    private boolean failureTaken;

    // What the handshake settled.
    private boolean pathShrank;
    private int timestampOffset;
    int tsRecent;
    private long tsRecentAtNs;
    private int pathMss;
    private long lastInvalidAnswerNs = Long.MIN_VALUE / 2;

    Connection(TcpLayer layer, ConnectionOptions options) {
        this.layer = layer;
        this.options = options;
        writer = layer.writer();
        sender = new Sender(this, new SendQueue(new SendBuffer(layer.pool())), rtt);
        receiver = new Receiver(this);
        retransmitTimer = layer.cycle().newTimer(sender.retransmitter());
        delayedAckTimer = layer.cycle().newTimer(receiver);
        handshake = new Handshake(this, layer);
        probed = layer.probe() != null;
        applyOptions();
    }

    private void applyOptions() {
        sender.apply(options);
        receiver.setBufferBytes(options.receiveBufferBytes);
        receiver.setWindowClamp(options.windowClampBytes);
        receiver.setQuickAck(options.quickAck);
        receiver.setUrgentInline(options.oobInline);
        rtt.setVarianceMin(options.rtoMinUs);
    }

    public void setObserver(ConnectionObserver newObserver) {
        observer = newObserver;
    }

    public TcpState state() {
        return state;
    }

    public ConnectionOptions options() {
        return options;
    }

    /** Other options: those that take effect on a living connection do. */
    public void setOptions(ConnectionOptions newOptions) {
        boolean sameIdleTime = newOptions.keepIdleSeconds == options.keepIdleSeconds;
        int headersGrown = newOptions.ipOptions.length - options.ipOptions.length;
        options = newOptions;
        applyOptions();
        if (state.isSynchronized() && state != TcpState.TIME_WAIT) {
            if (headersGrown != 0) {
                applyMss();
            }
            if (headersGrown > 0) {
                sender.recut();
            }
            if (options.keepAlive && sameIdleTime) {
                life().ensureKeepalive();
            } else if (options.keepAlive) {
                life().restartKeepalive();
            }
            sender.output();
        }
        flush();
    }

    // --- Addresses

    public void bind(Ports.Binding newBinding) {
        binding = newBinding;
        boundAddress = newBinding.address();
    }

    public Ports.@Nullable Binding binding() {
        return binding;
    }

    public @Nullable FullAddress localAddress() {
        TransportEndpointId id = id();
        if (id != null) {
            return onLink(id.localAddress(), id.localPort());
        }
        if (lastId != null) {
            return onLink(lastId.localAddress(), lastId.localPort());
        }
        Ports.Binding bound = binding;
        return bound == null ? null : onLink(bound.address(), bound.port());
    }

    public @Nullable FullAddress remoteAddress() {
        TransportEndpointId id = id() == null ? lastId : id();
        return id == null ? null : onLink(id.remoteAddress(), id.remotePort());
    }

    private FullAddress onLink(IpAddress address, int port) {
        return FullAddress.onLink(route == null ? options.nicId : route.linkId(), address, port);
    }

    /** Remembered after the connection left the demultiplexer. */
    private @Nullable TransportEndpointId lastId;

    int localPort() {
        return lastId == null ? 0 : lastId.localPort();
    }

    int remotePort() {
        return lastId == null ? 0 : lastId.remotePort();
    }

    Route route() {
        return Objects.requireNonNull(route);
    }

    // --- Opening

    /** Starts the handshake (RFC 9293 section 3.10.1). The id is registered by the caller. */
    void open(Route newRoute, TransportEndpointId newId, int initialSequence) {
        settle(newRoute, newId);
        handshake.open(initialSequence);
    }

    /** Answers a SYN that arrived at a listener (RFC 9293 section 3.10.7.2). The id is registered by the caller. */
    void openPassively(Route newRoute, TransportEndpointId newId, Segment syn, int initialSequence) {
        settle(newRoute, newId);
        receiver.setTos(syn.packet().tos);
        handshake.answer(initialSequence, syn);
    }

    /** Answers a SYN with a cookie; this connection is forgotten then, and another made if the cookie comes back. */
    void answerWithCookie(Route newRoute, TransportEndpointId newId, Segment syn, int cookie) {
        settle(newRoute, newId);
        handshake.answerWithCookie(syn, cookie);
    }

    /** Becomes what it would be had its SYN been remembered. */
    void openByCookie(Route newRoute, TransportEndpointId newId, Segment ack, int cookie, int mss) {
        settle(newRoute, newId);
        handshake.resume(ack, cookie, mss);
    }

    private void settle(Route newRoute, TransportEndpointId newId) {
        route = newRoute;
        lastId = newId;
        timestampOffset = layer.timestampOffset(newId);
        learnPath();
    }

    private void learnPath() {
        pathMss = route().mtuBytes() - SegmentWriter.headerBytes(route());
    }

    /** What a peer takes that names no MSS (RFC 9293 section 3.7.1). */
    int defaultMss() {
        return route().destination().isV4() ? TcpSettings.DEFAULT_MSS : TcpSettings.DEFAULT_MSS_V6;
    }

    /** What the two ends agree on when they open. */
    Handshake handshake() {
        return handshake;
    }

    /** Largest segment that the peer and the application want, whatever the path carries; without options. */
    int largestMss() {
        int peerMss = handshake.peerMss();
        return options.maxSegmentBytes > 0 ? Math.min(peerMss, options.maxSegmentBytes) : peerMss;
    }

    void applyMss() {
        int mss = Math.min(largestMss(), pathMss);
        int stamps = usesTimestamps() ? SegmentWriter.TIMESTAMPS_BYTES : 0;
        sender.setMss(Math.max(mss - stamps - ipOptionBytes(), 1));
    }

    /** Bytes that options add to the IP header of each segment. */
    int ipOptionBytes() {
        return route().destination().isV4() ? options.ipOptions.length : 0;
    }

    /** Payload no arriving segment is expected to exceed; super-segments do not count as one. */
    int mssLimit() {
        return Math.max(pathMss, TcpSettings.DEFAULT_MSS);
    }

    /** The listener has no room for one more: the peer's ACK is not heard, and it will repeat. */
    boolean isRefusedByBacklog() {
        return listener != null && listener.isFull();
    }

    boolean isHandshaking() {
        return state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED;
    }

    /** Segments that may be sent before the path is known (RFC 6928, initcwnd of ip-route). */
    int initialWindow() {
        int segments = route().options().initialWindowSegments();
        return segments == 0 ? CongestionWindow.INITIAL_SEGMENTS : segments;
    }

    /** The handshake is over. */
    void established() {
        changeState(TcpState.ESTABLISHED);
        layer.counters().tcpEstablished++;
        stats.lastDataReceivedNs = nowNs();
        stats.lastDataSentNs = nowNs();
        if (handshake.wasRetried()) {
            rtt.afterHandshakeTimeout();
        }
        if (handshake.wasLossy()) {
            sender.window().set(1);
        } else if (route().options().initialWindowSegments() > 0) {
            sender.window().set(initialWindow());
        }
        if (settings().mtuProbing == TcpTuning.MtuProbing.ON) {
            sender.startMtuSearch();
            if (listener == null) {
                applyMss(); // As Linux: what a server sends first is as large as its path may carry.
            }
        }
        sender.established();
        receiver.established(sender.mss());
        if (options.keepAlive) {
            life().startKeepalive();
        }
        Listener from = listener;
        if (from != null) {
            listener = null;
            from.established(this);
        }
        if (writeShut) {
            startClosing();
        }
    }

    // --- The application

    /** Bytes moved, {@code -1} at the end of the stream, {@code -2} if there is nothing yet. */
    public int read(ByteBuffer target) throws StackException {
        if (receiver.available() > 0) {
            int bytes = receiver.read(target);
            flush();
            return bytes;
        }
        // Before the failure, as Linux does it: what comes after FIN cannot take back that the stream was whole.
        if (receiver.isAtEnd()) {
            return -1;
        }
        StackException ended = failure;
        if (ended != null) {
            failureTaken = true;
            throw new StackException(ended.error(), ended.detail());
        }
        if (state == TcpState.CLOSED) {
            if (lastId == null) {
                throw new StackException(StackError.NOT_CONNECTED);
            }
            return -1;
        }
        return target.hasRemaining() ? -2 : 0;
    }

    /** Bytes taken, or {@code -2} if there is no room. */
    public int write(ByteBuffer source, boolean more, boolean record) throws StackException {
        requireWritable();
        if (isHandshaking()) {
            return -2;
        }
        if (!source.hasRemaining()) {
            return 0;
        }
        int bytes = sender.write(source, more, record);
        flush();
        return bytes == 0 ? -2 : bytes;
    }

    /** Takes back what was not sent; how many bytes that was. */
    public int discardUnsent() throws StackException {
        if (!writeShut || state == TcpState.CLOSED) {
            requireWritable();
        }
        int bytes = sender.discardUnsent();
        flush();
        return bytes;
    }

    /** Sends one urgent byte; false if there is no room. */
    public boolean writeUrgent(ByteBuffer oneByte) throws StackException {
        requireWritable();
        if (isHandshaking() || sender.writeUrgent(oneByte) == 0) {
            return false;
        }
        flush();
        return true;
    }

    /** The urgent byte (MSG_OOB), or {@code -2} if it was announced and has not come. */
    public int readUrgent() throws StackException {
        UrgentMark mark = receiver.urgentMark();
        if (!mark.isTakeable()) {
            throw new StackException(StackError.INVALID);
        }
        return mark.hasArrived() ? mark.take() & 0xff : -2;
    }

    /** Reading has come to the urgent byte (SIOCATMARK). */
    public boolean isAtMark() {
        return receiver.isAtMark();
    }

    /** An urgent byte has come and was not read yet, whether it is part of the stream or not (POLLPRI of poll(2)). */
    public boolean hasUrgent() {
        return receiver.urgentMark().hasArrived();
    }

    private void requireWritable() throws StackException {
        StackException ended = failure;
        if (ended != null && !failureTaken) {
            failureTaken = true;
            throw new StackException(ended.error(), ended.detail());
        }
        if (writeShut) {
            throw new StackException(StackError.BROKEN_PIPE);
        }
        switch (state) {
            case CLOSED -> throw new StackException(lastId == null ? StackError.NOT_CONNECTED : StackError.BROKEN_PIPE);
            case LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, CLOSE_WAIT -> {}
            case FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK, TIME_WAIT ->
                throw new StackException(StackError.BROKEN_PIPE);
        }
    }

    /** Type of service or traffic class of the segment that came last: the octet in its header. */
    public int receivedTos() {
        return receiver.tos();
    }

    /** SO_ERROR: the failure, once. */
    public @Nullable StackException takeError() {
        StackException error = failure;
        if (error == null || failureTaken) {
            return null;
        }
        failureTaken = true;
        observer.readinessChanged();
        return error;
    }

    public void shutdownRead() throws StackException {
        if (!state.isSynchronized()) {
            throw new StackException(StackError.NOT_CONNECTED);
        }
        receiver.shut();
        observer.readinessChanged();
    }

    public void shutdownWrite() throws StackException {
        if (!state.isSynchronized() && !isHandshaking()) {
            throw new StackException(StackError.NOT_CONNECTED);
        }
        if (!writeShut) {
            writeShut = true;
            startClosing();
            flush();
            observer.readinessChanged();
        }
    }

    /** FIN follows what was written (RFC 9293 section 3.10.4). */
    private void startClosing() {
        if (state == TcpState.ESTABLISHED) {
            changeState(TcpState.FIN_WAIT_1);
        } else if (state == TcpState.CLOSE_WAIT) {
            changeState(TcpState.LAST_ACK);
        } else {
            return;
        }
        sender.queueFin();
        sender.output();
    }

    /** The application is done with it: what the protocol still owes goes on without one. */
    public void close() {
        orphan = true;
        observer = ConnectionObserver.NOBODY;
        closeProtocol();
        observer = GONE;
    }

    private void closeProtocol() {
        boolean unread = receiver.available() > 0;
        switch (state) {
            case CLOSED, LISTEN -> end();
            case SYN_SENT -> end();
            case SYN_RECEIVED, ESTABLISHED, CLOSE_WAIT -> {
                if (unread || options.lingerSeconds == 0) {
                    // Data the application will never see must not look delivered (RFC 9293 section 3.6.1, SHLD-3).
                    abort();
                } else if (!writeShut) {
                    writeShut = true;
                    startClosing();
                    flush();
                }
            }
            case FIN_WAIT_1, CLOSING, LAST_ACK -> {
                if (unread) {
                    abort();
                }
            }
            case FIN_WAIT_2 -> {
                if (unread) {
                    abort();
                } else {
                    life().startFinWait2();
                }
            }
            case TIME_WAIT -> receiver.clear();
        }
    }

    /** Ends the connection with RST (RFC 9293 section 3.10.5); nobody reads what came before. */
    public void abort() {
        orphan = true;
        if (state.isSynchronized() && state != TcpState.TIME_WAIT || state == TcpState.SYN_RECEIVED) {
            writer.sendReset(this, sender.sndMax());
        }
        end();
    }

    public int available() {
        return receiver.available();
    }

    public boolean isReadable() {
        return receiver.available() > 0 || receiver.isAtEnd() || hasError() || isEnded();
    }

    public boolean isWritable() {
        return hasError() || isEnded() || writeShut || (state.isSynchronized() && sender.isWritable());
    }

    public boolean hasError() {
        return failure != null && !failureTaken;
    }

    /** Was connected or tried to, and is no more. */
    public boolean isEnded() {
        return state == TcpState.CLOSED && lastId != null;
    }

    /** Both directions are over. */
    public boolean isHungUp() {
        return isEnded() || (writeShut && receiver.isAtEnd());
    }

    /** The peer sends no more. */
    public boolean isPeerDone() {
        return receiver.isFinReceived() || receiver.isShut() || isEnded();
    }

    public int unacknowledgedBytes() {
        return sender.unacknowledgedBytes();
    }

    boolean isProbed() {
        return probed;
    }

    boolean isOrphan() {
        return orphan;
    }

    /** Whether what it sends is an endpoint's; a connection nobody has accepted yet is its listener's. */
    boolean hasEndpoint() {
        return observer != GONE;
    }

    // --- Segments out

    boolean maySendData() {
        return switch (state) {
            case ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT, CLOSING, LAST_ACK -> true;
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, FIN_WAIT_2, TIME_WAIT -> false;
        };
    }

    boolean linkHasRoom() {
        return route().device().hasRoom();
    }

    void awaitLinkRoom() {
        if (!awaitingRoom) {
            awaitingRoom = true;
            route().device().awaitRoom(this);
        }
    }

    @Override
    public void roomAvailable() {
        awaitingRoom = false;
        sender.retransmitter().sendLost();
        sender.output();
        flush();
    }

    MtuSearch newMtuSearch() {
        return new MtuSearch(this, sender, layer.counters());
    }

    Pacer newPacer(Timer.Action resume) {
        return new Pacer(layer.cycle(), resume);
    }

    PacketBuffer newPacket() {
        return layer.pool().allocate(0);
    }

    /** How much payload one packet may carry: a segment, or a super-segment the link cuts. */
    int superSegmentBytes(int mss) {
        int gso = route().device().capabilities().gsoMaxBytes();
        return gso == 0 ? mss : Math.max(mss, gso - SegmentWriter.maxOverheadBytes(route()) - ipOptionBytes());
    }

    /** Sends a segment with ACK; the payload is in the packet already. */
    void transmit(PacketBuffer packet, int seq, int flags, int urgentPointer, int mss, boolean isNew) {
        boolean bare = packet.length() == 0;
        boolean newData = isNew && !bare;
        int allFlags = flags | ecn.flags(newData);
        StackError refused = writer.send(this, packet, seq, allFlags, urgentPointer, mss, ecn.ipBits(newData));
        receiver.acknowledged(bare);
        if (refused == StackError.MESSAGE_TOO_LONG) {
            pathShrank = true;
        }
    }

    /** Asks a peer whether it is there: nothing, or an octet, before what it expects (RFC 9293 section 3.8.4). */
    void sendKeepalive() {
        PacketBuffer packet = newPacket();
        if (settings().keepaliveOctet) {
            packet.data().put(packet.append(1), (byte) 0);
        }
        transmit(packet, sender.sndUna - 1, Tcp.ACK, 0, 0, /* isNew= */ false);
    }

    void sendProbe(int seq) {
        transmit(newPacket(), seq, Tcp.ACK, 0, 0, /* isNew= */ false);
    }

    void sendAck() {
        transmit(newPacket(), sender.sndMax(), Tcp.ACK, 0, 0, /* isNew= */ false);
    }

    /** Sends the acknowledgment that is due, if no data carried it. */
    void flush() {
        if (pathShrank) {
            // Not at once: whoever was sending had not noted yet what was sent.
            pathShrank = false;
            pathMtuChanged(route().mtuBytes());
        } else if (state.isSynchronized()) {
            followPath();
        }
        if (receiver.isAckDue() && state.isSynchronized()) {
            sendAck();
        }
    }

    /** Answers a segment that cannot be accepted, unless that was done just now (RFC 5961 section 7). */
    void sendChallengeAck() {
        long now = nowNs();
        if (now - lastInvalidAnswerNs >= settings().invalidRateLimitMs * 1_000_000L) {
            lastInvalidAnswerNs = now;
            layer.counters().tcpChallengeAcks++;
            sendAck();
        }
    }

    // --- Timestamps (RFC 7323)

    boolean usesTimestamps() {
        return handshake.usesTimestamps();
    }

    boolean usesSack() {
        return handshake.usesSack();
    }

    void shiftTimestamps(int by) {
        timestampOffset += by;
    }

    int timestampOffset() {
        return timestampOffset;
    }

    boolean usesWindowScaling() {
        return handshake.usesWindowScaling();
    }

    int timestampNow() {
        return (int) (nowNs() / 1_000_000) + timestampOffset;
    }

    void rememberTimestamp(int value) {
        tsRecent = value;
        tsRecentAtNs = nowNs();
    }

    /** The last remembered timestamp is too old to judge by (RFC 7323 section 5.5: 24 days). */
    boolean isTimestampStale() {
        return timestampAgeNs() > 24L * 86_400 * 1_000_000_000;
    }

    /** Since when the peer's last timestamp is known. */
    long timestampAgeNs() {
        return nowNs() - tsRecentAtNs;
    }

    int pathMtu() {
        return route == null ? 0 : pathMss + SegmentWriter.headerBytes(route);
    }

    int announcedMss() {
        int announced = route == null ? 0 : route.options().advertisedMssBytes();
        if (announced == 0) {
            return pathMss();
        }
        return options.maxSegmentBytes > 0 ? Math.min(announced, options.maxSegmentBytes) : announced;
    }

    int keepalivesSent() {
        return life == null ? 0 : life.probesSent();
    }

    /** TCP_NODELAY was set: even what a cork holds back goes. */
    public void push() {
        sender.push();
    }

    /** Payload of a full segment. */
    public int maxSegmentBytes() {
        return sender.mss();
    }

    /** Bytes the application may write ahead, as SO_SNDBUF tells it. */
    public int sendBufferBytes() {
        return options.sendBufferBytes > 0 ? options.sendBufferBytes : sender.bufferBytes();
    }

    /** Bytes that may wait to be read, as SO_RCVBUF tells it. */
    public int receiveBufferBytes() {
        return receiver.bufferBytes();
    }

    int pathMss() {
        return options.maxSegmentBytes > 0 ? Math.min(pathMss, options.maxSegmentBytes) : pathMss;
    }

    /** The path carries only packets of this size (RFC 1191). */
    void pathMtuChanged(int mtuBytes) {
        int mss = Math.max(mtuBytes - SegmentWriter.headerBytes(route()), settings().minMssBytes);
        if (mss < pathMss && state.isSynchronized()) {
            pathMss = mss;
            applyMss();
            sender.recut();
            sender.retransmitter().sendLost();
            sender.output();
        }
    }

    /**
     * What was known of the path was forgotten, its link takes more, or the table has another route: what is sent from now on
     * may be larger or has to be smaller.
     */
    private void followPath() {
        if (route().refresh()) {
            int mss = route().mtuBytes() - SegmentWriter.headerBytes(route());
            if (mss > pathMss) {
                pathMss = mss;
                applyMss();
            } else if (mss < pathMss && route().options().mtuBytes() > 0) {
                pathMtuChanged(route().mtuBytes());
            }
        }
    }

    // --- Timers

    void armRetransmit(long delayNs) {
        if (state != TcpState.CLOSED) {
            layer.cycle().armIn(retransmitTimer, delayNs);
        }
    }

    void cancelRetransmit() {
        retransmitTimer.cancel();
    }

    void armDelayedAck() {
        if (!delayedAckTimer.isArmed()) {
            // Peers on the same fast path have the same least timeout, and must not repeat what only waits for its ACK.
            long mostNs =
                    Math.max(rtt.varianceMinNs() - TcpSettings.DELAYED_ACK_LEAD_NS, TcpSettings.DELAYED_ACK_LEAD_NS);
            layer.cycle().armIn(delayedAckTimer, Math.min(TcpSettings.DELAYED_ACK_NS, mostNs));
        }
    }

    void cancelDelayedAck() {
        delayedAckTimer.cancel();
    }

    private LifeTimer life() {
        LifeTimer made = life;
        if (made == null) {
            made = new LifeTimer(this, layer);
            life = made;
        }
        return made;
    }

    /** Something acceptable came from the peer. */
    void heard(Segment segment) {
        stats.lastHeardNs = nowNs();
        receiver.setTos(segment.packet().tos);
        if (life != null) {
            life.heard();
        }
    }

    /** The retransmission timer fired as often as it may. */
    void giveUp() {
        layer.counters().tcpFailedConnects += isHandshaking() ? 1 : 0;
        fail(new StackException(softError == null ? StackError.TIMED_OUT : softError));
    }

    private @Nullable StackError softError;

    /** The network reported trouble that may pass: it is what a later timeout is called (RFC 1122 section 4.2.3.9). */
    void unreachable(StackError error, boolean hard) {
        if (isHandshaking() && (hard || state == TcpState.SYN_SENT)) {
            // Linux ends a connect at the first such report, as programs expect of an unreachable host.
            fail(new StackException(error));
        } else if (hard && settings().abortOnHardErrors) {
            fail(new StackException(error));
        } else {
            noteTrouble(error);
        }
    }

    /** Trouble that may pass. */
    void noteTrouble(StackError error) {
        softError = error;
    }

    // --- State

    void changeState(TcpState next) {
        state = next;
        observer.readinessChanged();
    }

    void dataAcknowledged() {
        softError = null;
        route().device().confirmReachable(route().nextHop());
        observer.readinessChanged();
    }

    void dataArrived() {
        observer.readinessChanged();
    }

    void enterTimeWait() {
        sender.clear();
        cancelRetransmit();
        cancelDelayedAck();
        if (state != TcpState.TIME_WAIT) {
            changeState(TcpState.TIME_WAIT);
            if (!layer.timeWaits().enter()) {
                end();
                return;
            }
            if (orphan) {
                receiver.clear();
            }
        }
        life().startTimeWait();
    }

    void enterFinWait2() {
        changeState(TcpState.FIN_WAIT_2);
        if (orphan) {
            life().startFinWait2();
        }
    }

    /** The connection failed; the endpoint learns why. */
    void fail(StackException why) {
        if (failure == null) {
            failure = why;
        }
        end();
    }

    /** Other rules deny it: ends it with RST, and the endpoint learns which. */
    void refuse(StackException why) {
        if (state.isSynchronized() || state == TcpState.SYN_RECEIVED) {
            writer.sendReset(this, sender.sndMax());
        }
        fail(why);
    }

    /** The stack closes: nobody reads or waits any more. */
    void stackClosed() {
        orphan = true;
        fail(new StackException(StackError.CLOSED));
    }

    /** The connection is no more. Data that arrived before stays readable for the endpoint, if it still has one. */
    void end() {
        if (state == TcpState.TIME_WAIT) {
            layer.timeWaits().left();
        }
        retransmitTimer.dispose();
        delayedAckTimer.dispose();
        if (life != null) {
            life.dispose();
        }
        sender.clear();
        if (orphan) {
            receiver.clear();
        }
        Listener from = listener;
        if (from != null) {
            listener = null;
            from.failed();
        }
        layer.unregister(this);
        Ports.Binding bound = binding;
        if (bound != null) {
            binding = null;
            layer.ports().release(bound);
        }
        changeState(TcpState.CLOSED);
    }

    // --- For the parts

    long nowNs() {
        return layer.cycle().nowNs();
    }

    void drop(DropReason reason) {
        layer.counters().drop(reason);
    }

    void countRetransmission() {
        countRetransmissions(1);
    }

    void countRetransmissions(int segments) {
        stats.segmentsRetransmitted += segments;
        layer.counters().tcpRetransmitted += segments;
    }

    /** R1 of RFC 9293 section 3.8.3: the network is told that nothing arrives, and so is the program. */
    void doubtPath() {
        layer.routes().doubt(route());
        TcpProbe probe = probed ? layer.probe() : null;
        FullAddress local = localAddress();
        FullAddress remote = remoteAddress();
        if (probe != null && local != null && remote != null) {
            probe.onPathDoubted(new TcpProbe.Doubt(nowNs(), local, remote, ConnectionInfo.stateOf(this)));
        }
    }

    void countTimeout() {
        layer.counters().tcpTimeouts++;
    }

    void countFastRetransmit() {
        layer.counters().tcpFastRetransmits++;
    }

    void countTailLossProbe() {
        layer.counters().tcpTailLossProbes++;
    }

    void countBlackHole() {
        layer.counters().tcpBlackHoles++;
    }

    void countUndo() {
        layer.counters().tcpUndone++;
    }

    void countDuplicates(int segments) {
        stats.duplicatesReported += segments;
        layer.counters().tcpDuplicatesReported += segments;
    }

    ConnectionStats stats() {
        return stats;
    }

    /** One of the stack: acknowledgments are processed one after the other. */
    AckSummary ackSummary() {
        return layer.ackSummary();
    }

    void acknowledged(Segment segment) {
        layer.ackProcessor().acknowledged(this, segment);
    }

    TcpTuning settings() {
        return layer.settings();
    }

    CongestionControls congestionControls() {
        return layer.congestionControls();
    }

    @Nullable IpAddress boundAddress() {
        return boundAddress;
    }

    /** All of it but its options, which it was made with, and who is told of it. */
    void archive(Archive archive) {
        archiveEntry(archive);
        state = archive.constant(state);
        lastId = archive.optional(lastId, ArchivedValues::endpointId);
        route = archive.optional(route, layer.routes()::archiveRoute);
        binding = archive.optional(binding, Ports::archive);
        boundAddress = archive.optional(boundAddress, ArchivedValues::address);
        listener = archive.optional(listener, layer::archive);
        rtt.archive(archive);
        handshake.archive(archive);
        sender.archive(archive);
        receiver.archive(archive, layer.pool());
        stats.archive(archive);
        ecn.archive(archive);
        retransmitTimer.archive(archive);
        delayedAckTimer.archive(archive);
        if (archive.bool(life != null)) {
            life().archive(archive);
        }
        orphan = archive.bool(orphan);
        observer = archive.bool(observer == GONE) ? GONE : observer;
        writeShut = archive.bool(writeShut);
        failure = archive.optional(failure, StackException::archive);
        softError = archive.optional(softError, Connection::archiveError);
        failureTaken = archive.bool(failureTaken);
        pathShrank = archive.bool(pathShrank);
        timestampOffset = archive.int32(timestampOffset);
        tsRecent = archive.int32(tsRecent);
        tsRecentAtNs = archive.int64(tsRecentAtNs);
        pathMss = archive.int32(pathMss);
        lastInvalidAnswerNs = archive.int64(lastInvalidAnswerNs);
        if (archive.bool(awaitingRoom) && archive.isRestoring()) {
            awaitLinkRoom();
        }
    }

    private static StackError archiveError(Archive archive, @Nullable StackError saved) {
        return archive.constant(saved == null ? StackError.CLOSED : saved);
    }
}
