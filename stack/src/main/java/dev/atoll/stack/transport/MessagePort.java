package dev.atoll.stack.transport;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.options.MessageError;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protocol side of an endpoint that sends and receives whole messages: its peer if it has one, its errors, and what
 * arrived. Under the stack's hold.
 */
public abstract class MessagePort extends DemuxEntry {
    /** What {@link #send} returns if the link has no room. */
    public static final int WOULD_BLOCK = -2;

    /** Errors that wait to be taken; then the oldest goes. */
    private static final int MAX_QUEUED_ERRORS = 64;

    /** Told when a message or an error arrived, or the link has room again. */
    @FunctionalInterface
    public interface Observer {
        void readinessChanged();
    }

    private final IpLayer ip;
    private final MessageOptions options;
    private final PacketQueue queue = new PacketQueue();
    private Observer observer = () -> {};
    private @Nullable Route connectedRoute;
    private @Nullable FullAddress remote;
    private final ArrayDeque<MessageError> errors = new ArrayDeque<>(0);
    private @Nullable StackException pendingError;
    private boolean closed;

    protected MessagePort(IpLayer ip) {
        this.ip = ip;
        options = new MessageOptions(ip.messageTuning());
    }

    public final void setObserver(Observer newObserver) {
        observer = newObserver;
    }

    public final MessageOptions options() {
        return options;
    }

    /** The limits of its options. */
    public final MessageTuning tuning() {
        return ip.messageTuning();
    }

    /** Hops its messages may go if nobody says otherwise. */
    public final int defaultTtl() {
        return ip.defaultTtl(/* v4= */ true);
    }

    protected final IpLayer ip() {
        return ip;
    }

    // --- Addresses

    /** Has the endpoint use one NIC alone, or any for 0. */
    public final void setBoundNic(int nicId) throws StackException {
        if (nicId != 0 && ip.routes().device(nicId) == null) {
            throw new StackException(StackError.UNKNOWN_NIC, Integer.toString(nicId));
        }
        options.nicId = nicId;
        setNicId(nicId);
    }

    public abstract void bind(FullAddress local) throws StackException;

    public abstract @Nullable FullAddress localAddress();

    /** Fixes the peer. */
    public abstract void connect(FullAddress to) throws StackException;

    public abstract void disconnect();

    public final @Nullable FullAddress remoteAddress() {
        return remote;
    }

    protected final @Nullable Route connectedRoute() {
        return connectedRoute;
    }

    /** Both null to have no peer. */
    protected final void setPeer(@Nullable FullAddress newRemote, @Nullable Route route) {
        remote = newRemote;
        connectedRoute = route;
    }

    protected final Route findRoute(FullAddress to, @Nullable IpAddress bound) throws StackException {
        int nicId = to.nicId() == 0 && to.address().isMulticast() ? options.multicastNicId : to.nicId();
        if (nicId == 0) {
            nicId = options.nicId;
        }
        Route route = BoundRoutes.find(ip.routes(), to.address(), bound, options.v6Only, nicId);
        if (route == null) {
            throw new StackException(StackError.NETWORK_UNREACHABLE);
        }
        if (route.broadcast() && !options.broadcast) {
            throw new StackException(StackError.PERMISSION_DENIED);
        }
        return route;
    }

    // --- Out

    /** Sends one message; {@link #WOULD_BLOCK} if the link has no room. */
    public final int send(ByteBuffer payload, @Nullable FullAddress to) throws StackException {
        throwPending();
        FullAddress target = to == null ? remote : to;
        if (target == null) {
            throw new StackException(StackError.DESTINATION_REQUIRED);
        }
        Route known = connectedRoute;
        Route route = to == null && known != null ? known : routeTo(target);
        if (!route.device().hasRoom()) {
            route.device().awaitRoom(observer::readinessChanged);
            return WOULD_BLOCK;
        }
        int length = payload.remaining();
        transmit(payload, route, target);
        payload.position(payload.limit());
        return length;
    }

