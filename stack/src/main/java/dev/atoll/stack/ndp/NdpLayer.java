package dev.atoll.stack.ndp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.icmp.Icmpv6Layer;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.nic.NeighborDiscovery;
import dev.atoll.stack.nic.NeighborTableView;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ndp;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Neighbour discovery of one stack (RFC 4861): judges messages, answers and asks for link addresses, and hands to each
 * NIC's {@link Ipv6Interface} what it configures itself with.
 */
public final class NdpLayer implements NeighborDiscovery, Icmpv6Layer.MessageHandler {
    private final Cycle cycle;
    private final Counters counters;
    private final IpLayer ip;
    private final Ipv6Settings settings;
    private final NdpWriter writer;
    private final InterfaceIds ids;
    private NdpObserver observer = NdpObserver.NOBODY;
    // Only looked up, never walked.
    private final Map<Device, Ipv6Interface> interfaces = new HashMap<>();

    public NdpLayer(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip, Ipv6Settings settings) {
        this.cycle = cycle;
        this.counters = counters;
        this.ip = ip;
        this.settings = settings;
        writer = new NdpWriter(ip, pool, counters);
        ids = new InterfaceIds(cycle.rng());
    }

    public void setObserver(NdpObserver newObserver) {
        observer = newObserver;
    }

    NdpObserver observer() {
        return observer;
    }

    // --- What the NIC does by itself

    private Ipv6Interface of(Device device) {
        // No lambda, here and where timers are made: decision 0620.
        Ipv6Interface known = interfaces.get(device);
        if (known == null) {
            known = new Ipv6Interface(device, cycle, counters, ip.routes(), writer, ids, settings, this);
            interfaces.put(device, known);
        }
        return known;
    }

    @Override
    public void started(Device device) {
        of(device).start();
    }

    @Override
    public void stopped(Device device) {
        Ipv6Interface gone = interfaces.remove(device);
        if (gone != null) {
            gone.stop();
        }
    }

    @Override
    public void addressAdded(Device device, LocalAddress address) {
        of(device).addressAdded(address);
    }

    @Override
    public void addressRemoved(Device device, LocalAddress address) {
        of(device).addressRemoved(address);
    }

    @Override
    public void forwardingChanged(Device device) {
        of(device).forwardingChanged();
    }

    @Override
    public void routerLost(Device device, NeighborTableView.Entry router) {
        of(device).routers().lost(router.address(), router.state());
    }

    /** What a NIC began with when it was made means nothing once another state of it is restored. */
    private void forget(Device device) {
        Ipv6Interface begun = interfaces.remove(device);
        if (begun != null) {
            begun.forget();
        }
    }

    // --- Asking for neighbours

    /** RFC 4861 section 7.2.2. */
    @Override
    public void solicit(Device device, IpAddress address, long linkAddress, @Nullable PacketBuffer waiting) {
        IpAddress source = waiting != null && device.isAssigned(waiting.sourceHigh, waiting.sourceLow)
                ? new IpAddress(waiting.sourceHigh, waiting.sourceLow)
                : ip.routes().sourceOn(device, address);
        if (source == null) {
            // Nothing may be asked before an address is ours; what waits is given up when the questions run out.
            return;
        }
        IpAddress destination = linkAddress == 0 ? address.solicitedNode() : address;
        writer.solicit(device, source, destination, address);
    }

    // --- Messages

    @Override
    public boolean takes(int type) {
        return type >= Icmpv6.ROUTER_SOLICITATION && type <= Icmpv6.REDIRECT;
    }

