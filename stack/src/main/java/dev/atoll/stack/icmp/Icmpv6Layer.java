package dev.atoll.stack.icmp;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Ipv6Layer;
import dev.atoll.stack.ip.QuotedPacket;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.ip.TransportHandler;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv6;

/** ICMPv6 of one stack (RFC 4443): echo is answered, errors reach the endpoint they are about, the rest is handed on. */
public final class Icmpv6Layer implements TransportHandler {
    /** Takes the messages of a protocol that runs over ICMPv6, their checksum verified. */
    public interface MessageHandler {
        /** Whether messages of the type are for this handler. */
        boolean takes(int type);

        /** A message, its ICMPv6 header at {@code start()}; looks at the packet, does not take it. */
        void receiveMessage(Device device, PacketBuffer packet);
    }

    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;
    private final Ipv6Layer ipv6;
    private final PingPorts pings;
    private final MessageHandler[] handlers;

    /**
     * @param pings who asked for echoes
     */
    public Icmpv6Layer(
            Counters counters,
            BufferPool pool,
            IpLayer ip,
            Ipv6Layer ipv6,
            PingPorts pings,
            MessageHandler... handlers) {
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        this.ipv6 = ipv6;
        this.pings = pings;
        this.handlers = handlers.clone();
        ipv6.register(this);
    }

    @Override
    public int protocolNumber() {
        return IpProtocol.ICMPV6;
    }

    @Override
    public boolean isHeaderWhole(PacketBuffer packet) {
        return packet.linearLength() >= Icmpv6.HEADER_BYTES;
    }

    @Override
    public void receive(Device device, PacketBuffer packet) {
        counters.icmpReceived++;
        int at = packet.start();
        int length = packet.linearLength();
        if (!isHeaderWhole(packet) || !isChecksumGood(packet, at, length)) {
            counters.drop(DropReason.ICMP_MALFORMED);
        } else {
            dispatch(device, packet, Icmpv6.type(packet.data(), at));
        }
        packet.release();
    }

    private static boolean isChecksumGood(PacketBuffer packet, int at, int length) {
        if (packet.looped || packet.checksumValidated) {
            return true;
        }
        long sum = Checksum.pseudoHeader(packet, IpProtocol.ICMPV6, length);
        return Checksum.fold(Checksum.add(sum, packet.data(), at, length)) == 0xffff;
    }

    private void dispatch(Device device, PacketBuffer packet, int type) {
        if (type == Icmpv6.ECHO_REQUEST) {
            answerEcho(device, packet);
            return;
        }
        if (type == Icmpv6.ECHO_REPLY) {
            pings.deliver(packet);
            return;
        }
        if (Icmpv6.isError(type)) {
            receiveError(packet, type);
            return;
        }
        for (int i = 0; i < handlers.length; i++) {
            if (handlers[i].takes(type)) {
                handlers[i].receiveMessage(device, packet);
                return;
            }
        }
        counters.drop(DropReason.ICMP_UNRELATED);
    }

    /** RFC 4443 section 4.2. A request to a group is answered too, from an address of the NIC it came by. */
    private void answerEcho(Device device, PacketBuffer request) {
        IpAddress to = new IpAddress(request.sourceHigh, request.sourceLow);
        if (to.isUnspecified()) {
            counters.drop(DropReason.ICMP_UNRELATED);
            return;
        }
        Route route = request.type == PacketType.HOST
                ? ip.routes().findReply(request)
                : ip.routes().find(to, null, device.id());
        if (route == null) {
            return;
        }
        int length = request.linearLength();
        PacketBuffer reply = pool.allocate(length);
        int at = reply.append(length);
        reply.data().put(at, request.data(), request.start(), length);
        // With its code, as Linux, whose connection tracking knows the answer by it.
        int code = Icmpv6.code(request.data(), request.start());
        Icmpv6.write(reply.data(), at, Icmpv6.ECHO_REPLY, code, Icmpv6.rest(request.data(), request.start()));
        Icmpv6.fillChecksum(reply.data(), at, length, route.source(), route.destination());
        counters.icmpSent++;
        int trafficClass = Ipv6.trafficClass(request.data(), request.networkOffset);
        ip.send(reply, route, IpProtocol.ICMPV6, IpLayer.LINK_TTL, trafficClass, IpLayer.FRAGMENT);
    }

    /** Finds what the error is about in the packet it quotes, and tells that protocol (RFC 4443 section 2.4 d). */
    private void receiveError(PacketBuffer error, int type) {
        int code = Icmpv6.code(error.data(), error.start());
        int rest = Icmpv6.rest(error.data(), error.start());
        if (!QuotedPacket.readIpv6(error, error.start() + Icmpv6.HEADER_BYTES)) {
            counters.drop(DropReason.ICMP_MALFORMED);
            return;
        }
        if (!ip.routes().mayBeOwn(error.sourceHigh, error.sourceLow)) {
            counters.drop(DropReason.ICMP_UNRELATED);
            return;
        }
        int mtu = type == Icmpv6.PACKET_TOO_BIG ? pathMtu(rest) : -1;
        if (type == Icmpv6.PACKET_TOO_BIG && mtu < Ipv6.MIN_MTU_BYTES) {
            // No link has less, so whoever says so is not to be believed (RFC 8201 section 4).
            counters.drop(DropReason.ICMP_MALFORMED);
            return;
        }
        if (!ip.unreachable(ipv6, error, error.transportProtocol, meaning(type, code), isHard(type, code), mtu)) {
            counters.drop(DropReason.ICMP_UNRELATED);
        }
    }

    private static int pathMtu(int reported) {
        return Integer.compareUnsigned(reported, 0xffff) > 0 ? 0xffff : reported;
    }

    /** What Linux's icmpv6_err_convert makes of a code. */
    private static StackError meaning(int type, int code) {
        return switch (type) {
            case Icmpv6.DESTINATION_UNREACHABLE ->
                switch (code) {
                    case Icmpv6.NO_ROUTE -> StackError.NETWORK_UNREACHABLE;
                    case Icmpv6.ADMIN_PROHIBITED, Icmpv6.POLICY_FAIL, Icmpv6.REJECT_ROUTE ->
                        StackError.PERMISSION_DENIED;
                    case Icmpv6.PORT_UNREACHABLE -> StackError.REFUSED;
                    default -> StackError.HOST_UNREACHABLE;
                };
            case Icmpv6.PACKET_TOO_BIG -> StackError.MESSAGE_TOO_LONG;
            case Icmpv6.PARAMETER_PROBLEM -> StackError.PROTOCOL_UNREACHABLE;
            default -> StackError.HOST_UNREACHABLE;
        };
    }

    /** Port unreachable comes from the destination itself, a prohibition from someone who means it. */
    private static boolean isHard(int type, int code) {
        return type == Icmpv6.PARAMETER_PROBLEM
                || (type == Icmpv6.DESTINATION_UNREACHABLE
                        && (code == Icmpv6.ADMIN_PROHIBITED
                                || code == Icmpv6.PORT_UNREACHABLE
                                || code == Icmpv6.POLICY_FAIL
                                || code == Icmpv6.REJECT_ROUTE));
    }

    @Override
    public void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
        pings.unreachable(quoted, error, hard, nextHopMtu);
    }
}