    /** The way to a destination that was named with the message; binds first if that is needed. */
    protected abstract Route routeTo(FullAddress target) throws StackException;

    /** Sends the bytes from position to limit, which stay. */
    protected abstract void transmit(ByteBuffer payload, Route route, FullAddress target) throws StackException;

    /** Hands a packet to IP with this endpoint's options, and makes an exception of what it says. Takes the packet. */
    protected final void sendPacket(PacketBuffer packet, Route route, int protocol) throws StackException {
        int optionBytes = ipOptionBytes(route);
        if (packet.length() + optionBytes > route.maxPayloadBytes()) {
            packet.release();
            throw new StackException(StackError.MESSAGE_TOO_LONG);
        }
        if (optionBytes > 0) {
            ip.addOptions(packet, options.ipOptions(), route.source());
        }
        packet.mark = options.mark;
        packet.fromEndpoint = true;
        packet.caller = options.caller.orNull();
        int ttl = route.destination().isMulticast() ? options.multicastTtl : options.ttl;
        int flags = options.mtuDiscovery.sendFlags() | (options.multicastLoop ? IpLayer.MULTICAST_LOOP : 0);
        throwRefused(ip.send(packet, route, protocol, ttl, options.tos, flags));
    }

    /** Bytes that options add to the IP header of what goes by a route. */
    protected final int ipOptionBytes(Route route) {
        return route.destination().isV4() ? options.ipOptions().length : 0;
    }

    protected final void throwRefused(@Nullable StackError refused) throws StackException {
        if (refused != null) {
            throw new StackException(refused, refused == StackError.MESSAGE_TOO_LONG ? null : ip.denialText());
        }
    }

    // --- In

    /** A message for this endpoint, what is read of it from {@code start()} on; false and not taken if it has no room. */
    protected final boolean enqueue(PacketBuffer packet) {
        if (!queue.offer(packet, options.receiveBufferBytes)) {
            return false;
        }
        observer.readinessChanged();
        return true;
    }

    /** The port a message came from, 0 in protocols without. */
    protected abstract int sourcePort(PacketBuffer packet);

    /** The port a message came to, 0 in protocols without. */
    protected abstract int destinationPort(PacketBuffer packet);

    /** Takes the next message; its sender, or null. */
    public final @Nullable FullAddress receive(ByteBuffer target) throws StackException {
        PacketBuffer packet = take();
        if (packet == null) {
            return null;
        }
        copyOut(packet, target);
        FullAddress sender = sender(packet);
        packet.release();
        return sender;
    }

    /** Takes the next message, with what is known of it; or null. */
    public final @Nullable ReceivedMessage receiveMessage(ByteBuffer target) throws StackException {
        PacketBuffer packet = take();
        if (packet == null) {
            return null;
        }
        copyOut(packet, target);
        IpAddress to = new IpAddress(packet.destinationHigh, packet.destinationLow);
        ReceivedMessage message = new ReceivedMessage(
                sender(packet),
                new FullAddress(packet.nicId, to, destinationPort(packet)),
                packet.linearLength(),
                packet.ttl,
                packet.tos,
                ipOptions(packet),
                packet.arrivalNs);
        packet.release();
        return message;
    }

    private static byte[] ipOptions(PacketBuffer packet) {
        int at = packet.networkOffset;
        boolean known = packet.ipVersion == 4 && at != PacketBuffer.UNKNOWN;
        byte[] options = new byte[known ? Ipv4.headerBytes(packet.data(), at) - Ipv4.HEADER_BYTES : 0];
        if (known) {
            packet.data().get(at + Ipv4.HEADER_BYTES, options);
        }
        return options;
    }

    private @Nullable PacketBuffer take() throws StackException {
        PacketBuffer packet = queue.poll();
        if (packet == null) {
            throwPending();
        }
        return packet;
    }

    private static void copyOut(PacketBuffer packet, ByteBuffer target) {
        int length = Math.min(target.remaining(), packet.linearLength());
        target.put(target.position(), packet.data(), packet.start(), length);
        target.position(target.position() + length);
    }

