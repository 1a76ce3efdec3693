package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import org.jspecify.annotations.Nullable;

/** IPv6 (RFC 8200). */
public final class Ipv6Layer extends NetworkLayer {
    /** RFC 8200 section 4.5. */
    private static final long REASSEMBLY_NS = 60_000_000_000L;

    private final Cycle cycle;
    private final Routes routes;
    private final Icmpv6Errors errors;
    private final Reassembly reassembly;
    private final KeyedHash labelHash;
    private final ExtensionHeaders extensions = new ExtensionHeaders();

    Ipv6Layer(Cycle cycle, Counters counters, BufferPool pool, Routes routes, Icmpv6Errors errors) {
        this.cycle = cycle;
        this.routes = routes;
        this.errors = errors;
        labelHash = new KeyedHash(cycle.rng());
        reassembly = new Reassembly(cycle, counters, pool, new Fragments(), REASSEMBLY_NS);
    }

    public Icmpv6Errors errors() {
        return errors;
    }

    @Override
    int etherType() {
        return Ethernet.TYPE_IPV6;
    }

    @Override
    int headerBytes() {
        return Ipv6.HEADER_BYTES;
    }

    @Override
    int tcpGsoType() {
        return PacketBuffer.GSO_TCPV6;
    }

    @Override
    int mtuBytes(Device device) {
        return Math.min(device.ipv6MtuBytes(), 0xffff);
    }

    @Override
    void writeHeader(PacketBuffer packet, Route route, int protocol, int ttl, int tos, int flags) {
        int first = protocol;
        int label = flowLabel(packet, protocol);
        if ((flags & IpLayer.ROUTER_ALERT) != 0) {
            int options = packet.push(Ipv6Extension.UNIT_BYTES);
            Ipv6Extension.writeRouterAlert(packet.data(), options, protocol);
            first = Ipv6Extension.HOP_BY_HOP;
        }
        packet.ipVersion = 6;
        int payload = packet.length();
        int at = packet.push(Ipv6.HEADER_BYTES);
        packet.networkOffset = at;
        Ipv6.write(packet.data(), at, tos, label, payload, first, ttl, route.source(), route.destination());
    }

    /** The same for all packets of a flow, and unpredictable from outside (RFC 6437 section 3). */
    private int flowLabel(PacketBuffer packet, int protocol) {
        if (protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
            return 0;
        }
        int ports = packet.data().getInt(packet.transportOffset);
        return (int) labelHash.hash(
                        packet.sourceHigh ^ Long.rotateLeft(packet.destinationHigh, 32),
                        packet.sourceLow,
                        packet.destinationLow,
                        protocol,
                        ports)
                & 0xf_ffff;
    }

    // --- Fragments (RFC 8200 section 4.5); a fragment's transportOffset is where its fragment header is

    private final class Fragments implements Reassembly.Format {
        @Override
        public Reassembly.Key key(PacketBuffer fragment) {
            // A link-local address is another's on another link (RFC 4007 section 6).
            long link = IpAddress.isV6LinkLocal(fragment.sourceHigh) ? fragment.nicId : 0;
            return new Reassembly.Key(
                    fragment.sourceHigh,
                    fragment.sourceLow,
                    fragment.destinationHigh,
                    fragment.destinationLow,
                    link << 32 | Ipv6Extension.fragmentId(fragment.data(), fragment.transportOffset) & 0xffff_ffffL);
        }

        @Override
        public int dataAt(PacketBuffer fragment) {
            return fragment.transportOffset + Ipv6Extension.UNIT_BYTES;
        }

        @Override
        public int offset(PacketBuffer fragment) {
            return Ipv6Extension.fragmentOffset(fragment.data(), fragment.transportOffset);
        }

        @Override
        public boolean hasMore(PacketBuffer fragment) {
            return Ipv6Extension.moreFragments(fragment.data(), fragment.transportOffset);
        }

