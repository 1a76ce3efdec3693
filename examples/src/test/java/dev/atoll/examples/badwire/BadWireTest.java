package dev.atoll.examples.badwire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The wire does to the kernel's frames what it was asked to, measured from packet sockets on both devices. */
class BadWireTest {
    private static final int FRAMES = 2000;
    private static final int FRAME_BYTES = 64;
    /** An EtherType for local experiments (IEEE 802): the kernel itself never sends it. */
    private static final int ETHER_TYPE = 0x88b5;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_NONBLOCKING = 3 | Linux.O_NONBLOCK;

    /** Where the parts of a test frame begin. */
    private static final int IP = 14;

    private static final int UDP = 34;
    private static final int NUMBER = 44;

    /** A frame that arrived. */
    private static final class Seen {
        final int number;
        final long delayNs;
        final byte[] bytes;

        Seen(int number, long delayNs, byte[] bytes) {
            this.number = number;
            this.delayNs = delayNs;
            this.bytes = bytes;
        }
    }

    @Test
    void trouble_text_isRead() {
        assertEquals(
                new Trouble(20_000_000, 500_000, 0.02, 0.1, 5_000_000, 0, 0.5),
                Trouble.parse("delay=20ms,jitter=500us,loss=0.02,reorder=0.1,corrupt=0.5"));
        assertEquals(Trouble.NONE, Trouble.parse(""));
        assertThrows(IllegalArgumentException.class, () -> Trouble.parse("loss=2"));
        assertThrows(IllegalArgumentException.class, () -> Trouble.parse("delay=20"));
        assertThrows(IllegalArgumentException.class, () -> Trouble.parse("los=0.1"));
    }

    @Test
    void direction_sameSeed_doesTheSame() {
        Trouble all = Trouble.parse("delay=1ms,jitter=1ms,loss=0.1,reorder=0.1,duplicate=0.1,corrupt=0.1");
        assertEquals(drain(new WireDirection(all, 3)), drain(new WireDirection(all, 3)));
    }

    @Test
    void direction_corrupt_spoilsIpv6_asItDoesIpv4_andNothingElse() {
        for (int etherType : new int[] {0x0800, 0x86dd, ETHER_TYPE}) {
            WireDirection direction = new WireDirection(Trouble.parse("corrupt=1"), 3);
            for (int i = 0; i < FRAMES; i++) {
                byte[] sent = ByteBuffer.wrap(frame(i))
                        .putShort(12, (short) etherType)
                        .array();
                direction.accept(i, sent);
                BitSet difference = BitSet.valueOf(sent);
                difference.xor(BitSet.valueOf(direction.takeDue(Long.MAX_VALUE - 1)));
                assertEquals(etherType != ETHER_TYPE, !difference.isEmpty(), "frame " + i);
                assertTrue(
                        difference.isEmpty() || difference.nextSetBit(0) / 8 >= IP, "the Ethernet header is changed");
            }
        }
    }

    private static List<String> drain(WireDirection direction) {
        for (int i = 0; i < FRAMES; i++) {
            direction.accept(i, frame(i));
        }
        List<String> out = new ArrayList<>();
        byte[] frame;
        while ((frame = direction.takeDue(Long.MAX_VALUE - 1)) != null) {
            out.add(Integer.toString(ByteBuffer.wrap(frame).getInt(NUMBER)));
        }
        out.add(direction.toString());
        return out;
    }

    @Test
    void wire_lossAndDelay_areAsAskedAndInOrder() throws IOException, InterruptedException {
        List<Seen> seen = measure(Trouble.parse("loss=0.1,delay=20ms"), BadWireTest::frame);
        assertShare(0.1, FRAMES - seen.size(), "lost");
        assertEquals(0, late(seen), "frames that others overtook");
        long[] delaysNs =
                seen.stream().mapToLong(frame -> frame.delayNs).sorted().toArray();
        assertTrue(delaysNs[0] >= 20_000_000, "least delay " + delaysNs[0]);
        // The quickest tenth: what a busy machine adds to the others is not the wire's.
        long quickNs = delaysNs[delaysNs.length / 10];
        assertTrue(quickNs < 30_000_000, "a tenth within " + quickNs);
    }

