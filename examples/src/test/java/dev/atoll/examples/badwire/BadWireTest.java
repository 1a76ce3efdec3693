package dev.atoll.examples.badwire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

    private record Seen(int number, long delayNs) {}

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

    private static List<String> drain(WireDirection direction) {
        for (int i = 0; i < FRAMES; i++) {
            direction.accept(i, frame(i));
        }
        List<String> out = new ArrayList<>();
        byte[] frame;
        while ((frame = direction.takeDue(Long.MAX_VALUE - 1)) != null) {
            out.add(Integer.toString(ByteBuffer.wrap(frame).getInt(14)));
        }
        out.add(direction.toString());
        return out;
    }

    @Test
    void wire_lossAndDelay_areAsAskedAndInOrder() throws IOException, InterruptedException {
        List<Seen> seen = measure(Trouble.parse("loss=0.1,delay=20ms"));
        // Four standard deviations of a binomial distribution; the seed decides which frames are lost.
        double slack = 4 * Math.sqrt(FRAMES * 0.1 * 0.9);
        assertEquals(FRAMES * 0.9, seen.size(), slack);
        int before = -1;
        long least = Long.MAX_VALUE;
        for (Seen frame : seen) {
            assertTrue(frame.number > before, frame.number + " after " + before);
            before = frame.number;
            least = Math.min(least, frame.delayNs);
        }
        assertTrue(least >= 20_000_000, "least delay " + least);
        seen.sort((x, y) -> Long.compare(x.delayNs, y.delayNs));
        long median = seen.get(seen.size() / 2).delayNs;
        assertTrue(median < 40_000_000, "median delay " + median);
    }

    @Test
    void wire_reorderAndDuplicate_areAsAsked() throws IOException, InterruptedException {
        List<Seen> seen = measure(Trouble.parse("reorder=0.05,hold=10ms,duplicate=0.1"));
        assertEquals(FRAMES * 1.1, seen.size(), 4 * Math.sqrt(FRAMES * 0.1 * 0.9));
        long held = seen.stream().filter(frame -> frame.delayNs >= 10_000_000).count();
        assertTrue(held >= FRAMES * 0.05 - 4 * Math.sqrt(FRAMES * 0.05 * 0.95), held + " held back");
        int overtaken = 0;
        for (int i = 1; i < seen.size(); i++) {
            overtaken += seen.get(i).number < seen.get(i - 1).number ? 1 : 0;
        }
        assertTrue(overtaken > FRAMES * 0.02, overtaken + " overtaken");
    }

    /** Sends numbered frames through a wire of its own and returns what arrives, in order of arrival. */
    private static List<Seen> measure(Trouble trouble) throws IOException, InterruptedException {
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
                return exchange(packetSocket("bwa" + suffix), packetSocket("bwb" + suffix));
            } finally {
                wire.stop();
                carrier.join();
            }
        }
    }

    private static List<Seen> exchange(int sender, int receiver) {
        long[] sentNs = new long[FRAMES];
        List<Seen> seen = new ArrayList<>();
        try (Memory buffer = new Memory(2048)) {
            int sent = 0;
            long quietSince = System.nanoTime();
            long startNs = quietSince;
            while (sent < FRAMES || System.nanoTime() - quietSince < TimeUnit.MILLISECONDS.toNanos(500)) {
                // A frame each 200 microseconds, so that no queue of the kernel overflows.
                while (sent < FRAMES && System.nanoTime() - startNs >= sent * 200_000L) {
                    buffer.write(0, frame(sent), 0, FRAME_BYTES);
                    sentNs[sent] = System.nanoTime();
                    Linux.write(sender, buffer, new NativeLong(FRAME_BYTES));
                    sent++;
                }
                if (receive(receiver, buffer, sentNs, seen)) {
                    quietSince = System.nanoTime();
                } else {
                    Linux.awaitReadable(100_000, receiver);
                }
            }
        } finally {
            Linux.close(sender);
            Linux.close(receiver);
        }
        return seen;
    }

    private static boolean receive(int receiver, Memory buffer, long[] sentNs, List<Seen> seen) {
        try {
            int count = Linux.read(receiver, buffer, new NativeLong(2048)).intValue();
            assertEquals(FRAME_BYTES, count);
            int number = ByteBuffer.wrap(buffer.getByteArray(0, count)).getInt(14);
            seen.add(new Seen(number, System.nanoTime() - sentNs[number]));
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() != Linux.EAGAIN) {
                throw e;
            }
            return false;
        }
    }

    /** A broadcast frame that carries its number. */
    private static byte[] frame(int number) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES);
        frame.putInt(-1).putShort((short) -1).put(new byte[] {2, 0, 0, 0, 0, 1}).putShort((short) ETHER_TYPE);
        return frame.putInt(number).array();
    }

    /** A packet socket that gets this test's frames only. */
    private static int packetSocket(String device) {
        int protocol = Short.toUnsignedInt(Short.reverseBytes((short) ETHER_TYPE));
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
