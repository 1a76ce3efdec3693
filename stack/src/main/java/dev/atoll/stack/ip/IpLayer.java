package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketList;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.filter.AddressType;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.RoutingView;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.HostConfiguration;
import dev.atoll.stack.nic.NeighborObserver;
import dev.atoll.stack.nic.NeighborTableView;
import dev.atoll.stack.options.ArchivedOptions;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.protocol.NetworkProtocol;
import dev.atoll.stack.protocol.UnclaimedPacketHandler;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.ParseResult;
import dev.atoll.stack.wire.TransportEndpointId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What IPv4 and IPv6 have in common: between devices below and transport protocols above, asking the filter on both
 * ways. What differs is in the {@link NetworkLayer} of each; a packet out finds its own by its route, so that
 * transports run over both without knowing. Under the stack's hold.
 */
public final class IpLayer implements Device.Upper {
    /** RFC 1122 section 3.2.1.7 wants it configurable; 64 is what IANA recommends and Linux uses. */
    public static final int DEFAULT_TTL = 64;

    /** {@link #send}: as many hops as are usual on the link, which a router may have advertised (RFC 4861). */
    public static final int LINK_TTL = -1;

    /** {@link #send}: ask routers on the way to look at the packet. */
    public static final int ROUTER_ALERT = 1;

    /** {@link #send}: cut the packet here if it is larger than the path carries. */
    public static final int FRAGMENT = 2;

    /** {@link #send}: let routers cut the packet (IPv4 without DF). */
    public static final int PATH_MAY_FRAGMENT = 4;

    /** {@link #send}: heed the link's MTU alone, not what is known of the path. */
    public static final int IGNORE_PATH_MTU = 8;

    /** {@link #send}: own members of the group on the NIC it leaves by receive it too. */
    public static final int MULTICAST_LOOP = 16;

    /** {@link #send}: set DF even if the path is known to carry less than we are willing to send. */
    public static final int ALWAYS_DONT_FRAGMENT = 32;

    /** Own packets to groups that wait to come back; Linux's netdev_max_backlog. */
    private static final int MAX_LOOPED = 1000;

    /** Linux's icmp_msgs_per_sec and icmp_msgs_burst, for both families together. */
    static final int ICMP_PER_SECOND = 1000;

    static final int ICMP_BURST = 50;

    private final Cycle cycle;
    private final Counters counters;
    private final BufferPool pool;
    private final TokenBucket icmpLimit;
    private final Forwarding forwarding;
    private final MulticastForwarding multicast;
    private final Routes routes;
    private final IpTables filter;
    private final Ipv4Layer ipv4;
    private final @Nullable Ipv6Layer ipv6;
    private final boolean withIpv4;

    private @Nullable ResetSender resetSender;
    private @Nullable RawReceiver rawReceiver;
    private final @Nullable UnclaimedPacketHandler[] unclaimed = new UnclaimedPacketHandler[256];
    private final List<NetworkProtocol> others = new ArrayList<>();
    private @Nullable LinkFailureListener linkFailureListener;
    private @Nullable NeighborObserver neighborObserver;
    private int defaultTtl4 = DEFAULT_TTL;
    private int defaultTtl6 = DEFAULT_TTL;
    private MessageTuning messageTuning = MessageTuning.DEFAULT;
    /** Own packets to groups, on their way back. */
    private final PacketList looped = new PacketList();

    private Verdict lastDenial = Verdict.ACCEPT;
    /** Where the packet that just passed the policy goes, if that is not where it was to go. */
    private Routes.@Nullable Hop detour;

    /** Answers a rejected segment with RST; TCP supplies it. */
    @FunctionalInterface
    public interface ResetSender {
        /** Answers the segment, whose headers are where the packet says; does not take it. */
        void reset(PacketBuffer segment);
    }

    /** Shows packets that passed the filter to whoever wants them beside the protocol they are for. */
    public interface RawReceiver {
        /**
         * Looks at a packet addressed to this host, network header at {@code start()}; does not take it.
         *
         * @return whether anybody took a copy
         */
        boolean receive(PacketBuffer packet);

        /**
         * Something said that a packet of ours did not arrive; as {@link TransportHandler#unreachable}.
         *
         * @param protocol of the quoted packet
         */
        void unreachable(PacketBuffer quoted, int protocol, StackError error, boolean hard, int nextHopMtu);
    }

    /** Told when a device's link is gone. */
    @FunctionalInterface
    public interface LinkFailureListener {
        void linkFailed(Device device, String reason);
    }