    @Test
    void wire_reorder_holdsTheShareAskedForBack() throws IOException, InterruptedException {
        List<Seen> seen = measure(Trouble.parse("reorder=0.1,hold=20ms"), BadWireTest::frame);
        assertEquals(FRAMES, seen.size());
        assertShare(0.1, late(seen), "held back");
        Set<Integer> order = overtaken(seen);
        for (Seen frame : seen) {
            if (order.contains(frame.number)) {
                assertTrue(frame.delayNs >= 20_000_000, "held for " + frame.delayNs);
            }
        }
    }

    @Test
    void wire_duplicate_deliversTheShareAskedForTwice() throws IOException, InterruptedException {
        List<Seen> seen = measure(Trouble.parse("duplicate=0.1"), BadWireTest::frame);
        assertShare(0.1, seen.size() - FRAMES, "duplicated");
        assertEquals(
                IntStream.range(0, FRAMES).boxed().toList(),
                seen.stream().map(frame -> frame.number).distinct().toList(),
                "each at least once, and in order");
    }

    @Test
    void wire_corrupt_turnsNeighbouringBitsOverAndChecksumsNotice() throws IOException, InterruptedException {
        List<Seen> seen = measure(Trouble.parse("corrupt=0.1"), BadWireTest::datagram);
        assertEquals(FRAMES, seen.size());
        int corrupted = 0;
        for (int i = 0; i < FRAMES; i++) {
            BitSet difference = BitSet.valueOf(datagram(i));
            difference.xor(BitSet.valueOf(seen.get(i).bytes));
            if (!difference.isEmpty()) {
                corrupted++;
                int first = difference.nextSetBit(0) / 8;
                int last = (difference.length() - 1) / 8;
                assertTrue(first >= 14, "the Ethernet header is changed");
                assertTrue(last - first <= 2, "more than 15 neighbouring bits: " + difference);
                assertFalse(checksumsHold(seen.get(i).bytes), "not noticed: " + difference);
            }
        }
        assertTrue(checksumsHold(datagram(1)), "the test's own packets are sound");
        assertShare(0.1, corrupted, "corrupted");
    }

    @Test
    void wire_perfect_changesNothing() throws IOException, InterruptedException {
        List<Seen> seen = measure(Trouble.NONE, BadWireTest::datagram);
        assertEquals(FRAMES, seen.size());
        for (int i = 0; i < FRAMES; i++) {
            assertArrayEquals(datagram(i), seen.get(i).bytes, "frame " + i);
        }
    }

    /** Within four standard deviations of a binomial distribution; the seed decides which frames it befalls. */
    private static void assertShare(double asked, int count, String what) {
        double slack = 4 * Math.sqrt(FRAMES * asked * (1 - asked));
        assertEquals(FRAMES * asked, count, slack, what);
    }

    private static int late(List<Seen> seen) {
        return overtaken(seen).size();
    }

    /** Numbers of frames that arrived after one that was sent later. */
    private static Set<Integer> overtaken(List<Seen> seen) {
        Set<Integer> overtaken = new HashSet<>();
        int highest = -1;
        for (Seen frame : seen) {
            if (frame.number < highest) {
                overtaken.add(frame.number);
            }
            highest = Math.max(highest, frame.number);
        }
        return overtaken;
    }

