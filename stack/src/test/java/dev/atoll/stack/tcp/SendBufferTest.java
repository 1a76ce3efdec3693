package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SendBufferTest {
    /** What one super-segment carries at most. */
    private static final int SUPER_SEGMENT_BYTES = 65_000;

    @Test
    void gather_manySmallWrites_fitIntoOnePacket() {
        BufferPool pool = new BufferPool();
        SendBuffer buffer = new SendBuffer(pool);
        while (buffer.size() < SUPER_SEGMENT_BYTES) {
            buffer.append(ByteBuffer.allocate(1000), 1000);
        }
        PacketBuffer packet = pool.allocate(128);
        buffer.gather(packet, 0, SUPER_SEGMENT_BYTES);
        assertTrue(packet.fragmentCount() <= PacketBuffer.MAX_FRAGMENTS);
        packet.release();
        buffer.clear();
        assertEquals(0, pool.outstanding());
    }

    @Test
    void truncate_keepsTheFirstBytes_andGoesOnBehindThem() {
        BufferPool pool = new BufferPool();
        SendBuffer buffer = new SendBuffer(pool);
        for (int kept : new int[] {20_000, 2048, 1, 0}) {
            while (buffer.size() < SUPER_SEGMENT_BYTES) {
                buffer.append(ByteBuffer.wrap(new byte[] {1, 1, 1}), 3);
            }
            // What was gathered last is behind what is kept.
            PacketBuffer sent = pool.allocate(128);
            buffer.gather(sent, 40_000, 100);
            sent.release();
            buffer.truncate(kept);
            assertEquals(kept, buffer.size());
            buffer.append(ByteBuffer.wrap(new byte[] {2, 2}), 2);
            PacketBuffer packet = pool.allocate(128);
            buffer.gather(packet, 0, kept + 2);
            byte[] bytes = packet.toArray();
            packet.release();
            assertEquals(kept + 2, bytes.length);
            for (int i = 0; i < bytes.length; i++) {
                assertEquals(i < kept ? 1 : 2, bytes[i]);
            }
            buffer.release(kept + 2);
            assertEquals(0, pool.outstanding());
        }
    }
}
