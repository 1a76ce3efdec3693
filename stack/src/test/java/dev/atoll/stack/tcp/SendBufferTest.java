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
}
