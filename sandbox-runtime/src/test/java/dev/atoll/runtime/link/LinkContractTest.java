package dev.atoll.runtime.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every link over a descriptor does, whatever is at the other end of it. */
@Timeout(60)
abstract class LinkContractTest {
    /** A link under test and the other end of it. */
    interface Wire {
        PolledLink link();

        /** Sends a frame to the link; false if there is no room now. */
        boolean send(byte[] frame) throws IOException;

        /** The next frame the link sent, or null if there is none now. */
        byte @Nullable [] receive() throws IOException;

        /** Ends the other end. */
        void hangUp() throws Exception;

        /** The largest frame that crosses. */
        int maxFrameBytes();

        void close() throws Exception;
    }

    static final long LIMIT_NS = 20_000_000_000L;

    final RecordingDispatcher dispatcher = new RecordingDispatcher();
    Wire wire;
    PolledLink link;
    private Selector selector;
    private SelectionKey key;

    abstract Wire openWire() throws Exception;

    @BeforeEach
    void open() throws Exception {
        wire = openWire();
        link = wire.link();
        link.attach(dispatcher);
        selector = Selector.open();
        key = link.descriptor().selectable().register(selector, SelectionKey.OP_READ);
    }

    @AfterEach
    void closeAndFindLeaks() throws Exception {
        if (wire == null) {
            return; // skipped
        }
        dispatcher.releaseAll();
        link.close();
        selector.close();
        wire.close();
        assertEquals(0, dispatcher.pool().outstanding(), "packets not given back");
        assertFalse(link.descriptor().isOpen());
    }

    @Test
    void incoming_ofEverySize_isDeliveredIntactAndInOrder() throws Exception {
        Rng rng = Rng.seeded(1);
        List<byte[]> sent = new ArrayList<>();
        for (int bytes : new int[] {14, 15, 60, 256, 257, 1514, 2048, 2049, wire.maxFrameBytes()}) {
            sent.add(frame(rng, Math.min(bytes, wire.maxFrameBytes())));
        }
        for (byte[] frame : sent) {
            assertTrue(wire.send(frame));
            awaitFrames(dispatcher.frames.size() + 1);
        }
        assertFrames(sent);
        assertEquals(dispatcher.nowNs, dispatcher.frames.get(0).arrivalNs);
        assertEquals(sent.size(), link.counters().framesIn());
    }

    @Test
    void incoming_moreThanABatch_needsSeveralPollsAndLosesNothing() throws Exception {
        Rng rng = Rng.seeded(2);
        int count = 3 * StreamLink.BATCH_FRAMES;
        List<byte[]> sent = new ArrayList<>();
        while (sent.size() < count) {
            byte[] frame = frame(rng, 60 + rng.nextInt(100));
            if (wire.send(frame)) {
                sent.add(frame);
            } else {
                poll();
            }
        }
        awaitFrames(count);
        assertFrames(sent);
    }

    @Test
    void outgoing_ofEverySize_arrivesIntactAndInOrder() throws Exception {
        Rng rng = Rng.seeded(3);
        for (int bytes : new int[] {14, 60, 1514, 9000, wire.maxFrameBytes()}) {
            byte[] frame = frame(rng, Math.min(bytes, wire.maxFrameBytes()));
            assertTrue(transmit(PacketBuffer.copyOf(frame)));
            link.flush();
            assertArrayEquals(frame, awaitSent());
        }
    }

    @Test
    void outgoing_withFragments_isGatheredAndFragmentsAreLeftAsTheyWere() throws Exception {
        byte[] whole = frame(Rng.seeded(4), 1500);
        PacketBuffer packet = dispatcher.pool().allocate(100);
        packet.data().put(packet.append(100), whole, 0, 100);
        ByteBuffer first = ByteBuffer.allocateDirect(2000).position(7);
        first.put(whole, 100, 900).flip().position(7);
        ByteBuffer second = ByteBuffer.allocateDirect(500);
        second.put(whole, 1000, 500).flip();
        packet.addFragment(first);
        packet.addFragment(second);

        assertTrue(link.transmit(packet));
        link.flush();

        assertArrayEquals(whole, awaitSent());
        assertEquals(7, first.position());
        assertEquals(907, first.limit());
        assertEquals(0, second.position());
        packet.release();
    }

