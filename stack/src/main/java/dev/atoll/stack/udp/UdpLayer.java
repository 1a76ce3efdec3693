package dev.atoll.stack.udp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.ip.TransportHandler;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.transport.DemuxEntry;
import dev.atoll.stack.transport.Demuxer;
import dev.atoll.stack.transport.MtuDiscovery;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.stack.wire.Udp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** UDP of one stack: datagrams to their endpoints, and port unreachable for those that have none. */
public final class UdpLayer implements TransportHandler {
    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final Demuxer demuxer;
    private final Ports ports;
    private @Nullable UdpForwarding forwarding;
    private final List<DemuxEntry> receivers = new ArrayList<>();

    public UdpLayer(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip) {
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        demuxer = new Demuxer(cycle.rng());
        ports = new Ports(cycle.rng());
    }

    /** Has datagrams that no endpoint is for decided about elsewhere; before the stack runs. */
    public UdpForwarding forwardTo(ForwardScope scope, int maxInFlight, UdpForwarding.Observer observer) {
        UdpForwarding forwarded = new UdpForwarding(this, scope, maxInFlight, observer);
        forwarding = forwarded;
        return forwarded;
    }

    public UdpPort newPort() {
        return new UdpPort(this);
    }

    @Override
    public int protocolNumber() {
        return IpProtocol.UDP;
    }

    Demuxer demuxer() {
        return demuxer;
    }

    Ports ports() {
        return ports;
    }

    Routes routes() {
        return ip.routes();
    }

    IpLayer ip() {
        return ip;
    }

    /** What packets can be for, in no order that means anything. */
    public List<DemuxEntry> entries() {
        return demuxer.entries();
    }

    /** What a packet with these values would be for, or null. */
    public @Nullable DemuxEntry find(TransportEndpointId id, int nicId) {
        return demuxer.find(id, nicId);
    }

    /** Endpoints that are bound. */
    public int endpointCount() {
        return demuxer.size();
    }

    /** The stack closes: whoever waits is told. */
    public void close() {
        if (forwarding != null) {
            forwarding.close();
        }
        for (DemuxEntry entry : demuxer.entries()) {
            if (entry instanceof UdpPort port) {
                port.stackClosed();
            }
        }
    }

    /** The NIC a group is joined on: the one asked for, else the one the routes say. */
    Device groupDevice(IpAddress group, int nicId) throws StackException {
        Device device = nicId == 0 ? routedDevice(group) : routes().device(nicId);
        if (device == null) {
            throw new StackException(StackError.UNKNOWN_NIC);
        }
        return device;
    }

    private @Nullable Device routedDevice(IpAddress group) {
        Route route = routes().find(group, null, 0);
        return route == null ? null : route.device();
    }

    // --- Out

    void send(UdpPort from, ByteBuffer payload, Route route, int sourcePort, int destinationPort)
            throws StackException {
        int length = payload.remaining() + Udp.HEADER_BYTES;
        if (length > route.maxPayloadBytes()) {
            throw new StackException(StackError.MESSAGE_TOO_LONG);
        }
        PacketBuffer packet = pool.allocate(length);
        int at = packet.append(length);
        packet.data().put(at + Udp.HEADER_BYTES, payload, payload.position(), payload.remaining());
        Udp.write(packet.data(), at, sourcePort, destinationPort, length, 0);
        if (!from.omitsChecksum(route)) {
            checksum(packet, at, route, length, from.headerOptionBytes(route));
        }
        from.send(packet, route);
        counters.udpSent++;
    }

    private static void checksum(PacketBuffer packet, int at, Route route, int length, int optionBytes) {
        IpAddress source = route.source();
        IpAddress destination = route.destination();
        long pseudo = Checksum.pseudoHeader(
                source.high(), source.low(), destination.high(), destination.low(), IpProtocol.UDP, length);
        // The link completes the sum of a frame, not of a datagram that leaves in several.
        boolean inOne = length + route.headerBytes() + optionBytes <= route.mtuBytes();
        if (inOne && route.device().capabilities().transmitChecksum()) {
            packet.checksumPartial = true;
            packet.checksumStart = at;
            packet.checksumOffset = Udp.CHECKSUM_OFFSET;
            packet.data().putShort(at + Udp.CHECKSUM_OFFSET, (short) Checksum.fold(pseudo));
        } else {
            int sum = Checksum.finish(Checksum.add(pseudo, packet.data(), at, length));
            // A sum of 0 is sent as its complement: 0 would say there is none.
            packet.data().putShort(at + Udp.CHECKSUM_OFFSET, (short) (sum == 0 ? 0xffff : sum));
        }
    }

    // --- In

    @Override
    public boolean isHeaderWhole(PacketBuffer packet) {
        int at = packet.start();
        int length = packet.linearLength();
        return length >= Udp.HEADER_BYTES
                && Udp.length(packet.data(), at) >= Udp.HEADER_BYTES
                && Udp.length(packet.data(), at) <= length;
    }

    @Override
    public void receive(Device device, PacketBuffer packet) {
        counters.udpReceived++;
        int at = packet.start();
        if (!isHeaderWhole(packet)) {
            drop(packet, DropReason.UDP_MALFORMED);
            return;
        }
        packet.trimTo(Udp.length(packet.data(), at));
        if (!isChecksumGood(packet, at)) {
            drop(packet, DropReason.UDP_CHECKSUM);
            return;
        }
        int destinationPort = Udp.destinationPort(packet.data(), at);
        packet.consume(Udp.HEADER_BYTES);
        if (packet.type == PacketType.HOST) {
            deliverToOne(packet, at, destinationPort);
        } else {
            deliverToAll(packet, destinationPort);
        }
    }