    /** Sends numbered frames through a wire of its own and returns what arrives, in order of arrival. */
    private static List<Seen> measure(Trouble trouble, IntFunction<byte[]> frames)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "no access to /dev/net/tun");
        String suffix = Long.toString(ProcessHandle.current().pid() % 100_000);
        BadWire wire;
        try {
            wire = new BadWire("bwa" + suffix, "bwb" + suffix, trouble, Trouble.NONE, 7);
        } catch (LastErrorException e) {
            Assumptions.abort("a TAP device needs CAP_NET_ADMIN: " + e.getMessage());
            throw e;
        }
        try (wire) {
            up("bwa" + suffix);
            up("bwb" + suffix);
            Thread carrier = new Thread(wire::run, "badwire");
            carrier.start();
            try {
                int protocol = ByteBuffer.wrap(frames.apply(0)).getShort(12) & 0xffff;
                return exchange(packetSocket("bwa" + suffix, protocol), packetSocket("bwb" + suffix, protocol), frames);
            } finally {
                wire.stop();
                carrier.join();
            }
        }
    }

    private static List<Seen> exchange(int sender, int receiver, IntFunction<byte[]> frames) {
        long[] sentNs = new long[FRAMES];
        List<Seen> seen = new ArrayList<>();
        try (Memory buffer = new Memory(2048);
                Readiness readiness = new Readiness(receiver)) {
            int sent = 0;
            long quietSince = System.nanoTime();
            long startNs = quietSince;
            while (sent < FRAMES || System.nanoTime() - quietSince < TimeUnit.MILLISECONDS.toNanos(500)) {
                // A frame each 200 microseconds, so that no queue of the kernel overflows.
                if (sent < FRAMES && System.nanoTime() - startNs >= sent * 200_000L) {
                    buffer.write(0, frames.apply(sent), 0, FRAME_BYTES);
                    sentNs[sent] = System.nanoTime();
                    assertEquals(
                            FRAME_BYTES,
                            Linux.write(sender, buffer, new NativeLong(FRAME_BYTES))
                                    .intValue());
                    sent++;
                    quietSince = System.nanoTime();
                }
                if (receive(receiver, buffer, sentNs, seen)) {
                    quietSince = System.nanoTime();
                } else {
                    readiness.await(100_000);
                }
            }
        } finally {
            Linux.close(sender);
            Linux.close(receiver);
        }
        return seen;
    }

    private static boolean receive(int receiver, Memory buffer, long[] sentNs, List<Seen> seen) {
        int count = Linux.read(receiver, buffer, new NativeLong(2048)).intValue();
        long nowNs = System.nanoTime();
        if (count < 0) {
            assertEquals(Linux.EAGAIN, Native.getLastError());
            return false;
        }
        assertEquals(FRAME_BYTES, count);
        byte[] bytes = buffer.getByteArray(0, count);
        int number = ByteBuffer.wrap(bytes).getInt(NUMBER);
        // A corrupted frame may have lost its number.
        long delayNs = number >= 0 && number < FRAMES ? nowNs - sentNs[number] : -1;
        seen.add(new Seen(number, delayNs, bytes));
        return true;
    }

    /** A broadcast frame that carries its number. */
    private static byte[] frame(int number) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES);
        frame.putInt(-1).putShort((short) -1).put(new byte[] {2, 0, 0, 0, 0, 1}).putShort((short) ETHER_TYPE);
        return frame.putInt(NUMBER, number).array();
    }

    /** A UDP datagram that carries its number; to a link address that is nobody's, so that the kernel lets it be. */
    private static byte[] datagram(int number) {
        int udpBytes = FRAME_BYTES - UDP;
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES);
        frame.put(new byte[] {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1}).putShort((short) 0x0800);
        frame.putInt(0x45000000 | UDP - IP + udpBytes)
                .putInt(0)
                .put((byte) 1)
                .put((byte) 17)
                .putShort((short) 0);
        frame.putInt(0xc0000201).putInt(0xc0000202);
        frame.putShort((short) 9).putShort((short) 9).putShort((short) udpBytes).putShort((short) 0);
        frame.putInt(NUMBER, number);
        frame.putShort(IP + 10, (short) ~sum(frame, IP, UDP, 0));
        frame.putShort(UDP + 6, (short) ~sum(frame, UDP, FRAME_BYTES, pseudoHeader(frame)));
        return frame.array();
    }

    /** Whether a receiver would take it: a change of the length fields would not pass for a shorter packet here. */
    private static boolean checksumsHold(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        return sum(frame, IP, UDP, 0) == 0xffff && sum(frame, UDP, FRAME_BYTES, pseudoHeader(frame)) == 0xffff;
    }

    private static int pseudoHeader(ByteBuffer frame) {
        return sum(frame, IP + 12, UDP, 17 + FRAME_BYTES - UDP);
    }

    private static int sum(ByteBuffer bytes, int from, int end, int initial) {
        int sum = initial;
        for (int at = from; at < end; at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    /** A packet socket that gets this test's frames only. */
    private static int packetSocket(String device, int etherType) {
        int protocol = Short.toUnsignedInt(Short.reverseBytes((short) etherType));
        int fd = Linux.socket(AF_PACKET, SOCK_RAW_NONBLOCKING, protocol);
        try (Memory address = new Memory(20)) {
            address.clear();
            address.setShort(0, (short) AF_PACKET);
            address.setShort(2, (short) protocol);
            address.setInt(4, Linux.if_nametoindex(device));
            Linux.bind(fd, address, 20);
        }
        return fd;
    }

    private static void up(String device) throws IOException, InterruptedException {
        Process ip = new ProcessBuilder("ip", "link", "set", device, "up")
                .redirectErrorStream(true)
                .start();
        String output = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, ip.waitFor(), output);
    }
}
