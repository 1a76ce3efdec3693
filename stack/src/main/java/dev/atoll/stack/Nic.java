package dev.atoll.stack;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.nic.AddressTable;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A network interface of a stack. Methods may be called from any thread; none blocks for the network. */
public final class Nic {
    private final Hold hold;
    private final Routes routes;
    final Device device;

    Nic(Hold hold, Routes routes, Device device) {
        this.hold = hold;
        this.routes = routes;
        this.device = device;
    }

    /**
     * An address of a NIC.
     *
     * @param prefixLength length of its subnet's prefix, bits
     */
    public record Address(IpAddress address, int prefixLength, AddressKind kind, AddressState state) {}

    /**
     * What a NIC sent and received.
     *
     * @param receivedBytes with link headers
     * @param sentBytes with link headers
     * @param drops packets that ended below the transport protocols, for each reason there was
     */
    public record Statistics(
            long receivedPackets, long receivedBytes, long sentPackets, long sentBytes, Map<DropReason, Long> drops) {}

    /** The number it is known by in this stack; {@code lo} is 1. */
    public int id() {
        return device.id();
    }

    /** The name rules know it by. */
    public String name() {
        return hold.query(device::name);
    }

    /**
     * Changes the name, as {@code ip link set name} does: rules that name the NIC mean it from now on, or no longer.
     *
     * @throws StackException DUPLICATE_ADDRESS if there is a NIC of that name, INVALID for {@code lo}
     */
    public void rename(String name) throws StackException {
        checkName(name);
        hold.call(() -> {
            if (device.isLoopback()) {
                throw new StackException(StackError.INVALID, "lo");
            }
            if (routes.device(name) != null) {
                throw new StackException(StackError.DUPLICATE_ADDRESS, name);
            }
            device.rename(name);
            return true;
        });
    }

    static void checkName(String name) {
        Check.argument(
                !name.isEmpty() && name.length() <= 15 && name.indexOf('/') < 0 && name.indexOf(' ') < 0,
                "name",
                name,
                "1 to 15 characters without blank or slash");
    }

    /** What the caller gave it when it was made, or null. */
    public @Nullable Object context() {
        return device.context();
    }

    /** The link it is made on. Its methods are the stack's to call, under the hold. */
    public LinkEndpoint link() {
        return device.link();
    }

    /** The largest IP packet it sends in one frame, bytes. */
    public int mtuBytes() {
        return hold.query(device::mtuBytes);
    }

    /**
     * Has it send smaller packets than the link carries.
     *
     * @param bytes 68 (RFC 791), or 1280 if it has IPv6 (RFC 8200), up to what the link carries
     */
    public void setMtuBytes(int bytes) {
        int least = device.hasIpv6() ? Ipv6.MIN_MTU_BYTES : 68;
        int most = device.link().mtuBytes();
        Check.argument(bytes >= least && bytes <= most, "bytes", bytes, least + " to " + most);
        hold.query(() -> {
            device.setMtuBytes(bytes);
            routes.changed();
            return true;
        });
    }

    public MacAddress linkAddress() {
        return device.linkAddress();
    }

    public boolean isLoopback() {
        return device.isLoopback();
    }

    public boolean isEnabled() {
        return hold.query(device::isEnabled);
    }

    /** Whether it ended IPv6 because of a duplicate ({@code Ipv6Settings.disabledByDuplicate}). */
    public boolean isIpv6Disabled() {
        return hold.query(device::isIpv6Disabled);
    }

    /** A NIC that is off neither sends nor receives; what waited is dropped. */
    public void setEnabled(boolean enabled) {
        hold.query(() -> {
            device.setEnabled(enabled);
            return true;
        });
    }

    /** Passes packets that come in here and are for others on, by the routes and the FORWARD chain; off by default. */
    public void setForwarding(boolean ipv4, boolean on) {
        hold.query(() -> {
            device.setForwarding(ipv4, on);
            return true;
        });
    }