    private static boolean isChecksumGood(PacketBuffer packet, int at) {
        if (packet.looped || packet.checksumValidated) {
            return true;
        }
        if (Udp.checksum(packet.data(), at) == 0) {
            // Over IPv6 it depends on whose it is.
            return true;
        }
        long sum = Checksum.pseudoHeader(packet, IpProtocol.UDP, packet.linearLength());
        return Checksum.fold(Checksum.add(sum, packet.data(), at, packet.linearLength())) == 0xffff;
    }

    /** Over IPv6 the addresses have no other protection (RFC 8200 section 8.1). */
    private static boolean lacksChecksum(PacketBuffer packet) {
        return packet.ipVersion == 6
                && !packet.looped
                && !packet.checksumValidated
                && Udp.checksum(packet.data(), packet.transportOffset) == 0;
    }

    private void deliverToOne(PacketBuffer packet, int at, int destinationPort) {
        DemuxEntry entry = demuxer.find(
                packet.destinationHigh,
                packet.destinationLow,
                destinationPort,
                packet.sourceHigh,
                packet.sourceLow,
                Udp.sourcePort(packet.data(), at),
                packet.nicId);
        UdpPort port = (UdpPort) entry;
        if (lacksChecksum(packet) && (port == null || !port.options().noCheck6Rx)) {
            drop(packet, DropReason.UDP_CHECKSUM);
            return;
        }
        if (port != null) {
            deliver(port, packet);
            return;
        }
        UdpForwarding forwarded = forwarding;
        if (forwarded != null && forwarded.takes(packet)) {
            return;
        }
        if (ip.offerUnclaimed(packet, destinationPort, Udp.sourcePort(packet.data(), at))) {
            packet.release();
            return;
        }
        refuse(packet);
    }

    /** Tells the sender that nobody is here. Takes the packet. */
    void refuse(PacketBuffer packet) {
        counters.drop(DropReason.UDP_NO_PORT);
        // Delivered, a packet is no longer one that connection tracking knows: as Linux has it, the answer is met anew.
        packet.flow = null;
        ip.portUnreachable(packet);
        packet.release();
    }

    /** A datagram to a group or broadcast goes to everyone on the port who wants it (RFC 1122 section 4.1.3.6). */
    private void deliverToAll(PacketBuffer packet, int destinationPort) {
        receivers.clear();
        demuxer.forEachUnconnected(
                new IpAddress(packet.destinationHigh, packet.destinationLow),
                destinationPort,
                packet.nicId,
                receivers::add);
        boolean unprotected = lacksChecksum(packet);
        int given = 0;
        for (int i = 0; i < receivers.size(); i++) {
            if (receivers.get(i) instanceof UdpPort port
                    && (!unprotected || port.options().noCheck6Rx)
                    && (packet.type != PacketType.MULTICAST || port.takesGroup(packet))) {
                deliver(port, pool.copy(packet));
                given++;
            }
        }
        receivers.clear();
        if (given == 0) {
            counters.drop(unprotected ? DropReason.UDP_CHECKSUM : DropReason.UDP_NO_PORT);
        }
        packet.release();
    }

    void deliver(UdpPort port, PacketBuffer packet) {
        if (!port.deliver(packet)) {
            drop(packet, DropReason.RECEIVE_BUFFER_FULL);
        }
    }

    void drop(PacketBuffer packet, DropReason reason) {
        counters.drop(reason);
        packet.release();
    }

    @Override
    public void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
        int at = quoted.transportOffset;
        DemuxEntry entry = demuxer.find(
                quoted.sourceHigh,
                quoted.sourceLow,
                Udp.sourcePort(quoted.data(), at),
                quoted.destinationHigh,
                quoted.destinationLow,
                Udp.destinationPort(quoted.data(), at),
                quoted.nicId);
        if (entry instanceof UdpPort port) {
            boolean tooLarge = nextHopMtu >= 0;
            MtuDiscovery discovery = port.options().mtuDiscovery;
            if (tooLarge && discovery.acceptsPathMtu()) {
                IpAddress destination = new IpAddress(quoted.destinationHigh, quoted.destinationLow);
                routes().pathMtu(destination, quoted.nicId, nextHopMtu);
            }
            port.sendFailed(quoted, error, tooLarge ? discovery != MtuDiscovery.DONT : hard, nextHopMtu);
        } else {
            counters.drop(DropReason.ICMP_UNRELATED);
        }
    }

    // --- Saving

    /** Every endpoint that is bound; the NICs and routes are there already. */
    public void archive(Archive archive) {
        archive.section("udp");
        ports.archive(archive);
        demuxer.archive(archive, this::archiveEntry);
        UdpForwarding forwarded = forwarding;
        if (archive.bool(forwarded != null)) {
            if (forwarded == null) {
                UdpForwarding.forget(archive, this);
            } else {
                forwarded.archive(archive);
            }
        }
    }

    private DemuxEntry archiveEntry(Archive archive, @Nullable DemuxEntry saved) {
        return archive(archive, (UdpPort) saved);
    }

    /** A port that its endpoint and perhaps the demultiplexer have. */
    public UdpPort archive(Archive archive, @Nullable UdpPort saved) {
        return archive.shared(saved, UdpPort.class, this::archiveOnce);
    }

    private UdpPort archiveOnce(Archive archive, @Nullable UdpPort saved) {
        UdpPort port = saved == null ? newPort() : saved;
        port.archive(archive, pool);
        return port;
    }

    BufferPool pool() {
        return pool;
    }
}
