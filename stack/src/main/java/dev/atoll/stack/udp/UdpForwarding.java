package dev.atoll.stack.udp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.transport.ForwardQueue;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.stack.wire.Udp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes datagrams that no endpoint is for, whatever address they go to, and keeps the first few of each sender until
 * somebody has decided about them. Under the stack's hold.
 */
public final class UdpForwarding implements ForwardQueue<ForwardedDatagrams, UdpPort> {
    /** Told of each sender; must not call back. */
    @FunctionalInterface
    public interface Observer {
        void requested(UdpForwarding from, ForwardedDatagrams datagrams);
    }

    /** More than any stack lets wait. */
    private static final int MAX_WAITING = 1 << 20;

    private final UdpLayer layer;
    private final ForwardScope scope;
    private final int maxInFlight;
    private final Observer observer;
    private final Map<TransportEndpointId, ForwardedDatagrams> inFlight = new LinkedHashMap<>();

    UdpForwarding(UdpLayer layer, ForwardScope scope, int maxInFlight, Observer observer) {
        this.layer = layer;
        this.scope = scope;
        this.maxInFlight = maxInFlight;
        this.observer = observer;
    }

    /** A datagram without an endpoint, payload at {@code start()}. Takes the packet, or leaves it if it is not for one host, or not for one in scope. */
    boolean takes(PacketBuffer packet) {
        if (packet.type != PacketType.HOST || !scope.has(packet.destinationHigh, packet.destinationLow)) {
            return false;
        }
        int at = packet.transportOffset;
        TransportEndpointId id = new TransportEndpointId(
                new IpAddress(packet.destinationHigh, packet.destinationLow),
                Udp.destinationPort(packet.data(), at),
                new IpAddress(packet.sourceHigh, packet.sourceLow),
                Udp.sourcePort(packet.data(), at));
        ForwardedDatagrams waiting = inFlight.get(id);
        if (waiting != null) {
            if (!waiting.offer(packet)) {
                layer.drop(packet, DropReason.FORWARD_PENDING);
            }
            return true;
        }
        if (inFlight.size() >= maxInFlight) {
            layer.drop(packet, DropReason.FORWARD_FULL);
            return true;
        }
        ForwardedDatagrams datagrams = new ForwardedDatagrams(id, packet.nicId);
        datagrams.offer(packet);
        inFlight.put(id, datagrams);
        observer.requested(this, datagrams);
        return true;
    }

    /** Senders that wait. */
    public int inFlight() {
        return inFlight.size();
    }

    private boolean settle(ForwardedDatagrams datagrams) {
        if (!datagrams.settle()) {
            return false;
        }
        inFlight.remove(datagrams.id());
        return true;
    }

    @Override
    public UdpPort accept(ForwardedDatagrams datagrams) throws StackException {
        if (!settle(datagrams)) {
            throw new StackException(StackError.INVALID, "the request was settled before");
        }
        try {
            UdpPort port = open(datagrams.id(), datagrams.nicId());
            PacketBuffer packet = datagrams.waiting().poll();
            while (packet != null) {
                layer.deliver(port, packet);
                packet = datagrams.waiting().poll();
            }
            return port;
        } finally {
            datagrams.waiting().clear();
        }
    }

    private UdpPort open(TransportEndpointId id, int nicId) throws StackException {
        IpAddress remote = id.remoteAddress();
        int through = !remote.isV4() && remote.isLinkLocal() ? nicId : 0;
        Route route = layer.routes().find(remote, id.localAddress(), through);
        if (route == null) {
            throw new StackException(StackError.NETWORK_UNREACHABLE, id.toString());
        }
        UdpPort port = layer.newPort();
        port.adopt(id, route);
        return port;
    }

    @Override
    public void refuse(ForwardedDatagrams datagrams) {
        if (settle(datagrams)) {
            PacketBuffer first = datagrams.waiting().poll();
            if (first != null) {
                layer.refuse(first);
            }
            datagrams.waiting().clear();
        }
    }

    @Override
    public void drop(ForwardedDatagrams datagrams) {
        if (settle(datagrams)) {
            datagrams.waiting().clear();
        }
    }

    /** The stack closes: nothing waits any more. */
    void close() {
        for (ForwardedDatagrams datagrams : inFlight.values()) {
            datagrams.settle();
            datagrams.waiting().clear();
        }
        inFlight.clear();
    }

    /** Those that wait are asked about again when they are restored: whoever was asked is gone. */
    void archive(Archive archive) {
        List<ForwardedDatagrams> waiting = new ArrayList<>(inFlight.values());
        archiveWaiting(archive, waiting, layer);
        if (archive.isRestoring()) {
            for (ForwardedDatagrams datagrams : waiting) {
                inFlight.put(datagrams.id(), datagrams);
                observer.requested(this, datagrams);
            }
        }
    }

    /** Those that waited in a stack that is restored without anybody to ask. */
    static void forget(Archive archive, UdpLayer layer) {
        List<ForwardedDatagrams> waiting = new ArrayList<>();
        archiveWaiting(archive, waiting, layer);
        for (ForwardedDatagrams datagrams : waiting) {
            datagrams.waiting().clear();
        }
    }

    private static void archiveWaiting(Archive archive, List<ForwardedDatagrams> waiting, UdpLayer layer) {
        archive.list(waiting, MAX_WAITING, (to, saved) -> ForwardedDatagrams.archive(to, saved, layer.pool()));
    }
}
