package dev.atoll.stack;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.dhcp.DhcpInterface;
import dev.atoll.stack.endpoint.EndpointArchive;
import dev.atoll.stack.env.ArchivedSettings;
import dev.atoll.stack.env.DhcpSettings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.options.ArchivedOptions;
import dev.atoll.stack.protocol.NetworkProtocol;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.socket.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Passes a stack through an archive, each part after those it depends on: time, NICs, routes and rules, what NICs do by
 * themselves, protocols, endpoints. Under the stack's hold.
 */
final class StackArchive {
    private static final int MAX_NICS = 1 << 16;
    private static final int MAX_PROTOCOLS = 1 << 16;

    private final Stack stack;
    private final Archive archive;
    private final @Nullable Restorer restorer;
    /** NICs whose link has another address now. */
    private final List<Device> moved = new ArrayList<>();

    /**
     * Of one stack and one archive.
     *
     * @param restorer null while saving
     */
    StackArchive(Stack stack, Archive archive, @Nullable Restorer restorer) {
        this.stack = stack;
        this.archive = archive;
        this.restorer = restorer;
    }

    /** What a stack is made with, apart from the things of its process. */
    static void settings(Archive archive, StackBuilder settings) {
        archive.section("settings");
        for (Protocol protocol : Protocol.values()) {
            if (archive.bool(settings.protocols.contains(protocol))) {
                settings.protocols.add(protocol);
            } else {
                settings.protocols.remove(protocol);
            }
        }
        settings.ipv6 = archive.optional(settings.ipv6, ArchivedSettings::ipv6);
        settings.neighbors = ArchivedSettings.neighbors(archive, settings.neighbors);
        settings.tcp = ArchivedOptions.tcp(archive, settings.tcp);
        if (!settings.hasCongestionControl(settings.tcp.congestionControl)) {
            throw new ArchiveException("the stack had the congestion control " + settings.tcp.congestionControl
                    + ": give it to the builder under that name");
        }
        settings.messages = ArchivedOptions.messages(archive, settings.messages);
        settings.rawEndpoints = archive.bool(settings.rawEndpoints);
        settings.packetEndpoints = archive.bool(settings.packetEndpoints);
    }

    /**
     * All the rest.
     *
     * @param others while saving: endpoints among which may be some that the protocols do not know of
     * @return while restoring: all endpoints
     * @throws StackException UNKNOWN_NIC if there is no link for one
     */
    List<Endpoint> contents(Collection<? extends Endpoint> others) throws StackException {
        archive.section("time");
        stack.cycle.archive(archive);
        stack.counters.archive(archive);
        stack.archiveIds(archive);
        nics();
        stack.routes.archive(archive);
        stack.ip.archive(archive);
        stack.ip.filter().archive(archive);
        stack.groups.archive(archive);
        if (stack.ndp != null) {
            stack.ndp.archive(archive);
        }
        dhcpClients();
        stack.pings.archive(archive);
        stack.udp.archive(archive);
        stack.tcp.archive(archive);
        if (stack.raws != null) {
            stack.raws.archive(archive);
        }
        if (stack.packets != null) {
            stack.packets.archive(archive);
        }
        EndpointArchive known = new EndpointArchive(stack.sockets, stack.tcp, stack.udp, stack.pings);
        List<Endpoint> endpoints = known.archive(archive, others);
        hostedProtocols();
        archive.end();
        return endpoints;
    }

    /** Hands links the frames that waited for room: these are others, and would not say that they have it. */
    void sendWaiting() {
        for (Device device : stack.devices) {
            if (!device.hasRoom()) {
                device.writable();
            }
        }
    }

    /** Tells neighbours of link addresses that are others than before. */
    void announce() {
        for (Device device : moved) {
            stack.announce(device);
        }
    }

    private void nics() throws StackException {
        archive.section("nics");
        int count = archive.count(stack.devices.size(), MAX_NICS);
        for (int i = 0; i < count; i++) {
            Device saved = i < stack.devices.size() ? stack.devices.get(i) : null;
            int id = archive.int32(saved == null ? 0 : saved.id());
            String name = archive.text(saved == null ? "" : saved.name());
            Device device = saved == null ? attach(id, name) : saved;
            long linkAddress = archive.int64(device.linkAddressBits());
            if (linkAddress != device.linkAddressBits()) {
                moved.add(device);
            }
            device.archive(archive);
        }
    }

    private Device attach(int id, String name) throws StackException {
        Restorer from = Objects.requireNonNull(restorer);
        LinkEndpoint link = from.link(name);
        if (link == null) {
            throw new StackException(StackError.UNKNOWN_NIC, "there is no link for " + name);
        }
        return stack.attach(id, name, link, from.context(name));
    }

    private void dhcpClients() {
        archive.section("dhcp");
        for (Device device : stack.devices) {
            DhcpInterface saved = device.configuration() instanceof DhcpInterface dhcp ? dhcp : null;
            if (!archive.bool(saved != null)) {
                continue;
            }
            DhcpSettings settings = ArchivedSettings.dhcp(archive, saved == null ? null : saved.settings());
            DhcpInterface dhcp = saved;
            if (dhcp == null) {
                dhcp = stack.newDhcp(
                        device, settings, Objects.requireNonNull(restorer).dhcpListener(device.name()));
            }
            dhcp.archive(archive);
        }
    }

    private void hostedProtocols() {
        archive.section("own protocols");
        int count = archive.count(stack.transports.size(), MAX_PROTOCOLS);
        for (int i = 0; i < count; i++) {
            TransportProtocol protocol = i < stack.transports.size() ? stack.transports.get(i) : null;
            int number = archive.int32(protocol == null ? -1 : protocol.protocolNumber());
            if (protocol == null || number != protocol.protocolNumber()) {
                throw new ArchiveException("the stack had protocol " + number + " of its owner's as number " + i
                        + ": name the same ones in the same order");
            }
            protocol.archive(archive);
        }
        count = archive.count(stack.networks.size(), MAX_PROTOCOLS);
        for (int i = 0; i < count; i++) {
            NetworkProtocol protocol = i < stack.networks.size() ? stack.networks.get(i) : null;
            int etherType = archive.int32(protocol == null ? -1 : protocol.etherType());
            if (protocol == null || etherType != protocol.etherType()) {
                throw new ArchiveException("the stack had network protocol 0x" + Integer.toHexString(etherType)
                        + " of its owner's as number " + i + ": name the same ones in the same order");
            }
            protocol.archive(archive);
        }
    }
}
