package dev.atoll.stack.protocol;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.wire.TransportEndpointId;

/** Takes packets of a transport protocol that are for this host and for no endpoint of it. */
@FunctionalInterface
public interface UnclaimedPacketHandler {
    /**
     * A packet that the policy let in and nobody wanted. Called under the stack's hold: must not block; may call the
     * stack. Anything may be in the packet, and nothing of that is a reason to throw. {@code
     * UnclaimedPacketHandlerContract} tests that.
     *
     * @param id whom it is for and who sent it; ports are 0 in protocols without
     * @param packet network and transport header at {@code networkOffset} and {@code transportOffset}; neither kept
     *     nor changed, since its sender may be told of it
     * @return whether that settles it: if not, its sender is told that nobody is here
     */
    boolean handle(TransportEndpointId id, PacketBuffer packet);
}