    @Override
    public void receiveMessage(Device device, PacketBuffer packet) {
        int at = packet.start();
        int type = Icmpv6.type(packet.data(), at);
        // Neighbour discovery does not come in fragments (RFC 6980 section 5).
        boolean valid = !packet.reassembled
                && Ipv6.hopLimit(packet.data(), packet.networkOffset) == Ndp.HOP_LIMIT
                && Icmpv6.code(packet.data(), at) == 0;
        valid = valid
                && switch (type) {
                    case Icmpv6.NEIGHBOR_SOLICITATION -> solicitation(device, packet, at);
                    case Icmpv6.NEIGHBOR_ADVERTISEMENT -> advertisement(device, packet, at);
                    case Icmpv6.ROUTER_ADVERTISEMENT -> routerAdvertisement(device, packet, at);
                    case Icmpv6.REDIRECT -> redirect(device, packet, at);
                    // A host has nothing to say to a router solicitation (section 6.2.6).
                    default -> true;
                };
        if (!valid) {
            counters.drop(DropReason.NDP_INVALID);
        }
    }

    private static boolean hasOptions(PacketBuffer packet, int at, int headerBytes) {
        return packet.end() - at >= headerBytes && Ndp.optionsValid(packet.data(), at + headerBytes, packet.end());
    }

    /** Sections 7.1.1 and 7.2.3; false if the message is to be ignored. */
    private boolean solicitation(Device device, PacketBuffer packet, int at) {
        if (!hasOptions(packet, at, Ndp.SOLICITATION_BYTES)) {
            return false;
        }
        ByteBuffer data = packet.data();
        int options = at + Ndp.SOLICITATION_BYTES;
        IpAddress target = new IpAddress(Ndp.targetHigh(data, at), Ndp.targetLow(data, at));
        IpAddress source = new IpAddress(packet.sourceHigh, packet.sourceLow);
        long sourceLink = Ndp.linkAddress(data, options, packet.end(), Ndp.OPTION_SOURCE_LINK);
        if (target.isMulticast()) {
            return false;
        }
        if (source.isUnspecified()) {
            boolean toGroup = packet.destinationHigh == target.solicitedNode().high()
                    && packet.destinationLow == target.solicitedNode().low();
            return toGroup && sourceLink == 0 && probed(device, packet, target, options);
        }
        LocalAddress local = device.addressTable().find(target);
        boolean proxied = local == null && device.proxies().answersFor(target);
        if (!proxied && (local == null || !local.isAssigned())) {
            return true;
        }
        if (isUnicastLink(sourceLink)) {
            device.neighborLearned(source, sourceLink);
        }
        if (proxied) {
            device.proxies().answer(target, source, sourceLink, packet.type == PacketType.HOST);
            return true;
        }
        writer.advertise(device, source, target, Ndp.FLAG_SOLICITED | Ndp.FLAG_OVERRIDE);
        return true;
    }

    /** Somebody checks an address for duplicates: is it ours, or about to be (RFC 4862 section 5.4.3)? */
    private boolean probed(Device device, PacketBuffer packet, IpAddress target, int options) {
        LocalAddress local = device.addressTable().find(target);
        if (local == null) {
            if (device.proxies().answersFor(target)) {
                device.proxies().answer(target, IpAddress.V6_ANY, 0, /* atOnce= */ false);
            }
            return true;
        }
        if (local.isAssigned()) {
            writer.advertise(device, IpAddress.V6_ALL_NODES, target, Ndp.FLAG_OVERRIDE);
            return true;
        }
        int nonceAt = Ndp.findOption(packet.data(), options, packet.end(), Ndp.OPTION_NONCE);
        long nonce = nonceAt < 0 || Ndp.optionBytes(packet.data(), nonceAt) != Ndp.LINK_OPTION_BYTES
                ? 0
                : Ndp.option48(packet.data(), nonceAt);
        of(device).probedByOther(local, nonce);
        return true;
    }

