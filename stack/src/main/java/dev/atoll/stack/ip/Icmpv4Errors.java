package dev.atoll.stack.ip;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Cycle;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;

/**
 * The ICMP errors a host sends (RFC 1122 section 3.2.2, RFC 1812 section 4.3.2): never about an ICMP error, a
 * broadcast, a multicast or a later fragment, and not more often than a token bucket allows.
 */
public final class Icmpv4Errors {
    /** An error quotes as much as keeps the message within the size every host takes (RFC 1812 section 4.3.2.3). */
    static final int MAX_PACKET_BYTES = 576;

    /** The precedence of internetwork control (RFC 1812 section 4.3.2.5), as Linux sends them. */
    private static final int INTERNETWORK_CONTROL = 0xc0;

    /** The bits beside the precedence (RFC 1349): with that of internetwork control Linux sends those of the packet. */
    private static final int TOS_BITS = 0x1e;

    /** ICMP types that ask and answer, beside echoes: timestamps, information, address masks (RFC 792, RFC 950). */
    private static final int FIRST_QUERY = 13;

    private static final int LAST_QUERY = 18;

    private final Cycle cycle;
    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final TokenBucket limit;
    private int tos = INTERNETWORK_CONTROL;

    Icmpv4Errors(Cycle cycle, Counters counters, BufferPool pool, IpLayer ip, TokenBucket limit) {
        this.cycle = cycle;
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        this.limit = limit;
    }

    /** The type of service errors are sent with. */
    public int tos() {
        return tos;
    }

    public void setTos(int newTos) {
        tos = newTos;
    }

    /** Tells the sender of an incoming packet that it was not delivered; does not take the packet. */
    public void sendUnreachable(PacketBuffer packet, int code) {
        send(packet, Icmpv4.DESTINATION_UNREACHABLE, code, 0);
    }

    /** Tells what size the next link takes. */
    void sendFragmentationNeeded(PacketBuffer packet, int mtuBytes) {
        send(packet, Icmpv4.DESTINATION_UNREACHABLE, Icmpv4.FRAGMENTATION_NEEDED, mtuBytes);
    }

    /** Tells that a packet lived too long: as one that is forwarded, or as fragments. */
    void sendTimeExceeded(PacketBuffer packet, int code) {
        send(packet, Icmpv4.TIME_EXCEEDED, code, 0);
    }

    /** Tells what it is about a header that cannot be processed; {@code pointer} counts from the IPv4 header. */
    void sendParameterProblem(PacketBuffer packet, int pointer) {
        send(packet, Icmpv4.PARAMETER_PROBLEM, 0, Icmpv4.pointerBits(pointer));
    }

    /** Tells of a better first hop for this host (RFC 792, code 1; RFC 1812 has no use for code 0). */
    void sendRedirect(PacketBuffer packet, IpAddress gateway) {
        send(packet, Icmpv4.REDIRECT, Icmpv4.REDIRECT_FOR_HOST, gateway.v4Bits());
    }

    private void send(PacketBuffer packet, int type, int code, int rest) {
        if (!mayAnswer(packet)) {
            return;
        }
        if (!limit.take(cycle.nowNs())) {
            counters.drop(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        boolean ours = ip.routes().isLocal(packet.destinationHigh, packet.destinationLow);
        Route route = ours
                ? ip.routes().findReply(packet)
                : ip.routes().find(new IpAddress(packet.sourceHigh, packet.sourceLow), null, 0);
        if (route == null) {
            return;
        }
        int quoted = Math.min(
                packet.end() - packet.networkOffset, MAX_PACKET_BYTES - Ipv4.HEADER_BYTES - Icmpv4.HEADER_BYTES);
        int length = Icmpv4.HEADER_BYTES + quoted;
        PacketBuffer error = pool.allocate(length);
        int at = error.append(length);
        Icmpv4.write(error.data(), at, type, code, rest);
        error.data().put(at + Icmpv4.HEADER_BYTES, packet.data(), packet.networkOffset, quoted);
        Icmpv4.fillChecksum(error.data(), at, length);
        ip.filter().answers(error, packet);
        counters.icmpSent++;
        int octet = tos == INTERNETWORK_CONTROL ? tos | packet.tos & TOS_BITS : tos;
        ip.send(error, route, IpProtocol.ICMP, IpLayer.LINK_TTL, octet, IpLayer.PATH_MAY_FRAGMENT);
    }

    private static boolean mayAnswer(PacketBuffer packet) {
        if (packet.type != PacketType.HOST || packet.sourceLow == IpAddress.V4_ANY.low()) {
            return false;
        }
        if (Ipv4.fragmentOffset(packet.data(), packet.networkOffset) != 0) {
            return false;
        }
        if (packet.transportProtocol == IpProtocol.ICMP) {
            // What is not known may be an error, too: so Linux has it.
            return packet.transportOffset < packet.end()
                    && isKnownQuery(Icmpv4.type(packet.data(), packet.transportOffset));
        }
        return true;
    }

    private static boolean isKnownQuery(int type) {
        return type == Icmpv4.ECHO_REQUEST || type == Icmpv4.ECHO_REPLY || (type >= FIRST_QUERY && type <= LAST_QUERY);
    }

    void archive(Archive archive) {
        tos = archive.int32(tos);
    }
}
