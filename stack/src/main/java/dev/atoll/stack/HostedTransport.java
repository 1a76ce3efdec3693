package dev.atoll.stack;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.ip.IpLayer;
import dev.atoll.stack.ip.TransportHandler;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.protocol.TransportProtocol;

/** A transport protocol of the caller's own, in the place of one of the stack's. */
final class HostedTransport implements TransportHandler {
    private final TransportProtocol protocol;
    private final Counters counters;
    private final IpLayer ip;

    HostedTransport(TransportProtocol protocol, Counters counters, IpLayer ip) {
        this.protocol = protocol;
        this.counters = counters;
        this.ip = ip;
    }

    @Override
    public int protocolNumber() {
        return protocol.protocolNumber();
    }

    @Override
    public boolean isHeaderWhole(PacketBuffer packet) {
        return packet.linearLength() >= protocol.minimumPacketBytes();
    }

    @Override
    public void receive(Device device, PacketBuffer packet) {
        if (!isHeaderWhole(packet)) {
            counters.drop(DropReason.PROTOCOL_MALFORMED);
        } else {
            settle(device, packet);
        }
        packet.release();
    }

    private void settle(Device device, PacketBuffer packet) {
        switch (protocol.receive(packet)) {
            case HANDLED -> {}
            case MALFORMED -> counters.drop(DropReason.PROTOCOL_MALFORMED);
            case PORT_UNREACHABLE -> {
                counters.drop(DropReason.PROTOCOL_NO_PORT);
                ip.portUnreachable(packet);
            }
            case PROTOCOL_UNREACHABLE -> {
                counters.drop(DropReason.UNKNOWN_TRANSPORT_PROTOCOL);
                ip.protocolUnreachable(device, packet);
            }
        }
    }

    @Override
    public void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
        protocol.unreachable(quoted, error, hard, nextHopMtu);
    }
}
