package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Payload in order that waits for the application, in the packets it arrived in. */
final class ReceiveQueue {
    private @Nullable PacketBuffer head;
    private @Nullable PacketBuffer tail;
    private int bytes;
    private int trueSize;

    /** Payload bytes that can be read. */
    int bytes() {
        return bytes;
    }

    /** Memory the queue holds, bytes. */
    int trueSize() {
        return trueSize;
    }

    /** Takes a packet that holds only payload and is not empty. */
    void add(PacketBuffer packet) {
        int length = packet.linearLength();
        bytes += length;
        PacketBuffer last = tail;
        if (last != null && last.tailroom() >= length && length <= last.linearLength() + last.tailroom() / 2) {
            // Small segments share a packet, or a peer that sends single bytes would fill memory with headers' room.
            int at = last.append(length);
            last.data().put(at, packet.data(), packet.start(), length);
            packet.release();
            return;
        }
        packet.next = null;
        trueSize += packet.trueSize();
        if (last == null) {
            head = packet;
        } else {
            last.next = packet;
        }
        tail = packet;
    }

    /** Moves bytes to {@code target} until it is full or the queue empty; says how many. */
    int read(ByteBuffer target) {
        int moved = 0;
        while (bytes > 0 && target.hasRemaining()) {
            PacketBuffer packet = Objects.requireNonNull(head);
            int length = Math.min(packet.linearLength(), target.remaining());
            target.put(target.position(), packet.data(), packet.start(), length);
            target.position(target.position() + length);
            moved += length;
            consume(packet, length);
        }
        return moved;
    }

    /** Throws away up to {@code limit} bytes; says how many. */
    int discard(int limit) {
        int gone = 0;
        while (bytes > 0 && gone < limit) {
            PacketBuffer packet = Objects.requireNonNull(head);
            int length = Math.min(packet.linearLength(), limit - gone);
            gone += length;
            consume(packet, length);
        }
        return gone;
    }

    private void consume(PacketBuffer packet, int length) {
        packet.consume(length);
        bytes -= length;
        if (packet.linearLength() == 0) {
            head = packet.next;
            if (head == null) {
                tail = null;
            }
            trueSize -= packet.trueSize();
            packet.release();
        }
    }

    void clear() {
        discard(Integer.MAX_VALUE);
    }

    void archive(Archive archive, BufferPool pool) {
        head = pool.archiveChain(archive, head);
        tail = PacketBuffer.lastOf(head);
        bytes = archive.int32(bytes);
        trueSize = archive.int32(trueSize);
    }
}
