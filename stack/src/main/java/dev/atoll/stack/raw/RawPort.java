package dev.atoll.stack.raw;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.transport.BoundRoutes;
import dev.atoll.stack.transport.MessagePort;
import dev.atoll.stack.wire.ArchivedValues;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** One raw endpoint: all packets of a protocol in one family. Under the stack's hold. */
public final class RawPort extends MessagePort {
    /** IPPROTO_RAW: receives nothing, and what it sends begins with the IP header. */
    public static final int SEND_ONLY = 255;

    private final RawLayer layer;
    private final boolean ipv4;
    private final int protocol;
    private IpAddress local;
    private @Nullable IpAddress peer;

    RawPort(RawLayer layer, boolean ipv4, int protocol) {
        super(layer.ip());
        this.layer = layer;
        this.ipv4 = ipv4;
        this.protocol = protocol;
        local = ipv4 ? IpAddress.V4_ANY : IpAddress.V6_ANY;
        options().headerIncluded = protocol == SEND_ONLY;
        options().v6Only = !ipv4;
        if (protocol == IpProtocol.ICMPV6) {
            options().checksumOffset = Icmpv6.CHECKSUM_OFFSET;
        }
    }

    public boolean isIpv4() {
        return ipv4;
    }

    public int protocol() {
        return protocol;
    }

    @Override
    public void bind(FullAddress to) throws StackException {
        if (to.address().isV4() != ipv4) {
            throw new StackException(StackError.BAD_LOCAL_ADDRESS, to.address().toString());
        }
        if (to.nicId() != 0) {
            setBoundNic(to.nicId());
        }
        BoundRoutes.requireBindable(ip().routes(), to.address());
        local = to.address();
    }

    @Override
    public FullAddress localAddress() {
        Route route = connectedRoute();
        return new FullAddress(route != null && local.isUnspecified() ? route.source() : local, 0);
    }

    @Override
    public void connect(FullAddress to) throws StackException {
        Route route = routeTo(to);
        peer = route.destination();
        setPeer(new FullAddress(to.nicId(), route.destination(), 0), route);
    }

    @Override
    public void disconnect() {
        peer = null;
        setPeer(null, null);
    }

    @Override
    protected Route routeTo(FullAddress target) throws StackException {
        if (target.address().isV4() != ipv4) {
            throw new StackException(StackError.NOT_SUPPORTED, target.address().toString());
        }
        return findRoute(target, local);
    }

    @Override
    protected void transmit(ByteBuffer payload, Route route, FullAddress target) throws StackException {
        int length = payload.remaining();
        int headerBytes = options().headerIncluded ? route.headerBytes() : 0;
        if (length - headerBytes > route.maxPayloadBytes()) {
            throw new StackException(StackError.MESSAGE_TOO_LONG);
        }
        PacketBuffer packet = layer.pool().allocate(length);
        int at = packet.append(length);
        packet.data().put(at, payload, payload.position(), length);
        if (options().headerIncluded) {
            packet.mark = options().mark;
            packet.fromEndpoint = true;
            packet.caller = options().caller.orNull();
            throwRefused(ip().sendWithHeader(packet, route));
            return;
        }
        if (!ipv4 && options().checksumOffset >= 0 && !fillChecksum(packet, at, route)) {
            packet.release();
            throw new StackException(StackError.INVALID, "no room for a checksum at " + options().checksumOffset);
        }
        sendPacket(packet, route, protocol);
    }

    /** IPV6_CHECKSUM: what is sent has its checksum there (RFC 3542 section 3.1). */
    private boolean fillChecksum(PacketBuffer packet, int at, Route route) {
        int field = at + options().checksumOffset;
        int length = packet.linearLength();
        if (options().checksumOffset + 2 > length) {
            return false;
        }
        packet.data().putShort(field, (short) 0);
        IpAddress source = route.source();
        IpAddress destination = route.destination();
        long pseudo = Checksum.pseudoHeader(
                source.high(), source.low(), destination.high(), destination.low(), protocol, length);
        packet.data().putShort(field, (short) Checksum.finish(Checksum.add(pseudo, packet.data(), at, length)));
        return true;
    }

    // --- In

    /** Whether a packet addressed to this host is for this endpoint; its IP header is at {@code start()}. */
    boolean wants(PacketBuffer packet) {
        if (packet.transportProtocol != protocol || protocol == SEND_ONLY || packet.ipVersion == 4 != ipv4) {
            return false;
        }
        if (!takesFrom(packet.nicId)) {
            return false;
        }
        if (!local.isUnspecified() && !isAt(local, packet.destinationHigh, packet.destinationLow)) {
            return false;
        }
        IpAddress from = peer;
        return (from == null || isAt(from, packet.sourceHigh, packet.sourceLow)) && !isFiltered(packet);
    }

    private static boolean isAt(IpAddress address, long high, long low) {
        return address.low() == low && address.high() == high;
    }

    /** ICMP_FILTER and ICMP6_FILTER: types nobody here wants. */
    private boolean isFiltered(PacketBuffer packet) {
        BitSet filter = options().icmpFilter;
        boolean icmp = protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
        return filter != null
                && icmp
                && packet.transportOffset < packet.end()
                && filter.get(packet.data().get(packet.transportOffset) & 0xff);
    }

    /** A copy of a packet: with its header over IPv4, without over IPv6 (raw(7), RFC 3542 section 3). */
    boolean deliver(PacketBuffer copy) {
        if (!ipv4) {
            copy.consume(copy.transportOffset - copy.start());
        }
        return enqueue(copy);
    }

    @Override
    protected int sourcePort(PacketBuffer packet) {
        return 0;
    }

    @Override
    protected int destinationPort(PacketBuffer packet) {
        return 0;
    }

    /** Whether an error about a packet may be about one of this endpoint's. */
    boolean hasSent(PacketBuffer quoted, int quotedProtocol) {
        IpAddress to = peer;
        return quotedProtocol == protocol
                && (to == null || isAt(to, quoted.destinationHigh, quoted.destinationLow))
                && (local.isUnspecified() || isAt(local, quoted.sourceHigh, quoted.sourceLow));
    }

    void sendFailed(PacketBuffer quoted, StackError error, boolean hard, int mtuBytes) {
        unreachable(quoted, quoted.transportOffset, 0, error, hard, mtuBytes);
    }

    @Override
    protected void release() {
        layer.remove(this);
    }

    @Override
    public void archive(Archive archive, BufferPool pool) {
        super.archive(archive, pool);
        local = ArchivedValues.address(archive, local);
        peer = archive.optional(peer, ArchivedValues::address);
    }
}