    /**
     * @param withIpv4 whether there is IPv4 at all
     * @param withIpv6 whether there is IPv6 at all
     */
    public IpLayer(
            Cycle cycle,
            Counters counters,
            BufferPool pool,
            Routes routes,
            IpTables filter,
            boolean withIpv4,
            boolean withIpv6) {
        this.withIpv4 = withIpv4;
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        this.filter = filter;
        icmpLimit = new TokenBucket(ICMP_PER_SECOND, ICMP_BURST, cycle.nowNs());
        this.pool = pool;
        forwarding = new Forwarding(cycle, counters, routes, filter, this);
        multicast = new MulticastForwarding(cycle, pool, routes, forwarding);
        ipv4 = new Ipv4Layer(cycle, counters, pool, routes, new Icmpv4Errors(cycle, counters, pool, this, icmpLimit));
        ipv6 = withIpv6
                ? new Ipv6Layer(cycle, counters, pool, routes, new Icmpv6Errors(cycle, counters, pool, this, icmpLimit))
                : null;
        routes.attach(withIpv4 ? ipv4 : null, ipv6);
        filter.routing(new RoutesView(routes));
    }

    /** What the filter asks of the table and the NICs. */
    private record RoutesView(Routes routes) implements RoutingView {
        @Override
        public @Nullable IpAddress find(String nic, IpAddress peer) {
            Device device = routes.device(nic);
            if (device == null) {
                return null;
            }
            Routes.Hop hop = routes.findHop(peer, device.id());
            return routes.sourceOn(device, hop == null ? peer : hop.nextHop());
        }

        /** As inet_select_addr of Linux: where the NIC has nothing but a loopback address, the first of the other NICs. */
        @Override
        public @Nullable IpAddress findForOthers(String nic, IpAddress peer) {
            IpAddress own = find(nic, peer);
            if (!peer.isV4()) {
                // As ipv6_dev_get_saddr of Linux (RFC 6724, rule 1): an address of this host is reached from itself.
                boolean here = typeOf(peer.high(), peer.low(), "") == AddressType.LOCAL && !peer.isLinkLocal();
                return here ? peer : own;
            }
            for (int i = 0; i < routes.devices().size() && (own == null || own.isLoopback()); i++) {
                own = routes.sourceOn(routes.devices().get(i), peer);
            }
            return own == null || own.isLoopback() ? null : own;
        }

        @Override
        public AddressType typeOf(long high, long low, String nic) {
            return routes.typeOf(high, low, nic);
        }

        @Override
        public int pathMtuBytes(IpAddress to, String nic) {
            return routes.pathMtuBytes(to, nic);
        }

        @Override
        public String nicTo(IpAddress to) {
            Routes.Hop hop = routes.findHop(to, 0);
            return hop == null ? "" : hop.device().name();
        }
    }

    public Routes routes() {
        return routes;
    }

    /** The filter this asks at its hooks. */
    public IpTables filter() {
        return filter;
    }

    /** How packets to groups are passed on. */
    public MulticastForwarding multicast() {
        return multicast;
    }

    public Ipv4Layer ipv4() {
        return ipv4;
    }

    /** Hops packets may go unless an endpoint, or a router of their link, says otherwise. */
    public int defaultTtl(boolean v4) {
        return v4 ? defaultTtl4 : defaultTtl6;
    }

    public void setDefaultTtl(boolean v4, int hops) {
        if (v4) {
            defaultTtl4 = hops;
        } else {
            defaultTtl6 = hops;
        }
    }

    /** Buffers of endpoints that are made from now on. */
    public MessageTuning messageTuning() {
        return messageTuning;
    }

    public void setMessageTuning(MessageTuning tuning) {
        messageTuning = tuning;
    }

    /** What limits ICMP errors, of both families together. */
    public TokenBucket icmpLimit() {
        return icmpLimit;
    }

    /** Whether there is that family. */
    public boolean has(boolean v4) {
        return v4 ? withIpv4 : ipv6 != null;
    }

    /** Null in a stack without IPv6. */
    public @Nullable Ipv6Layer ipv6() {
        return ipv6;
    }

    /** The wildcard an endpoint is bound to that was never told where: both families if there are two. */
    public IpAddress anyAddress() {
        return ipv6 == null ? IpAddress.V4_ANY : IpAddress.V6_ANY;
    }

    /** Adds a protocol above both network protocols; before the stack runs. */
    public void register(TransportHandler handler) {
        ipv4.register(handler);
        if (ipv6 != null) {
            ipv6.register(handler);
        }
    }

    public void setResetSender(ResetSender sender) {
        resetSender = sender;
    }

    public void setRawReceiver(RawReceiver receiver) {
        rawReceiver = receiver;
    }

    public void setLinkFailureListener(LinkFailureListener listener) {
        linkFailureListener = listener;
    }

    public void setNeighborObserver(@Nullable NeighborObserver observer) {
        neighborObserver = observer;
    }

    // --- Out

    /** As {@link #send(PacketBuffer, Route, int, int, int, int)} without flags. */
    public @Nullable StackError send(PacketBuffer packet, Route route, int protocol, int ttl, int tos) {
        return send(packet, route, protocol, ttl, tos, 0);
    }