    /** Sections 7.1.2 and 7.2.5; false if the message is to be ignored. */
    private boolean advertisement(Device device, PacketBuffer packet, int at) {
        if (!hasOptions(packet, at, Ndp.ADVERTISEMENT_BYTES)) {
            return false;
        }
        ByteBuffer data = packet.data();
        int flags = Icmpv6.rest(data, at);
        boolean solicited = (flags & Ndp.FLAG_SOLICITED) != 0;
        IpAddress target = new IpAddress(Ndp.targetHigh(data, at), Ndp.targetLow(data, at));
        if (target.isMulticast() || (solicited && packet.destinationHigh >>> 56 == 0xff)) {
            return false;
        }
        LocalAddress local = device.addressTable().find(target);
        if (local != null) {
            of(device).claimedByOther(local);
            return true;
        }
        long link = Ndp.linkAddress(data, at + Ndp.ADVERTISEMENT_BYTES, packet.end(), Ndp.OPTION_TARGET_LINK);
        if (link == 0 || isUnicastLink(link)) {
            device.neighborConfirmed(
                    target, link, solicited, (flags & Ndp.FLAG_OVERRIDE) != 0, (flags & Ndp.FLAG_ROUTER) != 0);
        }
        return true;
    }

    static boolean isUnicastLink(long linkAddress) {
        return linkAddress != 0 && (linkAddress >>> 40 & 1) == 0;
    }

    /** Section 6.1.2; false if the message is to be ignored. */
    private boolean routerAdvertisement(Device device, PacketBuffer packet, int at) {
        IpAddress router = new IpAddress(packet.sourceHigh, packet.sourceLow);
        if (!router.isLinkLocal() || !hasOptions(packet, at, Ndp.ROUTER_ADVERTISEMENT_BYTES)) {
            return false;
        }
        // A router configures itself by hand (section 6.2.7; Linux's accept_ra 1).
        if (settings.routerDiscovery() && !device.isForwarding(false)) {
            of(device).routers().advertised(router, packet, at);
        }
        return true;
    }

    /** Sections 8.1 and 8.3; false if the message is to be ignored. */
    private boolean redirect(Device device, PacketBuffer packet, int at) {
        IpAddress router = new IpAddress(packet.sourceHigh, packet.sourceLow);
        if (!router.isLinkLocal() || !hasOptions(packet, at, Ndp.REDIRECT_BYTES)) {
            return false;
        }
        if (device.isForwarding(false)) {
            // A router finds its ways by itself (section 8.3).
            return true;
        }
        ByteBuffer data = packet.data();
        IpAddress target = new IpAddress(Ndp.targetHigh(data, at), Ndp.targetLow(data, at));
        IpAddress destination = Ndp.redirectDestination(data, at);
        boolean onLink = target.equals(destination);
        if (destination.isMulticast()
                || destination.isV4()
                || !(onLink || target.isLinkLocal())
                || !router.equals(ip.routes().nextHopOn(device, destination))) {
            return false;
        }
        long link = Ndp.linkAddress(data, at + Ndp.REDIRECT_BYTES, packet.end(), Ndp.OPTION_TARGET_LINK);
        if (isUnicastLink(link)) {
            device.neighborLearned(target, link);
            if (!onLink) {
                device.markRouter(target, true);
            }
        }
        ip.routes().redirect(device, destination, target);
        return true;
    }

    /** Tells the link that an address is to be found at another link address now (RFC 4861 section 7.2.6). */
    public void announce(Device device, IpAddress address) {
        writer.advertise(device, IpAddress.V6_ALL_NODES, address, Ndp.FLAG_OVERRIDE);
    }

    /**
     * RFC 4861 section 7.2.8: without the override flag, so that the host itself and other proxies prevail. Whether that
     * is a router is not known here.
     */
    @Override
    public void advertiseProxied(Device device, IpAddress target, IpAddress asker) {
        boolean toAll = asker.isUnspecified();
        IpAddress destination = toAll ? IpAddress.V6_ALL_NODES : asker;
        IpAddress source = ip.routes().sourceOn(device, destination);
        if (source != null) {
            writer.advertise(device, source, destination, target, toAll ? 0 : Ndp.FLAG_SOLICITED);
        }
    }

    // --- Saved and restored

    /** What each NIC does by itself; the NICs are archived before. */
    public void archive(Archive archive) {
        archive.section("ndp");
        ids.archive(archive);
        for (Device device : ip.routes().devices()) {
            if (archive.bool(interfaces.containsKey(device))) {
                of(device).archive(archive);
            } else {
                forget(device);
            }
        }
    }
}
