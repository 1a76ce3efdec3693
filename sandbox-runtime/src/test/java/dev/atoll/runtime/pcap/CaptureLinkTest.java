package dev.atoll.runtime.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.atoll.runtime.host.Programs;
import dev.atoll.runtime.link.RecordingDispatcher;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.link.LinkDispatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording shows, by our own reading and by Wireshark's. */
class CaptureLinkTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(0, 1_700_000_000_000_000_000L);
    private final RecordingDispatcher stack = new RecordingDispatcher();

    /** A link that takes or refuses what it is given and remembers whom to tell. */
    private static final class Sink implements LinkEndpoint {
        final List<byte[]> taken = new ArrayList<>();
        boolean refusing;
        int flushes;
        boolean closed;

        @Nullable LinkDispatcher dispatcher;

        @Override
        public int mtuBytes() {
            return 1500;
        }

        @Override
        public MacAddress linkAddress() {
            return MacAddress.parse("02:00:00:00:00:01");
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities(true, true, 65535, true);
        }

        @Override
        public void attach(LinkDispatcher to) {
            dispatcher = to;
        }

        @Override
        public boolean transmit(PacketBuffer frame) {
            if (!refusing) {
                taken.add(frame.toArray());
            }
            return !refusing;
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final Sink inner = new Sink();

    private Path record(java.util.function.Consumer<CaptureLink> traffic) throws IOException {
        Path file = folder.resolve("capture.pcapng");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try (PcapngWriter writer =
                new PcapngWriter(channel, clock, "eth0", PcapngWriter.DEFAULT_BUFFER_BYTES, failure -> {
                    throw new AssertionError(failure);
                })) {
            CaptureLink link = new CaptureLink(inner, writer);
            link.attach(stack);
            traffic.accept(link);
        }
        return file;
    }

    private LinkDispatcher dispatcher() {
        return java.util.Objects.requireNonNull(inner.dispatcher);
    }

    @Test
    void link_isTheInnerOneToTheStack() throws Exception {
        record(link -> {
            assertEquals(1500, link.mtuBytes());
            assertEquals(inner.linkAddress(), link.linkAddress());
            assertEquals(inner.capabilities(), link.capabilities());
            assertTrue(dispatcher().pool() == stack.pool());
            assertEquals(stack.nowNs, dispatcher().nowNs());
            dispatcher().writable();
            dispatcher().linkFailed("gone");
            link.flush();
            link.close();
        });
        assertEquals(1, stack.writables);
        assertEquals(List.of("gone"), stack.failures);
        assertEquals(1, inner.flushes);
        assertTrue(inner.closed);
    }

    @Test
    void bothDirections_areRecordedAndPassOnUnchanged() throws Exception {
        PacketBuffer out = Packets.udp(100);
        PacketBuffer in = Packets.tcp(50);
        byte[] outBefore = out.toArray();
        Path file = record(link -> {
            assertTrue(link.transmit(out));
            dispatcher().deliver(in);
            inner.refusing = true;
            assertFalse(link.transmit(out), "refused, to be sent again");
        });
        assertEquals(1, inner.taken.size());
        assertEquals(ByteBuffer.wrap(outBefore), ByteBuffer.wrap(inner.taken.get(0)), "its checksum still open");
        assertEquals(List.of(in), stack.frames);
        long packets = PcapngWriterTest.blocks(Files.readAllBytes(file)).stream()
                .filter(block -> block.type() == 6)
                .count();
        assertEquals(2, packets);
    }

    @Test
    void wireshark_findsEveryChecksumGood_andThePlantedOneBad() throws Exception {
        assumeTrue(Programs.isInstalled("tshark"), "needs tshark (apt-get install tshark)");
        Path file = record(link -> {
            link.transmit(Packets.udp(0));
            link.transmit(Packets.udp(1));
            link.transmit(Packets.udp(999));
            link.transmit(Packets.tcp(0));
            link.transmit(Packets.tcp(1460));
            link.transmit(Packets.tcp(60_001));
            PacketBuffer bad = Packets.udp(77);
            bad.data().put(bad.start() + 60, (byte) 1);
            bad.checksumPartial = false;
            link.transmit(bad);
        });
        String[] common = {
            "tshark",
            "-n",
            "-r",
            file.toString(),
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE"
        };
        assertEquals(7, Programs.run(List.of(common)).lines().count());
        assertEquals("", Programs.run(with(common, "-Y", "_ws.malformed")));
        String bad = Programs.run(
                with(common, "-Y", "ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0"));
        assertEquals(1, bad.lines().count(), bad);
        assertTrue(bad.stripLeading().startsWith("7 "), bad);
    }

    @Test
    void capinfos_readsTheFile() throws Exception {
        assumeTrue(Programs.isInstalled("capinfos"), "needs capinfos (apt-get install tshark)");
        Path file = record(link -> {
            link.transmit(Packets.udp(10));
            clock.advanceNs(1);
            link.transmit(Packets.tcp(65_000));
        });
        String info = Programs.run(List.of("capinfos", "-M", file.toString()));
        assertTrue(info.contains("pcapng"), info);
        assertTrue(info.matches("(?s).*Number of packets:\\s+2\\b.*"), info);
        assertTrue(info.contains("nanoseconds (9)"), info);
        assertTrue(info.contains("262144"), info);
    }

    private static List<String> with(String[] command, String... more) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(more));
        return all;
    }
}