    /**
     * Sends a packet whose transport header is at {@code start()}. Takes the packet.
     *
     * @param ttl hops, or {@link #LINK_TTL}
     * @param flags {@link #ROUTER_ALERT}, {@link #FRAGMENT}, {@link #PATH_MAY_FRAGMENT}, {@link #IGNORE_PATH_MTU},
     *     {@link #MULTICAST_LOOP}, {@link #ALWAYS_DONT_FRAGMENT}
     * @return null if it is on its way, which is not to say it will arrive; NOT_PERMITTED if the policy dropped it,
     *     another error if the policy rejected it: {@link #denialText} then says what decided; MESSAGE_TOO_LONG,
     *     NETWORK_UNREACHABLE; INVALID if it would leave this host with a loopback address
     */
    public @Nullable StackError send(PacketBuffer packet, Route route, int protocol, int ttl, int tos, int flags) {
        NetworkLayer network = route.network();
        boolean found = route.refresh();
        int mtu = (flags & IGNORE_PATH_MTU) == 0 ? route.mtuBytes() : network.mtuBytes(route.device());
        boolean large = packet.gsoType == PacketBuffer.GSO_NONE
                && packet.length() + packet.optionBytes + network.headerBytes() > mtu;
        StackError fault = null;
        if (!found) {
            fault = StackError.NETWORK_UNREACHABLE;
        } else if (large && (flags & FRAGMENT) == 0) {
            fault = StackError.MESSAGE_TOO_LONG;
        } else if (route.source().isV4()
                && route.source().isLoopback()
                && !route.device().isLoopback()) {
            // As Linux, which asks the policy first about every other loopback address.
            fault = StackError.INVALID;
        }
        if (fault != null) {
            lastDenial = Verdict.ACCEPT;
            packet.release();
            return fault;
        }
        IpAddress source = route.source();
        IpAddress destination = route.destination();
        Device device = route.device();
        packet.transportOffset = packet.start();
        packet.transportProtocol = protocol;
        packet.sourceHigh = source.high();
        packet.sourceLow = source.low();
        packet.destinationHigh = destination.high();
        packet.destinationLow = destination.low();
        packet.type = PacketType.OUTGOING;
        packet.nicId = device.id();
        packet.linkId = route.linkId();
        int hops = ttl == LINK_TTL ? hops(route) : ttl;
        network.writeHeader(packet, route, protocol, hops, tos, flags);
        StackError refused = checkOutput(packet, device, route.nicId());
        if (refused != null) {
            return refused;
        }
        IpAddress nextHop = route.nextHop();
        Routes.Hop other = detour;
        if (other != null) {
            device = other.device();
            nextHop = other.nextHop();
            mtu = network.mtuBytes(device);
            large = SuperSegments.frameBytes(packet) > mtu;
            if (large && (flags & FRAGMENT) == 0) {
                // Whoever sends it looks at the way to where it thought it would go.
                routes.pathMtu(destination, route.device().id(), mtu);
                lastDenial = Verdict.ACCEPT;
                packet.release();
                return StackError.MESSAGE_TOO_LONG;
            }
            if (packet.checksumPartial && (large || !device.capabilities().transmitChecksum())) {
                Checksum.complete(packet);
            }
        }
        counters.ipSent++;
        if (destination.isMulticast() && !device.isLoopback()) {
            if ((flags & MULTICAST_LOOP) != 0) {
                loopBack(device, network, packet);
            }
            if (staysInNode(destination)) {
                packet.release();
                return null;
            }
        }
        if (large) {
            sendFragments(network, packet, device, nextHop, mtu);
        } else if (SuperSegments.mustBeCut(packet, device)) {
            sendSegments(network, packet, device, nextHop);
        } else {
            device.send(packet, network.etherType(), nextHop);
        }
        return null;
    }

    /** Whether a group is for members on this host alone (RFC 4291 section 2.7.1). */
    private static boolean staysInNode(IpAddress group) {
        return !group.isV4() && group.multicastScope() <= 1;
    }

    /**
     * Options of an IPv4 header as a program wants them sent, filled up to whole words.
     *
     * @return null if they are malformed, too long, or choose the packet's way
     */
    public static byte @Nullable [] sendableOptions(byte[] options) {
        return Ipv4Options.sendable(options);
    }

    /** Puts options, {@linkplain #sendableOptions as they can be sent}, in front of a packet that goes out over IPv4. */
    public void addOptions(PacketBuffer packet, byte[] options, IpAddress source) {
        ipv4.addOptions(packet, options, source);
    }

    /**
     * Options that a connection carries which another host opened by this packet, as Linux has it: those that recorded the
     * packet's way, and go on to. Empty over IPv6.
     *
     * @param address the one the packet was sent to
     */
    public byte[] optionsForAnswers(PacketBuffer packet, IpAddress address) {
        return packet.ipVersion == 4 ? ipv4.optionsForAnswers(packet, address) : Ipv4Layer.NO_OPTIONS;
    }

