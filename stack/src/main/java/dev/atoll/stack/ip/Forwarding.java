package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a router does (RFC 1812 section 5, RFC 8200): passes a packet for somebody else on by another NIC, one hop older,
 * if the policy's FORWARD chain lets it, and tells the sender when it cannot.
 */
final class Forwarding {
    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final IpTables filter;

    Forwarding(Cycle cycle, Counters counters, Routes routes, IpTables filter) {
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        this.filter = filter;
    }

    /** Passes a packet on that was parsed and is not for this host; takes the packet. */
    void forward(Device in, NetworkLayer network, PacketBuffer packet) {
        DropReason fault = tryForward(in, network, packet);
        if (fault != null) {
            counters.drop(fault);
            packet.release();
        }
    }

    /** Gives why the packet was not passed on, or null if it was taken. */
    private @Nullable DropReason tryForward(Device in, NetworkLayer network, PacketBuffer packet) {
        IpAddress source = new IpAddress(packet.sourceHigh, packet.sourceLow);
        IpAddress destination = new IpAddress(packet.destinationHigh, packet.destinationLow);
        // What belongs to one link stays there (RFC 3927 section 7, RFC 4291 section 2.5.6), and a frame that was sent
        // to all is not sent on (RFC 1812 section 5.3.4).
        if (packet.type != PacketType.HOST
                || source.isUnspecified()
                || source.isLinkLocal()
                || destination.isLinkLocal()
                || destination.isMulticast()
                || destination.isLimitedBroadcast()) {
            return DropReason.IP_NOT_LOCAL;
        }
        network.locateTransport(packet);
        if (network.hopsLeft(packet) <= 1) {
            network.hopsExceeded(packet);
            return DropReason.IP_HOPS_EXCEEDED;
        }
        Routes.Hop hop = routes.findHop(destination, 0);
        if (hop == null || hop.broadcast()) {
            network.noRoute(packet);
            return DropReason.IP_NO_ROUTE;
        }
        Device out = hop.device();
        Verdict verdict = filter.check(Hook.FORWARD, packet, in.name(), out.name(), cycle.nowNs());
        if (verdict.kind() != Verdict.Kind.ACCEPT) {
            filter.denied(Hook.FORWARD, packet, verdict, cycle.nowNs());
            RejectWith with = verdict.rejectWith();
            if (with != null && with != RejectWith.TCP_RESET) {
                network.reject(packet, with);
            }
            return DropReason.FILTERED;
        }
        boolean oneFrame = packet.gsoType == PacketBuffer.GSO_NONE;
        if (oneFrame
                ? packet.length() > network.mtuBytes(out)
                : packet.length() > out.capabilities().gsoMaxBytes()) {
            network.tooBig(packet, network.mtuBytes(out));
            return DropReason.IP_TOO_BIG;
        }
        network.ageByOneHop(packet);
        if (packet.checksumPartial && !out.capabilities().transmitChecksum()) {
            complete(packet);
        }
        counters.ipForwarded++;
        out.send(packet, network.etherType(), hop.nextHop());
        return null;
    }

    /** The link it came by left the checksum to whoever puts it on a wire. */
    private static void complete(PacketBuffer packet) {
        int from = packet.checksumStart;
        int sum = Checksum.finish(Checksum.add(0, packet.data(), from, packet.end() - from));
        packet.data().putShort(from + packet.checksumOffset, (short) (sum == 0 ? 0xffff : sum));
        packet.checksumPartial = false;
    }
}
