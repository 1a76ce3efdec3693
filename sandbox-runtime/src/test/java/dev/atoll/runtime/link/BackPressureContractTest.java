package dev.atoll.runtime.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/** The link contract, and what a link does whose other end can hold it up; a kernel that takes and drops cannot. */
abstract class BackPressureContractTest extends LinkContractTest {
    @Test
    void outgoing_peerDoesNotRead_isRefusedThenAnnouncedAndNothingAcceptedIsLost() throws Exception {
        Rng rng = Rng.seeded(5);
        ArrayDeque<byte[]> accepted = new ArrayDeque<>();
        while (true) {
            byte[] frame = frame(rng, 1514);
            if (!transmit(PacketBuffer.copyOf(frame))) {
                break;
            }
            accepted.add(frame);
            link.flush();
            assertTrue(accepted.size() < 100_000, "a link's queue is bounded");
        }
        assertTrue(link.wantsWrite());
        assertFalse(transmit(PacketBuffer.copyOf(frame(rng, 60))), "stays refused until announced");
        assertEquals(0, dispatcher.writables);

        int received = 0;
        long limit = System.nanoTime() + LIMIT_NS;
        while (received < accepted.size() || dispatcher.writables == 0) {
            byte[] frame = wire.receive();
            if (frame == null) {
                pollWritable();
            } else {
                received++;
                assertArrayEquals(accepted.poll(), frame);
                accepted.add(frame);
            }
            assertTrue(System.nanoTime() - limit < 0, "only " + received + " of " + accepted.size() + " arrived");
        }
        assertEquals(1, dispatcher.writables);
        assertTrue(transmit(PacketBuffer.copyOf(frame(rng, 60))), "has room again");
        assertTrue(link.counters().refusedOut() >= 2);
    }
}
