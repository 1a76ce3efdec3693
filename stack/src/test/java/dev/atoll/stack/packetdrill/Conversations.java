package dev.atoll.stack.packetdrill;

import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the conversation a packet of a script belongs to. As in packetdrill there is one current conversation, made by
 * {@code connect}, or by the first packet that comes in after {@code listen}; packets that name their ports find, or
 * make, one of their own.
 */
final class Conversations {
    private static final int FIRST_REMOTE_PORT = 40_001;

    private final IpAddress local;
    private final IpAddress remote;
    private final int bindPort;
    private final List<Conversation> all = new ArrayList<>();
    private @Nullable Conversation current;
    private int listenPort;
    private int nextRemotePort = FIRST_REMOTE_PORT;

    Conversations(ScriptConfig config) {
        local = config.localIp();
        remote = config.remoteIp();
        bindPort = config.bindPort();
        listenPort = bindPort;
    }

    /** From now on a packet that comes in begins a new conversation with this port. */
    void listening(int port) {
        current = null;
        listenPort = port;
    }

    /** A socket turned to a peer. */
    void begin(int protocol, int localPort, FullAddress peer, Socket socket) {
        current = add(new Conversation(local, peer.address(), protocol, localPort, peer.port()));
        current.socket = socket;
    }

    /** A connection was accepted: what its socket writes is what its segments carry. */
    void accepted(@Nullable FullAddress peer, Socket socket) throws ScriptFailure {
        for (Conversation conversation : all) {
            if (peer != null && conversation.isTcp() && conversation.remotePort() == peer.port()) {
                conversation.socket = socket;
                return;
            }
        }
        throw ScriptFailure.failed("accept gave a connection from " + peer + ", which the script has not made");
    }

    /** The conversation of a packet of the script. */
    Conversation of(PacketSpec packet) throws ScriptFailure {
        boolean udp = packet.body() instanceof PacketSpec.Udp;
        PacketSpec.Ports ports = ports(packet.body());
        if (!ports.equals(PacketSpec.Ports.NONE)) {
            return explicit(
                    udp ? Ipv4Packet.UDP : Ipv4Packet.TCP,
                    packet.outbound() ? ports.source() : ports.destination(),
                    packet.outbound() ? ports.destination() : ports.source());
        }
        if (current == null) {
            if (packet.outbound()) {
                throw ScriptFailure.failed("there is no connection yet that the packet could belong to");
            }
            int protocol = udp ? Ipv4Packet.UDP : Ipv4Packet.TCP;
            current = add(new Conversation(local, remote, protocol, listenPort, nextRemotePort++));
        }
        return current;
    }

    /** Every conversation a packet of the stack could belong to, the current one first. */
    @Nullable Conversation ownerOf(Ipv4Packet packet) {
        if (current != null && current.owns(packet)) {
            return current;
        }
        for (Conversation conversation : all) {
            if (conversation.owns(packet)) {
                return conversation;
            }
        }
        return null;
    }

    private Conversation explicit(int protocol, int localPort, int remotePort) {
        for (Conversation conversation : all) {
            if (conversation.isTcp() == (protocol == Ipv4Packet.TCP)
                    && conversation.remotePort() == remotePort
                    && conversation.localPort() == localPort) {
                return conversation;
            }
        }
        return add(new Conversation(local, remote, protocol, localPort, remotePort));
    }

    private static PacketSpec.Ports ports(PacketSpec.Body body) {
        if (body instanceof PacketSpec.Tcp tcp) {
            return tcp.ports();
        }
        return body instanceof PacketSpec.Udp udp ? udp.ports() : PacketSpec.Ports.NONE;
    }

    private Conversation add(Conversation conversation) {
        all.add(conversation);
        return conversation;
    }
}
