package dev.atoll.stack;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.hold.Hold;
import dev.atoll.stack.ip.Routes;
import dev.atoll.stack.nic.AddressTable;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;

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
     */
    public record Statistics(long receivedPackets, long receivedBytes, long sentPackets, long sentBytes) {}

    /** The number it is known by in this stack; {@code lo} is 1. */
    public int id() {
        return device.id();
    }

    /** The name rules know it by. */
    public String name() {
        return hold.query(device::name);
    }

    /** The largest IP packet it carries in one frame, bytes. */
    public int mtuBytes() {
        return hold.query(device::mtuBytes);
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

    /** Lets endpoints be bound to whatever address and send from it; off by default. */
    public void setSpoofing(boolean spoofing) {
        hold.query(() -> {
            device.setSpoofing(spoofing);
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
        LocalAddress local = new LocalAddress(address, prefixLength);
        hold.call(new Hold.Work<Boolean>() {
            @Override
            public Boolean run() throws StackException {
                if (address.isV4() ? !device.hasIpv4() : !device.hasIpv6()) {
                    throw new StackException(StackError.NOT_SUPPORTED, address + " on " + device.name());
                }
                if (device.addresses().size() >= AddressTable.MAX_ADDRESSES) {
                    throw new StackException(StackError.NO_BUFFER_SPACE, address + " on " + device.name());
                }
                if (!device.addAddress(local)) {
                    throw new StackException(StackError.DUPLICATE_ADDRESS, address + " on " + device.name());
                }
                return routes.add(new Routes.Entry(local.subnet(), null, device, 0));
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
            return routes.remove(local.subnet(), null, device);
        });
    }

    /** The addresses in the order they were added. */
    public List<Address> addresses() {
        return hold.query(() -> device.addresses().stream().map(Nic::toAddress).toList());
    }

    static Address toAddress(LocalAddress local) {
        return new Address(local.address(), local.prefixLength(), local.kind(), local.state());
    }

    public NeighborTable neighbors() {
        return new NeighborTable(hold, device.neighborTable());
    }

    public Statistics statistics() {
        return hold.query(() -> new Statistics(
                device.counters().receivedPackets(),
                device.counters().receivedBytes(),
                device.counters().sentPackets(),
                device.counters().sentBytes()));
    }

    @Override
    public String toString() {
        return device.id() + ":" + device.name();
    }
}
