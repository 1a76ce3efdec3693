package dev.atoll.stack.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Stack;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.TimerQueue;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** When frames leave a link that limits the rate, to the nanosecond. */
class RateLimitedLinkTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final long MS = 1_000_000L;
    private static final int BURST = 2000;
    private static final int LIMIT = 3000;

    private final StackSide above = new StackSide();
    private final ChannelLink channel =
            new ChannelLink(1500, MAC, new LinkEndpoint.Capabilities(false, false, 65_536, true), 4);
    /** A byte a microsecond. */
    private final RateLimitedLink link = new RateLimitedLink(channel, 1_000_000, BURST, LIMIT);

    RateLimitedLinkTest() {
        link.attach(above);
    }

    @AfterEach
    void nothingLeaks() {
        link.close();
        assertEquals(0, above.pool().outstanding());
        assertEquals(TimerQueue.NEVER, above.nextDeadlineNs());
    }

    private boolean send(int bytes) {
        PacketBuffer frame = above.pool().allocate(bytes);
        frame.append(bytes);
        boolean taken = link.transmit(frame);
        frame.release();
        return taken;
    }

    private void take(int... frames) {
        for (int bytes : frames) {
            assertTrue(send(bytes), bytes + " bytes");
        }
    }

    /** How long each frame that leaves from now on had to wait for the next moment at which something happens. */
    private List<Long> gapsUs() {
        List<Long> gaps = new ArrayList<>();
        while (above.nextDeadlineNs() != TimerQueue.NEVER) {
            long gapNs = above.nextDeadlineNs() - above.nowNs();
            above.advance(gapNs);
            for (byte[] frame = channel.read(); frame != null; frame = channel.read()) {
                gaps.add(gapNs / 1000);
            }
        }
        return gaps;
    }

    private int read() {
        int frames = 0;
        while (channel.read() != null) {
            frames++;
        }
        return frames;
    }

    @Test
    @Requirement("features G6")
    void burst_leavesAtOnce_andTheRestAtTheRate() {
        take(1000, 900, 500, 1000);
        assertEquals(2, read());
        assertEquals(1500, link.waitingBytes());
        // 100 tokens are left for the third.
        assertEquals(List.of(400L, 1000L), gapsUs());
        assertEquals(0, link.waitingBytes());
    }

    /** Tokens gather while nothing is sent, up to the bucket's size. */
    @Test
    void pause_fillsTheBucket_andNoMore() {
        send(1500);
        above.advance(700_000);
        assertTrue(send(1200));
        assertEquals(2, read());
        above.advance(Long.MAX_VALUE / 2);
        take(1500, 500, 100);
        assertEquals(2, read());
        assertEquals(List.of(100L), gapsUs());
    }

    @Test
    void fullQueue_hasNoRoom_andSaysWhenItHas() {
        take(1500, 1500, 1500);
        assertFalse(send(1));
        assertEquals(1, read());
        assertEquals(0, above.writable);
        assertEquals(List.of(1000L, 1500L), gapsUs());
        assertEquals(1, above.writable);
        assertTrue(send(100));
        assertEquals(List.of(100L), gapsUs());
        assertEquals(1, above.writable);
    }

    /** What the other link does not take costs nothing, and goes when that has room. */
    @Test
    void otherLinkWithoutRoom_isAskedAgainWhenItHas() {
        for (int i = 0; i < 4; i++) {
            assertTrue(send(100));
        }
        assertFalse(send(1500));
        channel.read();
        assertEquals(1, above.writable);
        assertTrue(send(1500));
        assertTrue(send(200));
        above.advance(MS);
        assertEquals(200, link.waitingBytes());
        // The first that is read makes room for the one that waits.
        assertEquals(5, read());
        assertEquals(0, link.waitingBytes());
    }

    /** A limit of nothing still lets one frame wait, so that there is something to wait for. */
    @Test
    void limitOfZero_letsOneFrameWait() {
        RateLimitedLink narrow = new RateLimitedLink(new ChannelLink(1500, MAC), 1_000_000, 1514, 0);
        narrow.attach(above);
        PacketBuffer frame = above.pool().allocate(1514);
        frame.append(1514);
        assertTrue(narrow.transmit(frame));
        assertTrue(narrow.transmit(frame));
        assertFalse(narrow.transmit(frame));
        frame.release();
        above.advance(2 * MS);
        assertEquals(1, above.writable);
        narrow.close();
    }

    /** It is no larger than the bucket, and counts for all the headers that its frames will have. */
    @Test
    void superSegment_countsAsTheFramesItIsCutInto() {
        assertEquals(BURST - Ethernet.HEADER_BYTES, link.capabilities().gsoMaxBytes());
        int headerBytes = Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES + Tcp.HEADER_BYTES;
        PacketBuffer frame = above.pool().allocate(headerBytes + 1450);
        int at = frame.append(headerBytes + 1450);
        frame.transportOffset = at + Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES;
        Tcp.write(frame.data(), frame.transportOffset, 1, 2, 0, 0, Tcp.HEADER_BYTES, Tcp.ACK, 0, 0);
        frame.gsoType = PacketBuffer.GSO_TCPV4;
        frame.gsoSize = 500;
        assertTrue(link.transmit(frame));
        frame.release();
        assertTrue(send(1000));
        assertEquals(1, read());
        assertEquals(List.of(1450L + 3L * headerBytes + 1000 - BURST), gapsUs());
    }

    @Test
    void wrongSetting_isRefusedByName() {
        ChannelLink inner = new ChannelLink(1500, MAC);
        assertName("bytesPerSecond", () -> new RateLimitedLink(inner, 0, 2000, 0));
        assertName("burstBytes", () -> new RateLimitedLink(inner, 1, 1513, 0));
        assertName("limitBytes", () -> new RateLimitedLink(inner, 1, 1514, -1));
    }

    private static void assertName(String name, Executable wrong) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, wrong);
        assertTrue(String.valueOf(refused.getMessage()).startsWith(name), refused.getMessage());
    }

    /** A whole stack above it: TCP takes the time that the rate gives, and loses nothing. */
    @Test
    void tcp_overALimitedLink_isAsFastAsTheRate_andLosesNothing() throws StackException {
        IpAddress left = IpAddress.parse("10.0.0.1");
        IpAddress right = IpAddress.parse("10.0.0.2");
        PipeLink.Pair cable = PipeLink.pair(1500);
        ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
        try (Stack sender = Stack.builder().clock(clock).rng(Rng.seeded(1)).build();
                Stack receiver = Stack.builder().clock(clock).rng(Rng.seeded(2)).build()) {
            sender.createNic("eth0", new RateLimitedLink(cable.left(), 1_000_000, 3028, 15_140))
                    .addAddress(left, 24);
            receiver.createNic("eth0", cable.right()).addAddress(right, 24);
            TcpListener listener = receiver.newTcpListener();
            listener.bind(new FullAddress(right, 80));
            listener.listen(1);
            TcpEndpoint client = sender.newTcpEndpoint();
            client.connect(new FullAddress(right, 80));
            TcpEndpoint server = null;
            ByteBuffer source = ByteBuffer.allocate(2_000_000);
            ByteBuffer target = ByteBuffer.allocate(64 * 1024);
            int read = 0;
            long beganNs = clock.nowNs();
            while (read < source.capacity() && clock.nowNs() - beganNs < 3000 * MS) {
                clock.advanceNs(MS);
                sender.run(cable.left()::poll);
                receiver.run(cable.right()::poll);
                server = server == null ? listener.accept() : server;
                if (server != null) {
                    client.write(source);
                    read += Math.max(0, server.read(target.clear()));
                }
            }
            assertEquals(source.capacity(), read);
            long tookMs = (clock.nowNs() - beganNs) / MS;
            // 1448 of 1514 bytes of a frame are payload.
            assertTrue(tookMs >= 2085 && tookMs <= 2140, tookMs + " ms");
            assertEquals(0, client.info().totalRetrans());
            assertEquals(0, sender.counters().drops(DropReason.EGRESS_QUEUE_FULL));
            client.abort();
            assertNotNull(server);
            server.abort();
            listener.close();
        }
    }
}
