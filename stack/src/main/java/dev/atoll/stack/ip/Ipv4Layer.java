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
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv4Option;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** IPv4 (RFC 791, RFC 1122 section 3.2). */
public final class Ipv4Layer extends NetworkLayer {
    /** Identification counters, chosen by a keyed hash of the flow as RFC 7739 section 5.3 describes. */
    private static final int ID_BUCKETS = 2048;

    /** The router alert option (RFC 2113): 4 bytes, every router looks. */
    private static final int ROUTER_ALERT = Ipv4Option.ROUTER_ALERT << 24 | Ipv4Option.ROUTER_ALERT_BYTES << 16;

    /** Linux's ipfrag_time; RFC 1122 section 3.3.2 has 60 to 120 s. */
    private static final long REASSEMBLY_NS = 30_000_000_000L;

    static final byte[] NO_OPTIONS = {};

    private static final long DAY_NS = 86_400_000_000_000L;

    private final Cycle cycle;
    private final Routes routes;
    private final Icmpv4Errors errors;
    private final Reassembly reassembly;
    private final Ipv4Options options = new Ipv4Options();
    private final KeyedHash idHash;
    private final int[] ids = new int[ID_BUCKETS];

    Ipv4Layer(Cycle cycle, Counters counters, BufferPool pool, Routes routes, Icmpv4Errors errors) {
        this.cycle = cycle;
        this.routes = routes;
        this.errors = errors;
        idHash = new KeyedHash(cycle.rng());
        reassembly = new Reassembly(cycle, counters, pool, new Fragments(), REASSEMBLY_NS);
    }

    public Icmpv4Errors errors() {
        return errors;
    }

    @Override
    int etherType() {
        return Ethernet.TYPE_IPV4;
    }

    @Override
    int headerBytes() {
        return Ipv4.HEADER_BYTES;
    }

    @Override
    int tcpGsoType() {
        return PacketBuffer.GSO_TCPV4;
    }

    @Override
    int mtuBytes(Device device) {
        return Math.min(device.ipv4MtuBytes(), 0xffff);
    }

    @Override
    void writeHeader(PacketBuffer packet, Route route, int protocol, int ttl, int tos, int flags) {
        boolean routerAlert = (flags & IpLayer.ROUTER_ALERT) != 0;
        boolean mayFragment = (flags & IpLayer.PATH_MAY_FRAGMENT) != 0
                || (route.pathMayFragment() && (flags & IpLayer.ALWAYS_DONT_FRAGMENT) == 0);
        int headerBytes = Ipv4.HEADER_BYTES + (routerAlert ? Ipv4Option.ROUTER_ALERT_BYTES : packet.optionBytes);
        packet.ipVersion = 4;
        // Options that are there already lie where they belong.
        int at = packet.push(headerBytes);
        packet.networkOffset = at;
        if (routerAlert) {
            packet.data().putInt(at + Ipv4.HEADER_BYTES, ROUTER_ALERT);
        }
        Ipv4.write(
                packet.data(),
                at,
                headerBytes,
                tos,
                packet.length(),
                nextId(packet, protocol),
                mayFragment ? 0 : Ipv4.DONT_FRAGMENT,
                ttl,
                protocol,
                route.source().v4Bits(),
                route.destination().v4Bits());
    }

    /** ip(7), IP_HDRINCL: the checksum and the total length always, source and id if they are 0. */
    @Override
    boolean adoptHeader(PacketBuffer packet, Route route) {
        int at = packet.start();
        if (packet.length() < Ipv4.HEADER_BYTES || Ipv4.version(packet.data(), at) != 4) {
            return false;
        }
        int headerBytes = Ipv4.headerBytes(packet.data(), at);
        if (headerBytes < Ipv4.HEADER_BYTES || headerBytes > packet.length()) {
            return false;
        }
        if (Ipv4.source(packet.data(), at) == 0) {
            Ipv4.setSource(packet.data(), at, route.source().v4Bits());
        }
        note(packet, at, headerBytes);
        Ipv4.setTotalLength(packet.data(), at, packet.length());
        if (Ipv4.identification(packet.data(), at) == 0) {
            Ipv4.setIdentification(packet.data(), at, nextId(packet, packet.transportProtocol));
        }
        Ipv4.fillChecksum(packet.data(), at);
        return true;
    }

