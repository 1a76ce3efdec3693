package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.BadFrameException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bad network is as bad as asked, no better and no worse. */
class DirectionTest {
    private static final int FRAMES = 10_000;
    private static final long MS = 1_000_000;
    private static final IpAddress A = IpAddress.parse("10.0.0.1");
    private static final IpAddress B = IpAddress.parse("10.0.0.2");

    private final List<Long> times = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();

    private Direction direction(Impairments impairments) {
        return new Direction(new Chance(Rng.seeded(5)), impairments, (atNs, frame) -> {
            times.add(atNs);
            frames.add(frame);
        });
    }

    /** A UDP packet that carries its number. */
    private static byte[] frame(int number) {
        byte[] payload = new byte[64];
        payload[0] = (byte) (number >>> 8);
        payload[1] = (byte) number;
        Bytes udp = new UdpDatagram(1, 2, Bytes.of(payload)).encode(A, B);
        Bytes packet = Ipv4Packet.of(A, B, Ipv4Packet.UDP, udp).encode();
        return new EthernetFrame(MacAddress.BROADCAST, MacAddress.ZERO, EthernetFrame.IPV4, packet)
                .encode()
                .toArray();
    }

    /** Frames sent every millisecond. */
    private DirectionCounters send(Impairments impairments) {
        Direction direction = direction(impairments);
        for (int i = 0; i < FRAMES; i++) {
            direction.send(i * MS, frame(i));
        }
        return direction.counters();
    }

    private static void assertShare(double expected, long count) {
        // Four standard deviations of a binomial distribution; the seed is fixed, so it never fails by chance.
        double slack = 4 * Math.sqrt(FRAMES * expected * (1 - expected));
        assertEquals(FRAMES * expected, (double) count, slack);
    }

    @Test
    void send_noImpairments_deliversAllAtOnceInOrder() {
        send(Impairments.NONE);
        assertEquals(FRAMES, frames.size());
        for (int i = 0; i < FRAMES; i++) {
            assertEquals(i * MS, times.get(i));
            assertTrue(Arrays.equals(frame(i), frames.get(i)));
        }
    }

    @Test
    void send_loss_losesTheShareAskedFor() {
        DirectionCounters counters = send(Impairments.NONE.withLoss(0.05));
        assertShare(0.05, counters.lost);
        assertEquals(FRAMES - counters.lost, frames.size());
    }

    @Test
    void send_pathMtu_losesWhatIsLarger() {
        int packetBytes = frame(0).length - 14;
        assertEquals(FRAMES, send(Impairments.NONE.withPathMtu(packetBytes - 1)).tooLarge);
        assertEquals(0, frames.size());
        assertEquals(0, send(Impairments.NONE.withPathMtu(packetBytes)).tooLarge);
        assertEquals(FRAMES, frames.size());
    }

    @Test
    void send_duplicate_doublesTheShareAskedFor() {
        DirectionCounters counters = send(Impairments.NONE.withDuplicate(0.1));
        assertShare(0.1, counters.duplicated);
        assertEquals(FRAMES + counters.duplicated, frames.size());
    }

    @Test
    void send_delayAndJitter_keepOrderWithinTheirBounds() {
        send(Impairments.NONE.withDelay(20 * MS, 5 * MS));
        long sum = 0;
        for (int i = 0; i < FRAMES; i++) {
            long delay = times.get(i) - i * MS;
            assertTrue(delay >= 20 * MS && delay <= 25 * MS, "delay " + delay);
            assertTrue(i == 0 || times.get(i) >= times.get(i - 1), "order");
            sum += delay;
        }
        assertTrue(sum / FRAMES > 22 * MS, "jitter is spread over its range");
    }

    @Test
    void send_reorder_letsTheShareAskedForBeOvertaken() {
        DirectionCounters counters = send(Impairments.NONE.withReorder(0.1, 10 * MS));
        assertShare(0.1, counters.reordered);
        long overtaken = 0;
        for (int i = 1; i < FRAMES; i++) {
            overtaken += times.get(i) < times.get(i - 1) ? 1 : 0;
        }
        assertTrue(overtaken > counters.reordered / 2, overtaken + " overtaken");
    }

    @Test
    void send_corrupt_isAlwaysNoticedByTheChecksums() {
        DirectionCounters counters = send(Impairments.NONE.withCorrupt(0.2));
        assertShare(0.2, counters.corrupted);
        long bad = 0;
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = frames.get(i);
            if (!Arrays.equals(frame(i), frame)) {
                bad++;
                assertThrows(
                        BadFrameException.class,
                        () -> UdpDatagram.decode(
                                Ipv4Packet.decode(EthernetFrame.decode(frame).payload())),
                        () -> "not noticed: " + Bytes.of(frame));
            }
        }
        assertEquals(counters.corrupted, bad);
    }

    @Test
    void send_rate_spacesFramesAndOverflowsTheQueue() {
        Impairments slow = Impairments.NONE.withRate(1_000_000, 10);
        Direction direction = direction(slow);
        byte[] frame = frame(0);
        for (int i = 0; i < 100; i++) {
            direction.send(0, frame);
        }
        long frameNs = (frame.length + 24) * 8_000L;
        assertEquals(11, frames.size(), "one leaves, ten wait");
        assertEquals(89, direction.counters().overflowed);
        for (int i = 0; i < frames.size(); i++) {
            assertEquals((i + 1) * frameNs, times.get(i));
        }
    }

    @Test
    void send_rate_countsFramesThatWaitAndNotTheirBytes() {
        Direction direction = direction(Impairments.NONE.withRate(1_000_000, 1));
        direction.send(0, new byte[1500]);
        direction.send(0, frame(0));
        direction.send(0, frame(0));
        assertEquals(2, frames.size(), "one leaves, one waits");
        assertEquals(1, direction.counters().overflowed);
    }

    @Test
    void send_corrupt_sparesASegmentThatIsCorruptAlready() {
        Bytes segment = new TcpSegment(1, 2, 3, 4, TcpSegment.ACK, 5, 0, List.of(), Bytes.EMPTY).encode(A, B);
        Bytes packet = Ipv4Packet.of(A, B, Ipv4Packet.TCP, segment).encode();
        byte[] frame = new EthernetFrame(MacAddress.BROADCAST, MacAddress.ZERO, EthernetFrame.IPV4, packet)
                .encode()
                .toArray();
        Direction direction = direction(Impairments.NONE.withCorrupt(1));
        direction.send(0, frame);
        byte[] corrupt = frames.get(0);
        direction.send(0, corrupt);
        assertFalse(Arrays.equals(frame, corrupt));
        assertTrue(Arrays.equals(corrupt, frames.get(1)));
    }
}