    @Test
    void peerGone_failsTheLinkOnceAndLaterFramesAreLost() throws Exception {
        wire.hangUp();
        long limit = System.nanoTime() + LIMIT_NS;
        while (dispatcher.failures.isEmpty()) {
            poll();
            assertTrue(System.nanoTime() - limit < 0, "the end of the link was not noticed");
        }
        link.poll(true, true);
        assertEquals(1, dispatcher.failures.size(), dispatcher.failures::toString);
        assertTrue(transmit(PacketBuffer.copyOf(new byte[60])));
        assertEquals(1, link.counters().lostOut());
    }

    @Test
    void closed_deliversNothing() throws Exception {
        assertTrue(wire.send(frame(Rng.seeded(6), 60)));
        link.close();
        link.poll(true, true);
        assertTrue(dispatcher.frames.isEmpty());
        assertTrue(transmit(PacketBuffer.copyOf(new byte[60])));
    }

    @Test
    void interruptedThread_doesNotCloseTheLink() throws Exception {
        Thread.currentThread().interrupt();
        try {
            assertTrue(transmit(PacketBuffer.copyOf(frame(Rng.seeded(7), 60))));
            link.flush();
            link.poll(true, false);
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(60, awaitSent().length);
        assertTrue(wire.send(frame(Rng.seeded(8), 61)));
        awaitFrames(1);
    }

    @Test
    void steadyState_bothWays_allocatesNothing() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        byte[] frame = frame(Rng.seeded(9), 1514);
        PacketBuffer packet = PacketBuffer.copyOf(frame);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 40; round++) {
            assertTrue(wire.send(frame));
            key.interestOps(SelectionKey.OP_READ);
            selector.select();
            selector.selectedKeys().clear();
            long before = threads.getCurrentThreadAllocatedBytes();
            link.poll(true, true);
            link.transmit(packet);
            link.flush();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            dispatcher.releaseAll();
            awaitSent();
        }
        assertEquals(0, least);
    }

    /** Frames both sides of a wire pass on: an Ethernet header of a protocol nobody answers to, then noise. */
    static byte[] frame(Rng rng, int bytes) {
        byte[] frame = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            frame[i] = (byte) rng.nextLong();
        }
        byte[] header = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, (byte) 0x88, (byte) 0xb5};
        System.arraycopy(header, 0, frame, 0, header.length);
        return frame;
    }

    final boolean transmit(PacketBuffer packet) {
        try {
            return link.transmit(packet);
        } finally {
            packet.release();
        }
    }

    /** One cycle of a driver. */
    final void poll() throws IOException {
        selector.selectNow();
        selector.selectedKeys().clear();
        link.poll(true, false);
    }

    final void pollWritable() throws IOException {
        key.interestOps(SelectionKey.OP_READ | (link.wantsWrite() ? SelectionKey.OP_WRITE : 0));
        selector.select(100);
        boolean writable = key.isWritable();
        selector.selectedKeys().clear();
        link.poll(false, writable);
        link.flush();
    }

    final void awaitFrames(int count) throws IOException {
        long limit = System.nanoTime() + LIMIT_NS;
        while (dispatcher.frames.size() < count) {
            poll();
            assertTrue(
                    System.nanoTime() - limit < 0,
                    "got " + dispatcher.frames.size() + " of " + count + " frames; " + link.counters() + " "
                            + dispatcher.failures);
        }
    }

    final byte[] awaitSent() throws IOException {
        long limit = System.nanoTime() + LIMIT_NS;
        while (true) {
            byte[] frame = wire.receive();
            if (frame != null) {
                return frame;
            }
            assertTrue(System.nanoTime() - limit < 0, "nothing came out of the link; " + link.counters());
        }
    }

    private void assertFrames(List<byte[]> expected) {
        assertEquals(expected.size(), dispatcher.frames.size());
        for (int i = 0; i < expected.size(); i++) {
            PacketBuffer got = dispatcher.frames.get(i);
            assertArrayEquals(expected.get(i), got.toArray());
            assertEquals(BufferPool.HEADROOM, got.headroom());
        }
    }
}