    private FullAddress sender(PacketBuffer packet) {
        IpAddress from = new IpAddress(packet.sourceHigh, packet.sourceLow);
        return FullAddress.onLink(packet.nicId, from, sourcePort(packet));
    }

    /** Bytes of the next message, or -1. */
    public final int nextLength() {
        PacketBuffer packet = queue.peek();
        return packet == null ? -1 : packet.linearLength();
    }

    /** Memory of the messages that wait, bytes. */
    public final int queuedBytes() {
        return queue.trueSize();
    }

    public final boolean isReadable() {
        return !queue.isEmpty() || pendingError != null;
    }

    // --- Errors

    public final boolean hasError() {
        return pendingError != null;
    }

    private void throwPending() throws StackException {
        StackException error = takeError();
        if (error != null) {
            throw error;
        }
    }

    public final @Nullable StackException takeError() {
        StackException error = pendingError;
        pendingError = null;
        return error;
    }

    /**
     * The network says something about a message of ours. As on Linux, only connected endpoints are told, and only what
     * is final, unless they asked for more (IP_RECVERR).
     *
     * @param quoted the message as far as it is known, addresses set
     * @param payloadAt where in it the payload begins
     * @param destinationPort where it was sent
     * @param mtuBytes what the path carries if it was too large, or -1
     */
    protected final void unreachable(
            PacketBuffer quoted, int payloadAt, int destinationPort, StackError error, boolean hard, int mtuBytes) {
        if (options.receiveErrors) {
            queueError(quoted, payloadAt, destinationPort, error, mtuBytes);
        } else if (remote == null || !hard) {
            return;
        }
        pendingError = new StackException(error);
        observer.readinessChanged();
    }

    private void queueError(PacketBuffer quoted, int payloadAt, int destinationPort, StackError error, int mtuBytes) {
        if (errors.size() >= MAX_QUEUED_ERRORS) {
            errors.remove();
        }
        byte[] payload = new byte[Math.max(0, quoted.end() - payloadAt)];
        quoted.data().get(payloadAt, payload);
        IpAddress to = new IpAddress(quoted.destinationHigh, quoted.destinationLow);
        errors.add(new MessageError(error, new FullAddress(to, destinationPort), mtuBytes, payload));
    }

    /** Takes the oldest error of the queue, or null. */
    public final @Nullable MessageError takeMessageError() {
        return errors.poll();
    }

    // --- End

    /** Who waits for a message waits for nothing. */
    public final void stackClosed() {
        queue.clear();
        observer.readinessChanged();
    }

    /** Gives everything back. */
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        observer = () -> {};
        release();
        queue.clear();
    }

    /** Gives back what the protocol holds: the port, memberships, the place in a list. */
    protected abstract void release();

    // --- Saving

    /** All that the kinds of ports share; who is told of it is the endpoint's to say again. */
    public void archive(Archive archive, BufferPool pool) {
        archiveEntry(archive);
        options.archive(archive);
        queue.archive(archive, pool);
        connectedRoute = archive.optional(connectedRoute, ip.routes()::archiveRoute);
        remote = archive.optional(remote, ArchivedValues::fullAddress);
        List<MessageError> waiting = new ArrayList<>(errors);
        archive.list(waiting, MAX_QUEUED_ERRORS, MessagePort::archiveError);
        if (archive.isRestoring()) {
            errors.addAll(waiting);
        }
        pendingError = archive.optional(pendingError, StackException::archive);
        closed = archive.bool(closed);
    }

    private static MessageError archiveError(Archive archive, @Nullable MessageError saved) {
        StackError error = archive.constant(saved == null ? StackError.CLOSED : saved.error());
        FullAddress to = ArchivedValues.fullAddress(archive, saved == null ? null : saved.destination());
        int mtuBytes = archive.int32(saved == null ? 0 : saved.mtuBytes());
        byte[] payload = archive.bytes(saved == null ? new byte[0] : saved.payload(), BufferPool.MAX_BYTES);
        return new MessageError(error, to, mtuBytes, payload);
    }
}
