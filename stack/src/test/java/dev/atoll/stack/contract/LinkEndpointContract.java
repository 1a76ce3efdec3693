package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the stack relies on in a {@link LinkEndpoint}. Everything is called by one thread, as under the stack's hold. */
public abstract class LinkEndpointContract {
    /** Whom the frames are for: on a link that leads to several, one of them. */
    protected static final IpAddress DESTINATION = IpAddress.parse("10.0.0.2");

    private static final int FRAME_BYTES = 60;
    static final int MORE_THAN_ANY_QUEUE = 100_000;

    /** What a link is attached to here: it keeps what is delivered. */
    protected static final class Receiver implements LinkDispatcher {
        private final BufferPool pool = new BufferPool();
        private final TimerQueue timers = new TimerQueue();
        private final List<byte[]> delivered = new ArrayList<>();
        private final List<Long> arrivals = new ArrayList<>();
        private final List<PacketSamples.Snapshot> snapshots = new ArrayList<>();
        private int writable;

        private Receiver() {}

        List<PacketSamples.Snapshot> snapshots() {
            return snapshots;
        }

        int heardOfRoom() {
            return writable;
        }

        @Override
        public BufferPool pool() {
            return pool;
        }

        @Override
        public long nowNs() {
            return 12_345;
        }

        @Override
        public Timer newTimer(Timer.Action action) {
            return new Timer(timers, action);
        }

        @Override
        public void deliver(PacketBuffer frame) {
            delivered.add(frame.toArray());
            arrivals.add(frame.arrivalNs);
            snapshots.add(PacketSamples.Snapshot.of(frame));
            frame.release();
        }

        @Override
        public void writable() {
            writable++;
        }

        @Override
        public void linkFailed(String reason) {
            throw new AssertionError("the link failed: " + reason);
        }
    }

    final Receiver stack = new Receiver();

    protected LinkEndpointContract() {}

    /** A new link; the other methods are about the last one. */
    protected abstract LinkEndpoint newLink();

    /** The oldest frame that came out at the other end and was not taken yet, or null. */
    protected abstract byte @Nullable [] takeAtOtherEnd();

    /** A frame goes in at the other end, and this end has its turn. */
    protected abstract void sendFromOtherEnd(byte[] frame);

    private LinkEndpoint attached() {
        LinkEndpoint link = newLink();
        link.attach(stack);
        return link;
    }

    /** A broadcast with a payload that says which it is. */
    static byte[] frame(int number) {
        byte[] frame = new byte[FRAME_BYTES];
        Arrays.fill(frame, (byte) number);
        Arrays.fill(frame, 0, 6, (byte) 0xff);
        return frame;
    }

    final boolean transmit(LinkEndpoint link, byte[] bytes) {
        PacketBuffer packet = stack.pool.allocate(bytes.length);
        packet.data().put(packet.append(bytes.length), bytes);
        packet.destinationHigh = DESTINATION.high();
        packet.destinationLow = DESTINATION.low();
        boolean taken = link.transmit(packet);
        // As its owner may: what follows has the same memory.
        for (int i = 0; i < bytes.length; i++) {
            packet.data().put(packet.start() + i, (byte) 0xee);
        }
        packet.release();
        return taken;
    }

    final List<byte[]> takeAll() {
        List<byte[]> frames = new ArrayList<>();
        for (byte[] next = takeAtOtherEnd(); next != null; next = takeAtOtherEnd()) {
            frames.add(next);
        }
        return frames;
    }

    @Test
    void whatItSaysOfItself_isAlwaysTheSame() {
        LinkEndpoint link = newLink();
        int mtuBytes = link.mtuBytes();
        LinkEndpoint.Capabilities capabilities = link.capabilities();
        assertTrue(mtuBytes >= 68 && mtuBytes <= 65_536, "MTU of " + mtuBytes);
        assertTrue(capabilities.gsoMaxBytes() >= 0, capabilities::toString);
        var address = link.linkAddress();
        link.attach(stack);
        transmit(link, frame(1));
        assertEquals(mtuBytes, link.mtuBytes());
        assertEquals(capabilities, link.capabilities());
        assertEquals(address, link.linkAddress());
    }

    @Test
    void frames_comeOutInOrder_asTheyWereWhenSent() {
        LinkEndpoint link = attached();
        for (int i = 0; i < 5; i++) {
            assertTrue(transmit(link, frame(i)), "there is room for frame " + i);
        }
        link.flush();
        List<byte[]> taken = takeAll();
        assertEquals(5, taken.size());
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(frame(i), taken.get(i), "frame " + i);
        }
    }

    @Test
    void sentFrame_isNotKept() {
        LinkEndpoint link = attached();
        for (int i = 0; i < 5; i++) {
            transmit(link, frame(i));
        }
        link.flush();
        takeAll();
        assertEquals(0, stack.pool.outstanding(), "packets that nobody gave back");
    }

    @Test
    void arrivingFrame_isDeliveredOnce_withTheTimeOfItsArrival() {
        attached();
        sendFromOtherEnd(frame(7));
        assertEquals(1, stack.delivered.size());
        assertArrayEquals(frame(7), stack.delivered.get(0));
        assertEquals(List.of(stack.nowNs()), stack.arrivals);
        assertEquals(0, stack.pool.outstanding());
    }

    @Test
    void linkWithoutRoom_keepsWhatItTook_andSaysWhenThereIsRoomAgain() {
        LinkEndpoint link = attached();
        ArrayDeque<byte[]> expected = new ArrayDeque<>();
        boolean refused = false;
        for (int i = 0; i < MORE_THAN_ANY_QUEUE && !refused; i++) {
            refused = !transmit(link, frame(i));
            if (!refused) {
                expected.add(frame(i));
            }
        }
        link.flush();
        for (byte[] taken : takeAll()) {
            assertArrayEquals(expected.poll(), taken);
        }
        link.flush();
        for (byte[] taken : takeAll()) {
            assertArrayEquals(expected.poll(), taken);
        }
        assertTrue(expected.isEmpty(), () -> expected.size() + " frames were taken and did not come out");
        if (refused) {
            assertTrue(stack.writable > 0, "the stack waits to hear of room");
            assertTrue(transmit(link, frame(1)), "there is room again");
        }
    }

    @Test
    void closedLink_deliversNothing_andHoldsNothing() {
        LinkEndpoint link = attached();
        transmit(link, frame(1));
        link.close();
        sendFromOtherEnd(frame(2));
        assertEquals(List.of(), stack.delivered);
        assertEquals(0, stack.pool.outstanding(), "packets that a closed link has");
    }
}
