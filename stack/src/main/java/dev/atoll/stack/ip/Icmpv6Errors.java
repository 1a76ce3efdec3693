package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.nic.LocalAddress;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import dev.atoll.stack.wire.Ndp;
import org.jspecify.annotations.Nullable;

/**
 * The ICMPv6 errors this node sends (RFC 4443 section 2.4): never about an error, a redirect, a source that is not one
 * node's, or, with the two exceptions of (e.3), a group; and not more often than a token bucket allows.
 */
public final class Icmpv6Errors {
    private final Cycle cycle;
    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final TokenBucket limit;

    Icmpv6Errors(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip, TokenBucket limit) {
        this.cycle = cycle;
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        this.limit = limit;
    }

    /** Tells the sender of an incoming packet that it was not delivered; does not take the packet. */
    public void sendUnreachable(PacketBuffer packet, int code) {
        send(packet, Icmpv6.DESTINATION_UNREACHABLE, code, 0, false);
    }

    /** Tells what it is about a header that cannot be processed; {@code pointer} counts from the IPv6 header. */
    void sendParameterProblem(PacketBuffer packet, int code, int pointer) {
        send(packet, Icmpv6.PARAMETER_PROBLEM, code, pointer, code == Icmpv6.UNKNOWN_OPTION);
    }

    /** Tells that a packet lived too long: as one that is forwarded, or as fragments. */
    void sendTimeExceeded(PacketBuffer packet, int code) {
        send(packet, Icmpv6.TIME_EXCEEDED, code, 0, false);
    }

    /** Tells what size the next link takes. */
    void sendPacketTooBig(PacketBuffer packet, int mtuBytes) {
        send(packet, Icmpv6.PACKET_TOO_BIG, 0, mtuBytes, true);
    }

    private void send(PacketBuffer packet, int type, int code, int rest, boolean evenIfGroup) {
        if (!mayAnswer(packet, evenIfGroup)) {
            return;
        }
        if (!limit.take(cycle.nowNs())) {
            counters.drop(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        Route route = routeBack(packet);
        if (route == null) {
            return;
        }
        int quoted = Math.min(
                packet.end() - packet.networkOffset, Ipv6.MIN_MTU_BYTES - Ipv6.HEADER_BYTES - Icmpv6.HEADER_BYTES);
        int length = Icmpv6.HEADER_BYTES + quoted;
        PacketBuffer error = pool.allocate(length);
        int at = error.append(length);
        Icmpv6.write(error.data(), at, type, code, rest);
        error.data().put(at + Icmpv6.HEADER_BYTES, packet.data(), packet.networkOffset, quoted);
        Icmpv6.fillChecksum(error.data(), at, length, route.source(), route.destination());
        ip.filter().answers(error, packet);
        counters.icmpSent++;
        ip.send(error, route, IpProtocol.ICMPV6, IpLayer.LINK_TTL, 0);
    }

    /** Tells a neighbour of a better first hop on a device's link (RFC 4861 sections 4.5 and 8.2). */
    void sendRedirect(Device device, PacketBuffer packet, IpAddress target) {
        IpAddress from = linkLocal(device);
        if (from == null || !mayAnswer(packet, false)) {
            return;
        }
        if (!limit.take(cycle.nowNs())) {
            counters.drop(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        IpAddress to = new IpAddress(packet.sourceHigh, packet.sourceLow);
        long link = device.neighborLink(target);
        int linkBytes = link == 0 ? 0 : Ndp.LINK_OPTION_BYTES;
        int room = Ipv6.MIN_MTU_BYTES - Ipv6.HEADER_BYTES - Ndp.REDIRECT_BYTES - linkBytes - Ndp.REDIRECTED_BYTES;
        int quoted = Math.min(packet.end() - packet.networkOffset, room) & ~7;
        int length = Ndp.REDIRECT_BYTES + linkBytes + Ndp.REDIRECTED_BYTES + quoted;
        PacketBuffer redirect = pool.allocate(length);
        int at = redirect.append(length);
        Icmpv6.write(redirect.data(), at, Icmpv6.REDIRECT, 0, 0);
        Ndp.writeTarget(redirect.data(), at, target);
        Ndp.writeRedirectDestination(redirect.data(), at, packet.destinationHigh, packet.destinationLow);
        int option = at + Ndp.REDIRECT_BYTES;
        if (link != 0) {
            Ndp.writeOption48(redirect.data(), option, Ndp.OPTION_TARGET_LINK, link);
        }
        option += linkBytes;
        Ndp.writeRedirected(redirect.data(), option, quoted);
        redirect.data().put(option + Ndp.REDIRECTED_BYTES, packet.data(), packet.networkOffset, quoted);
        Icmpv6.fillChecksum(redirect.data(), at, length, from, to);
        counters.icmpSent++;
        ip.send(redirect, ip.routes().onLink(device, from, to), IpProtocol.ICMPV6, Ndp.HOP_LIMIT, 0);
    }

    private static @Nullable IpAddress linkLocal(Device device) {
        for (LocalAddress local : device.addresses()) {
            if (!local.address().isV4() && local.address().isLinkLocal() && local.isAssigned()) {
                return local.address();
            }
        }
        return null;
    }

    /** Section 2.2: from the address the packet was for if it is ours, else from the one the route says. */
    private @Nullable Route routeBack(PacketBuffer packet) {
        if (packet.type == PacketType.HOST && ip.routes().isLocal(packet.destinationHigh, packet.destinationLow)) {
            return ip.routes().findReply(packet);
        }
        IpAddress to = new IpAddress(packet.sourceHigh, packet.sourceLow);
        return ip.routes().find(to, null, to.isLinkLocal() ? packet.nicId : 0);
    }

    private static boolean mayAnswer(PacketBuffer packet, boolean evenIfGroup) {
        if (packet.type != PacketType.HOST && !(evenIfGroup && packet.type == PacketType.MULTICAST)) {
            return false;
        }
        if ((packet.sourceHigh | packet.sourceLow) == 0 || packet.sourceHigh >>> 56 == 0xff) {
            return false;
        }
        // Not what parsing found: it may have ended before the transport header, at a fragment or a fault.
        int found = Ipv6Extension.findTransport(packet.data(), packet.networkOffset, packet.end());
        if (found < 0 || found >>> 16 != IpProtocol.ICMPV6) {
            return true;
        }
        int at = packet.networkOffset + (found & 0xffff);
        if (at >= packet.end()) {
            return false;
        }
        int type = Icmpv6.type(packet.data(), at);
        return !Icmpv6.isError(type) && type != Icmpv6.REDIRECT;
    }
}
