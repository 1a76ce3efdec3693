package dev.atoll.shim;

import dev.atoll.bridge.JavaNet;
import java.lang.ref.WeakReference;
import java.net.DatagramPacket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Receives into packets. A packet keeps how much it can take beside the length of what was received last, so that a loop may
 * receive into the same packet again and again, but that capacity is private to {@code java.net}. Without access to it
 * the capacity of the packet used last is remembered, which serves such loops.
 */
final class PacketFiller {
    private WeakReference<DatagramPacket> lastPacket = new WeakReference<>(null);
    private int lastCapacity;
    private int lastLength;

    /** The part of the packet's array that may be filled. */
    synchronized ByteBuffer bufferOf(DatagramPacket packet) {
        int capacity = JavaNet.capacity(packet);
        if (capacity < 0) {
            capacity = packet.getLength();
            if (isLast(packet) && capacity == lastLength) {
                capacity = lastCapacity;
            }
            lastCapacity = capacity;
        }
        return ByteBuffer.wrap(packet.getData(), packet.getOffset(), capacity);
    }

    private boolean isLast(@Nullable DatagramPacket packet) {
        return packet != null && lastPacket.refersTo(packet);
    }

    synchronized void received(DatagramPacket packet, int length) {
        if (!JavaNet.setReceivedLength(packet, length)) {
            packet.setLength(length);
            lastPacket = new WeakReference<>(packet);
            lastLength = length;
        }
    }
}
