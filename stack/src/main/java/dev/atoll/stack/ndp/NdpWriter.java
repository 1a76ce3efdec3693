package dev.atoll.stack.ndp;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ndp;

/** Builds neighbour discovery messages and gives them to IP. */
final class NdpWriter {
    private final IpLayer ip;
    private final BufferPool pool;
    private final Counters counters;

    NdpWriter(IpLayer ip, BufferPool pool, Counters counters) {
        this.ip = ip;
        this.pool = pool;
        this.counters = counters;
    }

    /** Asks for the link address of {@code target}, or whether it is still there (RFC 4861 section 4.3). */
    void solicit(Device device, IpAddress source, IpAddress destination, IpAddress target) {
        solicit(device, source, destination, target, Ndp.OPTION_SOURCE_LINK, device.linkAddressBits());
    }

    /** Asks whether anybody has {@code target} already, with a nonce to know the question by (RFC 7527 section 4.1). */
    void probe(Device device, IpAddress target, long nonce) {
        solicit(device, IpAddress.V6_ANY, target.solicitedNode(), target, Ndp.OPTION_NONCE, nonce);
    }

    private void solicit(
            Device device, IpAddress source, IpAddress destination, IpAddress target, int option, long bits) {
        int length = Ndp.SOLICITATION_BYTES + Ndp.LINK_OPTION_BYTES;
        PacketBuffer packet = pool.allocate(length);
        int at = packet.append(length);
        Icmpv6.write(packet.data(), at, Icmpv6.NEIGHBOR_SOLICITATION, 0, 0);
        Ndp.writeTarget(packet.data(), at, target);
        Ndp.writeOption48(packet.data(), at + Ndp.SOLICITATION_BYTES, option, bits);
        send(device, packet, source, destination);
    }

    /** Says that {@code target} is here (RFC 4861 section 4.4). */
    void advertise(Device device, IpAddress destination, IpAddress target, int flags) {
        int router = device.isForwarding(false) ? Ndp.FLAG_ROUTER : 0;
        advertise(device, target, destination, target, flags | router);
    }

    /** Says that {@code target} is here, whose address need not be the source. */
    void advertise(Device device, IpAddress source, IpAddress destination, IpAddress target, int flags) {
        int length = Ndp.ADVERTISEMENT_BYTES + Ndp.LINK_OPTION_BYTES;
        PacketBuffer packet = pool.allocate(length);
        int at = packet.append(length);
        Icmpv6.write(packet.data(), at, Icmpv6.NEIGHBOR_ADVERTISEMENT, 0, flags);
        Ndp.writeTarget(packet.data(), at, target);
        Ndp.writeOption48(
                packet.data(), at + Ndp.ADVERTISEMENT_BYTES, Ndp.OPTION_TARGET_LINK, device.linkAddressBits());
        send(device, packet, source, destination);
    }

    /** Asks routers to make themselves known (RFC 4861 section 4.1). */
    void solicitRouters(Device device, IpAddress source) {
        boolean named = !source.isUnspecified();
        int length = Ndp.ROUTER_SOLICITATION_BYTES + (named ? Ndp.LINK_OPTION_BYTES : 0);
        PacketBuffer packet = pool.allocate(length);
        int at = packet.append(length);
        Icmpv6.write(packet.data(), at, Icmpv6.ROUTER_SOLICITATION, 0, 0);
        if (named) {
            Ndp.writeOption48(
                    packet.data(),
                    at + Ndp.ROUTER_SOLICITATION_BYTES,
                    Ndp.OPTION_SOURCE_LINK,
                    device.linkAddressBits());
        }
        send(device, packet, source, IpAddress.V6_ALL_ROUTERS);
    }

    private void send(Device device, PacketBuffer packet, IpAddress source, IpAddress destination) {
        Icmpv6.fillChecksum(packet.data(), packet.start(), packet.length(), source, destination);
        counters.icmpSent++;
        ip.send(packet, ip.routes().onLink(device, source, destination), IpProtocol.ICMPV6, Ndp.HOP_LIMIT, 0);
    }
}