    /** Hops that packets on a route may go if their endpoint says nothing. */
    public int hops(Route route) {
        boolean v4 = route.network() == ipv4;
        int advertised = v4 ? 0 : route.device().ipv6HopLimit();
        return advertised == 0 ? defaultTtl(v4) : advertised;
    }

    /**
     * Sends a packet that begins with an IP header somebody else wrote (IP_HDRINCL of ip(7)): what can be left to IP is
     * filled in, the rest stands. Takes the packet.
     *
     * @return as {@link #send}; INVALID if that is no header of the route's family
     */
    public @Nullable StackError sendWithHeader(PacketBuffer packet, Route route) {
        NetworkLayer network = route.network();
        StackError fault = null;
        if (!route.refresh()) {
            fault = StackError.NETWORK_UNREACHABLE;
        } else if (packet.length() > network.mtuBytes(route.device())) {
            fault = StackError.MESSAGE_TOO_LONG;
        } else if (!network.adoptHeader(packet, route)) {
            fault = StackError.INVALID;
        }
        if (fault != null) {
            lastDenial = Verdict.ACCEPT;
            packet.release();
            return fault;
        }
        packet.type = PacketType.OUTGOING;
        packet.nicId = route.device().id();
        packet.linkId = route.linkId();
        StackError refused = checkOutput(packet, route.device(), route.nicId());
        if (refused != null) {
            return refused;
        }
        Routes.Hop other = detour;
        Device device = other == null ? route.device() : other.device();
        if (packet.length() > network.mtuBytes(device)) {
            lastDenial = Verdict.ACCEPT;
            packet.release();
            return StackError.MESSAGE_TOO_LONG;
        }
        counters.ipSent++;
        device.send(packet, network.etherType(), other == null ? route.nextHop() : other.nextHop());
        return null;
    }

    /** Own packets to a group reach own members (RFC 1112 section 6.1): as if they came in by the NIC they leave by. */
    private void loopBack(Device device, NetworkLayer network, PacketBuffer packet) {
        if (!device.groups().isMember(packet.destinationHigh, packet.destinationLow)) {
            return;
        }
        if (looped.size() >= MAX_LOOPED) {
            device.countDrop(DropReason.LOOPBACK_FULL);
            return;
        }
        PacketBuffer copy = pool.copy(packet);
        copy.looped = true;
        copy.checksumPartial = false;
        copy.arrivalNs = cycle.nowNs();
        copy.etherType = network.etherType();
        looped.add(copy);
    }

    /** Whether own packets to groups wait to come back. */
    public boolean hasLooped() {
        return !looped.isEmpty();
    }

    /**
     * Brings back own packets to groups that wait, before a hold ends and not while one is sent: who answers one of them to
     * the group would otherwise be called within its own call.
     */
    public void deliverLooped() {
        PacketBuffer packet = looped.poll();
        while (packet != null) {
            Device device = routes.device(packet.nicId);
            if (device == null) {
                packet.release();
            } else {
                receive(device, packet.etherType, packet);
            }
            packet = looped.poll();
        }
    }

    /** Cuts a packet that passed the filter whole, as rules see it on Linux. Takes the packet. */
    void sendFragments(NetworkLayer network, PacketBuffer packet, Device device, IpAddress nextHop, int mtu) {
        int header = network.unfragmentableBytes(packet);
        int headers = header + network.fragmentHeaderBytes();
        int room = mtu - headers & ~7;
        int total = packet.length() - header;
        int id = network.fragmentId(packet);
        counters.ipFragmented++;
        for (int offset = 0; offset < total; offset += room) {
            int bytes = Math.min(room, total - offset);
            PacketBuffer fragment = pool.allocate(headers + bytes);
            int at = fragment.append(headers + bytes);
            fragment.data().put(at + headers, packet.data(), packet.start() + header + offset, bytes);
            network.writeFragment(fragment, at, packet, offset, bytes, offset + bytes < total, id);
            fragment.networkOffset = at;
            // Only the first shows whose it is.
            fragment.transportOffset = offset == 0 ? at + headers : PacketBuffer.UNKNOWN;
            fragment.transportProtocol = packet.transportProtocol;
            fragment.ipVersion = packet.ipVersion;
            fragment.sourceHigh = packet.sourceHigh;
            fragment.sourceLow = packet.sourceLow;
            fragment.destinationHigh = packet.destinationHigh;
            fragment.destinationLow = packet.destinationLow;
            fragment.type = packet.type;
            fragment.nicId = packet.nicId;
            fragment.linkId = packet.linkId;
            device.send(fragment, network.etherType(), nextHop);
        }
        packet.release();
    }