    /**
     * Passes packets to groups that come in here on, by the {@linkplain Stack#multicastRoutes routes for them} and the
     * FORWARD chain, as mc_forwarding of Linux; off by default. Groups and sources of the link alone stay on it (RFC 5771
     * section 4, RFC 3927 section 7, RFC 4291 sections 2.5.6 and 2.7). Whether packets to hosts are passed on is {@linkplain
     * #setForwarding another setting}.
     */
    public void setMulticastForwarding(boolean ipv4, boolean on) {
        hold.query(() -> {
            device.setMulticastForwarding(ipv4, on);
            return true;
        });
    }

    public boolean isMulticastForwarding(boolean ipv4) {
        return hold.query(() -> device.isMulticastForwarding(ipv4));
    }

    /**
     * Tells hosts on the link of better first hops when their packets are passed on by the NIC they came by (RFC 1812
     * section 5.2.7.2, RFC 4861 section 8.2); off by default.
     */
    public void setSendRedirects(boolean on) {
        hold.query(() -> {
            device.setSendRedirects(on);
            return true;
        });
    }

    /**
     * Takes packets to whatever address for own ones: endpoints bound to any address and forwarders get them. A family
     * that is {@linkplain #setForwarding forwarded} passes them on instead. Frames to other link addresses are shown to
     * packet endpoints, and to nobody else. Off by default.
     */
    public void setPromiscuous(boolean promiscuous) {
        hold.query(() -> {
            device.setPromiscuous(promiscuous);
            return true;
        });
    }

    /**
     * Joins TCP segments of one connection that the link delivers together: filter and connection look at them once, and
     * one acknowledgment answers them (generic receive offload, {@code ethtool -K eth0 gro on}). On by default, except on
     * links that {@linkplain LinkEndpoint.Capabilities#gsoMaxBytes take} super-segments, which bring them, too. Always off on
     * {@code lo}, and in a stack without TCP.
     */
    public void setCoalescing(boolean on) {
        hold.query(() -> {
            device.setCoalescing(on);
            return true;
        });
    }

    public boolean isCoalescing() {
        return hold.query(device::isCoalescing);
    }

    public boolean isForwarding(boolean ipv4) {
        return hold.query(() -> device.isForwarding(ipv4));
    }

    public boolean isPromiscuous() {
        return hold.query(device::isPromiscuous);
    }

    public boolean isSpoofing() {
        return hold.query(device::isSpoofing);
    }

    /** Lets endpoints be bound to whatever address and send from it; off by default. */
    public void setSpoofing(boolean spoofing) {
        hold.query(() -> {
            device.setSpoofing(spoofing);
            return true;
        });
    }

    public boolean takesIeee802() {
        return hold.query(device::takesIeee802);
    }

    /**
     * Takes frames of IEEE 802 with an LLC and a SNAP header (RFC 1042), too; off by default, as on Linux. What is sent has
     * the form of Ethernet (RFC 894).
     */
    public void setTakesIeee802(boolean on) {
        hold.query(() -> {
            device.setTakesIeee802(on);
            return true;
        });
    }

    public boolean takesZeroBroadcasts() {
        return hold.query(device::takesZeroBroadcasts);
    }

    /**
     * Takes broadcasts in the form that 4.2BSD sent them in, too: to 0.0.0.0 and to the lowest address of a subnet (RFC 1122
     * section 3.3.6). Off by default, as on Linux since 5.14: 0.0.0.0 is nobody then, and the lowest address one like others.
     * What is sent has the form with ones in any case.
     */
    public void setTakesZeroBroadcasts(boolean on) {
        hold.query(() -> {
            device.setTakesZeroBroadcasts(on);
            return true;
        });
    }

    public boolean isStrongHost() {
        return hold.query(device::isStrongHost);
    }

