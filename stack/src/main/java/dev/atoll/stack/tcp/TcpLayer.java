package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.LiveConnection;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.ip.TransportHandler;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.JoinedSegments;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.transport.BoundRoutes;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.transport.Demuxer;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** TCP of one stack: takes segments from IP to their connections, and answers those that have none. */
public final class TcpLayer implements TransportHandler, IpLayer.ResetSender, IpLayer.LinkFailureListener {
    private final Cycle cycle;
    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final Demuxer demuxer;
    private final Ports ports;
    private final KeyedHash sequenceHash;
    private final KeyedHash timestampHash;
    private final SegmentWriter writer;
    private final SegmentArrival arrival;
    private final Segment segment = new Segment();
    private final SynCookies cookies;
    private final AckSummary ackSummary = new AckSummary();
    private final AckProcessor ackProcessor = new AckProcessor(ackSummary);
    private final CongestionControls congestionControls;
    private TcpTuning settings;
    private ConnectionOptions defaults;
    private final TimeWaits timeWaits;
    private @Nullable Forwarder forwarder;
    private @Nullable TcpProbe probe;

    /** With settings whose congestion control is one of these. */
    public TcpLayer(
            Cycle cycle,
            Counters counters,
            BufferPool pool,
            IpLayer ip,
            TcpTuning settings,
            CongestionControls congestionControls) {
        this.cycle = cycle;
        this.settings = settings;
        this.congestionControls = congestionControls;
        defaults = new ConnectionOptions(settings);
        timeWaits = new TimeWaits(settings);
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        demuxer = new Demuxer(cycle.rng());
        ports = new Ports(cycle.rng());
        sequenceHash = new KeyedHash(cycle.rng());
        timestampHash = new KeyedHash(cycle.rng());
        cookies = new SynCookies(cycle);
        writer = new SegmentWriter(ip, pool, counters);
        arrival = new SegmentArrival(this);
        ip.setResetSender(this);
    }

    @Override
    public int protocolNumber() {
        return IpProtocol.TCP;
    }

    /** Has SYNs that no listener waits for decided about elsewhere; before the stack runs. */
    public Forwarder forwardTo(ForwardScope scope, int maxInFlight, Forwarder.Observer observer) {
        Forwarder forwarding = new Forwarder(this, scope, maxInFlight, observer);
        forwarder = forwarding;
        return forwarding;
    }

    // --- Opening

    public Connection newConnection() {
        return new Connection(this, defaults);
    }

    public Listener newListener() {
        return new Listener(this, defaults);
    }

    public Ports ports() {
        return ports;
    }

    /** Starts to connect (RFC 9293 section 3.10.1). */
    public void connect(Connection connection, FullAddress remote) throws StackException {
        if (connection.state() != TcpState.CLOSED || connection.isEnded()) {
            boolean busy = connection.state() == TcpState.SYN_SENT || connection.state() == TcpState.SYN_RECEIVED;
            throw new StackException(busy ? StackError.ALREADY_CONNECTING : StackError.ALREADY_CONNECTED);
        }
        IpAddress bound = connection.boundAddress();
        ConnectionOptions options = connection.options();
        int nicId = remote.nicId() == 0 ? options.nicId : remote.nicId();
        Route route = BoundRoutes.find(ip.routes(), remote.address(), bound, options.v6Only, nicId);
        if (route == null || route.broadcast() || remote.address().isMulticast()) {
            throw new StackException(StackError.NETWORK_UNREACHABLE);
        }
        if (isFull()) {
            throw new StackException(StackError.NO_BUFFER_SPACE);
        }
        TransportEndpointId id = new TransportEndpointId(
                route.source(), localPort(connection, route, remote.port()), route.destination(), remote.port());
        Connection predecessor = null;
        if (find(route, id.localPort(), id.remotePort()) instanceof Connection old) {
            predecessor = old;
            old.end();
        }
        connection.setNicId(options.nicId);
        connection.setPeerLink(route);
        demuxer.register(connection, id);
        connection.open(route, id, initialSequence(id, predecessor));
        StackException refused = connection.state() == TcpState.CLOSED ? connection.takeError() : null;
        if (refused != null) {
            throw refused;
        }
    }

