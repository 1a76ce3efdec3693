package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.Arp;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One network interface: a link, its addresses, its neighbours and what waits to go out.
 *
 * <p>Under the stack's hold. Packets given to {@link #send} belong to the device from then on.
 */
public final class Device implements LinkDispatcher, NeighborCache.Probes {
    /** Frames that wait while the link has no room: Linux's default txqueuelen. */
    static final int MAX_QUEUED = 1000;

    /** What a device hands upwards. */
    public interface Upper {
        /** An IP packet arrived, its network header at {@code start()}; takes the packet. */
        void receive(Device device, int etherType, PacketBuffer packet);

        /** A packet's next hop does not answer; looks at the packet, does not take it. */
        void neighborUnreachable(Device device, PacketBuffer packet);

        /** The link is gone. */
        void linkFailed(Device device, String reason);
    }

    /** Someone who stopped sending because the link had no room. */
    public interface RoomListener {
        /** The link has room again. */
        void roomAvailable();
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
    private final NeighborCache neighbors;
    private final List<LocalAddress> addresses = new ArrayList<>();
    private final DeviceCounters deviceCounters = new DeviceCounters();

    private boolean enabled = true;
    private boolean promiscuous;

    private @Nullable PacketBuffer queueHead;
    private @Nullable PacketBuffer queueTail;
    private int queued;
    private List<RoomListener> waitingForRoom = new ArrayList<>();

    public Device(
            int id, String name, LinkEndpoint link, Cycle cycle, Counters counters, BufferPool pool, Upper upper) {
        this.id = id;
        this.name = name;
        this.link = link;
        this.cycle = cycle;
        this.counters = counters;
        this.pool = pool;
        this.upper = upper;
        capabilities = link.capabilities();
        linkAddress = link.linkAddress().bits();
        neighbors = new NeighborCache(cycle, counters, this);
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

    public int mtuBytes() {
        return link.mtuBytes();
    }

    public MacAddress linkAddress() {
        return new MacAddress(linkAddress);
    }

    public boolean isLoopback() {
        return !capabilities.ethernet();
    }

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
        if (!enabled) {
            neighbors.clear();
            dropQueue();
        }
    }

    public void setPromiscuous(boolean promiscuous) {
        this.promiscuous = promiscuous;
    }

    public DeviceCounters counters() {
        return deviceCounters;
    }

    public NeighborTableView neighborTable() {
        return new NeighborTableView(neighbors);
    }

    // --- Addresses

    /** The addresses in the order they were added; do not change. */
    public List<LocalAddress> addresses() {
        return addresses;
    }

    /** Adds an address; false if the device has it already. */
    public boolean addAddress(LocalAddress address) {
        if (findAddress(address.address()) != null) {
            return false;
        }
        addresses.add(address);
        if (capabilities.ethernet() && enabled && address.address().isV4()) {
            announce(address.address());
        }
        return true;
    }

    /** Removes an address; false if the device does not have it. */
    public boolean removeAddress(IpAddress address) {
        return addresses.removeIf(local -> local.address().equals(address));
    }

    public @Nullable LocalAddress findAddress(IpAddress address) {
        return findAddress(address.high(), address.low());
    }

    /** The local address with these halves, or null. */
    public @Nullable LocalAddress findAddress(long high, long low) {
        for (int i = 0; i < addresses.size(); i++) {
            IpAddress address = addresses.get(i).address();
            if (address.low() == low && address.high() == high) {
                return addresses.get(i);
            }
        }
        return null;
    }

