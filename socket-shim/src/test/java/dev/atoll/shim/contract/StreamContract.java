package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * {@code Channels.newInputStream} and {@code newOutputStream} of connections, as JDK 21 and newer have them: both directions
 * at once. Under the hooks JDK 17 has that too, whose own streams take one lock of the channel for both; a program that
 * embeds a stack has what its JDK makes of channels that are not its own. So this runs in child JVMs only.
 */
abstract class StreamContract extends ConnectionContract {
    StreamContract(Supplier<Net> nets) {
        super(nets);
    }

    @Test
    void streams_oneReading_theOtherWrites() throws Exception {
        InputStream in = Channels.newInputStream(client);
        OutputStream out = Channels.newOutputStream(client);
        Background reader = Background.call(in::read).awaitBlocked();
        out.write(new byte[] {8, 9});
        out.write(10);
        assertArrayEquals(
                new byte[] {8, 9, 10}, Channels.newInputStream(accepted).readNBytes(3));
        accepted.write(ByteBuffer.wrap(new byte[] {6}));
        assertEquals(6, reader.result());
    }

    @Test
    void streams_oneBlockedInWriting_theOtherReads() throws Exception {
        byte[] sent = new byte[8 << 20];
        new Random(11).nextBytes(sent);
        Background writer = Background.call(() -> {
                    Channels.newOutputStream(client).write(sent);
                    return sent.length;
                })
                .awaitBlocked();
        accepted.write(ByteBuffer.wrap(new byte[] {1, 2}));
        assertArrayEquals(new byte[] {1, 2}, Channels.newInputStream(client).readNBytes(2));
        assertArrayEquals(sent, Channels.newInputStream(accepted).readNBytes(sent.length));
        assertEquals(sent.length, writer.result());
    }

    @Test
    void streams_halfTheChannelShut_endAndGoOn() throws IOException {
        InputStream in = Channels.newInputStream(accepted);
        Channels.newOutputStream(client).write("last".getBytes(StandardCharsets.UTF_8));
        client.shutdownOutput();
        assertEquals("last", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(-1, in.read());
        Channels.newOutputStream(accepted).write(5);
        assertEquals(5, Channels.newInputStream(client).read());
        OutputStream shut = Channels.newOutputStream(client);
        assertThrows(ClosedChannelException.class, () -> shut.write(1));
    }

    @Test
    void streams_closed_closeTheChannel() throws IOException {
        InputStream in = Channels.newInputStream(client);
        in.close();
        assertFalse(client.isOpen());
        assertThrows(ClosedChannelException.class, in::read);
        Channels.newOutputStream(accepted).close();
        assertFalse(accepted.isOpen());
    }

    @Test
    void streams_ofANonBlockingChannel_areRefused() throws IOException {
        InputStream in = Channels.newInputStream(client);
        OutputStream out = Channels.newOutputStream(client);
        client.configureBlocking(false);
        assertThrows(IllegalBlockingModeException.class, in::read);
        assertThrows(IllegalBlockingModeException.class, () -> out.write(1));
        client.configureBlocking(true);
        out.write(3);
        assertEquals(3, Channels.newInputStream(accepted).read());
    }

    @Test
    void streams_badArguments_areRefused() throws IOException {
        InputStream in = Channels.newInputStream(client);
        OutputStream out = Channels.newOutputStream(client);
        assertThrows(IndexOutOfBoundsException.class, () -> in.read(new byte[2], 1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> out.write(new byte[2], -1, 1));
        assertEquals(0, in.read(new byte[2], 1, 0));
        assertThrows(NullPointerException.class, () -> Channels.newInputStream((ReadableByteChannel) null));
        assertThrows(NullPointerException.class, () -> Channels.newOutputStream((WritableByteChannel) null));
        try (SocketChannel unconnected = net.channels().openSocketChannel()) {
            InputStream none = Channels.newInputStream(unconnected);
            assertThrows(NotYetConnectedException.class, none::read);
        }
    }

    @Test
    void streams_afterAReset_saySo() throws IOException {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
        InputStream in = Channels.newInputStream(accepted);
        assertEquals(
                "Connection reset",
                assertThrows(SocketException.class, in::read).getMessage());
    }

    @Test
    void readerAndWriter_ofAConnection_workBothWaysAtOnce() throws Exception {
        Background reader = Background.call(
                        () -> Channels.newReader(client, StandardCharsets.UTF_8).read())
                .awaitBlocked();
        client.write(ByteBuffer.wrap(new byte[] {'x'}));
        assertEquals('x', Channels.newReader(accepted, StandardCharsets.UTF_8).read());
        accepted.write(ByteBuffer.wrap(new byte[] {'y', '\n'}));
        accepted.shutdownOutput();
        assertEquals((int) 'y', reader.result());
    }

    /** Other channels are the JDK's as before. */
    @Test
    void streams_ofOtherChannels_areTheJdks() throws IOException {
        Pipe pipe = net.channels().openPipe();
        Channels.newOutputStream(pipe.sink()).write(4);
        assertEquals(4, Channels.newInputStream(pipe.source()).read());
        pipe.sink().close();
        pipe.source().close();
        Path file = Files.createTempFile("stream", ".bin");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Channels.newOutputStream(channel).write(new byte[] {1, 2, 3});
            channel.position(1);
            assertEquals(2, Channels.newInputStream(channel).available());
        } finally {
            Files.delete(file);
        }
    }
}
