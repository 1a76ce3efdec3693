package dev.atoll.stack.udp;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.transport.BoundRoutes;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One UDP endpoint's protocol side: its port, its peer if it has one, and what arrived. Under the stack's hold. */
public final class UdpPort extends DemuxEntry {
    /** Linux's rmem_default: memory of waiting datagrams, bytes. */
    static final int RECEIVE_BUFFER_BYTES = 212_992;
    /** Memberships of one endpoint (Linux's igmp_max_memberships). */
    static final int MAX_MEMBERSHIPS = 20;

    /** Told when a datagram or an error arrived. */
    @FunctionalInterface
    public interface Observer {
        void readinessChanged();
    }

    /** Options, as Linux has them by default. */
    public static final class Options {
        public int receiveBufferBytes = RECEIVE_BUFFER_BYTES;
        public int sendBufferBytes = RECEIVE_BUFFER_BYTES;
        public boolean reuseAddress;
        public boolean reusePort;
        public boolean broadcast;
        public boolean v6Only;
        public int tos;
        public int ttl = 64;
        public int multicastTtl = 1;
        public boolean multicastLoop = true;
        public MtuDiscovery mtuDiscovery = MtuDiscovery.WANT;
        public int multicastNicId;

        Options() {}
    }

    private static final class Membership {
        final Device device;
        final IpAddress group;
        /** Only these senders, or all if empty. */
        final List<IpAddress> sources = new ArrayList<>();

        final List<IpAddress> blocked = new ArrayList<>();

        Membership(Device device, IpAddress group) {
            this.device = device;
            this.group = group;
        }
    }

    private final UdpLayer layer;
    private final Options options = new Options();
    private final ArrayDeque<PacketBuffer> queue = new ArrayDeque<>();
    private final List<Membership> memberships = new ArrayList<>();
    private Observer observer = () -> {};
    private int queuedTrueSize;
    private Ports.@Nullable Binding binding;
    private @Nullable Route connectedRoute;
    private @Nullable FullAddress remote;
    private @Nullable StackException pendingError;
    private boolean closed;

    UdpPort(UdpLayer layer) {
        this.layer = layer;
    }

    public void setObserver(Observer newObserver) {
        observer = newObserver;
    }

    public Options options() {
        return options;
    }

    // --- Addresses

    public void bind(FullAddress local) throws StackException {
        if (binding != null) {
            throw new StackException(StackError.INVALID);
        }
        layer.requireLocal(local.address());
        Ports.Wish wish = new Ports.Wish(local.address(), options.reuseAddress, options.reusePort, options.v6Only);
        Ports.Binding bound = local.port() == 0
                ? layer.ports().bindEphemeral(wish)
                : layer.ports().bind(wish, local.port());
        if (bound == null) {
            throw new StackException(StackError.ADDRESS_IN_USE);
        }
        binding = bound;
        setV6Only(options.v6Only);
        layer.demuxer().register(this, TransportEndpointId.unconnected(bound.address(), bound.port()));
    }

    private Ports.Binding bound() throws StackException {
        Ports.Binding bound = binding;
        if (bound == null) {
            bind(new FullAddress(layer.ip().anyAddress(), 0));
            bound = binding;
        }
        if (bound == null) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        return bound;
    }

    public @Nullable FullAddress localAddress() {
        Ports.Binding bound = binding;
        if (bound == null) {
            return null;
        }
        Route route = connectedRoute;
        IpAddress address = route != null && bound.address().isUnspecified() ? route.source() : bound.address();
        return new FullAddress(address, bound.port());
    }

    public @Nullable FullAddress remoteAddress() {
        return remote;
    }

    public void connect(FullAddress to) throws StackException {
        Ports.Binding bound = bound();
        Route route = findRoute(to, bound);
        connectedRoute = route;
        remote = new FullAddress(to.nicId(), route.destination(), to.port());
        layer.demuxer().unregister(this);
        layer.demuxer()
                .register(this, new TransportEndpointId(route.source(), bound.port(), route.destination(), to.port()));
    }

    public void disconnect() {
        Ports.Binding bound = binding;
        if (remote == null || bound == null) {
            return;
        }
        remote = null;
        connectedRoute = null;
        layer.demuxer().unregister(this);
        layer.demuxer().register(this, TransportEndpointId.unconnected(bound.address(), bound.port()));
    }

    private Route findRoute(FullAddress to, Ports.Binding bound) throws StackException {
        int nicId = to.nicId() == 0 && to.address().isMulticast() ? options.multicastNicId : to.nicId();
        Route route = BoundRoutes.find(layer.routes(), to.address(), bound.address(), options.v6Only, nicId);
        if (route == null) {
            throw new StackException(StackError.NETWORK_UNREACHABLE);
        }
        if (route.broadcast() && !options.broadcast) {
            throw new StackException(StackError.PERMISSION_DENIED);
        }
        return route;
    }

    // --- Data

    /** Sends one datagram; {@code -2} if the link has no room. */
    public int send(ByteBuffer payload, @Nullable FullAddress to) throws StackException {
        throwPending();
        FullAddress target = to == null ? remote : to;
        if (target == null) {
            throw new StackException(StackError.DESTINATION_REQUIRED);
        }
        if (target.port() == 0) {
            throw new StackException(StackError.INVALID);
        }
        Ports.Binding bound = bound();
        Route known = connectedRoute;
        Route route = to == null && known != null ? known : findRoute(target, bound);
        if (!route.device().hasRoom()) {
            route.device().awaitRoom(observer::readinessChanged);
            return -2;
        }
        int length = payload.remaining();
        layer.send(this, payload, route, bound.port(), target.port());
        return length;
    }