    /** Whether it is the directed broadcast of one of the device's subnets. */
    public boolean isSubnetBroadcast(IpAddress address) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).subnet().isBroadcast(address)) {
                return true;
            }
        }
        return false;
    }

    // --- Out

    /** Whether a packet sent now would go out or wait for its neighbour, and not meet a full queue. */
    public boolean hasRoom() {
        return queued == 0;
    }

    /** Tells the listener once, when {@link #hasRoom} has become true. */
    public void awaitRoom(RoomListener listener) {
        waitingForRoom.add(listener);
    }

    /** Sends an IP packet to a next hop on this link. Takes the packet. */
    public void send(PacketBuffer packet, int etherType, IpAddress nextHop) {
        if (!enabled) {
            counters.drop(DropReason.NIC_DISABLED);
            packet.release();
            return;
        }
        if (!capabilities.ethernet()) {
            transmit(packet);
            return;
        }
        long target = groupLinkAddress(nextHop);
        if (target == 0) {
            Neighbor neighbor = neighbors.lookup(nextHop);
            target = neighbors.use(neighbor);
            if (target == 0) {
                enqueueForNeighbor(neighbor, packet);
                return;
            }
        }
        pushEthernet(packet, target, etherType);
        transmit(packet);
    }

    /** A packet that waits outlives the send buffer its fragments point into, so it waits as a copy. */
    private void enqueueForNeighbor(Neighbor neighbor, PacketBuffer packet) {
        PacketBuffer waiting = packet;
        if (packet.fragmentCount() > 0) {
            waiting = pool.copy(packet);
            packet.release();
        }
        neighbors.enqueue(neighbor, waiting);
    }

    /** Link address of a group or broadcast (RFC 1112 section 6.4), or 0 for a unicast address. */
    private long groupLinkAddress(IpAddress nextHop) {
        if (nextHop.isMulticast() && nextHop.isV4()) {
            return 0x0100_5e00_0000L | (nextHop.v4Bits() & 0x7f_ffff);
        }
        if (nextHop.isLimitedBroadcast() || isSubnetBroadcast(nextHop)) {
            return MacAddress.BROADCAST.bits();
        }
        return 0;
    }

    private void pushEthernet(PacketBuffer packet, long target, int etherType) {
        int at = packet.push(Ethernet.HEADER_BYTES);
        Ethernet.write(packet.data(), at, target, linkAddress, etherType);
    }

    private void transmit(PacketBuffer frame) {
        if (queued == 0 && link.transmit(frame)) {
            deviceCounters.sent(frame.length());
            frame.release();
            return;
        }
        if (queued == MAX_QUEUED) {
            counters.drop(DropReason.EGRESS_QUEUE_FULL);
            frame.release();
            return;
        }
        PacketBuffer waiting = frame;
        if (frame.fragmentCount() > 0) {
            waiting = pool.copy(frame);
            frame.release();
        }
        waiting.next = null;
        if (queueTail == null) {
            queueHead = waiting;
        } else {
            queueTail.next = waiting;
        }
        queueTail = waiting;
        queued++;
    }

    @Override
    public void writable() {
        while (queueHead != null) {
            PacketBuffer frame = queueHead;
            if (!link.transmit(frame)) {
                return;
            }
            deviceCounters.sent(frame.length());
            queueHead = frame.next;
            if (queueHead == null) {
                queueTail = null;
            }
            queued--;
            frame.release();
        }
        List<RoomListener> listeners = waitingForRoom;
        waitingForRoom = new ArrayList<>();
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).roomAvailable();
        }
    }

    private void dropQueue() {
        while (queueHead != null) {
            PacketBuffer frame = queueHead;
            queueHead = frame.next;
            frame.release();
        }
        queueTail = null;
        queued = 0;
    }

    /** The end of the device: its queues are emptied and its link closed. */
    public void close() {
        enabled = false;
        neighbors.clear();
        dropQueue();
        waitingForRoom.clear();
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
            upper.receive(this, Ethernet.TYPE_IPV4, frame);
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
        if (frame.type == PacketType.OTHERHOST && !promiscuous) {
            drop(frame, DropReason.OTHER_HOST);
            return;
        }
        int etherType = Ethernet.type(frame.data(), at);
        frame.consume(Ethernet.HEADER_BYTES);
        if (etherType == Ethernet.TYPE_ARP) {
            receiveArp(frame);
        } else {
            upper.receive(this, etherType, frame);
        }
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
        counters.drop(reason);
        packet.release();
    }

    @Override
    public void linkFailed(String reason) {
        upper.linkFailed(this, reason);
    }

    // --- ARP (RFC 826; RFC 5227 for announcements)

    private void receiveArp(PacketBuffer packet) {
        int at = packet.start();
        if (packet.linearLength() < Arp.BYTES || !Arp.isEthernetIpv4(packet.data(), at)) {
            drop(packet, DropReason.ARP_MALFORMED);
            return;
        }
        int operation = Arp.operation(packet.data(), at);
        long senderLink = Arp.senderLink(packet.data(), at);
        IpAddress sender = IpAddress.v4(Arp.sender(packet.data(), at));
        IpAddress target = IpAddress.v4(Arp.target(packet.data(), at));
        boolean toUs = packet.type == PacketType.HOST;
        packet.release();
        if (new MacAddress(senderLink).isGroup() || senderLink == 0 || sender.isMulticast()) {
            counters.drop(DropReason.ARP_MALFORMED);
            return;
        }
        boolean ours = findAddress(target) != null;
        if (operation == Arp.REPLY) {
            if (toUs) {
                neighbors.confirmed(sender, senderLink);
            } else if (neighbors.find(sender) != null) {
                neighbors.learned(sender, senderLink);
            }
        } else if (operation == Arp.REQUEST) {
            if (!sender.isUnspecified() && (ours || neighbors.find(sender) != null)) {
                neighbors.learned(sender, senderLink);
            }
            if (ours && !sender.equals(target)) {
                sendArp(Arp.REPLY, senderLink, target.v4Bits(), senderLink, sender.v4Bits());
            }
        } else {
            counters.drop(DropReason.ARP_MALFORMED);
        }
    }

    private void sendArp(int operation, long to, int sender, long targetLink, int target) {
        PacketBuffer packet = pool.allocate(Arp.BYTES);
        int at = packet.append(Arp.BYTES);
        Arp.write(packet.data(), at, operation, linkAddress, sender, targetLink, target);
        pushEthernet(packet, to, Ethernet.TYPE_ARP);
        transmit(packet);
    }

    /** Tells the link whose address this is (RFC 5227 section 2.3), so that old entries for it are mended. */
    private void announce(IpAddress address) {
        sendArp(Arp.REQUEST, MacAddress.BROADCAST.bits(), address.v4Bits(), 0, address.v4Bits());
    }

    @Override
    public void solicit(IpAddress address, long neighborLink) {
        IpAddress source = null;
        for (int i = 0; i < addresses.size(); i++) {
            LocalAddress local = addresses.get(i);
            if (local.address().isV4() && (source == null || local.subnet().contains(address))) {
                source = local.address();
            }
        }
        long to = neighborLink == 0 ? MacAddress.BROADCAST.bits() : neighborLink;
        sendArp(Arp.REQUEST, to, source == null ? 0 : source.v4Bits(), 0, address.v4Bits());
    }

    @Override
    public void transmitResolved(PacketBuffer packet, long neighborLink) {
        pushEthernet(packet, neighborLink, Ethernet.TYPE_IPV4);
        transmit(packet);
    }

    @Override
    public void unreachable(PacketBuffer packet) {
        upper.neighborUnreachable(this, packet);
        packet.release();
    }

    /** Transport saw the next hop deliver: it need not be probed. */
    public void confirmReachable(IpAddress nextHop) {
        Neighbor neighbor = neighbors.find(nextHop);
        if (neighbor != null) {
            neighbors.reachabilityConfirmed(neighbor);
        }
    }
}
