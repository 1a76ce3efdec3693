package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.transport.ForwardQueue;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes SYNs that no listener waits for, whatever address they go to, and keeps each until somebody has decided about it.
 * A SYN that comes again meanwhile changes nothing; when too many wait, new ones are dropped and will come again. Under
 * the stack's hold.
 */
public final class Forwarder implements ForwardQueue<ForwardedSyn, Connection> {
    /** Told of each SYN; must not call back. */
    @FunctionalInterface
    public interface Observer {
        void requested(Forwarder from, ForwardedSyn syn);
    }

    /** More than any stack lets wait. */
    private static final int MAX_WAITING = 1 << 20;

    private final TcpLayer layer;
    private final Counters counters;
    private final ForwardScope scope;
    private final int maxInFlight;
    private final Observer observer;
    private final Map<TransportEndpointId, ForwardedSyn> inFlight = new LinkedHashMap<>();

    Forwarder(TcpLayer layer, ForwardScope scope, int maxInFlight, Observer observer) {
        this.layer = layer;
        this.scope = scope;
        counters = layer.counters();
        this.maxInFlight = maxInFlight;
        this.observer = observer;
    }

    /** Looks at a segment without an endpoint; false if it is none of this one's affairs. */
    boolean takes(Segment segment) {
        PacketBuffer packet = segment.packet();
        if (!scope.has(packet.destinationHigh, packet.destinationLow)) {
            return false;
        }
        TransportEndpointId id = segment.endpointId();
        ForwardedSyn waiting = inFlight.get(id);
        if (segment.has(Tcp.RST)) {
            if (waiting != null) {
                waiting.abandon();
            }
            return false;
        }
        boolean pure = segment.has(Tcp.SYN) && !segment.has(Tcp.ACK) && !segment.has(Tcp.FIN);
        if (!pure || packet.type != PacketType.HOST) {
            return false;
        }
        if (waiting != null) {
            counters.drop(DropReason.FORWARD_PENDING);
            return true;
        }
        if (inFlight.size() >= maxInFlight) {
            counters.drop(DropReason.FORWARD_FULL);
            return true;
        }
        PacketBuffer copy = layer.pool().copy(packet);
        copy.push(copy.start() - copy.transportOffset);
        ForwardedSyn syn = new ForwardedSyn(id, copy);
        inFlight.put(id, syn);
        observer.requested(this, syn);
        return true;
    }

    /** SYNs that wait. */
    public int inFlight() {
        return inFlight.size();
    }

    private @Nullable PacketBuffer settle(ForwardedSyn syn) {
        PacketBuffer packet = syn.take();
        if (packet != null) {
            inFlight.remove(syn.id());
        }
        return packet;
    }

    @Override
    public Connection accept(ForwardedSyn syn) throws StackException {
        PacketBuffer packet = settle(syn);
        if (packet == null) {
            throw new StackException(StackError.INVALID, "the request was settled before");
        }
        Segment segment = new Segment();
        segment.read(packet);
        try {
            return open(syn, segment);
        } finally {
            segment.finish();
        }
    }

    private Connection open(ForwardedSyn syn, Segment segment) throws StackException {
        TransportEndpointId id = syn.id();
        if (syn.isAbandoned()) {
            throw new StackException(StackError.RESET, id.toString());
        }
        Route route = layer.findReply(segment.packet());
        if (route == null) {
            throw new StackException(StackError.NETWORK_UNREACHABLE, id.toString());
        }
        if (layer.isTaken(id)) {
            throw new StackException(StackError.ADDRESS_IN_USE, id.toString());
        }
        if (layer.isFull()) {
            throw new StackException(StackError.NO_BUFFER_SPACE);
        }
        Connection connection = layer.newConnection();
        layer.register(connection, id);
        connection.openPassively(route, id, segment, layer.initialSequence(id, /* predecessor= */ null));
        return connection;
    }

    @Override
    public void refuse(ForwardedSyn syn) {
        PacketBuffer packet = settle(syn);
        if (packet == null) {
            return;
        }
        Segment segment = new Segment();
        segment.read(packet);
        layer.refuse(segment);
        segment.finish();
    }

    @Override
    public void drop(ForwardedSyn syn) {
        PacketBuffer packet = settle(syn);
        if (packet != null) {
            packet.release();
        }
    }

    /** The stack closes: nothing waits any more. */
    void close() {
        for (ForwardedSyn syn : inFlight.values()) {
            PacketBuffer packet = syn.take();
            if (packet != null) {
                packet.release();
            }
        }
        inFlight.clear();
    }

    /** Those that wait are asked about again when they are restored: whoever was asked is gone. */
    void archive(Archive archive) {
        List<ForwardedSyn> waiting = new ArrayList<>(inFlight.values());
        archiveWaiting(archive, waiting, layer);
        if (archive.isRestoring()) {
            for (ForwardedSyn syn : waiting) {
                inFlight.put(syn.id(), syn);
                observer.requested(this, syn);
            }
        }
    }

    /** Those that waited in a stack that is restored without anybody to ask: their senders will repeat them. */
    static void forget(Archive archive, TcpLayer layer) {
        List<ForwardedSyn> waiting = new ArrayList<>();
        archiveWaiting(archive, waiting, layer);
        for (ForwardedSyn syn : waiting) {
            PacketBuffer packet = syn.take();
            if (packet != null) {
                packet.release();
            }
        }
    }

    private static void archiveWaiting(Archive archive, List<ForwardedSyn> waiting, TcpLayer layer) {
        archive.list(waiting, MAX_WAITING, (to, saved) -> ForwardedSyn.archive(to, saved, layer.pool()));
    }
}