    private int nextId(PacketBuffer packet, int protocol) {
        int bucket = (int) idHash.hash(packet.sourceLow, packet.destinationLow, protocol, 0, 0) & ID_BUCKETS - 1;
        int id = ids[bucket];
        if (id == 0) {
            id = cycle.rng().nextInt(0x10000);
        }
        // A super-segment takes as many ids as the segments it is cut into.
        ids[bucket] = id + 1 + (packet.gsoSize == 0 ? 0 : packet.length() / packet.gsoSize);
        return id & 0xffff;
    }

    // --- Fragments (RFC 791 section 3.2)

    private final class Fragments implements Reassembly.Format {
        @Override
        public Reassembly.Key key(PacketBuffer fragment) {
            int id = Ipv4.identification(fragment.data(), fragment.networkOffset);
            return new Reassembly.Key(
                    0, fragment.sourceLow, 0, fragment.destinationLow, (long) fragment.transportProtocol << 16 | id);
        }

        @Override
        public int dataAt(PacketBuffer fragment) {
            return fragment.transportOffset;
        }

        @Override
        public int offset(PacketBuffer fragment) {
            return Ipv4.fragmentOffset(fragment.data(), fragment.networkOffset);
        }

        @Override
        public boolean hasMore(PacketBuffer fragment) {
            return Ipv4.moreFragments(fragment.data(), fragment.networkOffset);
        }

        @Override
        public int maxBytes() {
            return 0xffff;
        }

        @Override
        public int headerBytes(PacketBuffer first) {
            return first.transportOffset - first.networkOffset;
        }

        @Override
        public void finish(PacketBuffer whole, PacketBuffer first) {
            Ipv4.setTotalLength(whole.data(), whole.start(), whole.length());
            Ipv4.setFragment(whole.data(), whole.start(), 0);
            Ipv4.fillChecksum(whole.data(), whole.start());
        }

        @Override
        public void timeExceeded(PacketBuffer first) {
            // Whoever only passes it on says nothing, as on Linux.
            if (!routes.isLocal(first.destinationHigh, first.destinationLow)) {
                return;
            }
            errors.sendTimeExceeded(first, Icmpv4.REASSEMBLY_EXCEEDED);
        }
    }

    @Override
    @Nullable PacketBuffer reassemble(PacketBuffer fragment) {
        return reassembly.add(fragment);
    }

    @Override
    boolean locateFragment(PacketBuffer packet) {
        return Ipv4.isFragment(packet.data(), packet.networkOffset);
    }

    @Override
    boolean isFragmentPossible(PacketBuffer packet) {
        // parse looked.
        return true;
    }

    @Override
    void locateTransport(PacketBuffer packet) {
        // parse did.
    }

    /** RFC 1812 section 5.2.7.2: only if the sender can reach that hop by itself. */
    @Override
    void redirect(PacketBuffer packet, Device device, IpAddress nextHop) {
        if (device.addressTable().isOnLink(new IpAddress(packet.sourceHigh, packet.sourceLow))
                && device.addressTable().isOnLink(nextHop)) {
            errors.sendRedirect(packet, nextHop);
        }
    }

    @Override
    void recordHop(PacketBuffer packet, Device out, IpAddress nextHop) {
        if (packet.transportOffset - packet.networkOffset == Ipv4.HEADER_BYTES) {
            return;
        }
        IpAddress address = routes.sourceOn(out, nextHop);
        if (address != null) {
            record(packet.data(), packet.networkOffset + Ipv4.HEADER_BYTES, packet.transportOffset, address);
            Ipv4.fillChecksum(packet.data(), packet.networkOffset);
        }
    }

