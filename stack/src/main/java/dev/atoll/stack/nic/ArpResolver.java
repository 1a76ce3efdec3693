package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.wire.Arp;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ARP of one NIC (RFC 826; RFC 5227 for announcements): asks for neighbours, answers for our addresses. */
final class ArpResolver implements NeighborResolver {
    private final Device device;
    private final BufferPool pool;
    private final Counters counters;

    ArpResolver(Device device, BufferPool pool, Counters counters) {
        this.device = device;
        this.pool = pool;
        this.counters = counters;
    }

    /** Takes an ARP packet, its header at {@code start()}. */
    void receive(PacketBuffer packet) {
        counters.arpReceived++;
        int at = packet.start();
        if (packet.linearLength() < Arp.BYTES || !Arp.isEthernetIpv4(packet.data(), at)) {
            counters.drop(DropReason.ARP_MALFORMED);
            packet.release();
            return;
        }
        int operation = Arp.operation(packet.data(), at);
        long senderLink = Arp.senderLink(packet.data(), at);
        IpAddress sender = IpAddress.v4(Arp.sender(packet.data(), at));
        IpAddress target = IpAddress.v4(Arp.target(packet.data(), at));
        boolean toUs = packet.type == PacketType.HOST;
        packet.release();
        if ((senderLink >>> 40 & 1) != 0 || senderLink == 0 || sender.isMulticast()) {
            counters.drop(DropReason.ARP_MALFORMED);
            return;
        }
        HostConfiguration configuration = device.configuration();
        if (configuration != null) {
            configuration.arpSeen(sender, senderLink, target);
        }
        if (operation == Arp.REPLY) {
            device.neighbors(true).confirmed(sender, senderLink, toUs, true, false);
        } else if (operation == Arp.REQUEST) {
            receiveRequest(senderLink, sender, target, toUs);
        } else {
            counters.drop(DropReason.ARP_MALFORMED);
        }
    }

    private void receiveRequest(long senderLink, IpAddress sender, IpAddress target, boolean toUs) {
        boolean ours = device.addressTable().find(target) != null;
        // Who announces an address, or checks whether it is free, is not told that it is here.
        boolean proxied = !ours
                && !sender.isUnspecified()
                && !sender.equals(target)
                && device.proxies().answersFor(target);
        NeighborCache neighbors = device.neighbors(true);
        if (!sender.isUnspecified() && (ours || proxied || neighbors.find(sender) != null)) {
            neighbors.learned(sender, senderLink);
        }
        if (ours && !sender.equals(target)) {
            answer(target, sender, senderLink);
        } else if (proxied) {
            device.proxies().answer(target, sender, senderLink, toUs);
        }
    }

    /** Says that an address is here. */
    void answer(IpAddress target, IpAddress asker, long askerLink) {
        send(Arp.REPLY, askerLink, target.v4Bits(), askerLink, asker.v4Bits());
    }

    private void send(int operation, long to, int sender, long targetLink, int target) {
        PacketBuffer packet = pool.allocate(Arp.BYTES);
        int at = packet.append(Arp.BYTES);
        Arp.write(packet.data(), at, operation, device.linkAddressBits(), sender, targetLink, target);
        device.sendFrame(packet, to, Ethernet.TYPE_ARP);
    }

    /** Tells the link whose address this is (RFC 5227 section 2.3), so that old entries for it are mended. */
    void announce(IpAddress address) {
        send(Arp.REQUEST, MacAddress.BROADCAST.bits(), address.v4Bits(), 0, address.v4Bits());
    }

    /** Asks whether somebody has an address, as nobody (RFC 5227 section 2.1.1), so that no entry changes for it. */
    void probe(IpAddress address) {
        send(Arp.REQUEST, MacAddress.BROADCAST.bits(), 0, 0, address.v4Bits());
    }

    @Override
    public void solicit(Device from, IpAddress address, long neighborLink, @Nullable PacketBuffer waiting) {
        IpAddress source = null;
        List<LocalAddress> addresses = device.addresses();
        for (int i = 0; i < addresses.size(); i++) {
            LocalAddress local = addresses.get(i);
            if (local.address().isV4() && (source == null || local.subnet().contains(address))) {
                source = local.address();
            }
        }
        long to = neighborLink == 0 ? MacAddress.BROADCAST.bits() : neighborLink;
        send(Arp.REQUEST, to, source == null ? 0 : source.v4Bits(), 0, address.v4Bits());
    }
}