        @Override
        public int maxBytes() {
            return Ipv6.HEADER_BYTES + 0xffff;
        }

        @Override
        public int headerBytes(PacketBuffer first) {
            return first.transportOffset - first.networkOffset;
        }

        /** The header before the fragment header now names what came after it. */
        @Override
        public void finish(PacketBuffer whole, PacketBuffer first) {
            int start = whole.start();
            Ipv6.setPayloadLength(whole.data(), start, whole.length() - Ipv6.HEADER_BYTES);
            int next = Ipv6Extension.nextHeader(first.data(), first.transportOffset);
            int fragmentAt = start + headerBytes(first);
            int at = start + Ipv6.HEADER_BYTES;
            if (at == fragmentAt) {
                Ipv6.setNextHeader(whole.data(), start, next);
                return;
            }
            while (at + Ipv6Extension.lengthBytes(whole.data(), at) < fragmentAt) {
                at += Ipv6Extension.lengthBytes(whole.data(), at);
            }
            Ipv6Extension.setNextHeader(whole.data(), at, next);
        }

        @Override
        public void timeExceeded(PacketBuffer first) {
            if (!routes.isLocal(first.destinationHigh, first.destinationLow)) {
                return;
            }
            errors.sendTimeExceeded(first, Icmpv6.REASSEMBLY_EXCEEDED);
        }
    }

    @Override
    @Nullable PacketBuffer reassemble(PacketBuffer fragment) {
        return reassembly.add(fragment);
    }

    /** A router looks at the fragment header only because its policy judges whole datagrams. */
    @Override
    boolean locateFragment(PacketBuffer packet) {
        return extensions.findFragment(packet);
    }

    @Override
    boolean isFragmentPossible(PacketBuffer packet) {
        return extensions.isFragmentPossible(packet);
    }

    @Override
    void locateTransport(PacketBuffer packet) {
        int found = Ipv6Extension.findTransport(packet.data(), packet.networkOffset, packet.end());
        packet.transportProtocol = found < 0 ? Ipv6Extension.NO_NEXT_HEADER : found >>> 16;
        packet.transportOffset = found < 0 ? packet.end() : packet.networkOffset + (found & 0xffff);
    }

    @Override
    int hopsLeft(PacketBuffer packet) {
        return Ipv6.hopLimit(packet.data(), packet.networkOffset);
    }

    @Override
    void ageByOneHop(PacketBuffer packet) {
        Ipv6.setHopLimit(packet.data(), packet.networkOffset, hopsLeft(packet) - 1);
    }

    @Override
    void hopsExceeded(PacketBuffer packet) {
        errors.sendTimeExceeded(packet, Icmpv6.HOP_LIMIT_EXCEEDED);
    }

    /** RFC 4443 section 3.1, code 2, of which no other address than a link-local one is worth a word. */
    @Override
    void beyondScope(PacketBuffer packet) {
        if (IpAddress.isV6LinkLocal(packet.sourceHigh) && !IpAddress.isV6LinkLocal(packet.destinationHigh)) {
            errors.sendUnreachable(packet, Icmpv6.BEYOND_SCOPE);
        }
    }