    /**
     * Takes packets that come in here to addresses of this NIC alone, and drops those to other NICs' (the strong end system
     * model of RFC 1122 section 3.3.4.2); off by default, as on Linux.
     */
    public void setStrongHost(boolean strongHost) {
        hold.query(() -> {
            device.setStrongHost(strongHost);
            return true;
        });
    }

    /**
     * Adds an address and, as Linux does, the route to its subnet.
     *
     * <p>An IPv6 address is usable once it was checked for duplicates (RFC 4862 section 5.4): see its state.
     *
     * @throws StackException DUPLICATE_ADDRESS; NOT_SUPPORTED for a family that the stack does not have; NO_BUFFER_SPACE if the
     *     NIC has as many addresses as it may have
     */
    public void addAddress(IpAddress address, int prefixLength) throws StackException {
        addAddress(address, prefixLength, AddressOptions.DEFAULT);
    }

    /**
     * Adds an address that is used as the options say.
     *
     * @throws StackException as {@link #addAddress(IpAddress, int)}
     */
    public void addAddress(IpAddress address, int prefixLength, AddressOptions options) throws StackException {
        LocalAddress local = new LocalAddress(address, prefixLength);
        local.setPrimary(options.primary());
        hold.call(new Hold.Work<Boolean>() {
            @Override
            public Boolean run() throws StackException {
                if (options.deprecated()) {
                    local.setState(AddressState.DEPRECATED);
                    local.setLifetimes(device.nowNs(), LocalAddress.FOREVER);
                }
                if (address.isV4() ? !device.hasIpv4() : !device.hasIpv6()) {
                    throw new StackException(StackError.NOT_SUPPORTED, address + " on " + device.name());
                }
                if (device.addresses().size() >= AddressTable.MAX_ADDRESSES) {
                    throw new StackException(StackError.NO_BUFFER_SPACE, address + " on " + device.name());
                }
                if (!device.addAddress(local)) {
                    throw new StackException(StackError.DUPLICATE_ADDRESS, address + " on " + device.name());
                }
                routes.changed();
                return options.subnetRoute() && routes.add(new Routes.Entry(local.subnet(), null, device, 0));
            }
        });
    }

    /**
     * Removes an address and the route that came with it.
     *
     * @throws StackException BAD_LOCAL_ADDRESS if the NIC does not have it
     */
    public void removeAddress(IpAddress address) throws StackException {
        hold.call(() -> {
            LocalAddress local = device.addressTable().find(address);
            if (local == null) {
                throw new StackException(StackError.BAD_LOCAL_ADDRESS, address + " on " + device.name());
            }
            device.removeAddress(address);
            routes.changed();
            return hasStatic(local.subnet()) || routes.remove(new Routes.Entry(local.subnet(), null, device, 0));
        });
    }

    /** Whether some address still needs the route to its subnet. */
    private boolean hasStatic(Subnet subnet) {
        for (LocalAddress other : device.addresses()) {
            if (other.kind() == AddressKind.STATIC && other.subnet().equals(subnet)) {
                return true;
            }
        }
        return false;
    }

    /** The addresses in the order they were added. */
    public List<Address> addresses() {
        return hold.query(() -> device.addresses().stream().map(Nic::toAddress).toList());
    }

    static Address toAddress(LocalAddress local) {
        return new Address(local.address(), local.prefixLength(), local.kind(), local.state());
    }

    /**
     * Says whether an address that is assigned is chosen as a source only if there is no other.
     *
     * @throws StackException BAD_LOCAL_ADDRESS if the NIC does not have it, or it is not assigned
     */
    public void setDeprecated(IpAddress address, boolean deprecated) throws StackException {
        hold.call(() -> {
            LocalAddress local = device.addressTable().find(address);
            if (local == null || !local.isAssigned()) {
                throw new StackException(StackError.BAD_LOCAL_ADDRESS, address + " on " + device.name());
            }
            local.setState(deprecated ? AddressState.DEPRECATED : AddressState.PREFERRED);
            routes.changed();
            return true;
        });
    }

