package dev.atoll.runtime.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PcapngWriterTest {
    private static final long EPOCH_NS = 1_700_000_000_123_456_789L;

    private final ManualClock clock = new ManualClock(0, EPOCH_NS);

    /** A block of a file: its type and what is between the two lengths. */
    record Block(int type, ByteBuffer body) {}

    static List<Block> blocks(byte[] file) {
        List<Block> blocks = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(file);
        while (bytes.hasRemaining()) {
            int type = bytes.getInt();
            int length = bytes.getInt();
            assertEquals(0, length % 4);
            ByteBuffer body = bytes.slice(bytes.position(), length - 12);
            bytes.position(bytes.position() + length - 12);
            assertEquals(length, bytes.getInt(), "a block ends with its length");
            blocks.add(new Block(type, body));
        }
        return blocks;
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Test
    void file_hasItsBlocksInOrder(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("a.pcapng");
        List<IOException> failures = new ArrayList<>();
        try (PcapngWriter writer =
                new PcapngWriter(create(file), clock, "eth0", PcapngWriter.DEFAULT_BUFFER_BYTES, failures::add)) {
            writer.recordInbound(PacketBuffer.copyOf(new byte[61]));
            clock.advanceNs(1);
            writer.recordOutbound(PacketBuffer.copyOf(new byte[60]), "denied by egress.rules:12");
            assertEquals(2, writer.recorded());
        }
        List<Block> blocks = blocks(Files.readAllBytes(file));
        assertEquals(
                List.of(0x0a0d0d0a, 1, 6, 6, 5),
                blocks.stream().map(Block::type).toList());
        assertEquals(0x1a2b3c4d, blocks.get(0).body().getInt(0));
        assertEquals(262144, blocks.get(1).body().getInt(4));

        ByteBuffer first = blocks.get(2).body();
        assertEquals(EPOCH_NS, first.getLong(4), "nanoseconds since 1970");
        assertEquals(61, first.getInt(12));
        assertEquals(61, first.getInt(16));
        assertEquals(1, first.getInt(20 + 64 + 4), "inbound");
        ByteBuffer second = blocks.get(3).body();
        assertEquals(EPOCH_NS + 1, second.getLong(4));
        assertEquals(25, second.getShort(20 + 60 + 2), "length of the comment");
        assertEquals(List.of(), failures);
    }

    /** A channel that lets nothing through until told to, or fails. */
    private static final class StuckChannel implements WritableByteChannel {
        final CountDownLatch released = new CountDownLatch(1);
        final List<byte[]> written = new ArrayList<>();
        boolean failing;
        boolean closed;
        private boolean headerSeen;

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (headerSeen) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                if (failing) {
                    throw new IOException("No space left on device");
                }
            }
            headerSeen = true;
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            written.add(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
        }

        byte[] all() {
            ByteBuffer all = ByteBuffer.allocate(
                    written.stream().mapToInt(bytes -> bytes.length).sum());
            written.forEach(all::put);
            return all.array();
        }
    }

    @Test
    void slowDisk_leavesPacketsOutAndSaysHowMany_andNeverBlocksTheRecorder() throws Exception {
        StuckChannel channel = new StuckChannel();
        long sent = 0;
        PcapngWriter writer = new PcapngWriter(channel, clock, "eth0", PcapngWriter.MIN_BUFFER_BYTES, failure -> {});
        PacketBuffer packet = PacketBuffer.copyOf(new byte[1514]);
        while (writer.dropped() < 10) {
            writer.recordInbound(packet);
            sent++;
        }
        long recorded = writer.recorded();
        assertEquals(sent, recorded + writer.dropped());
        channel.released.countDown();
        writer.close();

        List<Block> blocks = blocks(channel.all());
        assertEquals(recorded, blocks.stream().filter(b -> b.type() == 6).count());
        ByteBuffer statistics = blocks.get(blocks.size() - 1).body();
        assertEquals(sent, statistics.getLong(16), "isb_ifrecv");
        assertEquals(10, statistics.getLong(28), "isb_ifdrop");
        assertTrue(channel.closed);
    }

    @Test
    void fullDisk_endsTheRecordingAndIsReportedOnce() throws Exception {
        StuckChannel channel = new StuckChannel();
        channel.failing = true;
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        PcapngWriter writer = new PcapngWriter(channel, clock, "eth0", PcapngWriter.MIN_BUFFER_BYTES, cause -> {
            assertFalse(failure.isDone(), "reported once");
            failure.complete(cause);
        });
        PacketBuffer packet = PacketBuffer.copyOf(new byte[60]);
        writer.recordInbound(packet);
        channel.released.countDown();
        assertEquals(
                "No space left on device", failure.get(20, TimeUnit.SECONDS).getMessage());
        long recorded = writer.recorded();
        writer.recordInbound(packet);
        assertEquals(recorded, writer.recorded());
        writer.close();
        assertTrue(channel.closed);
    }
}
