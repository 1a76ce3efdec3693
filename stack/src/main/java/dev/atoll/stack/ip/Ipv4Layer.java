package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.KeyedHash;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import org.jspecify.annotations.Nullable;

/** IPv4 (RFC 791, RFC 1122 section 3.2). */
public final class Ipv4Layer extends NetworkLayer {
    /** Identification counters, chosen by a keyed hash of the flow as RFC 7739 section 5.3 describes. */
    private static final int ID_BUCKETS = 2048;

    /** The router alert option (RFC 2113): type 148, 4 bytes, every router looks. */
    private static final int ROUTER_ALERT = 0x9404_0000;

    private final Cycle cycle;
    private final Routes routes;
    private final Icmpv4Errors errors;
    private final KeyedHash idHash;
    private final int[] ids = new int[ID_BUCKETS];

    Ipv4Layer(Cycle cycle, Routes routes, Icmpv4Errors errors) {
        this.cycle = cycle;
        this.routes = routes;
        this.errors = errors;
        idHash = new KeyedHash(cycle.rng());
    }

    public Icmpv4Errors errors() {
        return errors;
    }

    @Override
    int etherType() {
        return Ethernet.TYPE_IPV4;
    }

    @Override
    int headerBytes() {
        return Ipv4.HEADER_BYTES;
    }

    @Override
    int tcpGsoType() {
        return PacketBuffer.GSO_TCPV4;
    }

    @Override
    int mtuBytes(Device device) {
        return Math.min(device.mtuBytes(), 0xffff);
    }

    @Override
    void writeHeader(PacketBuffer packet, Route route, int protocol, int ttl, int tos, boolean routerAlert) {
        int headerBytes = Ipv4.HEADER_BYTES + (routerAlert ? 4 : 0);
        packet.ipVersion = 4;
        int at = packet.push(headerBytes);
        packet.networkOffset = at;
        if (routerAlert) {
            packet.data().putInt(at + Ipv4.HEADER_BYTES, ROUTER_ALERT);
        }
        Ipv4.write(
                packet.data(),
                at,
                headerBytes,
                tos,
                packet.length(),
                nextId(packet, protocol),
                Ipv4.DONT_FRAGMENT,
                ttl,
                protocol,
                route.source().v4Bits(),
                route.destination().v4Bits());
    }

    private int nextId(PacketBuffer packet, int protocol) {
        int bucket = (int) idHash.hash(packet.sourceLow, packet.destinationLow, protocol, 0, 0) & ID_BUCKETS - 1;
        int id = ids[bucket];
        if (id == 0) {
            id = cycle.rng().nextInt(0x10000);
        }
        // A super-segment takes as many ids as the segments it is cut into.
        ids[bucket] = id + 1 + (packet.gsoSize == 0 ? 0 : packet.length() / packet.gsoSize);
        return id & 0xffff;
    }

    /** RFC 1122 section 3.2.1. */
    @Override
    @Nullable DropReason parse(Device device, PacketBuffer packet) {
        int at = packet.start();
        if (packet.linearLength() < Ipv4.HEADER_BYTES || Ipv4.version(packet.data(), at) != 4) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        int headerBytes = Ipv4.headerBytes(packet.data(), at);
        int total = Ipv4.totalLength(packet.data(), at);
        if (headerBytes < Ipv4.HEADER_BYTES || total < headerBytes || total > packet.linearLength()) {
            return DropReason.IP_HEADER_MALFORMED;
        }
        if (!packet.looped && !Ipv4.checksumValid(packet.data(), at)) {
            return DropReason.IP_CHECKSUM;
        }
        packet.trimTo(total);
        packet.networkOffset = at;
        packet.transportOffset = at + headerBytes;
        packet.ipVersion = 4;
        packet.transportProtocol = Ipv4.protocol(packet.data(), at);
        packet.sourceHigh = 0;
        packet.sourceLow = IpAddress.V4_PREFIX | Ipv4.source(packet.data(), at) & 0xffff_ffffL;
        packet.destinationHigh = 0;
        packet.destinationLow = IpAddress.V4_PREFIX | Ipv4.destination(packet.data(), at) & 0xffff_ffffL;
        if (isMartian(device, packet)) {
            return DropReason.IP_MARTIAN;
        }
        return isForUs(device, packet) ? null : DropReason.IP_NOT_LOCAL;
    }

    /** RFC 1122 section 3.2.1.3: sources that are no host's, and loopback or own addresses coming from outside. */
    private boolean isMartian(Device device, PacketBuffer packet) {
        int source = (int) packet.sourceLow;
        if (source >>> 28 >= 0xe) {
            return true;
        }
        if (device.isLoopback()) {
            return false;
        }
        return source >>> 24 == 127
                || (int) packet.destinationLow >>> 24 == 127
                || routes.isLocal(packet.sourceHigh, packet.sourceLow);
    }

    private boolean isForUs(Device device, PacketBuffer packet) {
        int destination = (int) packet.destinationLow;
        if (routes.isLocal(packet.destinationHigh, packet.destinationLow)) {
            // A unicast address in a link broadcast is someone's mistake or attack (RFC 1122 section 3.3.6).
            return packet.type != PacketType.BROADCAST;
        }
        if (destination >>> 28 == 0xe) {
            packet.type = PacketType.MULTICAST;
            return device.groups().isMember(packet.destinationHigh, packet.destinationLow);
        }
        if (destination == -1 || device.isSubnetBroadcast(IpAddress.v4(destination))) {
            packet.type = PacketType.BROADCAST;
            return true;
        }
        return false;
    }

    @Override
    boolean isFragment(PacketBuffer packet) {
        return Ipv4.isFragment(packet.data(), packet.networkOffset);
    }

    @Override
    boolean owesAnswer() {
        return false;
    }

    @Override
    void answerFault(Device device, PacketBuffer packet) {
        // A host answers no fault of an IPv4 header: RFC 1122 leaves parameter problems to the sender of options.
    }

    @Override
    void protocolUnreachable(Device device, PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv4.PROTOCOL_UNREACHABLE);
    }

    @Override
    void portUnreachable(PacketBuffer packet) {
        errors.sendUnreachable(packet, Icmpv4.PORT_UNREACHABLE);
    }

    @Override
    void reject(PacketBuffer packet, RejectWith with) {
        errors.sendUnreachable(packet, with.icmpCode());
    }
}
