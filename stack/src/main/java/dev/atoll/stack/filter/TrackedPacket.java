package dev.atoll.stack.filter;

import org.jspecify.annotations.Nullable;

/**
 * What {@code PacketBuffer.flow} holds: the flow a packet belongs to and its place in it. Each flow makes these once,
 * so that tracking a packet allocates nothing.
 *
 * @param flow null for a packet that belongs to none
 * @param reply whether it goes against the direction of the flow's first packet
 */
record TrackedPacket(@Nullable Flow flow, boolean reply, ConnState state) {
    static final TrackedPacket INVALID = new TrackedPacket(null, false, ConnState.INVALID);
    static final TrackedPacket UNTRACKED = new TrackedPacket(null, false, ConnState.UNTRACKED);
}
