package dev.atoll.stack.tcp;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Check;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes the application wrote that the peer has not acknowledged, in pooled chunks. They are copied in once and leave
 * as fragments of packets.
 *
 * <p>Positions are offsets from the first unacknowledged byte. A small write into an empty buffer gets a small chunk, so
 * that a connection that says little costs little; an empty buffer holds no memory.
 */
final class SendBuffer {
    private static final int LARGE_CHUNK_BYTES = 16 * 1024;
    private static final int SMALL_CHUNK_BYTES = 2048;

    private final BufferPool pool;
    private @Nullable PacketBuffer head;
    private @Nullable PacketBuffer tail;
    private int size;

    /** Where the last look was: a chunk, and the offset of its first byte. Sending goes forward through the chunks. */
    private @Nullable PacketBuffer cursor;

    private int cursorOffset;

    SendBuffer(BufferPool pool) {
        this.pool = pool;
    }

    int size() {
        return size;
    }

    /** Copies up to {@code limit} bytes from {@code source} and says how many. */
    int append(ByteBuffer source, int limit) {
        int total = Math.min(limit, source.remaining());
        int left = total;
        while (left > 0) {
            PacketBuffer chunk = tail;
            if (chunk == null || chunk.tailroom() == 0) {
                // Only a first chunk is small: many small ones would be more fragments than a super-segment may have.
                boolean large = tail != null || left > SMALL_CHUNK_BYTES;
                chunk = pool.allocate(large ? LARGE_CHUNK_BYTES : SMALL_CHUNK_BYTES);
                if (tail == null) {
                    head = chunk;
                } else {
                    tail.next = chunk;
                }
                tail = chunk;
            }
            int bytes = Math.min(left, chunk.tailroom());
            int at = chunk.append(bytes);
            chunk.data().put(at, source, source.position(), bytes);
            source.position(source.position() + bytes);
            left -= bytes;
        }
        size += total;
        return total;
    }

    /** Adds the {@code length} bytes from {@code offset} on to a packet, without copying. */
    void gather(PacketBuffer packet, int offset, int length) {
        Check.that(offset >= 0 && offset + length <= size, "what is sent was written");
        PacketBuffer chunk = cursor;
        int chunkOffset = cursorOffset;
        if (chunk == null || chunkOffset > offset) {
            chunk = head;
            chunkOffset = 0;
        }
        int at = offset;
        int left = length;
        while (left > 0 && chunk != null) {
            int inChunk = at - chunkOffset;
            int available = chunk.linearLength() - inChunk;
            if (available <= 0) {
                chunkOffset += chunk.linearLength();
                chunk = chunk.next;
                continue;
            }
            int bytes = Math.min(left, available);
            packet.addFragment(chunk.window(chunk.start() + inChunk, bytes));
            at += bytes;
            left -= bytes;
            cursor = chunk;
            cursorOffset = chunkOffset;
        }
        Check.that(left == 0, "the chunks hold as many bytes as the buffer says");
    }

    /** Forgets the first {@code length} bytes: they are acknowledged. */
    void release(int length) {
        Check.that(length <= size, "what is acknowledged was written");
        size -= length;
        int left = length;
        while (left > 0) {
            PacketBuffer chunk = Objects.requireNonNull(head);
            int bytes = Math.min(left, chunk.linearLength());
            chunk.consume(bytes);
            left -= bytes;
            cursorOffset -= bytes;
            if (chunk.linearLength() == 0 && (chunk.next != null || size == 0)) {
                drop(chunk);
            }
        }
        if (cursorOffset < 0) {
            cursor = null;
            cursorOffset = 0;
        }
    }

    /** Keeps the first {@code length} bytes: what follows was never sent, so that no packet refers to it. */
    void truncate(int length) {
        Check.that(length <= size, "what is kept was written");
        if (length == 0) {
            clear();
            return;
        }
        PacketBuffer last = Objects.requireNonNull(head);
        int lastOffset = 0;
        while (lastOffset + last.linearLength() < length) {
            lastOffset += last.linearLength();
            last = Objects.requireNonNull(last.next);
        }
        last.trimTo(length - lastOffset);
        PacketBuffer unsent = last.next;
        last.next = null;
        tail = last;
        size = length;
        if (cursorOffset > lastOffset) {
            cursor = null;
            cursorOffset = 0;
        }
        while (unsent != null) {
            PacketBuffer chunk = unsent;
            unsent = chunk.next;
            chunk.release();
        }
    }

    private void drop(PacketBuffer chunk) {
        head = chunk.next;
        if (head == null) {
            tail = null;
        }
        if (cursor == chunk) {
            cursor = null;
            cursorOffset = 0;
        }
        chunk.release();
    }

    /** Gives all memory back. */
    void clear() {
        while (head != null) {
            drop(head);
        }
        size = 0;
    }

    void archive(Archive archive) {
        head = pool.archiveChain(archive, head);
        tail = PacketBuffer.lastOf(head);
        size = archive.int32(size);
    }
}
