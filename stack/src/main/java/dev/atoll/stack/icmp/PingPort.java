package dev.atoll.stack.icmp;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.ip.Route;
import dev.atoll.stack.transport.DatagramPort;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.Icmpv4;
import dev.atoll.stack.wire.Icmpv6;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import java.nio.ByteBuffer;

/** One endpoint that sends echo requests and receives their replies. Under the stack's hold. */
public final class PingPort extends DatagramPort {
    private final PingPorts pings;
    private final boolean ipv4;

    PingPort(PingPorts pings, IpAddress anyAddress) {
        super(pings.ip(), pings.ports(), pings.demuxer(), anyAddress);
        this.pings = pings;
        ipv4 = anyAddress.isV4();
        // Bound to ::, it takes no IPv4: those are other messages.
        options().v6Only = !ipv4;
    }

    /** Replies have no port. */
    @Override
    protected int peerPort(FullAddress peer) {
        return 0;
    }

    @Override
    protected int sourcePort(PacketBuffer packet) {
        return 0;
    }

    @Override
    protected int destinationPort(PacketBuffer packet) {
        return Icmpv4.identifier(packet.data(), packet.start());
    }

    /** What is sent is an echo request with its header; identifier and checksum are filled in here. */
    @Override
    protected void transmit(ByteBuffer payload, Route route, FullAddress target) throws StackException {
        int length = payload.remaining();
        if (length > route.maxPayloadBytes()) {
            throw new StackException(StackError.MESSAGE_TOO_LONG);
        }
        int from = payload.position();
        int request = ipv4 ? Icmpv4.ECHO_REQUEST : Icmpv6.ECHO_REQUEST;
        if (length < Icmpv4.HEADER_BYTES || (payload.get(from) & 0xff) != request || payload.get(from + 1) != 0) {
            throw new StackException(StackError.INVALID, "only echo requests of 8 bytes or more are sent");
        }
        PacketBuffer packet = pings.pool().allocate(length);
        int at = packet.append(length);
        packet.data().put(at, payload, from, length);
        Icmpv4.setIdentifier(packet.data(), at, bound().port());
        if (ipv4) {
            Icmpv4.fillChecksum(packet.data(), at, length);
        } else {
            Icmpv6.fillChecksum(packet.data(), at, length, route.source(), route.destination());
        }
        pings.counters().icmpSent++;
        sendPacket(packet, route, ipv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    void sendFailed(PacketBuffer quoted, StackError error, boolean hard, int mtuBytes) {
        unreachable(quoted, quoted.transportOffset, 0, error, hard, mtuBytes);
    }

    boolean isIpv4() {
        return ipv4;
    }
}
