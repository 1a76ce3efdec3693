package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.Verdict;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.JoinedSegments;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a router does (RFC 1812 section 5, RFC 8200): passes a packet for somebody else on by another NIC, one hop older,
 * if the policy's FORWARD chain lets it, and tells the sender when it cannot.
 */
final class Forwarding {
    /** Destinations whose way is remembered until the table changes; each has one place, a power of 2. */
    private static final int REMEMBERED = 256;

    /** The way to a destination. */
    private record Way(IpAddress destination, Routes.Hop hop, int generation) {
        boolean isTo(PacketBuffer packet, int currentGeneration) {
            return generation == currentGeneration
                    && destination.low() == packet.destinationLow
                    && destination.high() == packet.destinationHigh;
        }
    }

    private final Cycle cycle;
    private final Counters counters;
    private final Routes routes;
    private final IpTables filter;
    private final IpLayer ip;
    private final @Nullable Way[] ways = new Way[REMEMBERED];

    Forwarding(Cycle cycle, Counters counters, Routes routes, IpTables filter, IpLayer ip) {
        this.cycle = cycle;
        this.counters = counters;
        this.routes = routes;
        this.filter = filter;
        this.ip = ip;
    }

    /** Passes a packet on that was parsed and is not for this host; takes the packet. */
    void forward(Device in, NetworkLayer network, PacketBuffer packet) {
        DropReason fault = tryForward(in, network, packet);
        if (fault != null) {
            counters.drop(fault);
            packet.release();
        }
    }

    /** The way of a packet by its destination, on a NIC if it has to leave by that one. */
    Routes.@Nullable Hop findHop(PacketBuffer packet, int nicId) {
        return nicId == 0
                ? findHop(packet)
                : routes.findHop(new IpAddress(packet.destinationHigh, packet.destinationLow), nicId);
    }

    private Routes.@Nullable Hop findHop(PacketBuffer packet) {
        int slot = (int) ((packet.destinationLow ^ packet.destinationHigh) * 0x9e3779b97f4a7c15L >>> 56);
        Way known = ways[slot];
        if (known != null && known.isTo(packet, routes.generation())) {
            return known.hop;
        }
        IpAddress destination = new IpAddress(packet.destinationHigh, packet.destinationLow);
        Routes.Hop hop = routes.findHop(destination, 0);
        if (hop != null) {
            ways[slot] = new Way(destination, hop, routes.generation());
        }
        return hop;
    }

    /**
     * Whether a packet belongs to the link it came by: so does what has an address of a link (RFC 3927 section 7, RFC
     * 4291 section 2.5.6) or none, and a frame that was sent to all (RFC 1812 section 5.3.4).
     */
    private static boolean staysOnLink(PacketBuffer packet) {
        return packet.type != PacketType.HOST
                || staysOnLink(packet.sourceHigh, packet.sourceLow)
                || staysOnLink(packet.destinationHigh, packet.destinationLow)
                || packet.destinationLow == IpAddress.V4_BROADCAST.low();
    }

    private static boolean staysOnLink(long high, long low) {
        if (IpAddress.isV4(high, low)) {
            int bits = (int) low;
            return bits == 0 || bits >>> 16 == 0xa9fe || bits >>> 28 == 0xe;
        }
        return (high | low) == 0 || IpAddress.isV6LinkLocal(high) || high >>> 56 == 0xff;
    }

    /** Gives why the packet was not passed on, or null if it was taken. */
    private @Nullable DropReason tryForward(Device in, NetworkLayer network, PacketBuffer packet) {
        if (staysOnLink(packet)) {
            network.beyondScope(packet);
            return DropReason.IP_NOT_LOCAL;
        }
        if (network.hopsLeft(packet) <= 1) {
            network.hopsExceeded(packet);
            return DropReason.IP_HOPS_EXCEEDED;
        }
        Routes.Hop hop = findHop(packet);
        if (hop == null) {
            network.noRoute(packet);
            return DropReason.IP_NO_ROUTE;
        }
        if (hop.broadcast()) {
            // Nobody's amplifier (RFC 2644), and no error answers a broadcast (RFC 1122 section 3.2.2).
            return DropReason.IP_NO_ROUTE;
        }
        Device out = hop.device();
        if (out == in && packet.ipVersion == 6 && wouldComeBack(in, hop.nextHop(), packet)) {
            network.hostUnreachable(packet);
            return DropReason.IP_NO_ROUTE;
        }
        return leave(in, network, packet, hop);
    }