    /** The first address of a family that is not deprecated, else the first that is; null if it has none that is assigned. */
    public @Nullable Address mainAddress(boolean ipv4) {
        return hold.query(() -> {
            LocalAddress main = null;
            for (LocalAddress local : device.addresses()) {
                boolean candidate = local.address().isV4() == ipv4 && local.isSource();
                if (candidate && (main == null || main.state() == AddressState.DEPRECATED)) {
                    boolean better = main == null || local.state() == AddressState.PREFERRED;
                    main = better ? local : main;
                }
            }
            return main == null ? null : toAddress(main);
        });
    }

    /** Whether it is the directed broadcast address of one of its subnets. */
    public boolean isSubnetBroadcast(IpAddress address) {
        return hold.query(() -> device.isSubnetBroadcast(address));
    }

    /**
     * Becomes a member of a group, for nobody in particular: protocols and packet endpoints get what is sent to it.
     *
     * @throws StackException INVALID if it is not a group, NO_BUFFER_SPACE if the NIC is in as many as it may be
     */
    public void joinGroup(IpAddress group) throws StackException {
        hold.call(() -> {
            if (!group.isMulticast()) {
                throw new StackException(StackError.INVALID, group.toString());
            }
            if (!device.groups().join(group)) {
                throw new StackException(StackError.NO_BUFFER_SPACE, group + " on " + device.name());
            }
            return true;
        });
    }

    /**
     * Ends one membership.
     *
     * @throws StackException BAD_LOCAL_ADDRESS if there is none
     */
    public void leaveGroup(IpAddress group) throws StackException {
        hold.call(() -> {
            if (!device.groups().list().contains(group)) {
                throw new StackException(StackError.BAD_LOCAL_ADDRESS, group + " on " + device.name());
            }
            device.groups().leave(group);
            return true;
        });
    }

    /** Whether packets to the group are taken. */
    public boolean isInGroup(IpAddress group) {
        return hold.query(() -> device.groups().isMember(group.high(), group.low()));
    }

    /** The groups it is a member of. */
    public List<IpAddress> groups() {
        return hold.query(() -> device.groups().list());
    }

    /**
     * Sends a packet to a link address, past routes, neighbours and policy.
     *
     * @param packet from its own header on, consumed if sent
     * @throws StackException MESSAGE_TOO_LONG, NETWORK_DOWN; NO_BUFFER_SPACE if the link has no room
     */
    public void send(MacAddress to, int etherType, ByteBuffer packet) throws StackException {
        hold.call(() -> {
            if (packet.remaining() > device.mtuBytes()) {
                throw new StackException(StackError.MESSAGE_TOO_LONG);
            }
            if (!device.isEnabled()) {
                throw new StackException(StackError.NETWORK_DOWN, device.name());
            }
            if (!device.hasRoom()) {
                throw new StackException(StackError.NO_BUFFER_SPACE, device.name());
            }
            PacketBuffer frame = device.pool().allocate(packet.remaining());
            frame.data().put(frame.append(packet.remaining()), packet, packet.position(), packet.remaining());
            packet.position(packet.limit());
            device.sendFrame(frame, to.bits(), etherType);
            return true;
        });
    }

    public NeighborTable neighbors() {
        return new NeighborTable(hold, device.neighborTable());
    }

    public Statistics statistics() {
        return hold.query(() -> new Statistics(
                device.counters().receivedPackets(),
                device.counters().receivedBytes(),
                device.counters().sentPackets(),
                device.counters().sentBytes(),
                drops()));
    }

    private Map<DropReason, Long> drops() {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            long count = device.counters().drops(reason);
            if (count > 0) {
                drops.put(reason, count);
            }
        }
        return drops;
    }

    @Override
    public String toString() {
        return device.id() + ":" + device.name();
    }
}
