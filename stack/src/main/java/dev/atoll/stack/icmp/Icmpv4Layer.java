package dev.atoll.stack.icmp;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.ip.TransportHandler;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.wire.Checksum;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;

/** ICMPv4 of one stack. */
public final class Icmpv4Layer implements TransportHandler {
    /** What an error must quote of the packet it is about: its header and the ports (RFC 792). */
    private static final int MIN_QUOTED_TRANSPORT_BYTES = 8;

    private final Counters counters;
    private final BufferPool pool;
    private final IpLayer ip;

    private final PingPorts pings;

    /**
     * @param pings who asked for echoes
     */
    public Icmpv4Layer(Counters counters, BufferPool pool, IpLayer ip, PingPorts pings) {
        this.counters = counters;
        this.pool = pool;
        this.ip = ip;
        this.pings = pings;
        ip.ipv4().register(this);
    }

    @Override
    public int protocolNumber() {
        return IpProtocol.ICMP;
    }

    @Override
    public boolean isHeaderWhole(PacketBuffer packet) {
        return packet.linearLength() >= Icmpv4.HEADER_BYTES;
    }

    @Override
    public void receive(Device device, PacketBuffer packet) {
        counters.icmpReceived++;
        int at = packet.start();
        int length = packet.linearLength();
        if (!isHeaderWhole(packet)
                || (!packet.looped && Checksum.fold(Checksum.add(0, packet.data(), at, length)) != 0xffff)) {
            counters.drop(DropReason.ICMP_MALFORMED);
            packet.release();
            return;
        }
        int type = Icmpv4.type(packet.data(), at);
        if (type == Icmpv4.ECHO_REQUEST) {
            answer(packet, Icmpv4.ECHO_REPLY, length);
        } else if (type == Icmpv4.TIMESTAMP && length >= Icmpv4.TIMESTAMP_BYTES) {
            answer(packet, Icmpv4.TIMESTAMP_REPLY, Icmpv4.TIMESTAMP_BYTES);
        } else if (type == Icmpv4.ECHO_REPLY) {
            pings.deliver(packet);
        } else if (type == Icmpv4.REDIRECT) {
            receiveRedirect(device, packet);
        } else if (Icmpv4.isError(type)) {
            receiveError(packet, type);
        } else {
            counters.drop(DropReason.ICMP_UNRELATED);
        }
        packet.release();
    }

    /**
     * Answers an echo (RFC 1122 section 3.2.2.6) or timestamp request (section 3.2.2.8). Not for broadcasts and groups:
     * nobody needs to be amplified.
     *
     * @param lengthBytes how much of the request comes back
     */
    private void answer(PacketBuffer request, int type, int lengthBytes) {
        if (request.type != PacketType.HOST) {
            counters.drop(DropReason.ICMP_UNRELATED);
            return;
        }
        Route route = ip.routes().findReply(request);
        if (route == null) {
            return;
        }
        PacketBuffer reply = pool.allocate(lengthBytes);
        int at = reply.append(lengthBytes);
        reply.data().put(at, request.data(), request.start(), lengthBytes);
        int rest = request.data().getInt(request.start() + 4);
        // Linux gives an echo back as it came, and its connection tracking knows the answer by the code.
        int code = type == Icmpv4.ECHO_REPLY ? Icmpv4.code(request.data(), request.start()) : 0;
        Icmpv4.write(reply.data(), at, type, code, rest);
        if (type == Icmpv4.TIMESTAMP_REPLY) {
            // Received and sent in one cycle.
            int nowMs = ip.ipv4().timeOfDayMs();
            Icmpv4.setTimes(reply.data(), at, nowMs, nowMs);
        }
        Icmpv4.fillChecksum(reply.data(), at, lengthBytes);
        ip.ipv4().answerOptions(request, reply, route.source());
        counters.icmpSent++;
        int tos = Ipv4.tos(request.data(), request.networkOffset);
        ip.send(reply, route, IpProtocol.ICMP, IpLayer.LINK_TTL, tos, IpLayer.FRAGMENT | IpLayer.PATH_MAY_FRAGMENT);
    }