    /** Sends a super-segment by a device that does not cut it itself. Takes the packet. */
    void sendSegments(NetworkLayer network, PacketBuffer packet, Device device, IpAddress nextHop) {
        PacketBuffer whole = packet;
        if (packet.fragmentCount() > 0) {
            whole = pool.copy(packet);
            packet.release();
        }
        for (int offset = 0; offset < SuperSegments.payloadBytes(whole); offset += whole.gsoSize) {
            device.send(SuperSegments.cut(whole, offset, pool), network.etherType(), nextHop);
        }
        whole.release();
    }

    /**
     * What both families keep; {@link Routes} and the filter are archived for themselves. Own packets to groups came back
     * before.
     */
    public void archive(Archive archive) {
        Check.that(looped.isEmpty(), "no packet is on its way back");
        archive.section("ip");
        defaultTtl4 = archive.int32(defaultTtl4);
        defaultTtl6 = archive.int32(defaultTtl6);
        messageTuning = ArchivedOptions.messages(archive, messageTuning);
        icmpLimit.archive(archive);
        multicast.archive(archive);
        ipv4.archive(archive);
        if (ipv6 != null) {
            ipv6.archive(archive);
        }
    }

    /** Drops what waits and ends what flows: the stack closes. */
    public void close() {
        filter.close();
        looped.clear();
        multicast.close();
        ipv4.clear();
        if (ipv6 != null) {
            ipv6.clear();
        }
    }

    /**
     * Asks the policy about a packet of this host; null if it may go, else the packet is gone. What was translated to
     * another destination has {@link #detour} for its way.
     *
     * @param nicId the NIC it has to leave by, or 0
     */
    private @Nullable StackError checkOutput(PacketBuffer packet, Device device, int nicId) {
        detour = null;
        Device out = device;
        Hook hook = Hook.OUTPUT;
        long high = packet.destinationHigh;
        long low = packet.destinationLow;
        Verdict verdict = filter.check(hook, packet, null, out.name(), cycle.nowNs());
        if (verdict.kind() == Verdict.Kind.ACCEPT && (packet.destinationHigh != high || packet.destinationLow != low)) {
            Routes.Hop hop = forwarding.findHop(packet, nicId);
            if (hop == null || isLoopbackBeyond(packet, hop.device())) {
                return dropWithoutRoute(packet, hop == null ? StackError.NETWORK_UNREACHABLE : StackError.INVALID);
            }
            detour = hop;
            out = hop.device();
            packet.nicId = out.id();
        }
        if (verdict.kind() == Verdict.Kind.ACCEPT && filter.asks(Hook.POSTROUTING, packet.ipVersion)) {
            hook = Hook.POSTROUTING;
            verdict = filter.check(hook, packet, null, out.name(), cycle.nowNs());
        }
        if (verdict.kind() != Verdict.Kind.ACCEPT) {
            return denyOutput(hook, packet, verdict);
        }
        return isLoopbackBeyond(packet, out) ? dropWithoutRoute(packet, StackError.INVALID) : null;
    }

    /** Loopback addresses are never outside their host (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
    private static boolean isLoopbackBeyond(PacketBuffer packet, Device out) {
        return !out.isLoopback()
                && (IpAddress.isLoopback(packet.sourceHigh, packet.sourceLow)
                        || IpAddress.isLoopback(packet.destinationHigh, packet.destinationLow));
    }

    private StackError dropWithoutRoute(PacketBuffer packet, StackError error) {
        drop(packet, DropReason.IP_NO_ROUTE);
        lastDenial = Verdict.ACCEPT;
        return error;
    }

    private StackError denyOutput(Hook hook, PacketBuffer packet, Verdict verdict) {
        countDrop(packet, DropReason.FILTERED);
        filter.denied(hook, packet, verdict, cycle.nowNs());
        packet.release();
        lastDenial = verdict;
        RejectWith with = verdict.rejectWith();
        return with == null ? StackError.NOT_PERMITTED : with.error();
    }

    /** Whether the policy rejected it when {@link #send} last gave an error. */
    public boolean isRejected() {
        return lastDenial.kind() == Verdict.Kind.REJECT;
    }

    /**
     * What decided when {@link #send} last gave an error of the policy, as text for whoever called; null if it was none, or if
     * errors {@linkplain IpTables#plainErrors do not say so}.
     */
    public @Nullable String denialText() {
        Origin origin = lastDenial.origin();
        return origin == null || filter.hasPlainErrors() ? null : origin.toString();
    }

    // --- In