    /** Takes the next datagram's payload; its sender, or null. */
    public @Nullable FullAddress receive(ByteBuffer target) throws StackException {
        PacketBuffer packet = queue.poll();
        if (packet == null) {
            throwPending();
            return null;
        }
        queuedTrueSize -= packet.trueSize();
        int length = Math.min(target.remaining(), packet.linearLength());
        target.put(target.position(), packet.data(), packet.start(), length);
        target.position(target.position() + length);
        IpAddress from = new IpAddress(packet.sourceHigh, packet.sourceLow);
        // A link-local address means nothing without its link (RFC 4007 section 6).
        int scope = !from.isV4() && from.isLinkLocal() ? packet.nicId : 0;
        FullAddress sender = new FullAddress(scope, from, Udp.sourcePort(packet.data(), packet.transportOffset));
        packet.release();
        return sender;
    }

    /** Payload bytes of the next datagram, or -1. */
    public int nextLength() {
        PacketBuffer packet = queue.peek();
        return packet == null ? -1 : packet.linearLength();
    }

    public boolean isReadable() {
        return !queue.isEmpty() || pendingError != null;
    }

    public boolean hasError() {
        return pendingError != null;
    }

    private void throwPending() throws StackException {
        StackException error = takeError();
        if (error != null) {
            throw error;
        }
    }

    public @Nullable StackException takeError() {
        StackException error = pendingError;
        pendingError = null;
        return error;
    }

    /** A datagram for this endpoint, payload from {@code start()} on. Takes the packet. */
    void deliver(PacketBuffer packet) {
        if (queuedTrueSize + packet.trueSize() > options.receiveBufferBytes && !queue.isEmpty()) {
            layer.drop(packet, DropReason.UDP_RECEIVE_BUFFER_FULL);
            return;
        }
        queuedTrueSize += packet.trueSize();
        queue.add(packet);
        observer.readinessChanged();
    }

    /** The network says something about a datagram of ours; Linux tells only connected endpoints. */
    void unreachable(StackError error, boolean hard) {
        if (remote != null && hard) {
            pendingError = new StackException(error);
            observer.readinessChanged();
        }
    }

    // --- Groups

    public void joinGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        if (!group.isMulticast()) {
            throw new StackException(StackError.INVALID);
        }
        Device nic = layer.groupDevice(group, nicId);
        Membership known = find(group, nic);
        if (known != null) {
            boolean again = source == null || known.sources.isEmpty() || known.sources.contains(source);
            if (again) {
                throw new StackException(StackError.ADDRESS_IN_USE);
            }
            known.sources.add(source);
            return;
        }
        if (memberships.size() >= MAX_MEMBERSHIPS || !nic.groups().join(group)) {
            throw new StackException(StackError.NO_BUFFER_SPACE);
        }
        Membership membership = new Membership(nic, group);
        if (source != null) {
            membership.sources.add(source);
        }
        memberships.add(membership);
    }

    public void leaveGroup(IpAddress group, int nicId, @Nullable IpAddress source) throws StackException {
        Membership known = require(group, nicId);
        if (source != null && !known.sources.remove(source)) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        if (source == null || known.sources.isEmpty()) {
            memberships.remove(known);
            known.device.groups().leave(group);
        }
    }

    public void blockSource(IpAddress group, int nicId, IpAddress source, boolean blocked) throws StackException {
        Membership known = require(group, nicId);
        if (!known.sources.isEmpty()) {
            throw new StackException(StackError.INVALID);
        }
        boolean changed =
                blocked ? !known.blocked.contains(source) && known.blocked.add(source) : known.blocked.remove(source);
        if (!changed) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
    }

    private Membership require(IpAddress group, int nicId) throws StackException {
        Membership known = find(group, layer.groupDevice(group, nicId));
        if (known == null) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS);
        }
        return known;
    }

    private @Nullable Membership find(IpAddress group, Device device) {
        for (Membership membership : memberships) {
            if (membership.device == device && membership.group.equals(group)) {
                return membership;
            }
        }
        return null;
    }

    /** Whether a datagram to a group is for this endpoint (IP_MULTICAST_ALL: groups others joined count too). */
    boolean takesGroup(PacketBuffer packet) {
        IpAddress group = new IpAddress(packet.destinationHigh, packet.destinationLow);
        IpAddress source = new IpAddress(packet.sourceHigh, packet.sourceLow);
        for (Membership membership : memberships) {
            if (membership.group.equals(group)) {
                return (membership.sources.isEmpty() || membership.sources.contains(source))
                        && !membership.blocked.contains(source);
            }
        }
        return true;
    }

    /** Who waits for a datagram waits for nothing. */
    void stackClosed() {
        observer.readinessChanged();
    }

    /** Gives everything back. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        observer = () -> {};
        layer.demuxer().unregister(this);
        Ports.Binding bound = binding;
        if (bound != null) {
            layer.ports().release(bound);
        }
        for (Membership membership : memberships) {
            membership.device.groups().leave(membership.group);
        }
        memberships.clear();
        PacketBuffer packet = queue.poll();
        while (packet != null) {
            packet.release();
            packet = queue.poll();
        }
    }
}
