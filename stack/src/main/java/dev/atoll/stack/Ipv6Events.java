package dev.atoll.stack;

import dev.atoll.stack.ndp.NdpObserver;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/** Hands what neighbour discovery finds out to a listener, after the hold. */
final class Ipv6Events implements NdpObserver {
    private final EventQueue queue;
    private final Ipv6Listener listener;

    Ipv6Events(EventQueue queue, Ipv6Listener listener) {
        this.queue = queue;
        this.listener = listener;
    }

    @Override
    public void addressChanged(Device device, LocalAddress local) {
        int nicId = device.id();
        Nic.Address address = Nic.toAddress(local);
        boolean present = device.addressTable().find(local.address()) == local;
        queue.add(() -> listener.onAddress(nicId, address, present));
    }

    @Override
    public void routerChanged(Device device, IpAddress router, boolean present) {
        int nicId = device.id();
        queue.add(() -> listener.onRouter(nicId, router, present));
    }

    @Override
    public void dnsServers(Device device, List<IpAddress> servers, long lifetimeSeconds) {
        int nicId = device.id();
        queue.add(() -> listener.onDnsServers(nicId, servers, lifetimeSeconds));
    }

    @Override
    public void dnsSearchList(Device device, List<String> domains, long lifetimeSeconds) {
        int nicId = device.id();
        queue.add(() -> listener.onDnsSearchList(nicId, domains, lifetimeSeconds));
    }

    @Override
    public void dhcpv6(Device device, boolean addresses, boolean otherSettings) {
        int nicId = device.id();
        queue.add(() -> listener.onDhcpv6(nicId, addresses, otherSettings));
    }
}
