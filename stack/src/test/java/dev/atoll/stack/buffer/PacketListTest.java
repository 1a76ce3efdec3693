package dev.atoll.stack.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.testing.Requirement;
import org.junit.jupiter.api.Test;

/** The list that queues keep their packets in. */
class PacketListTest {
    @Test
    @Requirement("features F2")
    void packets_comeOutAsTheyWentIn() {
        BufferPool pool = new BufferPool();
        PacketList list = new PacketList();
        assertTrue(list.isEmpty());
        assertNull(list.peek());
        assertNull(list.poll());
        PacketBuffer first = pool.allocate(1);
        PacketBuffer second = pool.allocate(1);
        list.add(first);
        list.add(second);
        assertEquals(2, list.size());
        assertSame(first, list.peek());
        assertSame(first, list.poll());
        // Out of the list it may go into another, or back to this one.
        list.add(first);
        assertSame(second, list.poll());
        assertSame(first, list.poll());
        assertTrue(list.isEmpty());
        list.add(second);
        assertEquals(1, list.size());
        first.release();
        list.clear();
        assertEquals(0, list.size());
        assertEquals(0, pool.outstanding());
    }
}