    private int localPort(Connection connection, Route route, int remotePort) throws StackException {
        Ports.Binding binding = connection.binding();
        if (binding != null) {
            DemuxEntry taken = find(route, binding.port(), remotePort);
            if (taken != null && !(taken instanceof Connection old && TimeWaits.isBindable(old))) {
                throw new StackException(StackError.BAD_LOCAL_ADDRESS);
            }
            return binding.port();
        }
        int port = ports.chooseForConnection(
                route.source(), route.destination(), remotePort, candidate -> isFree(route, candidate, remotePort));
        if (port == 0) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        return port;
    }

    private boolean isFree(Route route, int localPort, int remotePort) {
        DemuxEntry taken = find(route, localPort, remotePort);
        return taken == null || (taken instanceof Connection old && timeWaits.isChoosable(old));
    }

    private @Nullable DemuxEntry find(Route route, int localPort, int remotePort) {
        IpAddress source = route.source();
        IpAddress destination = route.destination();
        return demuxer.findExact(
                source.high(), source.low(), localPort, destination.high(), destination.low(), remotePort);
    }

    void register(DemuxEntry entry, TransportEndpointId id) {
        demuxer.register(entry, id);
    }

    void unregister(DemuxEntry entry) {
        demuxer.unregister(entry);
    }

    boolean isTaken(TransportEndpointId id) {
        IpAddress local = id.localAddress();
        IpAddress remote = id.remoteAddress();
        return demuxer.findExact(
                        local.high(), local.low(), id.localPort(), remote.high(), remote.low(), id.remotePort())
                != null;
    }

    boolean isFull() {
        return demuxer.size() >= TcpSettings.MAX_CONNECTIONS;
    }

    /** What packets can be for, in no order that means anything. */
    public List<DemuxEntry> entries() {
        return demuxer.entries();
    }

    /** What a packet with these values would be for, or null. */
    public @Nullable DemuxEntry find(TransportEndpointId id, int nicId) {
        return demuxer.find(id, nicId);
    }

    /** Connections and listeners known, those in TIME_WAIT included. */
    public int endpointCount() {
        return demuxer.size();
    }

    @Nullable Route findReply(PacketBuffer packet) {
        return ip.routes().findReply(packet);
    }

    /**
     * The way back to where a packet came from.
     *
     * @param nicId the NIC to leave by, or 0
     */
    @Nullable Route findReply(PacketBuffer packet, int nicId) {
        if (nicId == 0 || nicId != packet.nicId) {
            return ip.routes().findReply(packet);
        }
        IpAddress to = new IpAddress(packet.sourceHigh, packet.sourceLow);
        IpAddress from = new IpAddress(packet.destinationHigh, packet.destinationLow);
        return ip.routes().find(to, from, nicId);
    }

    /**
     * RFC 6528: a clock of 4 microseconds plus a keyed hash of the connection's four values.
     *
     * @param predecessor the connection in TIME_WAIT that was ended for this one
     */
    int initialSequence(TransportEndpointId id, @Nullable Connection predecessor) {
        if (predecessor != null) {
            return TimeWaits.successorSequence(predecessor);
        }
        return (int) (hash(sequenceHash, id, id.localPort(), id.remotePort()) + cycle.nowNs() / 4096);
    }

    /** RFC 7323 section 5.4: an offset for each pair of hosts, so that nobody learns our uptime. */
    int timestampOffset(TransportEndpointId id) {
        return (int) hash(timestampHash, id, 0, 0);
    }

    private static long hash(KeyedHash hash, TransportEndpointId id, int localPort, int remotePort) {
        return hash.hash(
                id.localAddress().high(),
                id.localAddress().low(),
                id.remoteAddress().high(),
                id.remoteAddress().low(),
                (long) localPort << 16 | remotePort);
    }

    /** Whether it was the policy that spoke when IP last refused to send. */
    boolean isRejected() {
        return ip.isRejected();
    }

    /** What the policy said then, unless errors are plain. */
    @Nullable String denialText() {
        return ip.denialText();
    }

