package dev.atoll.stack.ip;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
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