    @Override
    public void receive(Device device, int etherType, PacketBuffer packet) {
        NetworkLayer network = networkOf(device, etherType);
        if (network == null) {
            receiveOther(etherType, packet);
            return;
        }
        counters.ipReceived++;
        DropReason fault = network.parse(device, packet);
        if (fault == null && device.isStrongHost() && isForOtherDevice(device, packet)) {
            fault = DropReason.IP_OTHER_INTERFACE;
        }
        PacketBuffer whole = packet;
        if (fault == null && network.isFragment(packet)) {
            counters.fragmentsReceived++;
            whole = network.reassemble(packet);
            if (whole == null) {
                return;
            }
            fault = network.parse(device, whole);
            if (fault == null && network.isFragment(whole)) {
                fault = DropReason.IP_FRAGMENT;
            }
        }
        HostConfiguration configuration = device.configuration();
        if (configuration != null
                && network == ipv4
                && (fault == null || fault == DropReason.IP_NOT_LOCAL)
                && configuration.takes(whole)) {
            configure(device, configuration, whole);
        } else if (fault == null) {
            judge(device, network, whole, null);
        } else if (fault == DropReason.IP_NOT_LOCAL && mayGoOn(device, network, whole)) {
            assemble(device, network, whole);
        } else {
            refuse(device, network, whole, fault);
        }
    }

    /** Whether a packet for somebody else is passed on, or may yet be led here by the policy. */
    private boolean mayGoOn(Device device, NetworkLayer network, PacketBuffer packet) {
        return device.isForwarding(network == ipv4)
                || MulticastForwarding.concerns(device, packet)
                || (packet.type == PacketType.HOST && filter.asks(Hook.PREROUTING, packet.ipVersion));
    }

    /** RFC 1122 section 3.3.4.2, the strong model. */
    private boolean isForOtherDevice(Device device, PacketBuffer packet) {
        return packet.type == PacketType.HOST
                && !device.isLoopback()
                && !device.isAssigned(packet.destinationHigh, packet.destinationLow)
                && routes.isLocal(packet.destinationHigh, packet.destinationLow);
    }

    /**
     * Reads the headers of a packet that begins with its network header, and notes in it what they say; {@code start()} is at
     * the transport header then, if there is one. Looks at no state of the stack: from any thread.
     */
    public ParseResult parse(int etherType, PacketBuffer packet) {
        NetworkLayer network = null;
        if (etherType == Ethernet.TYPE_IPV4) {
            network = withIpv4 ? ipv4 : null;
        } else if (etherType == Ethernet.TYPE_IPV6) {
            network = ipv6;
        }
        if (network == null) {
            return parseOther(etherType, packet);
        }
        if (network.readHeader(packet) != null || !network.findTransport(packet)) {
            return ParseResult.NETWORK_HEADER_MALFORMED;
        }
        if (packet.transportOffset == PacketBuffer.UNKNOWN) {
            return ParseResult.OK;
        }
        packet.consume(packet.transportOffset - packet.start());
        TransportHandler handler = network.handler(packet.transportProtocol);
        if (handler == null) {
            return ParseResult.UNKNOWN_TRANSPORT_PROTOCOL;
        }
        return handler.isHeaderWhole(packet) ? ParseResult.OK : ParseResult.TRANSPORT_HEADER_MALFORMED;
    }

    private ParseResult parseOther(int etherType, PacketBuffer packet) {
        for (int i = 0; i < others.size(); i++) {
            if (others.get(i).etherType() == etherType) {
                packet.networkOffset = packet.start();
                boolean whole = packet.linearLength() >= others.get(i).minimumPacketBytes();
                return whole ? ParseResult.OK : ParseResult.NETWORK_HEADER_MALFORMED;
            }
        }
        return ParseResult.UNKNOWN_NETWORK_PROTOCOL;
    }

    private @Nullable NetworkLayer networkOf(Device device, int etherType) {
        if (etherType == Ethernet.TYPE_IPV4) {
            return withIpv4 ? ipv4 : null;
        }
        return etherType == Ethernet.TYPE_IPV6 && device.hasIpv6() ? ipv6 : null;
    }

    /** Adds a protocol beside IP; before the stack runs. */
    public void register(NetworkProtocol protocol) {
        boolean known = protocol.etherType() == Ethernet.TYPE_IPV4
                || protocol.etherType() == Ethernet.TYPE_IPV6
                || protocol.etherType() == Ethernet.TYPE_ARP;
        for (NetworkProtocol other : others) {
            known |= other.etherType() == protocol.etherType();
        }
        Check.argument(!known, "etherType", protocol.etherType(), "one protocol an EtherType");
        others.add(protocol);
    }

    private void receiveOther(int etherType, PacketBuffer packet) {
        for (int i = 0; i < others.size(); i++) {
            NetworkProtocol protocol = others.get(i);
            if (protocol.etherType() == etherType) {
                if (packet.linearLength() < protocol.minimumPacketBytes() || !protocol.receive(packet)) {
                    countDrop(packet, DropReason.PROTOCOL_MALFORMED);
                }
                packet.release();
                return;
            }
        }
        drop(packet, DropReason.UNKNOWN_NETWORK_PROTOCOL);
    }

