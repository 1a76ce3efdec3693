package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code FileChannel.transferTo} and {@code transferFrom} with a connection at the other end. */
abstract class FileTransferContract extends ConnectionContract {
    /** Not a multiple of any piece that somebody may move at once. */
    private static final int FILE_BYTES = (3 << 20) + 12_345;

    private final byte[] content = new byte[FILE_BYTES];
    private Path path;
    private FileChannel file;

    @SuppressWarnings("NullAway.Init") // made before each test
    FileTransferContract(Supplier<Net> nets) {
        super(nets);
        new Random(19).nextBytes(content);
    }

    @BeforeEach
    void openFile() throws IOException {
        path = Files.createTempFile("transfer", ".bin");
        Files.write(path, content);
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @AfterEach
    void closeFile() throws IOException {
        file.close();
        Files.delete(path);
    }

    /** Up to JDK 21 the descriptor of a channel of the JDK's own goes to sendfile(2) without the channel being asked. */
    private boolean asksNobody() {
        return client.getClass().getName().startsWith("sun.nio.ch.")
                && Runtime.version().feature() <= 21;
    }

    /** Reads to the end of what the client sends. */
    private Background readAll() {
        return Background.call(() -> {
            ByteBuffer all = ByteBuffer.allocate(2 * FILE_BYTES);
            int count = 0;
            while (count >= 0) {
                count = accepted.read(all);
            }
            return Arrays.copyOf(all.array(), all.position());
        });
    }

    @Test
    void transferTo_blocking_sendsAll_andLeavesThePosition() throws Exception {
        Background reader = readAll();
        file.position(77);
        assertEquals(FILE_BYTES, file.transferTo(0, FILE_BYTES, client));
        assertEquals(77, file.position());
        client.shutdownOutput();
        assertArrayEquals(content, (byte[]) reader.result());
    }

    @Test
    void transferTo_fromTheMiddle_sendsThat() throws Exception {
        Background reader = readAll();
        assertEquals(300_001, file.transferTo(1_000_003, 300_001, client));
        assertEquals(1, file.transferTo(5, 1, client));
        client.shutdownOutput();
        byte[] sent = Arrays.copyOf(Arrays.copyOfRange(content, 1_000_003, 1_300_004), 300_002);
        sent[300_001] = content[5];
        assertArrayEquals(sent, (byte[]) reader.result());
    }

    @Test
    void transferTo_moreThanThereIs_sendsToTheEnd() throws Exception {
        Background reader = readAll();
        assertEquals(100, file.transferTo(FILE_BYTES - 100, Long.MAX_VALUE, client));
        assertEquals(0, file.transferTo(FILE_BYTES, 10, client));
        assertEquals(0, file.transferTo(FILE_BYTES + 1L, 10, client));
        assertEquals(0, file.transferTo(0, 0, client));
        client.shutdownOutput();
        assertArrayEquals(Arrays.copyOfRange(content, FILE_BYTES - 100, FILE_BYTES), (byte[]) reader.result());
    }

    @Test
    void transferTo_nonBlocking_sendsWhatGoes() throws Exception {
        client.configureBlocking(false);
        long sent = 0;
        long count = file.transferTo(0, FILE_BYTES, client);
        while (count > 0 && sent < 64L * FILE_BYTES) {
            sent += count;
            count = file.transferTo(sent % FILE_BYTES, FILE_BYTES, client);
        }
        assertEquals(0, count, "nobody reads, so the buffers fill");
        assertTrue(sent > 0);
        ByteBuffer received = ByteBuffer.allocate(1 << 16);
        long checked = 0;
        while (checked < sent) {
            received.clear().limit((int) Math.min(received.capacity(), sent - checked));
            int read = accepted.read(received);
            received.flip();
            for (int i = 0; i < read; i++) {
                if (received.get(i) != content[(int) ((checked + i) % FILE_BYTES)]) {
                    throw new AssertionError("byte " + (checked + i) + " of " + sent + " is another");
                }
            }
            checked += read;
        }
        long more = 0;
        while (more == 0) {
            more = file.transferTo(0, 10, client);
        }
        assertEquals(10, more);
    }

    @Test
    void transferTo_whatCannotBe_isRefused() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> file.transferTo(-1, 1, client));
        assertThrows(IllegalArgumentException.class, () -> file.transferTo(0, -1, client));
        try (FileChannel writeOnly = FileChannel.open(path, StandardOpenOption.WRITE)) {
            assertThrows(NonReadableChannelException.class, () -> writeOnly.transferTo(0, 1, client));
        }
        Class<? extends Exception> refusal = asksNobody() ? IOException.class : NotYetConnectedException.class;
        try (SocketChannel unconnected = net.channels().openSocketChannel()) {
            assertThrows(refusal, () -> file.transferTo(0, 1, unconnected));
        }
        client.shutdownOutput();
        Class<? extends IOException> ended = asksNobody() ? IOException.class : ClosedChannelException.class;
        assertThrows(ended, () -> file.transferTo(0, 1, client));
        client.close();
        assertThrows(ClosedChannelException.class, () -> file.transferTo(0, 1, client));
        file.close();
        assertThrows(ClosedChannelException.class, () -> file.transferTo(0, 1, accepted));
    }

    @Test
    void transferTo_peerGone_failsOrSaysWhatWent() throws IOException {
        accepted.close();
        IOException e = assertThrows(IOException.class, () -> {
            while (true) {
                file.transferTo(0, FILE_BYTES, client);
            }
        });
        assertTrue(String.valueOf(e.getMessage()).matches("Broken pipe|Connection reset.*"), e::toString);
    }

    @Test
    void transferTo_channelClosedMeanwhile_ends() throws Exception {
        if (asksNobody()) {
            return; // it goes on for ever
        }
        Background writer = Background.call(() -> {
                    while (true) {
                        file.transferTo(0, FILE_BYTES, client);
                    }
                })
                .awaitBlocked();
        client.close();
        Throwable failure = writer.failure();
        assertTrue(failure instanceof ClosedChannelException, failure::toString);
        assertTrue(file.isOpen());
    }

    @Test
    void transferFrom_blocking_takesAll_andLeavesThePosition() throws Exception {
        byte[] sent = new byte[FILE_BYTES];
        new Random(23).nextBytes(sent);
        Background writer = Background.call(() -> client.write(ByteBuffer.wrap(sent)));
        file.position(5);
        assertEquals(1_000_000, file.transferFrom(accepted, 0, 1_000_000));
        assertEquals(FILE_BYTES - 1_000_000, file.transferFrom(accepted, 1_000_000, FILE_BYTES - 1_000_000));
        assertEquals(FILE_BYTES, writer.result());
        assertEquals(5, file.position());
        assertArrayEquals(sent, Files.readAllBytes(path));
    }

    @Test
    void transferFrom_endOfStream_takesWhatCame() throws Exception {
        client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        client.shutdownOutput();
        assertEquals(3, file.transferFrom(accepted, 10, 1000));
        assertEquals(0, file.transferFrom(accepted, 13, 1000));
        byte[] expected = content.clone();
        expected[10] = 1;
        expected[11] = 2;
        expected[12] = 3;
        assertArrayEquals(expected, Files.readAllBytes(path));
    }

    @Test
    void transferFrom_nonBlocking_takesWhatIsThere() throws IOException {
        accepted.configureBlocking(false);
        assertEquals(0, file.transferFrom(accepted, 0, 10));
        client.write(ByteBuffer.wrap(new byte[] {4, 5}));
        long count = 0;
        while (count == 0) {
            count = file.transferFrom(accepted, FILE_BYTES, 10);
        }
        while (count < 2) {
            count += file.transferFrom(accepted, FILE_BYTES + count, 10);
        }
        assertEquals(FILE_BYTES + 2L, file.size());
        assertEquals(0, file.transferFrom(accepted, 0, 0));
    }

    @Test
    void transferFrom_whatCannotBe_isRefused() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> file.transferFrom(client, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> file.transferFrom(client, 0, -1));
        try (FileChannel readOnly = FileChannel.open(path, StandardOpenOption.READ)) {
            assertThrows(NonWritableChannelException.class, () -> readOnly.transferFrom(client, 0, 1));
        }
        try (SocketChannel unconnected = net.channels().openSocketChannel()) {
            assertThrows(NotYetConnectedException.class, () -> file.transferFrom(unconnected, 0, 1));
        }
        client.close();
        assertThrows(ClosedChannelException.class, () -> file.transferFrom(client, 0, 1));
        file.close();
        assertThrows(ClosedChannelException.class, () -> file.transferFrom(accepted, 0, 1));
    }

    /** Often enough that the JVM compiles all of it: compiled code is told of such a fault late. */
    @Test
    void write_ofAMappedFileMadeShorter_isABadAddress() throws IOException {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        MappedByteBuffer mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, FILE_BYTES);
        file.truncate(4096);
        ByteBuffer received = ByteBuffer.allocateDirect(100);
        for (int i = 0; i < 20_000; i++) {
            if (i % 16 == 0) {
                mapped.limit(30_000).position(20_000);
                IOException e = assertThrows(IOException.class, () -> client.write(mapped));
                assertEquals("Bad address", e.getMessage());
                assertEquals(20_000, mapped.position());
            }
            mapped.limit(2100).position(2000);
            assertEquals(100, client.write(mapped));
            received.clear();
            while (received.hasRemaining()) {
                accepted.read(received);
            }
        }
        assertEquals(ByteBuffer.wrap(content, 2000, 100), received.flip());
    }

    @Test
    void read_intoAMappedFileMadeShorter_isABadAddress() throws IOException {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        MappedByteBuffer mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES);
        file.truncate(4096);
        for (int i = 0; i < 500; i++) {
            client.write(ByteBuffer.wrap(new byte[10]));
            mapped.limit(30_000).position(20_000);
            IOException e = assertThrows(IOException.class, () -> accepted.read(mapped));
            assertEquals("Bad address", e.getMessage());
        }
        assertTrue(accepted.isOpen());
    }
}