    /**
     * A router on the link knows a better first hop (RFC 1122 section 3.2.2.2): believed if it is the first hop now, and
     * the better one is on the link, too. A router finds its ways by itself (RFC 1812 section 5.2.7.2).
     */
    private void receiveRedirect(Device device, PacketBuffer redirect) {
        int at = redirect.start() + Icmpv4.HEADER_BYTES;
        if (redirect.end() - at < Ipv4.HEADER_BYTES || Ipv4.version(redirect.data(), at) != 4) {
            counters.drop(DropReason.ICMP_MALFORMED);
            return;
        }
        IpAddress router = new IpAddress(redirect.sourceHigh, redirect.sourceLow);
        IpAddress better = IpAddress.v4(Icmpv4.gateway(redirect.data(), redirect.start()));
        IpAddress ours = IpAddress.v4(Ipv4.source(redirect.data(), at));
        IpAddress destination = IpAddress.v4(Ipv4.destination(redirect.data(), at));
        boolean believed = redirect.type == PacketType.HOST
                && !device.isForwarding(true)
                && !destination.isMulticast()
                && device.isAssigned(ours.high(), ours.low())
                && !ip.routes().isLocal(better.high(), better.low())
                && device.addressTable().isOnLink(better)
                && router.equals(ip.routes().nextHopOn(device, destination));
        if (believed) {
            ip.routes().redirect(device, destination, better);
        } else {
            counters.drop(DropReason.ICMP_UNRELATED);
        }
    }

    /** Finds what the error is about in the packet it quotes, and tells that protocol (RFC 1122 section 3.2.2.1). */
    private void receiveError(PacketBuffer error, int type) {
        int at = error.start() + Icmpv4.HEADER_BYTES;
        int left = error.end() - at;
        if (left < Ipv4.HEADER_BYTES || Ipv4.version(error.data(), at) != 4) {
            counters.drop(DropReason.ICMP_MALFORMED);
            return;
        }
        int headerBytes = Ipv4.headerBytes(error.data(), at);
        if (headerBytes < Ipv4.HEADER_BYTES
                || left < headerBytes + MIN_QUOTED_TRANSPORT_BYTES
                || Ipv4.fragmentOffset(error.data(), at) != 0) {
            // A later fragment does not show whose it is.
            counters.drop(DropReason.ICMP_MALFORMED);
            return;
        }
        int code = Icmpv4.code(error.data(), error.start());
        int mtu = type == Icmpv4.DESTINATION_UNREACHABLE && code == Icmpv4.FRAGMENTATION_NEEDED
                ? Icmpv4.nextHopMtu(error.data(), error.start())
                : -1;
        IpAddress ours = IpAddress.v4(Ipv4.source(error.data(), at));
        if (!ip.routes().mayBeOwn(ours.high(), ours.low())) {
            counters.drop(DropReason.ICMP_UNRELATED);
            return;
        }
        error.networkOffset = at;
        error.transportOffset = at + headerBytes;
        error.sourceHigh = ours.high();
        error.sourceLow = ours.low();
        error.destinationHigh = 0;
        error.destinationLow = IpAddress.V4_PREFIX | Ipv4.destination(error.data(), at) & 0xffff_ffffL;
        int protocol = Ipv4.protocol(error.data(), at);
        if (!ip.unreachable(ip.ipv4(), error, protocol, meaning(type, code), isHard(type, code), mtu)) {
            counters.drop(DropReason.ICMP_UNRELATED);
        }
    }

    /** What Linux's icmp_err_convert makes of a code. */
    private static StackError meaning(int type, int code) {
        if (type == Icmpv4.PARAMETER_PROBLEM) {
            return StackError.PROTOCOL_UNREACHABLE;
        }
        if (type != Icmpv4.DESTINATION_UNREACHABLE) {
            return StackError.HOST_UNREACHABLE;
        }
        return switch (code) {
            case Icmpv4.NET_UNREACHABLE, 6, 9, 11 -> StackError.NETWORK_UNREACHABLE;
            case Icmpv4.PROTOCOL_UNREACHABLE -> StackError.PROTOCOL_UNREACHABLE;
            case Icmpv4.PORT_UNREACHABLE -> StackError.REFUSED;
            case Icmpv4.FRAGMENTATION_NEEDED -> StackError.MESSAGE_TOO_LONG;
            case 7 -> StackError.HOST_DOWN;
            default -> StackError.HOST_UNREACHABLE;
        };
    }

    /** Whether Linux's icmp_err_convert calls a code fatal: the others may pass, so only who asks for all errors hears of them. */
    private static boolean isHard(int type, int code) {
        if (type != Icmpv4.DESTINATION_UNREACHABLE) {
            return type == Icmpv4.PARAMETER_PROBLEM;
        }
        return switch (code) {
            case Icmpv4.PROTOCOL_UNREACHABLE, Icmpv4.PORT_UNREACHABLE, 6, 7, 8, 9, 10, 13, 14, 15 -> true;
            default -> false;
        };
    }

    @Override
    public void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
        pings.unreachable(quoted, error, hard, nextHopMtu);
    }
}
