package dev.atoll.stack.nic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EgressQueueTest {
    private static final int WAITING = 5;

    private final BufferPool pool = new BufferPool();
    private final NarrowLink link = new NarrowLink();
    private final EgressQueue queue = new EgressQueue(link, pool, new Counters(), new DeviceCounters());
    private final List<Integer> told = new ArrayList<>();

    /** Takes as many frames as it is said to have room for. */
    private static final class NarrowLink implements LinkEndpoint {
        private int room;

        @Override
        public int mtuBytes() {
            return 1500;
        }

        @Override
        public MacAddress linkAddress() {
            return MacAddress.ZERO;
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.PLAIN_IP;
        }

        @Override
        public void attach(LinkDispatcher dispatcher) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean transmit(PacketBuffer frame) {
            if (room == 0) {
                return false;
            }
            room--;
            return true;
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }
    }

    /** Sends one frame whenever there is room, as one connection of many does. */
    private void waitWith(int number) {
        queue.awaitRoom(() -> {
            told.add(number);
            queue.transmit(pool.allocate(100));
            waitWith(number);
        });
    }

    private List<Integer> toldWithRoomFor(int frames) {
        told.clear();
        link.room = frames;
        queue.writable();
        return List.copyOf(told);
    }

    /** Each in its turn; the frame that finds no room waits, and goes first when there is some again. */
    @Test
    void roomForFew_tellsFew_andTheOthersLater() {
        queue.transmit(pool.allocate(100));
        for (int i = 0; i < WAITING; i++) {
            waitWith(i);
        }
        assertEquals(List.of(0), toldWithRoomFor(1));
        assertEquals(List.of(1, 2), toldWithRoomFor(2));
        assertEquals(List.of(3), toldWithRoomFor(1));
        assertEquals(List.of(4, 0), toldWithRoomFor(2));
        assertEquals(List.of(), toldWithRoomFor(0));
        assertEquals(List.of(1, 2, 3, 4, 0), toldWithRoomFor(100), "each once");
    }
}