    /** Has a packet leave by a device other than it came by, or the same; as {@link #tryForward}. */
    @Nullable DropReason leave(Device in, NetworkLayer network, PacketBuffer packet, Routes.Hop hop) {
        Device out = hop.device();
        int mtu = Routes.mtuBytes(network, out, hop.options());
        // The fragments it came in tell how large its sender believes they may be: larger ones may not get through
        // later, and reports of that would change nothing.
        int most = packet.largestFragmentBytes == 0 ? mtu : Math.min(mtu, packet.largestFragmentBytes);
        boolean oneFrame = packet.gsoType == PacketBuffer.GSO_NONE;
        boolean large = SuperSegments.frameBytes(packet) > most;
        boolean cut = large && oneFrame && network.mayCut(packet, mtu);
        if (large && !cut) {
            network.tooBig(packet, mtu);
            return DropReason.IP_TOO_BIG;
        }
        if (out == in && in.sendsRedirects()) {
            network.redirect(packet, in, hop.nextHop());
        }
        // Rules and what they answer see the packet one hop older, as on Linux.
        network.ageByOneHop(packet);
        if (!passesForward(in, network, out, packet)) {
            return DropReason.FILTERED;
        }
        PacketBuffer first = packet;
        while (first != null) {
            // Segments that were joined go on as they came; none is longer than the first.
            PacketBuffer others = JoinedSegments.detach(first);
            pass(network, first, hop, cut && first.length() > most ? most : 0);
            first = others;
        }
        return null;
    }

    /** Sends a packet on, in fragments if {@code cutTo} is not 0. Takes the packet. */
    private void pass(NetworkLayer network, PacketBuffer packet, Routes.Hop hop, int cutTo) {
        Device out = hop.device();
        network.recordHop(packet, out, hop.nextHop());
        if (packet.checksumPartial && (cutTo > 0 || !out.capabilities().transmitChecksum())) {
            Checksum.complete(packet);
        }
        counters.ipForwarded++;
        if (cutTo > 0) {
            ip.sendFragments(network, packet, out, hop.nextHop(), cutTo);
        } else if (SuperSegments.mustBeCut(packet, out)) {
            ip.sendSegments(network, packet, out, hop.nextHop());
        } else {
            out.send(packet, network.etherType(), hop.nextHop());
        }
    }

    /** The other end of a link of two ends had the packet, and would send it here again (RFC 4443 section 3.1). */
    private static boolean wouldComeBack(Device in, IpAddress nextHop, PacketBuffer packet) {
        return !in.hasLinkAddresses()
                && nextHop.low() == packet.destinationLow
                && nextHop.high() == packet.destinationHigh
                && in.addressTable().isOnLink(nextHop);
    }

    private boolean passesForward(Device in, NetworkLayer network, Device out, PacketBuffer packet) {
        Hook hook = Hook.FORWARD;
        Verdict verdict = filter.check(hook, packet, in.name(), out.name(), cycle.nowNs());
        if (verdict.kind() == Verdict.Kind.ACCEPT && filter.asks(Hook.POSTROUTING, packet.ipVersion)) {
            hook = Hook.POSTROUTING;
            verdict = filter.check(hook, packet, in.name(), out.name(), cycle.nowNs());
        }
        if (verdict.kind() == Verdict.Kind.ACCEPT) {
            return true;
        }
        filter.denied(hook, packet, verdict, cycle.nowNs());
        ip.answerRejected(network, packet, verdict.rejectWith());
        return false;
    }
}
