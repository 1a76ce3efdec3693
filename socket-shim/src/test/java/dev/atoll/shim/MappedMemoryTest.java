package dev.atoll.shim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections and datagrams whose bytes are in mapped files, which others make shorter meanwhile. */
@Timeout(60)
class MappedMemoryTest {
    private static final int FILE_BYTES = 1 << 20;

    @TempDir
    Path directory;

    private final byte[] content = new byte[FILE_BYTES];
    private DrivenStack driven;
    private Shim shim;
    private FileChannel file;
    private ServerSocketChannel server;
    private SocketChannel client;
    private SocketChannel accepted;

    @BeforeEach
    void connect() throws IOException {
        new Random(3).nextBytes(content);
        file = FileChannel.open(
                Files.write(directory.resolve("mapped"), content), StandardOpenOption.READ, StandardOpenOption.WRITE);
        driven = DrivenStack.start();
        shim = Shim.of(StackSockets.of(driven.stack(), false), new FakeNames());
        server = shim.selectorProvider().openServerSocketChannel().bind(loopback());
        client = shim.selectorProvider().openSocketChannel();
        client.connect(server.getLocalAddress());
        accepted = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        accepted.close();
        server.close();
        driven.close();
        file.close();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Test
    void isMapping_buffersOfEachKind_areTold() throws IOException {
        MappedByteBuffer readOnly = file.map(MapMode.READ_ONLY, 100, 1000);
        assertTrue(MappedMemory.isMapping(readOnly));
        assertTrue(MappedMemory.isMapping(readOnly.slice(10, 20)));
        assertTrue(MappedMemory.isMapping(readOnly.duplicate().position(7)));
        assertTrue(MappedMemory.isMapping(file.map(MapMode.READ_WRITE, 0, 1)));
        assertTrue(MappedMemory.isMapping(file.map(MapMode.PRIVATE, 0, FILE_BYTES)));
        assertFalse(MappedMemory.isMapping(file.map(MapMode.READ_ONLY, 0, 0)), "there is nothing to touch");
        assertFalse(MappedMemory.isMapping(ByteBuffer.allocateDirect(10)));
        assertFalse(MappedMemory.isMapping(ByteBuffer.allocateDirect(10).slice().asReadOnlyBuffer()));
        assertFalse(MappedMemory.isMapping(ByteBuffer.allocate(10)));
    }

    @Test
    void connection_writtenFromAMapping_carriesIt() throws Exception {
        accepted.configureBlocking(false);
        MappedByteBuffer source = file.map(MapMode.READ_ONLY, 0, FILE_BYTES);
        Thread writer = new Thread(() -> {
            try {
                assertEquals(FILE_BYTES, client.write(source));
                client.shutdownOutput();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        Path copied = directory.resolve("copied");
        try (FileChannel copy = FileChannel.open(
                copied, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            MappedByteBuffer target = copy.map(MapMode.READ_WRITE, 0, FILE_BYTES + 1);
            int count = 0;
            while (count >= 0) {
                count = accepted.read(target);
            }
            assertEquals(FILE_BYTES, target.position());
        }
        writer.join();
        assertFalse(source.hasRemaining());
        assertArrayEquals(content, Arrays.copyOf(Files.readAllBytes(copied), FILE_BYTES));
    }

    @Test
    void write_nonBlockingFromAMapping_takesWhatGoes() throws IOException {
        client.configureBlocking(false);
        MappedByteBuffer source = file.map(MapMode.READ_ONLY, 0, FILE_BYTES);
        long sent = 0;
        int count = 1;
        while (count > 0) {
            source.clear();
            count = client.write(source);
            assertEquals(count, source.position());
            sent += count;
        }
        assertTrue(sent > 0);
        assertEquals(0, client.write(source.clear().limit(0)));
    }

    @Test
    void datagram_inAMapping_isSentAndReceived() throws IOException {
        try (DatagramChannel receiver = shim.selectorProvider().openDatagramChannel();
                DatagramChannel sender = shim.selectorProvider().openDatagramChannel()) {
            receiver.bind(loopback());
            MappedByteBuffer payload = file.map(MapMode.READ_ONLY, 50, 2000);
            assertEquals(2000, sender.send(payload, receiver.getLocalAddress()));
            assertFalse(payload.hasRemaining());
            MappedByteBuffer target = file.map(MapMode.READ_WRITE, 10_000, 5000);
            target.position(1);
            receiver.receive(target);
            assertEquals(2001, target.position());
            assertEquals(payload.flip(), target.flip().position(1));
            MappedByteBuffer tooLong = file.map(MapMode.READ_ONLY, 0, 100_000);
            assertThrows(IOException.class, () -> sender.send(tooLong, receiver.getLocalAddress()));
            assertEquals(0, tooLong.position());
        }
    }
}