    // --- Arrival

    @Override
    public void receive(Device device, PacketBuffer packet) {
        PacketBuffer first = packet;
        while (first != null) {
            PacketBuffer others = first.joined == null || takesJoined(first) ? null : JoinedSegments.detach(first);
            receive(first);
            first = others;
        }
    }

    /** Only an open connection takes what came as several segments as one; all else is between the segments and whom they are for. */
    private boolean takesJoined(PacketBuffer packet) {
        DemuxEntry entry = demuxer.find(
                packet.destinationHigh,
                packet.destinationLow,
                Tcp.destinationPort(packet.data(), packet.start()),
                packet.sourceHigh,
                packet.sourceLow,
                Tcp.sourcePort(packet.data(), packet.start()),
                packet.nicId);
        return entry instanceof Connection connection && SegmentArrival.mayReceive(connection.state());
    }

    private void receive(PacketBuffer packet) {
        counters.tcpSegmentsReceived += 1 + packet.joinedSegments;
        DropReason fault = fault(packet);
        if (fault != null) {
            counters.drop(fault);
            packet.release();
            return;
        }
        segment.read(packet);
        if (segment.options.signed) {
            // Nobody here has a key: as Linux does, what a peer signed is not taken unverified.
            counters.drop(DropReason.TCP_SIGNED);
        } else {
            dispatch(packet);
        }
        segment.finish();
    }

    @Override
    public boolean isHeaderWhole(PacketBuffer packet) {
        int length = packet.linearLength();
        if (length < Tcp.HEADER_BYTES) {
            return false;
        }
        int headerBytes = Tcp.headerBytes(packet.data(), packet.start());
        return headerBytes >= Tcp.HEADER_BYTES && headerBytes <= length;
    }

    private @Nullable DropReason fault(PacketBuffer packet) {
        if (!isHeaderWhole(packet)) {
            return DropReason.TCP_MALFORMED;
        }
        int at = packet.start();
        int length = packet.linearLength();
        if (!packet.looped && !packet.checksumValidated) {
            long sum = Checksum.pseudoHeader(packet, IpProtocol.TCP, length);
            if (Checksum.fold(Checksum.add(sum, packet.data(), at, length)) != 0xffff) {
                return DropReason.TCP_CHECKSUM;
            }
        }
        return null;
    }

    private void dispatch(PacketBuffer packet) {
        DemuxEntry entry = demuxer.find(
                packet.destinationHigh,
                packet.destinationLow,
                segment.destinationPort,
                packet.sourceHigh,
                packet.sourceLow,
                segment.sourcePort,
                packet.nicId);
        if (entry instanceof Connection connection) {
            boolean takenOver = TimeWaits.isTakenOverBy(segment, connection);
            Listener successor = takenOver ? findListener(packet) : null;
            if (successor != null) {
                connection.end();
                successor.processSyn(segment, connection);
                return;
            }
            if (!takenOver || forwarder == null) {
                arrival.process(connection, segment);
                return;
            }
            connection.end();
            entry = null;
        }
        if (entry instanceof Listener listener) {
            listener.process(segment);
            return;
        }
        Forwarder forwarding = forwarder;
        if (forwarding != null && forwarding.takes(segment)) {
            return;
        }
        if (ip.offerUnclaimed(packet, segment.destinationPort, segment.sourcePort)) {
            return;
        }
        counters.drop(DropReason.TCP_NO_ENDPOINT);
        refuse(segment);
    }

    private @Nullable Listener findListener(PacketBuffer packet) {
        DemuxEntry entry = demuxer.findUnconnected(
                packet.destinationHigh,
                packet.destinationLow,
                segment.destinationPort,
                packet.sourceHigh,
                packet.sourceLow,
                segment.sourcePort,
                packet.nicId);
        return entry instanceof Listener listener ? listener : null;
    }

    /** Answers the segment at hand with RST, unless it is one itself or was not meant for this host alone. */
    void refuse(Segment refused) {
        if (!refused.has(Tcp.RST)) {
            reset(refused, refused.packet(), false);
        }
    }

