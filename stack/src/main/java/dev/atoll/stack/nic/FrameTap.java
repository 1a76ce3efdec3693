package dev.atoll.stack.nic;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;

/** Shown every frame that a device receives or sends. Called under the stack's hold. */
public interface FrameTap {
    /** Whether anybody wants frames now. */
    boolean isTapping();

    /**
     * Looks at a frame, link header at {@code start()}; does not take it.
     *
     * @param type to whom it was sent, or that it is outgoing
     * @param linkHeaderBytes bytes of the link header
     */
    void frame(Device device, PacketBuffer frame, PacketType type, int etherType, int linkHeaderBytes);
}
