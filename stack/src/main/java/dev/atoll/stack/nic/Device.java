package dev.atoll.stack.nic;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One network interface: a link, its addresses, its groups, its neighbours and what waits to go out.
 *
 * <p>Under the stack's hold. Packets given to {@link #send} belong to the device from then on.
 */
public final class Device implements LinkDispatcher {
    /** What a device hands upwards. */
    public interface Upper {
        /** An IP packet arrived, its network header at {@code start()}; takes the packet. */
        void receive(Device device, int etherType, PacketBuffer packet);

        /** A packet's next hop does not answer; looks at the packet, does not take it. */
        void neighborUnreachable(Device device, PacketBuffer packet);

        /** A neighbour that did not answer was given up, or one has answered. */
        void neighborAnswers(Device device, IpAddress neighbor, boolean answers);

        /** The link is gone. */
        void linkFailed(Device device, String reason);

        /** Something happened to a neighbour. */
        void neighborEvent(Device device, NeighborObserver.Event event, NeighborTableView.Entry entry);

        /** Whether anybody wants {@link #neighborEvent}. */
        boolean wantsNeighborEvents();
    }

    /** Someone who stopped sending because the link had no room. */
    public interface RoomListener {
        /** The link has room again. */
        void roomAvailable();
    }

    /** The neighbours' side of the device, for one family. */
    private final class FamilyProbes implements NeighborCache.Probes {
        private final int etherType;

        FamilyProbes(int etherType) {
            this.etherType = etherType;
        }

        @Override
        public void solicit(IpAddress address, long neighborLink, @Nullable PacketBuffer waiting) {
            NeighborResolver resolver = etherType == Ethernet.TYPE_IPV4 ? arp : discovery;
            if (resolver != null) {
                resolver.solicit(Device.this, address, neighborLink, waiting);
            }
        }

        @Override
        public void transmitResolved(PacketBuffer packet, long neighborLink) {
            sendFrame(packet, neighborLink, etherType);
        }

        @Override
        public void unreachable(PacketBuffer packet) {
            upper.neighborUnreachable(Device.this, packet);
            packet.release();
        }

        @Override
        public void event(NeighborObserver.Event event, Neighbor neighbor) {
            if (event != NeighborObserver.Event.REMOVED) {
                tellWhetherItAnswers(neighbor);
            }
            if (upper.wantsNeighborEvents()) {
                upper.neighborEvent(Device.this, event, neighbor.toEntry());
            }
        }
    }

    private void tellWhetherItAnswers(Neighbor neighbor) {
        switch (neighbor.state) {
            case FAILED -> {
                // An entry made since it failed last does not say whether it is a router.
                if (discovery != null) {
                    discovery.routerLost(this, neighbor.toEntry());
                }
                upper.neighborAnswers(this, neighbor.address, false);
            }
            case REACHABLE, STALE -> upper.neighborAnswers(this, neighbor.address, true);
            case INCOMPLETE, DELAY, PROBE, STATIC -> {
                // Nothing was heard.
            }
        }
    }

    private final int id;
    private String name;
    private final LinkEndpoint link;
    private final LinkEndpoint.Capabilities capabilities;
    private final long linkAddress;
    private final Cycle cycle;
    private final Counters counters;
    private final BufferPool pool;
    private final Upper upper;
    private final ArpResolver arp;
    private final NeighborCache neighbors4;
    private final NeighborCache neighbors6;
    private final AddressTable addresses = new AddressTable();
    private final GroupTable groups = new GroupTable(this);
    private final DeviceCounters deviceCounters = new DeviceCounters();
    private final ProxyTable proxies;
    private final EgressQueue egress;
    private final SegmentCoalescer coalescer;
    private @Nullable NeighborDiscovery discovery;
    private @Nullable HostConfiguration configuration;
    private @Nullable FrameTap tap;
    private @Nullable Object context;

