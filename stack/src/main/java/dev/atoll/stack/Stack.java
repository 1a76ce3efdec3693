package dev.atoll.stack;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.dhcp.DhcpInterface;
import dev.atoll.stack.endpoint.Listing;
import dev.atoll.stack.endpoint.Sockets;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.RuleChange;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.group.GroupLayer;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.icmp.Icmpv4Layer;
import dev.atoll.stack.icmp.Icmpv6Layer;
import dev.atoll.stack.icmp.PingPorts;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.LoopbackLink;
import dev.atoll.stack.ndp.NdpLayer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.nic.NeighborObserver;
import dev.atoll.stack.nic.NeighborTableView;
import dev.atoll.stack.options.EndpointInfo;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.protocol.NetworkProtocol;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.protocol.UnclaimedPacketHandler;
import dev.atoll.stack.raw.PacketLayer;
import dev.atoll.stack.raw.RawLayer;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.PacketEndpoint;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.tcp.CongestionControls;
import dev.atoll.stack.tcp.TcpLayer;
import dev.atoll.stack.udp.UdpLayer;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.ParseResult;
import dev.atoll.stack.wire.TransportEndpointId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP/IP stack: interfaces, addresses, routes and endpoints, without a thread, a socket or a clock of its own.
 *
 * <p>Whoever drives it calls {@link #run} whenever a link has frames or the deadline that the last call returned has
 * come; time stands still during a call. All methods may be called from any thread unless they say otherwise; those
 * that wait, wait only for another thread's call to end.
 */
public final class Stack implements AutoCloseable {
    /** Id of {@code lo}. */
    public static final int LOOPBACK_NIC_ID = 1;

    final Cycle cycle;
    final Counters counters;
    private final BufferPool pool = new BufferPool();
    final List<Device> devices = new ArrayList<>();
    private final LoopbackLink loopbackLink = new LoopbackLink();
    private final Device loopback;
    final Routes routes;
    final IpLayer ip;
    final GroupLayer groups;
    final @Nullable NdpLayer ndp;
    private final EnumSet<Protocol> protocols;
    private final NeighborSettings neighborSettings;
    final TcpLayer tcp;
    final UdpLayer udp;
    final PingPorts pings;
    final @Nullable RawLayer raws;
    final @Nullable PacketLayer packets;
    private final Hold hold;
    private final EventQueue events;
    final Sockets sockets;
    private final Listing listing;
    final List<TransportProtocol> transports;
    final List<NetworkProtocol> networks;
    private final @Nullable Ipv6Settings ipv6Settings;
    private final @Nullable Ids ids;
    private int lastNicId = LOOPBACK_NIC_ID;

    /** Numbers of endpoints unless the caller supplies them. */
    private static final class Ids implements LongSupplier {
        private long last;

        @Override
        public long getAsLong() {
            return ++last;
        }

        void archive(Archive archive) {
            last = archive.int64(last);
        }
    }

    /** Delivers to the IP layer, which does not exist yet when the first device is made. */
    private final Device.Upper upper = new Device.Upper() {
        @Override
        public void receive(Device device, int etherType, PacketBuffer packet) {
            ip.receive(device, etherType, packet);
        }

        @Override
        public void neighborUnreachable(Device device, PacketBuffer packet) {
            ip.neighborUnreachable(device, packet);
        }

        @Override
        public void neighborAnswers(Device device, IpAddress neighbor, boolean answers) {
            ip.neighborAnswers(device, neighbor, answers);
        }

        @Override
        public void linkFailed(Device device, String reason) {
            ip.linkFailed(device, reason);
        }

        @Override
        public void neighborEvent(Device device, NeighborObserver.Event event, NeighborTableView.Entry entry) {
            ip.neighborEvent(device, event, entry);
        }

        @Override
        public boolean wantsNeighborEvents() {
            return ip.wantsNeighborEvents();
        }
    };

    Stack(StackBuilder builder) {
        cycle = new Cycle(Objects.requireNonNull(builder.clock), Objects.requireNonNull(builder.rng));
        counters = builder.counters;
        neighborSettings = builder.neighbors;
        loopback = new Device(LOOPBACK_NIC_ID, "lo", loopbackLink, cycle, counters, pool, neighborSettings, upper);
        loopbackLink.attach(loopback);
        protocols = builder.protocols.clone();
        boolean withIpv4 = protocols.contains(Protocol.IPV4);
        if (withIpv4) {
            loopback.addAddress(new LocalAddress(IpAddress.V4_LOOPBACK, 8));
        } else {
            loopback.withoutIpv4();
        }
        devices.add(loopback);
        routes = new Routes(cycle, counters, devices, loopback);
        ip = new IpLayer(cycle, counters, pool, routes, new IpTables(cycle.rng()), withIpv4, builder.ipv6 != null);
        pings = new PingPorts(cycle, counters, pool, ip);
        ip.setMessageTuning(builder.messages);
        new Icmpv4Layer(counters, pool, ip, pings);
        groups = new GroupLayer(cycle, counters, pool, ip);
        tcp = new TcpLayer(cycle, counters, pool, ip, builder.tcp, new CongestionControls(builder.congestionControls));
        checkCongestionControl(builder.tcp);
        udp = new UdpLayer(cycle, counters, pool, ip);
        ip.setLinkFailureListener(tcp);
        if (protocols.contains(Protocol.TCP)) {
            ip.register(tcp);
        }
        if (protocols.contains(Protocol.UDP)) {
            ip.register(udp);
        }
        hold = new Hold(cycle, builder.driver, new Runnable() {
            @Override
            public void run() {
                finishHold();
            }
        });
        events = new EventQueue(hold, counters);
        setNeighborListener(builder.neighborListener);
        if (builder.multicastForwardingListener != null) {
            ip.multicast().setObserver(new MulticastEvents(events, builder.multicastForwardingListener));
        }
        raws = builder.rawEndpoints ? new RawLayer(counters, pool, ip) : null;
        packets = builder.packetEndpoints ? new PacketLayer(cycle, counters, pool, ip) : null;
        if (packets != null) {
            loopback.setFrameTap(packets);
        }
        ids = builder.idSource == null ? new Ids() : null;
        sockets = new Sockets(
                hold,
                routes,
                ip.anyAddress(),
                tcp,
                udp,
                pings,
                raws,
                packets,
                ids == null ? Objects.requireNonNull(builder.idSource) : ids);
        listing = new Listing(tcp, udp, pings);
        transports = List.copyOf(builder.transports);
        networks = List.copyOf(builder.networks);
        ipv6Settings = builder.ipv6;
        ndp = builder.ipv6 == null ? null : newNdp(builder.ipv6, builder.ipv6Listener);
        if (ndp != null) {
            loopback.setDiscovery(ndp);
            loopback.addAddress(new LocalAddress(IpAddress.V6_LOOPBACK, 128));
        }
        if (!builder.handleLocal) {
            routes.sendLocalOut();
        }
        ip.filter().clock(builder.clock);
        if (builder.socketOwner != null) {
            ip.filter().socketOwner(builder.socketOwner);
        }
        if (builder.rules != null) {
            ip.filter().replace(builder.rules);
        }
        host(builder);
    }

    /** What the caller supplies of its own. */
    private void host(StackBuilder builder) {
        sockets.setPortHolder(builder.portHolder);
        if (builder.tcpForwarder != null) {
            sockets.forwardTcp(builder.tcpForwardScope, builder.tcpForwardsInFlight, builder.tcpForwarder);
        }
        if (builder.udpForwarder != null) {
            sockets.forwardUdp(builder.udpForwardScope, builder.udpForwardsInFlight, builder.udpForwarder);
        }
        for (Map.Entry<Integer, UnclaimedPacketHandler> entry : builder.unclaimed.entrySet()) {
            ip.setUnclaimedHandler(entry.getKey(), entry.getValue());
        }
        for (TransportProtocol protocol : transports) {
            ip.register(new HostedTransport(protocol, counters, ip));
            protocol.attach(new HostedProtocol(hold, cycle, pool, ip, protocol.protocolNumber()));
        }
        for (NetworkProtocol protocol : networks) {
            ip.register(protocol);
            protocol.attach(new HostedProtocol(hold, cycle, pool, ip, protocol.etherType()));
        }
    }

    private void setNeighborListener(@Nullable NeighborListener listener) {
        if (listener == null) {
            return;
        }
        ip.setNeighborObserver((device, event, entry) -> {
            int nicId = device.id();
            NeighborListener.Event what =
                    switch (event) {
                        case ADDED -> NeighborListener.Event.ADDED;
                        case CHANGED -> NeighborListener.Event.CHANGED;
                        case REMOVED -> NeighborListener.Event.REMOVED;
                    };
            NeighborTable.Entry told = NeighborTable.toEntry(entry);
            events.add(() -> listener.onNeighbor(nicId, what, told));
        });
    }

    private NdpLayer newNdp(Ipv6Settings settings, @Nullable Ipv6Listener listener) {
        NdpLayer layer = new NdpLayer(cycle, counters, pool, ip, settings);
        if (listener != null) {
            layer.setObserver(new Ipv6Events(events, listener));
        }
        new Icmpv6Layer(counters, pool, ip, Objects.requireNonNull(ip.ipv6()), pings, layer, groups);
        return layer;
    }

    /** Begins to describe a stack. */
    public static StackBuilder builder() {
        return new StackBuilder();
    }

    private void finishHold() {
        deliverJoined();
        // One may bring about the other.
        while (ip.hasLooped() || loopbackLink.isPending()) {
            ip.deliverLooped();
            loopbackLink.deliverPending();
            deliverJoined();
        }
        for (int i = 0; i < devices.size(); i++) {
            devices.get(i).link().flush();
        }
    }

    /** What links delivered in this hold so far is delivered. */
    void deliverJoined() {
        for (int i = 0; i < devices.size(); i++) {
            devices.get(i).deliverJoined();
        }
    }

    // --- Driving

    /**
     * Runs {@code work} under the hold, typically the polling of links, then the timers that are due, and returns when
     * to call again. Readiness listeners are called before this returns. For the driving thread; reentrant calls are
     * refused.
     *
     * @return the next deadline in the clock's monotonic nanoseconds, or {@code Long.MAX_VALUE} for none
     */
    public long run(Runnable work) {
        hold.enterAsDriver();
        try {
            work.run();
            deliverJoined();
            cycle.timers().runDue(cycle.nowNs());
        } catch (RuntimeException | Error e) {
            hold.exit();
            throw e;
        }
        return cycle.toClockNs(hold.exitAsDriver());
    }

    // --- Interfaces

    /**
     * Makes a NIC on a link and enables it. It has IPv6 if the stack has and the link carries 1280 bytes.
     *
     * @param name what rules know it by; 1 to 15 characters without blank or slash, as Linux wants them
     * @throws StackException DUPLICATE_ADDRESS if there is a NIC of that name, CLOSED
     */
    public Nic createNic(String name, LinkEndpoint link) throws StackException {
        return createNic(name, link, NicOptions.DEFAULT);
    }

    /**
     * Makes a NIC that begins as the options say.
     *
     * @throws StackException as {@link #createNic(String, LinkEndpoint)}
     */
    public Nic createNic(String name, LinkEndpoint link, NicOptions options) throws StackException {
        Nic.checkName(name);
        // A class and no lambda, as elsewhere on the way to a program's first packet: the JVM writes one when it meets
        // it.
        return hold.call(new Hold.Work<>() {
            @Override
            public Nic run() throws StackException {
                requireOpen();
                if (routes.device(name) != null) {
                    throw new StackException(StackError.DUPLICATE_ADDRESS, name);
                }
                return new Nic(hold, routes, newDevice(name, link, options));
            }
        });
    }

    private Device newDevice(String name, LinkEndpoint link, NicOptions options) {
        Device device = attach(++lastNicId, name, link, options.context());
        if (!options.enabled()) {
            device.setEnabled(false);
        } else if (ndp != null && device.hasIpv6()) {
            ndp.started(device);
        }
        return device;
    }

    /** A device that does nothing by itself yet. */
    Device attach(int id, String name, LinkEndpoint link, @Nullable Object context) {
        Device device = new Device(id, name, link, cycle, counters, pool, neighborSettings, upper);
        device.setContext(context);
        link.attach(device);
        devices.add(device);
        device.setGroupObserver(groups);
        if (protocols.contains(Protocol.TCP)) {
            device.mayCoalesce();
        }
        if (!protocols.contains(Protocol.IPV4)) {
            device.withoutIpv4();
        }
        if (packets != null) {
            device.setFrameTap(packets);
        }
        // A link that carries less than every link has to is none for IPv6 (RFC 8200 section 5), as on Linux.
        if (ndp != null && link.mtuBytes() >= Ipv6.MIN_MTU_BYTES) {
            device.setDiscovery(ndp);
        }
        return device;
    }

    /**
     * Removes a NIC, its routes, and every connection through it; closes its link.
     *
     * @throws StackException UNKNOWN_NIC; INVALID for {@code lo}
     */
    public void removeNic(Nic nic) throws StackException {
        hold.call(() -> {
            if (nic.device == loopback) {
                throw new StackException(StackError.INVALID, "lo");
            }
            if (!devices.remove(nic.device)) {
                throw new StackException(StackError.UNKNOWN_NIC, nic.toString());
            }
            routes.removeAll(nic.device);
            ip.multicast().removeAll(nic.device);
            tcp.deviceFailed(nic.device);
            nic.device.close();
            groups.removed(nic.device);
            return true;
        });
    }

    /**
     * Has a NIC get its IPv4 address by DHCP, from now on; by default a NIC has only what it is given by hand.
     *
     * @param previous an address the NIC had on this link before, to be asked for first, or null
     * @throws StackException ADDRESS_IN_USE if the NIC has a client already; INVALID for a link without link addresses;
     *     UNKNOWN_NIC
     */
    public DhcpClient startDhcp(Nic nic, DhcpSettings settings, @Nullable IpAddress previous, DhcpListener listener)
            throws StackException {
        return hold.call(() -> {
            Device device = nic.device;
            if (!devices.contains(device)) {
                throw new StackException(StackError.UNKNOWN_NIC, nic.toString());
            }
            if (!device.capabilities().ethernet() || (previous != null && !previous.isV4())) {
                throw new StackException(StackError.INVALID, nic.toString());
            }
            if (device.configuration() != null) {
                throw new StackException(StackError.ADDRESS_IN_USE, nic.toString());
            }
            DhcpInterface dhcp = newDhcp(device, settings, listener);
            dhcp.start(previous);
            return new DhcpClient(hold, dhcp);
        });
    }

    DhcpInterface newDhcp(Device device, DhcpSettings settings, DhcpListener listener) {
        DhcpEvents observer = new DhcpEvents(events, device.id(), listener);
        return new DhcpInterface(device, cycle, counters, pool, ip, settings, observer);
    }

    /** The DHCP client of a NIC, or null if it has none. */
    public @Nullable DhcpClient dhcp(Nic nic) {
        return hold.query(
                () -> nic.device.configuration() instanceof DhcpInterface dhcp ? new DhcpClient(hold, dhcp) : null);
    }

    /** The NIC of that name, or null. */
    public @Nullable Nic findNic(String name) {
        return hold.query(() -> {
            Device device = routes.device(name);
            return device == null ? null : new Nic(hold, routes, device);
        });
    }

    /** The NIC of that id, or null. */
    public @Nullable Nic nic(int id) {
        return hold.query(() -> {
            Device device = routes.device(id);
            return device == null ? null : new Nic(hold, routes, device);
        });
    }

    /** All NICs, {@code lo} first. */
    public List<Nic> nics() {
        return hold.query(() ->
                devices.stream().map(device -> new Nic(hold, routes, device)).toList());
    }

    public RouteTable routes() {
        return new RouteTable(hold, routes);
    }

    /** By which packets to groups are passed on, where a NIC {@linkplain Nic#setMulticastForwarding forwards} them. */
    public MulticastRouteTable multicastRoutes() {
        return new MulticastRouteTable(hold, ip);
    }

    /**
     * Finds the way to a destination.
     *
     * @param destination with the NIC to leave by, or 0 for whichever the routes say; the port means nothing
     * @param source the local address to use, or null to have one chosen
     * @return null if there is none
     */
    public @Nullable Route findRoute(FullAddress destination, @Nullable IpAddress source) {
        return hold.query(() -> {
            dev.atoll.stack.ip.Route route = routes.find(destination.address(), source, destination.nicId());
            return route == null ? null : new Route(hold, ip, route);
        });
    }

    /**
     * The NIC that has an address, 0 if none has.
     *
     * @param nicId the NIC that is asked, or 0 for all
     */
    public int checkLocalAddress(int nicId, IpAddress address) {
        return hold.query(() -> {
            for (Device device : devices) {
                if ((nicId == 0 || device.id() == nicId) && device.isAssigned(address.high(), address.low())) {
                    return device.id();
                }
            }
            return 0;
        });
    }

    /**
     * Whether it is the directed broadcast address of a subnet of a NIC.
     *
     * @param nicId the NIC that is asked, or 0 for all
     */
    public boolean isSubnetBroadcast(int nicId, IpAddress address) {
        return hold.query(() -> {
            for (Device device : devices) {
                if ((nicId == 0 || device.id() == nicId) && device.isSubnetBroadcast(address)) {
                    return true;
                }
            }
            return false;
        });
    }

    /**
     * The packet filter: accepts everything until it is given rules. {@code replace} may be called from any thread;
     * set listeners before the stack runs.
     */
    public IpTables ipTables() {
        return ip.filter();
    }

    /**
     * Puts other rules in force while connections live: every packet meets the old rules or the new ones. A live connection is asked
     * about again, by a made-up first packet of it and, if it was answered, an answer and one more: if all that the new rules can do
     * with one of these is to deny it, it ends, for the program with the error of a refused call and the rule that decided, for its
     * peer with a reset. Others go on. Counters begin at 0.
     *
     * @return how many connections and other flows that were tracked ended
     */
    public int replaceRules(RuleSet rules) {
        RuleChange change = ip.filter().change(rules);
        Integer ended = hold.query(new Hold.Work<>() {
            @Override
            public Integer run() {
                return hold.isClosed() ? 0 : change.apply(tcp.live(), cycle.nowNs());
            }
        });
        return ended;
    }

    /** As whom endpoints send from now on, for rules with {@code -m owner}. */
    public void setSocketOwner(SocketOwner owner) {
        boolean unused = hold.query(new Hold.Work<>() {
            @Override
            public Boolean run() {
                ip.filter().socketOwner(owner);
                return true;
            }
        });
    }

    /** Which of its own protocols the stack has: the caller's copy. */
    public Set<Protocol> protocols() {
        return protocols.clone();
    }

    /** What TCP is set to: a copy. */
    public TcpTuning tcp() {
        return hold.query(tcp::tuning);
    }

    /**
     * Sets TCP to something else while the stack runs. Connections there are heed what is looked at again and again, as a
     * kernel's do with a sysctl; the rest holds for new ones.
     *
     * @throws IllegalArgumentException with the field's name if a value cannot work
     */
    public void setTcp(TcpTuning tuning) {
        tuning.check();
        checkCongestionControl(tuning);
        TcpTuning copy = tuning.copy();
        hold.query(() -> {
            tcp.setTuning(copy);
            return true;
        });
    }

    private void checkCongestionControl(TcpTuning tuning) {
        CongestionControls known = tcp.congestionControls();
        Check.argument(
                known.has(tuning.congestionControl),
                "congestionControl",
                tuning.congestionControl,
                "one of " + known.names());
    }

    /** Buffers of UDP, ping, raw and packet endpoints. */
    public MessageTuning messages() {
        return hold.query(ip::messageTuning);
    }

    /** Sets other buffers, for endpoints that are made from now on. */
    public void setMessages(MessageTuning tuning) {
        hold.query(() -> {
            ip.setMessageTuning(tuning);
            return true;
        });
    }

    /** Hops packets of a family may go unless an endpoint says otherwise; over IPv6 a router of the link may, too. */
    public int defaultTtl(boolean ipv4) {
        return hold.query(() -> ip.defaultTtl(ipv4));
    }

    /**
     * Sets it, from the next packet on.
     *
     * @param hops 1 to 255; 64 unless it is set
     */
    public void setDefaultTtl(boolean ipv4, int hops) {
        Check.argument(hops >= 1 && hops <= 255, "hops", hops, "1 to 255");
        hold.query(() -> {
            ip.setDefaultTtl(ipv4, hops);
            return true;
        });
    }

    /** The limit on ICMP errors. */
    public IcmpLimit icmpLimit() {
        return new IcmpLimit(hold, cycle, ip.icmpLimit());
    }

    /** The type of service of ICMP errors over IPv4, the octet of the header. */
    public int icmpErrorTos() {
        return hold.query(() -> ip.ipv4().errors().tos());
    }

    /**
     * Sets it, from the next error on.
     *
     * @param tos 0xc0 as RFC 1812 section 4.3.2.5 asks of routers, unless it is set; with it go the other bits of the packet
     *     that an error is about, as on Linux. 0 is what RFC 1122 section 3.2.2 asks of hosts
     */
    public void setIcmpErrorTos(int tos) {
        Check.argument(tos >= 0 && tos <= 0xff, "tos", tos, "0 to 255");
        hold.query(() -> {
            ip.ipv4().errors().setTos(tos);
            return true;
        });
    }

    // --- Endpoints

    /**
     * A TCP endpoint to connect with.
     *
     * @throws UnsupportedOperationException if the stack does not have TCP
     */
    public TcpEndpoint newTcpEndpoint() {
        require(Protocol.TCP);
        return sockets.newTcpEndpoint();
    }

    /**
     * A TCP endpoint to accept with.
     *
     * @throws UnsupportedOperationException if the stack does not have TCP
     */
    public TcpListener newTcpListener() {
        require(Protocol.TCP);
        return sockets.newTcpListener();
    }

    /**
     * A UDP endpoint.
     *
     * @throws UnsupportedOperationException if the stack does not have UDP
     */
    public UdpEndpoint newUdpEndpoint() {
        require(Protocol.UDP);
        return sockets.newUdpEndpoint();
    }

    private void require(Protocol protocol) {
        if (!protocols.contains(protocol)) {
            throw new UnsupportedOperationException(protocol + " is not among the protocols of this stack");
        }
    }

    /**
     * An endpoint that asks for echoes.
     *
     * @throws StackException NOT_SUPPORTED for IPv6 in a stack without it
     */
    public IcmpEndpoint newIcmpEndpoint(boolean ipv4) throws StackException {
        return sockets.newIcmpEndpoint(ipv4);
    }

    /**
     * An endpoint for the packets of one protocol.
     *
     * @param protocol protocol number, 0 to 255; 255 for one that only sends, headers included
     * @throws StackException NOT_PERMITTED if {@linkplain StackBuilder#rawEndpoints the stack has none}; NOT_SUPPORTED
     *     for IPv6 in a stack without it
     */
    public RawEndpoint newRawEndpoint(boolean ipv4, int protocol) throws StackException {
        Check.argument(protocol >= 0 && protocol <= 255, "protocol", protocol, "0 to 255");
        return sockets.newRawEndpoint(ipv4, protocol);
    }

    /**
     * An endpoint for frames.
     *
     * @param cooked what is read and written has no link header
     * @throws StackException NOT_PERMITTED if {@linkplain StackBuilder#packetEndpoints the stack has none}
     */
    public PacketEndpoint newPacketEndpoint(boolean cooked) throws StackException {
        return sockets.newPacketEndpoint(cooked);
    }

    // --- Observation

    /**
     * Reads the headers of a packet that did not come in by a NIC, from a capture say, as the stack would: which of its
     * protocols the packet is of, and where they begin. Notes in the packet what its headers say and cuts off what lies behind
     * its end; {@code start()} is at the transport header then, if there is one. Transport checksums are not looked at, nor
     * whether the packet is for this stack; a protocol of the caller's own tells by its {@code minimumPacketBytes}. Does not
     * take the packet.
     *
     * <p>May be called from any thread, does not block, and touches nothing but the packet.
     *
     * @param etherType number of the network protocol, as in the Ethernet header
     * @param packet begins with its network header; not one that the stack has
     */
    public ParseResult parse(int etherType, PacketBuffer packet) {
        return ip.parse(etherType, packet);
    }

    /**
     * Installs a probe for the TCP connections made from now on; a stack has one at most.
     *
     * @return false if there is one already
     */
    public boolean addTcpProbe(TcpProbe probe) {
        return hold.query(() -> {
            if (tcp.probe() != null) {
                return false;
            }
            tcp.setProbe(new TcpProbeRelay(events, probe));
            return true;
        });
    }

    /** Removes the probe, if there is one: no connection tells anybody any more. */
    public void removeTcpProbe() {
        hold.query(() -> {
            tcp.setProbe(null);
            return true;
        });
    }

    /** What the stack counts; values are current as of some recent moment. */
    public Counters counters() {
        return counters;
    }

    /** The endpoints packets can be for, connections in TIME_WAIT included, sorted by protocol, port and address. */
    public List<EndpointInfo> endpoints() {
        return hold.query(listing::all);
    }

    /**
     * The endpoint a packet would be for.
     *
     * @param protocol protocol number of TCP or UDP
     * @param id local values are the packet's destination
     * @param nicId the NIC it comes in by
     * @return null if there is none
     */
    public @Nullable EndpointInfo findEndpoint(int protocol, TransportEndpointId id, int nicId) {
        return hold.query(() -> listing.find(protocol, id, nicId));
    }

    /** Packets in memory anywhere in the stack: 0 when nothing is queued. */
    public long packetsOutstanding() {
        return hold.query(pool::outstanding);
    }

    /** TCP connections and listeners, those in TIME_WAIT included, other endpoints that are bound or receive all. */
    public int endpointCount() {
        return hold.query(() -> tcp.endpointCount()
                + udp.endpointCount()
                + pings.endpointCount()
                + (raws == null ? 0 : raws.endpointCount())
                + (packets == null ? 0 : packets.endpointCount()));
    }

    /**
     * Closes all TCP endpoints as the end of a process does: what was written is still delivered, then FIN; unread data
     * makes it RST. Returns at once; the stack must be driven on until {@link #isDelivering} is false.
     */
    public void shutdown() {
        hold.query(() -> {
            tcp.closeEndpoints();
            return true;
        });
    }

    /** Whether some connection has bytes, or a FIN, that its peer has not acknowledged. */
    public boolean isDelivering() {
        return hold.query(tcp::isDelivering);
    }

    // --- Saving

    /**
     * Writes the stack to a stream, from which {@link StackBuilder#restore} makes it again: settings, NICs with their
     * addresses, neighbours and groups, routes, rules and connections tracked, endpoints with all that waits in them, and
     * connections that have no endpoint any more. As {@link #save(OutputStream, Collection)} without endpoints.
     *
     * @throws IOException if the stream fails; a {@link StackException} CLOSED
     */
    public void save(OutputStream out) throws IOException {
        save(out, List.of());
    }

    /**
     * Writes the stack to a stream and leaves it as it is. Whoever wants it to go on elsewhere drives it no more, saves it,
     * and then {@linkplain #close closes} it, which says nothing to its peers. What is written has secrets by which
     * sequence numbers are chosen, and the data in buffers.
     *
     * <p>Rules of the caller's own matchers or targets are named again where the stack is restored; protocols of the
     * caller's own write what they have to.
     *
     * @param endpoints endpoints that nothing but their holder knows of are written too if they are among these: those
     *     that are not bound, and TCP connections that have ended
     * @throws IOException if the stream fails; a {@link StackException} CLOSED, NO_BUFFER_SPACE if it would take more than 2
     *     GiB
     * @throws IllegalArgumentException if an endpoint is of another stack
     */
    public void save(OutputStream out, Collection<? extends Endpoint> endpoints) throws IOException {
        out.write(hold.call(() -> {
            requireOpen();
            finishHold();
            return saved(endpoints);
        }));
    }

    private byte[] saved(Collection<? extends Endpoint> endpoints) throws StackException {
        try {
            Archive archive = Archive.saving();
            StackArchive.settings(archive, settings());
            new StackArchive(this, archive, /* restorer= */ null).contents(endpoints);
            return archive.toByteArray();
        } catch (ArchiveException e) {
            throw new StackException(StackError.NO_BUFFER_SPACE, e.getMessage());
        }
    }

    private StackBuilder settings() {
        StackBuilder settings = new StackBuilder();
        settings.protocols = protocols.clone();
        settings.ipv6 = ipv6Settings;
        settings.neighbors = neighborSettings;
        settings.tcp = tcp.tuning();
        settings.messages = ip.messageTuning();
        settings.rawEndpoints = raws != null;
        settings.packetEndpoints = packets != null;
        return settings;
    }

    /** Becomes what was saved: for a stack that was just made with the settings that were. */
    List<Endpoint> restore(Archive archive, Restorer restorer) throws StackException {
        return hold.call(() -> {
            StackArchive contents = new StackArchive(this, archive, restorer);
            List<Endpoint> endpoints = contents.contents(List.of());
            contents.sendWaiting();
            contents.announce();
            return endpoints;
        });
    }

    void archiveIds(Archive archive) {
        lastNicId = archive.int32(lastNicId);
        if (archive.bool(ids != null) && ids != null) {
            ids.archive(archive);
        }
    }

    /** Tells neighbours that the NIC's addresses are to be found at its link address. */
    void announce(Device device) {
        for (LocalAddress local : device.addresses()) {
            if (!local.isAssigned()) {
                continue;
            }
            if (local.address().isV4()) {
                device.announce(local.address());
            } else if (ndp != null) {
                ndp.announce(device, local.address());
            }
        }
    }

    private void requireOpen() throws StackException {
        if (hold.isClosed()) {
            throw new StackException(StackError.CLOSED);
        }
    }

    /** Ends every connection without a word to its peer, closes every link. Endpoints then fail with CLOSED. */
    @Override
    public void close() {
        hold.query(() -> {
            if (!hold.isClosed()) {
                hold.markClosed();
                tcp.close();
                udp.close();
                pings.close();
                if (raws != null) {
                    raws.close();
                }
                if (packets != null) {
                    packets.close();
                }
                ip.close();
                for (Device device : devices) {
                    device.close();
                }
                cycle.timers().clear();
            }
            return true;
        });
    }
}