    private void reset(Segment refused, PacketBuffer packet, boolean filtered) {
        if (packet.type != PacketType.HOST) {
            return;
        }
        Route route = findReply(packet);
        if (route != null) {
            writer.sendReset(route, refused, filtered ? packet : null);
        }
    }

    /** The policy answers a packet, still with its IP header, with RST. */
    @Override
    public void reset(PacketBuffer packet) {
        int at = packet.transportOffset;
        int length = packet.end() - at;
        if (length < Tcp.HEADER_BYTES || Tcp.headerBytes(packet.data(), at) > length) {
            return;
        }
        Segment filtered = new Segment();
        filtered.peek(packet, at);
        if (!filtered.has(Tcp.RST)) {
            reset(filtered, packet, true);
        }
    }

    @Override
    public void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
        int at = quoted.transportOffset;
        DemuxEntry entry = demuxer.findExact(
                quoted.sourceHigh,
                quoted.sourceLow,
                Tcp.sourcePort(quoted.data(), at),
                quoted.destinationHigh,
                quoted.destinationLow,
                Tcp.destinationPort(quoted.data(), at));
        if (!(entry instanceof Connection connection)) {
            counters.drop(DropReason.ICMP_UNRELATED);
            return;
        }
        // An error about something not in flight is stale or forged (RFC 5927 section 4.1).
        int seq = Tcp.sequence(quoted.data(), at);
        if (!SeqNum.inWindow(seq, connection.sender.sndUna, connection.sender.sndMax() - connection.sender.sndUna)) {
            counters.drop(DropReason.ICMP_UNRELATED);
            return;
        }
        if (nextHopMtu >= 0) {
            IpAddress to = connection.route().destination();
            int believed = ip.routes().pathMtu(to, quoted.nicId, nextHopMtu);
            if (!connection.route().options().mtuLocked()) {
                connection.pathMtuChanged(believed);
            }
        } else {
            connection.unreachable(error, hard);
        }
    }

    // --- Ends

    void abortHalfOpen(Listener listener) {
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof Connection connection && connection.listener == listener) {
                connection.listener = null;
                connection.abort();
            }
        }
    }

    @Override
    public void linkFailed(Device device, String reason) {
        deviceFailed(device);
    }

    /** A device is gone: every connection through it fails. */
    public void deviceFailed(Device device) {
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof Connection connection && connection.route().device() == device) {
                connection.fail(new StackException(StackError.NETWORK_UNREACHABLE));
            }
        }
    }

    /** The connections that other rules may end, in an order of their own. */
    public List<LiveConnection> live() {
        List<LiveTcp> live = new ArrayList<>();
        for (DemuxEntry entry : demuxer.entries()) {
            TransportEndpointId id = entry.id();
            if (id != null && entry instanceof Connection connection && connection.state() != TcpState.TIME_WAIT) {
                live.add(new LiveTcp(connection, id, isListened(id, connection.nicId())));
            }
        }
        return LiveTcp.sorted(live);
    }

    private boolean isListened(TransportEndpointId id, int nicId) {
        IpAddress local = id.localAddress();
        IpAddress remote = id.remoteAddress();
        return demuxer.findUnconnected(
                        local.high(), local.low(), id.localPort(), remote.high(), remote.low(), id.remotePort(), nicId)
                instanceof Listener;
    }

    /** Closes every listener and connection as the end of a process does: what was written is still delivered. */
    public void closeEndpoints() {
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof Listener listener) {
                listener.close();
            }
        }
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof Connection connection && !connection.isOrphan()) {
                connection.close();
            }
        }
    }

    /** Whether anything written, a FIN included, is not acknowledged yet. */
    public boolean isDelivering() {
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof Connection connection
                    && connection.state().isSynchronized()
                    && connection.unacknowledgedBytes() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Ends everything without a word: the stack closes. */
    public void close() {
        if (forwarder != null) {
            forwarder.close();
        }
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof Connection connection) {
                connection.stackClosed();
            } else if (entry instanceof Listener listener) {
                listener.stackClosed();
            }
        }
    }

    /** Where a connection was going before it was translated; null if nobody knows. */
    public @Nullable FullAddress originalDestination(Connection connection) {
        FullAddress local = connection.localAddress();
        FullAddress remote = connection.remoteAddress();
        return local == null || remote == null
                ? null
                : ip.filter().originalDestination(IpProtocol.TCP, local, remote, cycle.nowNs());
    }

    /** Who is told of segments, called under the hold; null for nobody. Of connections made from now on. */
    public void setProbe(@Nullable TcpProbe newProbe) {
        probe = newProbe;
    }

    public @Nullable TcpProbe probe() {
        return probe;
    }

    // --- For the parts

    Cycle cycle() {
        return cycle;
    }

    Counters counters() {
        return counters;
    }

    BufferPool pool() {
        return pool;
    }

    SynCookies cookies() {
        return cookies;
    }

    SegmentArrival arrival() {
        return arrival;
    }

    AckSummary ackSummary() {
        return ackSummary;
    }

    AckProcessor ackProcessor() {
        return ackProcessor;
    }

    TimeWaits timeWaits() {
        return timeWaits;
    }

    /** Those a connection may have. */
    public CongestionControls congestionControls() {
        return congestionControls;
    }

    /** Other settings, from now on, whose congestion control is there. */
    public void setTuning(TcpTuning tuning) {
        settings = tuning;
        defaults = new ConnectionOptions(tuning);
        timeWaits.setTuning(tuning);
    }

    /** Hops of packets whose connection says nothing, over IPv4. */
    public int defaultTtl() {
        return ip.defaultTtl(/* v4= */ true);
    }

    /** A copy of the settings. */
    public TcpTuning tuning() {
        return settings.copy();
    }

    TcpTuning settings() {
        return settings;
    }

    IpLayer ip() {
        return ip;
    }

    SegmentWriter writer() {
        return writer;
    }

    // --- Saving

    /**
     * Every listener and connection, those without an endpoint included, and what sequence numbers and ports are made of.
     * The NICs and routes are there already.
     */
    public void archive(Archive archive) {
        archive.section("tcp");
        sequenceHash.archive(archive);
        timestampHash.archive(archive);
        cookies.archive(archive);
        timeWaits.archive(archive);
        defaults = archive(archive, defaults);
        ports.archive(archive);
        demuxer.archive(archive, this::archive);
        Forwarder forwarding = forwarder;
        if (archive.bool(forwarding != null)) {
            if (forwarding == null) {
                Forwarder.forget(archive, this);
            } else {
                forwarding.archive(archive);
            }
        }
    }

    private DemuxEntry archive(Archive archive, @Nullable DemuxEntry saved) {
        if (archive.bool(saved instanceof Listener)) {
            return archive(archive, (Listener) saved);
        }
        return archive(archive, (Connection) saved);
    }

    /** Options of a listener or connection. */
    ConnectionOptions archive(Archive archive, @Nullable ConnectionOptions saved) {
        ConnectionOptions options = archive.shared(saved, ConnectionOptions.class, ConnectionOptions::archive);
        if (!congestionControls.has(options.congestionControl)) {
            throw new ArchiveException("the stack had the congestion control " + options.congestionControl
                    + ": give it to the builder under that name");
        }
        return options;
    }

    /** A listener that its endpoint and half-open connections have. */
    public Listener archive(Archive archive, @Nullable Listener saved) {
        return archive.shared(saved, Listener.class, this::archiveOnce);
    }

    private Listener archiveOnce(Archive archive, @Nullable Listener saved) {
        Listener listener = saved == null ? newListener() : saved;
        listener.archive(archive);
        return listener;
    }

    /** A connection that its endpoint, the demultiplexer or a listener has. */
    public Connection archive(Archive archive, @Nullable Connection saved) {
        return archive.shared(saved, Connection.class, this::archiveOnce);
    }

    private Connection archiveOnce(Archive archive, @Nullable Connection saved) {
        ConnectionOptions options = archive(archive, saved == null ? null : saved.options());
        Connection connection = saved == null ? new Connection(this, options) : saved;
        connection.archive(archive);
        return connection;
    }

    Routes routes() {
        return ip.routes();
    }
}