    private int mtuBytes = Integer.MAX_VALUE;
    private boolean ipv4 = true;
    private boolean enabled = true;
    /** Ended because of a duplicate, until the device is enabled again. */
    private boolean ipv6Disabled;

    private boolean promiscuous;
    private boolean spoofing;
    private boolean strongHost;
    private boolean ieee802;
    private boolean zeroBroadcasts;
    private boolean forwarding4;
    private boolean forwarding6;
    private boolean multicastForwarding4;
    private boolean multicastForwarding6;
    private boolean sendsRedirects;
    private boolean coalescable;
    private boolean coalescing;
    private int ipv4MtuBytes = Integer.MAX_VALUE;
    private int ipv6MtuBytes = Integer.MAX_VALUE;
    private int ipv6HopLimit;

    public Device(
            int id,
            String name,
            LinkEndpoint link,
            Cycle cycle,
            Counters counters,
            BufferPool pool,
            NeighborSettings neighborSettings,
            Upper upper) {
        this.id = id;
        this.name = name;
        this.link = link;
        this.cycle = cycle;
        this.counters = counters;
        this.pool = pool;
        this.upper = upper;
        capabilities = link.capabilities();
        linkAddress = link.linkAddress().bits();
        arp = new ArpResolver(this, pool, counters);
        neighbors4 = new NeighborCache(cycle, counters, neighborSettings, new FamilyProbes(Ethernet.TYPE_IPV4));
        neighbors6 = new NeighborCache(cycle, counters, neighborSettings, new FamilyProbes(Ethernet.TYPE_IPV6));
        proxies = new ProxyTable(this, cycle);
        egress = new EgressQueue(link, pool, counters, deviceCounters);
        coalescer = new SegmentCoalescer(this, upper, counters);
    }

    /** Gives the device IPv6; without it no IPv6 packet is sent by it. Before its first packet. */
    public void setDiscovery(NeighborDiscovery newDiscovery) {
        discovery = newDiscovery;
    }

    /** Whether the device has IPv4. */
    public boolean hasIpv4() {
        return ipv4;
    }

    /** Leaves the device without IPv4 and ARP. Before its first packet. */
    public void withoutIpv4() {
        ipv4 = false;
    }

    /** Anything of the caller's. */
    public @Nullable Object context() {
        return context;
    }

    public void setContext(@Nullable Object newContext) {
        context = newContext;
    }

    /** Who is shown all frames. */
    public void setFrameTap(FrameTap newTap) {
        tap = newTap;
    }

    /** Who is told about groups. */
    public void setGroupObserver(GroupObserver observer) {
        groups.setObserver(observer);
    }

    /** Who gives the device its IPv4 address, or null. */
    public @Nullable HostConfiguration configuration() {
        return configuration;
    }

    public void setConfiguration(@Nullable HostConfiguration newConfiguration) {
        configuration = newConfiguration;
    }

    /** Tells the link whose an IPv4 address is (RFC 5227 section 2.3). */
    public void announce(IpAddress address) {
        arp.announce(address);
    }

    /** Asks the link whether somebody has an IPv4 address, without claiming it (RFC 5227 section 2.1.1). */
    public void probe(IpAddress address) {
        arp.probe(address);
    }

    /** Whether the device has IPv6. */
    public boolean hasIpv6() {
        return discovery != null;
    }

    public int id() {
        return id;
    }

    public String name() {
        return name;
    }

    public void rename(String newName) {
        name = newName;
    }

    public LinkEndpoint link() {
        return link;
    }

    public LinkEndpoint.Capabilities capabilities() {
        return capabilities;
    }

    /** The largest IP packet to send, bytes: what the link carries, or less if that was set. */
    public int mtuBytes() {
        return Math.min(link.mtuBytes(), mtuBytes);
    }

    /** Sends smaller packets than the link carries. */
    public void setMtuBytes(int bytes) {
        mtuBytes = bytes;
    }