    /** Puts a packet for somebody else together from its fragments, before the policy sees it. Takes the packet. */
    private void assemble(Device device, NetworkLayer network, PacketBuffer packet) {
        PacketBuffer whole = packet;
        if (network.locateFragment(packet)) {
            if (!network.isFragmentPossible(packet)) {
                drop(packet, DropReason.IP_HEADER_MALFORMED);
                return;
            }
            counters.fragmentsReceived++;
            whole = network.reassemble(packet);
            if (whole == null) {
                return;
            }
            DropReason fault = network.parse(device, whole);
            if (fault != DropReason.IP_NOT_LOCAL || network.locateFragment(whole)) {
                drop(whole, fault == null ? DropReason.IP_FRAGMENT : fault);
                return;
            }
        }
        network.locateTransport(whole);
        judge(device, network, whole, DropReason.IP_NOT_LOCAL);
    }

    /**
     * Asks the policy about a whole packet that came in, and brings it where it then goes: its destination may be another.
     * Takes the packet.
     *
     * @param fault null for one that is for this host, or IP_NOT_LOCAL
     */
    private void judge(Device device, NetworkLayer network, PacketBuffer packet, @Nullable DropReason fault) {
        long high = packet.destinationHigh;
        long low = packet.destinationLow;
        if (!passesPrerouting(device, packet)) {
            return;
        }
        boolean moved = packet.destinationHigh != high || packet.destinationLow != low;
        DropReason now = moved ? network.parse(device, packet) : fault;
        boolean sound = now == null || now == DropReason.IP_NOT_LOCAL;
        if (sound && MulticastForwarding.concerns(device, packet)) {
            multicast.forward(device, network, packet);
            if (now != null) {
                packet.release();
                return;
            }
        }
        if (now == null) {
            deliver(device, network, packet);
        } else if (now == DropReason.IP_NOT_LOCAL && device.isForwarding(network == ipv4)) {
            network.locateTransport(packet);
            forwarding.forward(device, network, packet);
        } else {
            refuseMet(device, network, packet, now);
        }
    }

    /** Asks the policy about a packet that came in, before it is settled where it goes; if not, the packet is gone. */
    private boolean passesPrerouting(Device device, PacketBuffer packet) {
        if (!filter.asks(Hook.PREROUTING, packet.ipVersion)) {
            return true;
        }
        Verdict verdict = filter.check(Hook.PREROUTING, packet, device.name(), null, cycle.nowNs());
        if (verdict.kind() == Verdict.Kind.ACCEPT) {
            return true;
        }
        filter.denied(Hook.PREROUTING, packet, verdict, cycle.nowNs());
        drop(packet, DropReason.FILTERED);
        return false;
    }

    /** An answer to a NIC that has no address yet, or just gets another. Takes the packet. */
    private void configure(Device device, HostConfiguration configuration, PacketBuffer packet) {
        if (!passesPrerouting(device, packet)) {
            return;
        }
        Verdict verdict = filter.check(Hook.INPUT, packet, device.name(), null, cycle.nowNs());
        if (verdict.kind() != Verdict.Kind.ACCEPT) {
            denyInput(ipv4, packet, verdict);
            return;
        }
        configuration.receive(packet);
        packet.release();
    }

    /** Drops a faulty packet; its sender learns of it only if the policy would have let it in. */
    private void refuse(Device device, NetworkLayer network, PacketBuffer packet, DropReason fault) {
        if (!network.owesAnswer(fault) || passesPrerouting(device, packet)) {
            refuseMet(device, network, packet, fault);
        }
    }

    /** The same for one that has met PREROUTING. */
    private void refuseMet(Device device, NetworkLayer network, PacketBuffer packet, DropReason fault) {
        if (network.owesAnswer(fault)) {
            Verdict verdict = filter.check(Hook.INPUT, packet, device.name(), null, cycle.nowNs());
            if (verdict.kind() != Verdict.Kind.ACCEPT) {
                denyInput(network, packet, verdict);
                return;
            }
            network.answerFault(device, packet);
        }
        drop(packet, fault);
    }

    private void deliver(Device device, NetworkLayer network, PacketBuffer packet) {
        Verdict verdict = filter.check(Hook.INPUT, packet, device.name(), null, cycle.nowNs());
        if (verdict.kind() != Verdict.Kind.ACCEPT) {
            denyInput(network, packet, verdict);
            return;
        }
        // The policy saw the loopback NIC, as on Linux, endpoints see the one that has the address.
        Device arrival = device.isLoopback() && network == ipv6 ? ownerOf(device, packet) : device;
        packet.nicId = arrival.id();
        RawReceiver raw = rawReceiver;
        boolean taken = raw != null && raw.receive(packet);
        packet.consume(packet.transportOffset - packet.start());
        TransportHandler handler = network.handler(packet.transportProtocol);
        if (handler == null && (taken || offerUnclaimed(packet, 0, 0))) {
            packet.release();
            return;
        }
        if (handler == null) {
            countDrop(packet, DropReason.UNKNOWN_TRANSPORT_PROTOCOL);
            network.protocolUnreachable(arrival, packet);
            packet.release();
            return;
        }
        handler.receive(arrival, packet);
    }