    @Override
    void noRoute(PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv6.NO_ROUTE);
    }

    @Override
    void hostUnreachable(PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv6.ADDRESS_UNREACHABLE);
    }

    @Override
    void tooBig(PacketBuffer packet, int mtuBytes) {
        errors.sendPacketTooBig(packet, mtuBytes);
    }

    /** Only its sender cuts a packet (RFC 8200 section 4.5): one that came cut may leave so. */
    @Override
    boolean mayCut(PacketBuffer packet, int mtuBytes) {
        return packet.largestFragmentBytes > 0 && packet.largestFragmentBytes <= mtuBytes;
    }

    @Override
    int unfragmentableBytes(PacketBuffer whole) {
        return Ipv6.HEADER_BYTES;
    }

    /** RFC 4861 section 8.2: to a neighbour, of the destination itself or of another router's link-local address. */
    @Override
    void redirect(PacketBuffer packet, Device device, IpAddress nextHop) {
        IpAddress source = new IpAddress(packet.sourceHigh, packet.sourceLow);
        boolean onLink = nextHop.low() == packet.destinationLow && nextHop.high() == packet.destinationHigh;
        if (device.addressTable().isOnLink(source) && (onLink || nextHop.isLinkLocal())) {
            errors.sendRedirect(device, packet, nextHop);
        }
    }

    @Override
    void recordHop(PacketBuffer packet, Device out, IpAddress nextHop) {
        // No option asks for it.
    }

    @Override
    void clear() {
        reassembly.clear();
    }

    /** The header stands as it is (IPV6_HDRINCL of Linux). */
    @Override
    boolean adoptHeader(PacketBuffer packet, Route route) {
        int at = packet.start();
        if (packet.length() < Ipv6.HEADER_BYTES || Ipv6.version(packet.data(), at) != 6) {
            return false;
        }
        note(packet, at);
        locateTransport(packet);
        return true;
    }

    @Override
    int fragmentHeaderBytes() {
        return Ipv6Extension.UNIT_BYTES;
    }

    /** Not to be guessed from outside (RFC 7739). */
    @Override
    int fragmentId(PacketBuffer whole) {
        return (int) cycle.rng().nextLong();
    }

    @Override
    void writeFragment(
            PacketBuffer fragment, int at, PacketBuffer whole, int offset, int dataBytes, boolean more, int id) {
        fragment.data().put(at, whole.data(), whole.networkOffset, Ipv6.HEADER_BYTES);
        int next = Ipv6.nextHeader(whole.data(), whole.networkOffset);
        Ipv6.setNextHeader(fragment.data(), at, Ipv6Extension.FRAGMENT);
        Ipv6.setPayloadLength(fragment.data(), at, Ipv6Extension.UNIT_BYTES + dataBytes);
        Ipv6Extension.writeFragment(fragment.data(), at + Ipv6.HEADER_BYTES, next, offset, more, id);
    }

    // --- In

    /** Notes in the packet what its header says, but for the transport. */
    private static void note(PacketBuffer packet, int at) {
        packet.networkOffset = at;
        packet.ipVersion = 6;
        packet.ttl = Ipv6.hopLimit(packet.data(), at);
        packet.tos = Ipv6.trafficClass(packet.data(), at);
        packet.sourceHigh = Ipv6.sourceHigh(packet.data(), at);
        packet.sourceLow = Ipv6.sourceLow(packet.data(), at);
        packet.destinationHigh = Ipv6.destinationHigh(packet.data(), at);
        packet.destinationLow = Ipv6.destinationLow(packet.data(), at);
    }

    @Override
    @Nullable DropReason readHeader(PacketBuffer packet) {
        int at = packet.start();
        if (packet.linearLength() < Ipv6.HEADER_BYTES || Ipv6.version(packet.data(), at) != 6) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        int total = Ipv6.HEADER_BYTES + Ipv6.payloadLength(packet.data(), at);
        if (total > packet.linearLength()) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        packet.trimTo(total);
        note(packet, at);
        return null;
    }

    @Override
    boolean findTransport(PacketBuffer packet) {
        int found = Ipv6Extension.findTransport(packet.data(), packet.networkOffset, packet.end());
        packet.transportOffset = PacketBuffer.UNKNOWN;
        if (found >= 0) {
            packet.transportProtocol = found >>> 16;
            packet.transportOffset = packet.networkOffset + (found & 0xffff);
        }
        return found >= 0 || found == Ipv6Extension.LATER_FRAGMENT;
    }

    @Override
    @Nullable DropReason parse(Device device, PacketBuffer packet) {
        extensions.begin();
        DropReason fault = readHeader(packet);
        if (fault != null) {
            return fault;
        }
        if (isMartian(device, packet)) {
            return DropReason.IP_MARTIAN;
        }
        if (!isForUs(device, packet)) {
            return DropReason.IP_NOT_LOCAL;
        }
        return extensions.walk(packet);
    }

    /**
     * RFC 4291 section 2.5 to 2.7: a group sends nothing, nobody has {@code ::}, {@code ::1} stays in the host. An
     * IPv4-mapped address is none on the wire, and here would be taken for IPv4 (RFC 4942 section 2.2).
     */
    private boolean isMartian(Device device, PacketBuffer packet) {
        long sourceHigh = packet.sourceHigh;
        long sourceLow = packet.sourceLow;
        long destinationHigh = packet.destinationHigh;
        long destinationLow = packet.destinationLow;
        if (sourceHigh >>> 56 == 0xff
                || (destinationHigh | destinationLow) == 0
                || IpAddress.isV4(sourceHigh, sourceLow)
                || IpAddress.isV4(destinationHigh, destinationLow)) {
            return true;
        }
        // A group of scope 0 is reserved, one of scope 1 does not leave the node (RFC 4291 section 2.7).
        boolean own = device.isLoopback() || packet.looped;
        if (destinationHigh >>> 56 == 0xff && (destinationHigh >>> 48 & 0xf) <= (own ? 0 : 1)) {
            return true;
        }
        if (device.isLoopback()) {
            return false;
        }
        return (sourceHigh == 0 && sourceLow == 1)
                || (destinationHigh == 0 && destinationLow == 1)
                || (!packet.looped && routes.handlesLocal() && routes.isLocalOn(sourceHigh, sourceLow, device.id()));
    }

    private boolean isForUs(Device device, PacketBuffer packet) {
        long high = packet.destinationHigh;
        long low = packet.destinationLow;
        if (high >>> 56 == 0xff) {
            packet.type = PacketType.MULTICAST;
            return device.groups().isMember(high, low);
        }
        if (IpAddress.isV6LinkLocal(high) && !device.isLoopback()) {
            // A link-local address belongs to one link, and so to the device of that link only.
            return packet.type == PacketType.HOST && (device.isAssigned(high, low) || takesAll(device));
        }
        return packet.type == PacketType.HOST && (routes.isLocal(high, low) || takesAll(device));
    }

    private static boolean takesAll(Device device) {
        return device.isPromiscuous() && !device.isForwarding(/* ipv4= */ false);
    }

    @Override
    boolean isFragment(PacketBuffer packet) {
        return extensions.fragmentAt != PacketBuffer.UNKNOWN;
    }

    /** Whether the packet last parsed asked routers to look at it as one of MLD (RFC 2711 section 2.1). */
    public boolean hasMldRouterAlert() {
        return extensions.routerAlert == 0;
    }

    @Override
    boolean owesAnswer(DropReason fault) {
        return extensions.problemCode != ExtensionHeaders.SILENT;
    }

    @Override
    void answerFault(Device device, PacketBuffer packet) {
        errors.sendParameterProblem(packet, extensions.problemCode, extensions.problemPointer);
    }

    /** What a host does about a next header it does not know (RFC 8200 section 4). */
    @Override
    void protocolUnreachable(Device device, PacketBuffer packet) {
        errors.sendParameterProblem(packet, Icmpv6.UNKNOWN_NEXT_HEADER, extensions.nextHeaderAt - packet.networkOffset);
    }

    @Override
    void portUnreachable(PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv6.PORT_UNREACHABLE);
    }

    @Override
    void reject(PacketBuffer packet, RejectWith with) {
        errors.sendUnreachable(packet, with.icmpv6Code());
    }

    @Override
    void archive(Archive archive) {
        archive.section("ipv6");
        labelHash.archive(archive);
        reassembly.archive(archive);
    }
}