    /** The largest IPv4 packet to send: a DHCP server may have asked for less than the link carries. */
    public int ipv4MtuBytes() {
        return Math.min(mtuBytes(), ipv4MtuBytes);
    }

    public void setIpv4MtuBytes(int bytes) {
        ipv4MtuBytes = bytes;
    }

    /** The largest IPv6 packet to send: a router may have advertised less than the link carries. */
    public int ipv6MtuBytes() {
        return Math.min(mtuBytes(), ipv6MtuBytes);
    }

    public void setIpv6MtuBytes(int bytes) {
        ipv6MtuBytes = bytes;
    }

    /** The hop limit a router advertised for IPv6 packets whose sender asks for none; 0 if none did. */
    public int ipv6HopLimit() {
        return ipv6HopLimit;
    }

    public void setIpv6HopLimit(int hops) {
        ipv6HopLimit = hops;
    }

    public MacAddress linkAddress() {
        return new MacAddress(linkAddress);
    }

    public long linkAddressBits() {
        return linkAddress;
    }

    public boolean isLoopback() {
        return capabilities.loopback();
    }

    /** Whether it has link addresses, so that neighbours have to be found. */
    public boolean hasLinkAddresses() {
        return capabilities.ethernet();
    }

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean newEnabled) {
        if (enabled == newEnabled) {
            return;
        }
        if (!newEnabled) {
            stop();
        } else {
            enabled = true;
            ipv6Disabled = false;
            groups.restarted();
            if (configuration != null) {
                configuration.restarted();
            }
            if (discovery != null) {
                discovery.started(this);
            }
        }
    }

    /** Ends IPv6: neither does it send nor take any until it is disabled and enabled again. */
    public void disableIpv6() {
        NeighborDiscovery ended = discovery;
        if (ended != null && !ipv6Disabled) {
            ipv6Disabled = true;
            ended.stopped(this);
            neighbors6.clear();
        }
    }

    public boolean isIpv6Disabled() {
        return ipv6Disabled;
    }

    /** Why packets of a protocol neither come nor go, or null if they do. */
    private @Nullable DropReason barring(int etherType) {
        if (!enabled) {
            return DropReason.NIC_DISABLED;
        }
        return ipv6Disabled && etherType == Ethernet.TYPE_IPV6 ? DropReason.IPV6_DISABLED : null;
    }

    private void stop() {
        if (discovery != null && !ipv6Disabled) {
            discovery.stopped(this);
        }
        enabled = false;
        proxies.clearWaiting();
        coalescer.clear();
        neighbors4.clear();
        neighbors6.clear();
        egress.clear();
    }

    /** Whether packets to any address are taken for this host's own, unless they are to be passed on. */
    public boolean isPromiscuous() {
        return promiscuous;
    }

    public void setPromiscuous(boolean on) {
        promiscuous = on;
    }

    /** Whether packets may leave with any address as their source. */
    public boolean isSpoofing() {
        return spoofing;
    }

    public void setSpoofing(boolean on) {
        spoofing = on;
    }

    /** Whether frames with LLC and SNAP headers are taken, too (RFC 1042). */
    public boolean takesIeee802() {
        return ieee802;
    }

    public void setTakesIeee802(boolean on) {
        ieee802 = on;
    }

    /** Whether what comes in by this device is taken only if the address is the device's own. */
    public boolean isStrongHost() {
        return strongHost;
    }

    public void setStrongHost(boolean on) {
        strongHost = on;
    }

    /** Whether broadcasts in the form with zeros are taken. */
    public boolean takesZeroBroadcasts() {
        return zeroBroadcasts;
    }

    public void setTakesZeroBroadcasts(boolean on) {
        zeroBroadcasts = on;
    }

    /** Whether packets of a family that come in by this device and are for others are passed on. */
    public boolean isForwarding(boolean ipv4) {
        return ipv4 ? forwarding4 : forwarding6;
    }

    public void setForwarding(boolean ipv4, boolean on) {
        if (ipv4) {
            forwarding4 = on;
        } else if (forwarding6 != on) {
            forwarding6 = on;
            if (discovery != null && enabled && !ipv6Disabled) {
                discovery.forwardingChanged(this);
            }
        }
    }

    /** Whether packets of a family to groups that come in by this device are passed on. */
    public boolean isMulticastForwarding(boolean ipv4) {
        return ipv4 ? multicastForwarding4 : multicastForwarding6;
    }

    public void setMulticastForwarding(boolean ipv4, boolean on) {
        if (ipv4) {
            multicastForwarding4 = on;
        } else {
            multicastForwarding6 = on;
        }
    }

    /** Counts a packet that went no further, for the stack and for this device. */
    public void countDrop(DropReason reason) {
        counters.drop(reason);
        deviceCounters.dropped(reason);
    }

    /** Whether senders on the link are told of better first hops. */
    public boolean sendsRedirects() {
        return sendsRedirects;
    }

    public void setSendRedirects(boolean on) {
        sendsRedirects = on;
    }

    /**
     * Says that who is above knows of {@link PacketBuffer#joined} segments: without a word of others they are joined where the
     * link takes no super-segments, since one that does brings them, too.
     */
    public void mayCoalesce() {
        coalescable = true;
        coalescing = capabilities.gsoMaxBytes() == 0;
    }

    /** Whether TCP segments that arrive together are joined. */
    public boolean isCoalescing() {
        return coalescing;
    }

    public void setCoalescing(boolean on) {
        coalescing = on && coalescable;
        deliverJoined();
    }

    public DeviceCounters counters() {
        return deviceCounters;
    }

    public NeighborTableView neighborTable() {
        return new NeighborTableView(neighbors4, neighbors6, proxies);
    }

    /** The other hosts that this answers for. */
    public ProxyTable proxies() {
        return proxies;
    }

    void answerProxied(IpAddress target, IpAddress asker, long askerLink) {
        if (target.isV4()) {
            arp.answer(target, asker, askerLink);
        } else if (discovery != null) {
            discovery.advertiseProxied(this, target, asker);
        }
    }

    NeighborCache neighbors(boolean ipv4) {
        return ipv4 ? neighbors4 : neighbors6;
    }

    // --- Addresses and groups

    public AddressTable addressTable() {
        return addresses;
    }

    public GroupTable groups() {
        return groups;
    }

    /** The addresses in the order they were added; do not change. */
    public List<LocalAddress> addresses() {
        return addresses.list();
    }

    /** Adds an address; false if the device has it already, or as many as it may have. */
    public boolean addAddress(LocalAddress address) {
        if (!addresses.add(address)) {
            return false;
        }
        if (!address.address().isV4()) {
            if (discovery != null) {
                discovery.addressAdded(this, address);
            }
        } else if (capabilities.ethernet() && enabled) {
            arp.announce(address.address());
        }
        return true;
    }

    /** Removes an address; false if the device does not have it. */
    public boolean removeAddress(IpAddress address) {
        LocalAddress local = addresses.find(address);
        if (local == null) {
            return false;
        }
        addresses.remove(address);
        if (!address.isV4() && discovery != null) {
            discovery.addressRemoved(this, local);
        }
        return true;
    }

    /** Whether it is an address of this device that packets may come to. */
    public boolean isAssigned(long high, long low) {
        return addresses.isAssigned(high, low);
    }

    /** Whether it is the directed broadcast of one of the device's subnets. */
    public boolean isSubnetBroadcast(IpAddress address) {
        return addresses.isSubnetBroadcast(address);
    }

    // --- Who is where on the link

    /** The link address packets to a next hop would go to now, or 0 if that is not known. */
    public long knownLinkAddress(IpAddress nextHop) {
        long group = groupLinkAddress(nextHop);
        if (group != 0) {
            return group;
        }
        Neighbor neighbor = neighbors(nextHop.isV4()).find(nextHop);
        return neighbor != null && neighbor.isUsable() ? neighbor.linkAddress : 0;
    }

    /**
     * Asks for a next hop's link address unless it is known or asked for already.
     *
     * @return whether it is known
     * @throws StackException HOST_UNREACHABLE if the neighbour did not answer just now
     */
    public boolean resolve(IpAddress nextHop) throws StackException {
        if (knownLinkAddress(nextHop) != 0) {
            return true;
        }
        NeighborCache neighbors = neighbors(nextHop.isV4());
        Neighbor neighbor = neighbors.lookup(nextHop);
        if (neighbor.state == NeighborState.FAILED) {
            throw new StackException(StackError.HOST_UNREACHABLE, nextHop.toString());
        }
        neighbors.ask(neighbor);
        return false;
    }

    // --- Out

    /** Whether a packet sent now would go out or wait for its neighbour, and not meet a full queue. */
    public boolean hasRoom() {
        return egress.hasRoom();
    }

    /** Tells the listener once, when {@link #hasRoom} has become true. */
    public void awaitRoom(RoomListener listener) {
        egress.awaitRoom(listener);
    }

    /** Sends an IP packet to a next hop on this link. Takes the packet. */
    public void send(PacketBuffer packet, int etherType, IpAddress nextHop) {
        DropReason bar = barring(etherType);
        if (bar != null) {
            drop(packet, bar);
            return;
        }
        if (!capabilities.ethernet()) {
            transmit(packet, etherType, 0);
            return;
        }
        long target = groupLinkAddress(nextHop);
        if (target == 0) {
            NeighborCache neighbors = etherType == Ethernet.TYPE_IPV4 ? neighbors4 : neighbors6;
            Neighbor neighbor = neighbors.lookup(nextHop);
            target = neighbors.use(neighbor);
            if (target == 0) {
                enqueueForNeighbor(neighbors, neighbor, packet);
                return;
            }
        }
        sendFrame(packet, target, etherType);
    }

    /** A packet that waits outlives the send buffer its fragments point into, so it waits as a copy. */
    private void enqueueForNeighbor(NeighborCache neighbors, Neighbor neighbor, PacketBuffer packet) {
        PacketBuffer waiting = packet;
        if (packet.fragmentCount() > 0) {
            waiting = pool.copy(packet);
            packet.release();
        }
        neighbors.enqueue(neighbor, waiting);
    }

    /** Link address of a group or broadcast, or 0 for a unicast address. */
    private long groupLinkAddress(IpAddress nextHop) {
        if (nextHop.isMulticast()) {
            return MacAddress.groupBits(nextHop);
        }
        if (nextHop.isV4() && (nextHop.isLimitedBroadcast() || isSubnetBroadcast(nextHop))) {
            return MacAddress.BROADCAST.bits();
        }
        return 0;
    }

    /** Sends a packet to a link address. Takes the packet. */
    public void sendFrame(PacketBuffer packet, long target, int etherType) {
        DropReason bar = barring(etherType);
        if (bar != null) {
            drop(packet, bar);
            return;
        }
        if (!capabilities.ethernet()) {
            transmit(packet, etherType, 0);
            return;
        }
        int at = packet.push(Ethernet.HEADER_BYTES);
        Ethernet.write(packet.data(), at, target, linkAddress, etherType);
        transmit(packet, etherType, Ethernet.HEADER_BYTES);
    }

    /** Sends what begins with a link header, if the link has one. Takes the frame. */
    public void sendRawFrame(PacketBuffer frame) {
        if (capabilities.ethernet()) {
            transmit(frame, Ethernet.type(frame.data(), frame.start()), Ethernet.HEADER_BYTES);
        } else {
            transmit(frame, typeByVersion(frame), 0);
        }
    }

    private void transmit(PacketBuffer frame, int etherType, int linkHeaderBytes) {
        FrameTap shown = tap;
        if (shown != null && shown.isTapping()) {
            shown.frame(this, frame, PacketType.OUTGOING, etherType, linkHeaderBytes);
        }
        egress.transmit(frame);
    }

    @Override
    public void writable() {
        egress.writable();
    }

    /** The end of the device: its queues are emptied and its link closed. */
    public void close() {
        if (configuration != null) {
            configuration.closed();
        }
        if (enabled) {
            stop();
        }
        egress.close();
        link.close();
    }

    // --- In

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public long nowNs() {
        return cycle.nowNs();
    }

    @Override
    public Timer newTimer(Timer.Action action) {
        return cycle.newTimer(action);
    }

    @Override
    public void deliver(PacketBuffer frame) {
        deviceCounters.received(frame.length());
        if (!enabled) {
            drop(frame, DropReason.NIC_DISABLED);
            return;
        }
        frame.nicId = id;
        if (frame.arrivalNs == 0) {
            frame.arrivalNs = cycle.nowNs();
        }
        if (!capabilities.ethernet()) {
            frame.type = PacketType.HOST;
            int etherType = typeByVersion(frame);
            show(frame, etherType, 0);
            receive(etherType, frame);
            return;
        }
        if (frame.linearLength() < Ethernet.HEADER_BYTES) {
            drop(frame, DropReason.LINK_HEADER_SHORT);
            return;
        }
        int at = frame.start();
        long destination = Ethernet.destination(frame.data(), at);
        frame.linkSource = Ethernet.source(frame.data(), at);
        frame.type = packetType(destination);
        int etherType = Ethernet.type(frame.data(), at);
        if (frame.type != PacketType.OTHERHOST || promiscuous) {
            show(frame, etherType, Ethernet.HEADER_BYTES);
        }
        if (frame.type == PacketType.OTHERHOST) {
            drop(frame, DropReason.OTHER_HOST);
            return;
        }
        int headerBytes = Ethernet.HEADER_BYTES;
        int snapType = ieee802 ? Ethernet.snapType(frame.data(), at, frame.end()) : -1;
        if (snapType >= 0) {
            etherType = snapType;
            headerBytes += Ethernet.SNAP_BYTES;
        }
        DropReason bar = barring(etherType);
        if (bar != null) {
            drop(frame, bar);
            return;
        }
        frame.consume(headerBytes);
        if (etherType == Ethernet.TYPE_ARP && ipv4) {
            arp.receive(frame);
        } else {
            receive(etherType, frame);
        }
    }

    private void receive(int etherType, PacketBuffer packet) {
        if (!coalescing || !coalescer.take(etherType, packet)) {
            upper.receive(this, etherType, packet);
        }
    }

    /** Hands over the segments that were kept for others to be joined to them: the link has delivered what it had. */
    public void deliverJoined() {
        coalescer.deliver();
    }

    private void show(PacketBuffer frame, int etherType, int linkHeaderBytes) {
        FrameTap shown = tap;
        if (shown != null && shown.isTapping()) {
            shown.frame(this, frame, frame.type, etherType, linkHeaderBytes);
        }
    }

    /** Without a link header only the packet itself says what it is. */
    private static int typeByVersion(PacketBuffer packet) {
        boolean six = packet.linearLength() > 0 && packet.data().get(packet.start()) >>> 4 == 6;
        return six ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4;
    }

    private PacketType packetType(long destination) {
        if (destination == linkAddress) {
            return PacketType.HOST;
        }
        if (destination == MacAddress.BROADCAST.bits()) {
            return PacketType.BROADCAST;
        }
        return (destination >>> 40 & 1) != 0 ? PacketType.MULTICAST : PacketType.OTHERHOST;
    }

    private void drop(PacketBuffer packet, DropReason reason) {
        countDrop(reason);
        packet.release();
    }

    @Override
    public void linkFailed(String reason) {
        upper.linkFailed(this, reason);
    }

    // --- Neighbours

    /** Transport saw the next hop deliver: it need not be probed. */
    public void confirmReachable(IpAddress nextHop) {
        NeighborCache neighbors = neighbors(nextHop.isV4());
        Neighbor neighbor = neighbors.find(nextHop);
        if (neighbor != null) {
            neighbors.reachabilityConfirmed(neighbor);
        }
    }

    /** Transport hears nothing by way of the next hop any more: it is asked whether it is there. */
    public void doubtReachable(IpAddress nextHop) {
        NeighborCache neighbors = neighbors(nextHop.isV4());
        Neighbor neighbor = neighbors.find(nextHop);
        if (neighbor != null) {
            neighbors.doubted(neighbor);
        }
    }

    /** A neighbour showed its link address (RFC 4861 section 7.2.3): an entry is made or brought up to date. */
    public void neighborLearned(IpAddress address, long neighborLink) {
        neighbors(address.isV4()).learned(address, neighborLink);
    }

    /** A neighbour advertisement (RFC 4861 section 7.2.5); nothing happens if there is no entry. */
    public void neighborConfirmed(
            IpAddress address, long neighborLink, boolean solicited, boolean override, boolean isRouter) {
        Neighbor known = neighbors6.find(address);
        boolean wasRouter = known != null && known.isRouter;
        neighbors6.confirmed(address, neighborLink, solicited, override, isRouter);
        if (known != null && wasRouter && !known.isRouter && discovery != null) {
            discovery.routerLost(this, known.toEntry());
        }
    }

    /** A router or a redirect says whether the neighbour is a router. */
    public void markRouter(IpAddress address, boolean isRouter) {
        neighbors6.setRouter(address, isRouter);
    }

    /** The link address of a neighbour, 0 if it is not known. */
    public long neighborLink(IpAddress address) {
        Neighbor neighbor = neighbors(address.isV4()).find(address);
        return neighbor != null && neighbor.isUsable() ? neighbor.linkAddress : 0;
    }

    /** What is known of a neighbour, or null. */
    public @Nullable NeighborState neighborState(IpAddress address) {
        Neighbor neighbor = neighbors(address.isV4()).find(address);
        return neighbor == null ? null : neighbor.state;
    }

    // --- Saved and restored

    /**
     * What the device is like but for its id, its link and what others attach to it. Who is a {@linkplain
     * GroupTable#relisten member of a group for itself}, waits for room or {@linkplain #setConfiguration configures} the
     * device, puts itself back.
     */
    public void archive(Archive archive) {
        Check.that(coalescer.isEmpty(), "segments are not kept from one hold to the next");
        archive.section("device");
        name = archive.text(name);
        enabled = archive.bool(enabled);
        ipv6Disabled = archive.bool(ipv6Disabled);
        mtuBytes = archive.int32(mtuBytes);
        ipv4MtuBytes = archive.int32(ipv4MtuBytes);
        ipv6MtuBytes = archive.int32(ipv6MtuBytes);
        ipv6HopLimit = archive.int32(ipv6HopLimit);
        promiscuous = archive.bool(promiscuous);
        spoofing = archive.bool(spoofing);
        strongHost = archive.bool(strongHost);
        ieee802 = archive.bool(ieee802);
        zeroBroadcasts = archive.bool(zeroBroadcasts);
        forwarding4 = archive.bool(forwarding4);
        forwarding6 = archive.bool(forwarding6);
        multicastForwarding4 = archive.bool(multicastForwarding4);
        multicastForwarding6 = archive.bool(multicastForwarding6);
        sendsRedirects = archive.bool(sendsRedirects);
        coalescing = archive.bool(coalescing);
        addresses.archive(archive);
        groups.archive(archive);
        neighbors4.archive(archive, pool);
        neighbors6.archive(archive, pool);
        proxies.archive(archive);
        egress.archive(archive);
        deviceCounters.archive(archive);
    }
}
