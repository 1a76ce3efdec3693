package dev.atoll.stack.protocol;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/** What a stack gives to a network protocol: links below it. */
public interface NetworkContext extends ProtocolContext {
    /**
     * Sends a packet to a link address. Takes the packet.
     *
     * @param packet begins with the protocol's own header
     * @return null if it is on its way; UNKNOWN_NIC, NETWORK_DOWN, MESSAGE_TOO_LONG
     */
    @Nullable StackError send(PacketBuffer packet, int nicId, MacAddress to);
}