    private void record(ByteBuffer data, int from, int end, IpAddress address) {
        Ipv4Options.record(data, from, end, address.v4Bits(), timeOfDayMs(), this::isLocal);
    }

    private boolean isLocal(int v4Bits) {
        return routes.isLocal(0, IpAddress.V4_PREFIX | v4Bits & 0xffff_ffffL);
    }

    /** The wall clock as timestamps tell it, milliseconds since midnight UT (RFC 791 section 3.1, RFC 792). */
    public int timeOfDayMs() {
        return (int) (Math.floorMod(cycle.epochNs(), DAY_NS) / 1_000_000);
    }

    /** Gives a packet options in which this host is the first that is recorded (RFC 791 section 3.1). */
    void addOptions(PacketBuffer packet, byte[] options, IpAddress source) {
        int end = packet.start();
        packet.data().put(end - options.length, options);
        packet.optionBytes = options.length;
        record(packet.data(), end - options.length, end, source);
    }

    /**
     * Gives an answer the options of the request that record where packets were, with this host in them as it was
     * reached and as it sends (RFC 1122 section 3.2.2.6, RFC 1812 section 4.3.3.6).
     *
     * @param address the one the request was sent to
     */
    public void answerOptions(PacketBuffer request, PacketBuffer answer, IpAddress address) {
        int from = request.networkOffset + Ipv4.HEADER_BYTES;
        int end = request.transportOffset;
        if (from == end) {
            return;
        }
        int bytes = Ipv4Options.copyForAnswer(request.data(), from, end, answer.data(), answer.start());
        answer.optionBytes = bytes;
        record(answer.data(), answer.start() - bytes, answer.start(), address);
        record(answer.data(), answer.start() - bytes, answer.start(), address);
    }

    /**
     * What the answers to a request carry that is the first of many: the options that record where it was, with this host
     * in them as it was reached. Empty if there are none.
     *
     * @param address the one the request was sent to
     */
    byte[] optionsForAnswers(PacketBuffer request, IpAddress address) {
        int from = request.networkOffset + Ipv4.HEADER_BYTES;
        int end = request.transportOffset;
        if (from == end) {
            return NO_OPTIONS;
        }
        ByteBuffer copy = ByteBuffer.allocate(Ipv4Option.MAX_BYTES);
        int bytes = Ipv4Options.copyForAnswer(request.data(), from, end, copy, copy.capacity());
        record(copy, copy.capacity() - bytes, copy.capacity(), address);
        return Arrays.copyOfRange(copy.array(), copy.capacity() - bytes, copy.capacity());
    }

    @Override
    int hopsLeft(PacketBuffer packet) {
        return Ipv4.ttl(packet.data(), packet.networkOffset);
    }

    @Override
    void ageByOneHop(PacketBuffer packet) {
        Ipv4.setTtl(packet.data(), packet.networkOffset, hopsLeft(packet) - 1);
        Ipv4.fillChecksum(packet.data(), packet.networkOffset);
    }

    @Override
    void hopsExceeded(PacketBuffer packet) {
        errors.sendTimeExceeded(packet, Icmpv4.TTL_EXCEEDED);
    }

    @Override
    void beyondScope(PacketBuffer packet) {
        // IPv4 has no such error.
    }