    private Device ownerOf(Device loopback, PacketBuffer packet) {
        boolean elsewhere =
                packet.type == PacketType.HOST && !loopback.isAssigned(packet.destinationHigh, packet.destinationLow);
        return elsewhere ? routes.owner(packet.destinationHigh, packet.destinationLow, packet.linkId) : loopback;
    }

    private void denyInput(NetworkLayer network, PacketBuffer packet, Verdict verdict) {
        countDrop(packet, DropReason.FILTERED);
        filter.denied(Hook.INPUT, packet, verdict, cycle.nowNs());
        answerRejected(network, packet, verdict.rejectWith());
        packet.release();
    }

    /** Tells the sender of a packet that came in what the policy says; nothing if {@code with} is null or it may be forged. */
    void answerRejected(NetworkLayer network, PacketBuffer packet, @Nullable RejectWith with) {
        if (with == null || packet.transportOffset == PacketBuffer.UNKNOWN || !Checksum.isSumSound(packet)) {
            return;
        }
        if (with != RejectWith.TCP_RESET) {
            network.reject(packet, with);
        } else if (packet.transportProtocol == IpProtocol.TCP && resetSender != null) {
            resetSender.reset(packet);
        }
    }

    private void drop(PacketBuffer packet, DropReason reason) {
        countDrop(packet, reason);
        packet.release();
    }

    private void countDrop(PacketBuffer packet, DropReason reason) {
        Device device = routes.device(packet.nicId);
        if (device == null) {
            counters.drop(reason);
        } else {
            device.countDrop(reason);
        }
    }

    private NetworkLayer networkOf(PacketBuffer packet) {
        return packet.ipVersion == 6 && ipv6 != null ? ipv6 : ipv4;
    }

    /** Sets who is offered packets of a protocol that nobody wants; before the stack runs. */
    public void setUnclaimedHandler(int protocol, UnclaimedPacketHandler handler) {
        unclaimed[protocol] = handler;
    }

    /**
     * Offers a packet that no endpoint is for to whoever takes those of its protocol; does not take it.
     *
     * @return whether that settles it
     */
    public boolean offerUnclaimed(PacketBuffer packet, int localPort, int remotePort) {
        UnclaimedPacketHandler handler = unclaimed[packet.transportProtocol];
        return handler != null
                && handler.handle(
                        new TransportEndpointId(
                                new IpAddress(packet.destinationHigh, packet.destinationLow),
                                localPort,
                                new IpAddress(packet.sourceHigh, packet.sourceLow),
                                remotePort),
                        packet);
    }

    /** Tells the sender of a received packet that its protocol is not to be had here; does not take the packet. */
    public void protocolUnreachable(Device device, PacketBuffer packet) {
        networkOf(packet).protocolUnreachable(device, packet);
    }

    /** Tells the sender of a received packet that nobody has its port; does not take the packet. */
    public void portUnreachable(PacketBuffer packet) {
        networkOf(packet).portUnreachable(packet);
    }

    /**
     * Tells the endpoints that sent it that a packet of ours did not arrive; as {@link TransportHandler#unreachable}.
     *
     * @return false if nobody here can have sent such a packet
     */
    public boolean unreachable(
            NetworkLayer network, PacketBuffer quoted, int protocol, StackError error, boolean hard, int nextHopMtu) {
        RawReceiver raw = rawReceiver;
        if (raw != null) {
            raw.unreachable(quoted, protocol, error, hard, nextHopMtu);
        }
        TransportHandler handler = network.handler(protocol);
        if (handler != null) {
            handler.unreachable(quoted, error, hard, nextHopMtu);
        }
        return handler != null || raw != null;
    }

    // --- What devices tell

    @Override
    public void neighborUnreachable(Device device, PacketBuffer packet) {
        routes.redirectFailed(device, packet.destinationHigh, packet.destinationLow);
        if (packet.type != PacketType.OUTGOING) {
            networkOf(packet).hostUnreachable(packet);
            return;
        }
        if (packet.transportOffset != PacketBuffer.UNKNOWN) {
            filter.untranslate(packet);
            unreachable(networkOf(packet), packet, packet.transportProtocol, StackError.HOST_UNREACHABLE, false, -1);
        }
    }

    @Override
    public void neighborAnswers(Device device, IpAddress neighbor, boolean answers) {
        routes.neighborAnswers(device, neighbor, answers);
    }

    @Override
    public void linkFailed(Device device, String reason) {
        if (linkFailureListener != null) {
            linkFailureListener.linkFailed(device, reason);
        }
    }

    @Override
    public boolean wantsNeighborEvents() {
        return neighborObserver != null;
    }

    @Override
    public void neighborEvent(Device device, NeighborObserver.Event event, NeighborTableView.Entry entry) {
        NeighborObserver observer = neighborObserver;
        if (observer != null) {
            observer.neighborEvent(device, event, entry);
        }
    }
}