    @Override
    void noRoute(PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv4.NET_UNREACHABLE);
    }

    @Override
    void hostUnreachable(PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv4.HOST_UNREACHABLE);
    }

    /** RFC 1191 section 4. */
    @Override
    void tooBig(PacketBuffer packet, int mtuBytes) {
        errors.sendFragmentationNeeded(packet, mtuBytes);
    }

    /** RFC 791 section 2.3: whatever came without DF. */
    @Override
    boolean mayCut(PacketBuffer packet, int mtuBytes) {
        return !Ipv4.dontFragment(packet.data(), packet.networkOffset);
    }

    @Override
    int unfragmentableBytes(PacketBuffer whole) {
        return Ipv4.headerBytes(whole.data(), whole.networkOffset);
    }

    @Override
    void clear() {
        reassembly.clear();
    }

    @Override
    int fragmentHeaderBytes() {
        return 0;
    }

    @Override
    int fragmentId(PacketBuffer whole) {
        return Ipv4.identification(whole.data(), whole.networkOffset);
    }

    @Override
    void writeFragment(
            PacketBuffer fragment, int at, PacketBuffer whole, int offset, int dataBytes, boolean more, int id) {
        int headerBytes = unfragmentableBytes(whole);
        fragment.data().put(at, whole.data(), whole.networkOffset, headerBytes);
        if (offset > 0) {
            Ipv4Options.blankUncopied(fragment.data(), at, headerBytes);
        }
        Ipv4.setTotalLength(fragment.data(), at, headerBytes + dataBytes);
        // Cut here, it may be cut on the way too.
        Ipv4.setFragment(fragment.data(), at, offset / 8 | (more ? Ipv4.MORE_FRAGMENTS : 0));
        Ipv4.fillChecksum(fragment.data(), at);
    }

    // --- In

    @Override
    @Nullable DropReason readHeader(PacketBuffer packet) {
        int at = packet.start();
        if (packet.linearLength() < Ipv4.HEADER_BYTES || Ipv4.version(packet.data(), at) != 4) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        int headerBytes = Ipv4.headerBytes(packet.data(), at);
        int total = Ipv4.totalLength(packet.data(), at);
        if (headerBytes < Ipv4.HEADER_BYTES || total < headerBytes || total > packet.linearLength()) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        if (!packet.looped && !Ipv4.checksumValid(packet.data(), at)) {
            return DropReason.IP_CHECKSUM;
        }
        packet.trimTo(total);
        note(packet, at, headerBytes);
        return null;
    }

    @Override
    boolean findTransport(PacketBuffer packet) {
        if (Ipv4.fragmentOffset(packet.data(), packet.networkOffset) != 0) {
            packet.transportOffset = PacketBuffer.UNKNOWN;
        }
        return true;
    }

    /** RFC 1122 section 3.2.1. */
    @Override
    @Nullable DropReason parse(Device device, PacketBuffer packet) {
        DropReason fault = readHeader(packet);
        if (fault != null) {
            return fault;
        }
        int at = packet.networkOffset;
        int headerBytes = packet.transportOffset - at;
        if (isMartian(device, packet)) {
            return DropReason.IP_MARTIAN;
        }
        boolean forUs = isForUs(device, packet);
        if (!forUs && !device.isForwarding(true) && !MulticastForwarding.concerns(device, packet)) {
            return DropReason.IP_NOT_LOCAL;
        }
        if (headerBytes > Ipv4.HEADER_BYTES) {
            if (!options.judge(packet.data(), at, headerBytes)) {
                return DropReason.IPV4_PARAMETER_PROBLEM;
            }
            if (options.sourceRouted) {
                return DropReason.IPV4_SOURCE_ROUTE;
            }
        }
        if (isFragmentImpossible(packet, headerBytes)) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        return forUs ? null : DropReason.IP_NOT_LOCAL;
    }

    /** Notes in the packet what its header says. */
    private static void note(PacketBuffer packet, int at, int headerBytes) {
        packet.networkOffset = at;
        packet.transportOffset = at + headerBytes;
        packet.ipVersion = 4;
        packet.transportProtocol = Ipv4.protocol(packet.data(), at);
        packet.ttl = Ipv4.ttl(packet.data(), at);
        packet.tos = Ipv4.tos(packet.data(), at);
        packet.sourceHigh = 0;
        packet.sourceLow = IpAddress.V4_PREFIX | Ipv4.source(packet.data(), at) & 0xffff_ffffL;
        packet.destinationHigh = 0;
        packet.destinationLow = IpAddress.V4_PREFIX | Ipv4.destination(packet.data(), at) & 0xffff_ffffL;
    }

    /** A fragment whose end lies beyond the largest packet, or that leaves a gap no other can fill. */
    private static boolean isFragmentImpossible(PacketBuffer packet, int headerBytes) {
        int at = packet.networkOffset;
        int dataBytes = packet.end() - at - headerBytes;
        return Ipv4.fragmentOffset(packet.data(), at) + dataBytes + headerBytes > 0xffff
                || (Ipv4.moreFragments(packet.data(), at) && (dataBytes & 7) != 0);
    }

    /** RFC 1122 section 3.2.1.3: sources that are no host's, and loopback or own addresses coming from outside. */
    private boolean isMartian(Device device, PacketBuffer packet) {
        int source = (int) packet.sourceLow;
        int destination = (int) packet.destinationLow;
        boolean toNobody = destination >>> 24 == 0 && !(destination == 0 && device.takesZeroBroadcasts());
        if (source >>> 28 >= 0xe || toNobody || (source >>> 24 == 0 && !isForNobodyYet(packet))) {
            return true;
        }
        if (device.isLoopback() || packet.looped) {
            return false;
        }
        return source >>> 24 == 127
                || destination >>> 24 == 127
                || isSubnetBroadcast(device, packet.sourceLow)
                || (routes.handlesLocal() && routes.isLocal(packet.sourceHigh, packet.sourceLow));
    }

    /** Where a host that has no address yet may send, as Linux takes it: to everybody, and to groups of the link. */
    private static boolean isForNobodyYet(PacketBuffer packet) {
        int destination = (int) packet.destinationLow;
        boolean linkGroup = destination >>> 8 == 0xe00000;
        boolean igmp = destination >>> 28 == 0xe && packet.transportProtocol == IpProtocol.IGMP;
        return destination == -1 || linkGroup || igmp;
    }

    /** RFC 1122 section 3.3.6: in the form with ones, and in that with zeros if the device takes it. */
    private static boolean isSubnetBroadcast(Device device, long v4Low) {
        return device.addressTable().isSubnetBroadcast(v4Low)
                || (device.takesZeroBroadcasts() && device.addressTable().isLowestOfSubnet(v4Low));
    }

    private boolean isForUs(Device device, PacketBuffer packet) {
        int destination = (int) packet.destinationLow;
        if (packet.type == PacketType.OTHERHOST) {
            // A promiscuous NIC sees it; it is for another host still.
            return false;
        }
        if (routes.isLocal(packet.destinationHigh, packet.destinationLow)) {
            // A unicast address in a link broadcast is someone's mistake or attack (RFC 1122 section 3.3.6).
            return packet.type != PacketType.BROADCAST;
        }
        if (destination >>> 28 == 0xe) {
            packet.type = PacketType.MULTICAST;
            return device.groups().isMember(packet.destinationHigh, packet.destinationLow);
        }
        boolean toAll = destination == -1 || (destination == 0 && device.takesZeroBroadcasts());
        if (toAll || isSubnetBroadcast(device, packet.destinationLow)) {
            packet.type = PacketType.BROADCAST;
            return true;
        }
        return packet.type == PacketType.HOST && device.isPromiscuous() && !device.isForwarding(/* ipv4= */ true);
    }

    @Override
    boolean isFragment(PacketBuffer packet) {
        return Ipv4.isFragment(packet.data(), packet.networkOffset);
    }

    @Override
    boolean owesAnswer(DropReason fault) {
        return fault == DropReason.IPV4_PARAMETER_PROBLEM;
    }

    @Override
    void answerFault(Device device, PacketBuffer packet) {
        errors.sendParameterProblem(packet, options.problemPointer);
    }

    @Override
    void protocolUnreachable(Device device, PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv4.PROTOCOL_UNREACHABLE);
    }

    @Override
    void portUnreachable(PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv4.PORT_UNREACHABLE);
    }

    @Override
    void reject(PacketBuffer packet, RejectWith with) {
        errors.sendUnreachable(packet, with.icmpCode());
    }

    @Override
    void archive(Archive archive) {
        archive.section("ipv4");
        idHash.archive(archive);
        archive.int32s(ids);
        reassembly.archive(archive);
        errors.archive(archive);
    }
}
