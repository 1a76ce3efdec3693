package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** {@code SocketChannel}, {@code ServerSocketChannel} and their adaptors. */
abstract class ChannelContract extends ConnectionContract {
    ChannelContract(Supplier<Net> nets) {
        super(nets);
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static Object writeForEver(SocketChannel channel) throws IOException {
        while (true) {
            channel.write(ByteBuffer.allocate(1 << 16));
        }
    }

    /** Closed by the connect that failed, and says so. */
    private InetSocketAddress freeAddress() throws IOException {
        try (ServerSocketChannel gone = net.channels().openServerSocketChannel().bind(Net.loopback(0))) {
            return (InetSocketAddress) gone.getLocalAddress();
        }
    }

    @Test
    void bytes_bothWays_arrive() throws IOException {
        assertEquals(3, client.write(bytes(1, 2, 3)));
        ByteBuffer target = ByteBuffer.allocate(10);
        while (target.position() < 3) {
            accepted.read(target);
        }
        assertEquals(bytes(1, 2, 3), target.flip());
    }

    @Test
    void write_blockingAndSlowReader_writesAll() throws Exception {
        byte[] sent = new byte[1 << 20];
        new Random(5).nextBytes(sent);
        Background writer = Background.call(() -> {
            int count = client.write(ByteBuffer.wrap(sent));
            client.shutdownOutput();
            return count;
        });
        ByteBuffer target = ByteBuffer.allocate(sent.length + 1);
        int count = 0;
        while (count >= 0) {
            count = accepted.read(target);
        }
        assertEquals(sent.length, writer.result());
        assertEquals(ByteBuffer.wrap(sent), target.flip());
    }

    @Test
    void scatterAndGather_severalBuffers_keepTheOrder() throws IOException {
        assertEquals(5, client.write(new ByteBuffer[] {bytes(1, 2), bytes(), bytes(3, 4, 5)}));
        client.shutdownOutput();
        ByteBuffer first = ByteBuffer.allocate(3);
        ByteBuffer second = ByteBuffer.allocate(9);
        long total = 0;
        while (total < 5) {
            total += accepted.read(new ByteBuffer[] {first, second});
        }
        assertEquals(bytes(1, 2, 3), first.flip());
        assertEquals(bytes(4, 5), second.flip());
        assertEquals(-1, accepted.read(new ByteBuffer[] {ByteBuffer.allocate(1)}));
    }

    @Test
    void read_nonBlockingNothingThere_isZero_atEndIsMinusOne() throws IOException {
        accepted.configureBlocking(false);
        assertEquals(0, accepted.read(ByteBuffer.allocate(1)));
        client.close();
        int count = 0;
        while (count == 0) {
            count = accepted.read(ByteBuffer.allocate(1));
        }
        assertEquals(-1, count);
        assertEquals(-1, accepted.read(ByteBuffer.allocate(1)));
    }

    @Test
    void write_nonBlockingFull_isZero() throws IOException {
        client.configureBlocking(false);
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
        int count = 1;
        while (count > 0) {
            chunk.clear();
            count = client.write(chunk);
        }
        assertEquals(0, count);
    }

    @Test
    void connect_nonBlocking_isFinishedLater() throws IOException {
        try (SocketChannel channel = net.channels().openSocketChannel()) {
            channel.configureBlocking(false);
            assertThrows(NoConnectionPendingException.class, channel::finishConnect);
            boolean connected = channel.connect(server.getLocalAddress());
            while (!connected) {
                connected = channel.finishConnect();
            }
            assertTrue(channel.isConnected());
            assertFalse(channel.isConnectionPending());
            assertTrue(channel.finishConnect());
            server.accept().close();
        }
    }

    @Test
    void connect_nonBlockingToAListenerHere_isPending() throws IOException {
        try (SocketChannel channel = net.channels().openSocketChannel();
                Selector selector = net.channels().openSelector()) {
            channel.configureBlocking(false);
            assertFalse(channel.connect(server.getLocalAddress()));
            assertTrue(channel.isConnectionPending());
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            assertEquals(1, selector.select());
            assertTrue(key.isConnectable());
            assertTrue(channel.finishConnect());
            server.accept().close();
        }
    }

    @Test
    void connect_ofAnIpv4ChannelToTheIpv6Wildcard_isRefused() throws IOException {
        InetSocketAddress wildcard = new InetSocketAddress(InetAddress.getByAddress(new byte[16]), 80);
        try (SocketChannel channel = net.channels().openSocketChannel(StandardProtocolFamily.INET)) {
            assertThrows(UnsupportedAddressTypeException.class, () -> channel.connect(wildcard));
            assertTrue(channel.isOpen());
        }
    }

    @Test
    void bind_ofIpv4ChannelsToTheIpv6Wildcard_isRefused() throws IOException {
        InetSocketAddress wildcard = new InetSocketAddress(InetAddress.getByAddress(new byte[16]), 0);
        try (SocketChannel stream = net.channels().openSocketChannel(StandardProtocolFamily.INET);
                DatagramChannel datagrams = net.channels().openDatagramChannel(StandardProtocolFamily.INET)) {
            assertThrows(UnsupportedAddressTypeException.class, () -> stream.bind(wildcard));
            assertThrows(UnsupportedAddressTypeException.class, () -> datagrams.bind(wildcard));
            assertNull(stream.getLocalAddress());
            assertNull(datagrams.getLocalAddress());
        }
    }

    @Test
    void connect_refused_closesTheChannel() throws IOException {
        SocketChannel channel = net.channels().openSocketChannel();
        InetSocketAddress nobody = freeAddress();
        ConnectException e = assertThrows(ConnectException.class, () -> channel.connect(nobody));
        assertEquals("Connection refused", e.getMessage());
        assertFalse(channel.isOpen());
    }

    @Test
    void read_waiting_isSeenOnTheStackByTheJdksName() throws Exception {
        List<String> methods = Background.call(() -> client.read(ByteBuffer.allocate(1)))
                .awaitBlocked()
                .methods();
        assertTrue(methods.contains("sun.nio.ch.SocketChannelImpl.read"), methods::toString);
    }

    @Test
    void calls_inTheWrongState_areRefused() throws IOException {
        assertThrows(AlreadyConnectedException.class, () -> client.connect(server.getLocalAddress()));
        assertThrows(AlreadyBoundException.class, () -> client.bind(null));
        assertThrows(AlreadyBoundException.class, () -> server.bind(null));
        assertThrows(NullPointerException.class, () -> client.connect(null));
        try (SocketChannel unconnected = net.channels().openSocketChannel();
                ServerSocketChannel unbound = net.channels().openServerSocketChannel()) {
            assertThrows(NotYetConnectedException.class, () -> unconnected.read(bytes(1)));
            assertThrows(NotYetConnectedException.class, () -> unconnected.write(bytes(1)));
            assertThrows(NotYetConnectedException.class, unconnected::shutdownInput);
            assertThrows(NotYetBoundException.class, unbound::accept);
            assertThrows(
                    UnresolvedAddressException.class,
                    () -> unconnected.connect(InetSocketAddress.createUnresolved("nowhere.test", 1)));
            assertTrue(unconnected.isOpen());
            assertNull(unconnected.getLocalAddress());
            assertNull(unconnected.getRemoteAddress());
        }
    }

    @Test
    void calls_afterClose_sayClosed() throws IOException {
        client.close();
        server.close();
        assertThrows(ClosedChannelException.class, () -> client.read(bytes(1)));
        assertThrows(ClosedChannelException.class, () -> client.write(bytes(1)));
        assertThrows(ClosedChannelException.class, client::getLocalAddress);
        assertThrows(ClosedChannelException.class, client::shutdownOutput);
        assertThrows(ClosedChannelException.class, () -> client.configureBlocking(false));
        assertThrows(ClosedChannelException.class, server::accept);
        assertThrows(ClosedChannelException.class, () -> client.setOption(StandardSocketOptions.TCP_NODELAY, true));
    }

    @Test
    void close_duringRead_endsIt() throws Exception {
        Background reader =
                Background.call(() -> client.read(ByteBuffer.allocate(1))).awaitBlocked();
        client.close();
        assertEquals(AsynchronousCloseException.class, reader.failure().getClass());
    }

    @Test
    void close_duringAccept_endsIt() throws Exception {
        Background acceptor = Background.call(server::accept).awaitBlocked();
        server.close();
        assertEquals(AsynchronousCloseException.class, acceptor.failure().getClass());
    }

    @Test
    void interrupt_duringRead_closesTheChannel() throws Exception {
        Background reader =
                Background.call(() -> client.read(ByteBuffer.allocate(1))).awaitBlocked();
        reader.interrupt();
        assertEquals(ClosedByInterruptException.class, reader.failure().getClass());
        assertTrue(reader.interruptedAfter());
        assertFalse(client.isOpen());
    }

    @Test
    void interrupt_duringWrite_closesTheChannel() throws Exception {
        Background writer = Background.call(() -> writeForEver(client)).awaitBlocked();
        writer.interrupt();
        Throwable failure = writer.failure();
        assertTrue(failure instanceof ClosedChannelException, failure::toString);
        assertFalse(client.isOpen());
    }

    @Test
    void interrupt_duringAccept_closesTheChannel() throws Exception {
        Background acceptor = Background.call(server::accept).awaitBlocked();
        acceptor.interrupt();
        assertEquals(ClosedByInterruptException.class, acceptor.failure().getClass());
        assertTrue(acceptor.interruptedAfter());
        assertFalse(server.isOpen());
    }

    @Test
    void interrupt_beforeRead_closesTheChannel() throws Exception {
        Background reader = Background.call(() -> {
            Thread.currentThread().interrupt();
            return client.read(ByteBuffer.allocate(1));
        });
        assertEquals(ClosedByInterruptException.class, reader.failure().getClass());
        assertFalse(client.isOpen());
    }

    @Test
    void shutdownInput_duringRead_readsTheEnd() throws Exception {
        Background reader =
                Background.call(() -> client.read(ByteBuffer.allocate(1))).awaitBlocked();
        client.shutdownInput();
        assertEquals(-1, reader.result());
        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
    }

    @Test
    void shutdownOutput_thenWrite_isClosed_andPeerReadsTheEnd() throws IOException {
        client.shutdownOutput();
        assertThrows(ClosedChannelException.class, () -> client.write(bytes(1)));
        assertEquals(-1, accepted.read(ByteBuffer.allocate(1)));
        accepted.write(bytes(7));
        assertEquals(1, client.read(ByteBuffer.allocate(1)));
    }

    @Test
    void read_afterReset_saysSoEachTime() throws IOException {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
        for (int i = 0; i < 2; i++) {
            SocketException e = assertThrows(SocketException.class, () -> accepted.read(ByteBuffer.allocate(1)));
            assertEquals("Connection reset", e.getMessage());
        }
        IOException e = assertThrows(IOException.class, () -> accepted.write(bytes(1)));
        assertEquals("Broken pipe", e.getMessage());
    }

    @Test
    void accept_nonBlockingNobodyThere_isNull() throws IOException {
        server.configureBlocking(false);
        assertNull(server.accept());
    }

    @Test
    void descriptions_eachState_areTheJdks() throws IOException {
        assertEquals(
                "java.nio.channels.SocketChannel[connected local=" + client.getLocalAddress() + " remote="
                        + client.getRemoteAddress() + "]",
                client.toString());
        client.close();
        assertEquals("java.nio.channels.SocketChannel[closed]", client.toString());
    }

    @Test
    void provider_ofChannels_isTheOneThatOpenedThem() {
        assertSame(net.channels(), client.provider());
        assertSame(net.channels(), accepted.provider());
        assertSame(net.channels(), server.provider());
    }

    @Test
    void families_known_areServed() throws IOException {
        try (SocketChannel v4 = net.channels().openSocketChannel(StandardProtocolFamily.INET);
                SocketChannel local = net.channels().openSocketChannel(StandardProtocolFamily.UNIX)) {
            assertTrue(v4.connect(server.getLocalAddress()));
            assertTrue(local.isOpen());
        }
    }

    @Test
    void adaptor_streams_workBothWaysAtOnce() throws Exception {
        Socket socket = client.socket();
        assertSame(client, socket.getChannel());
        assertSame(socket, client.socket());
        Background reader =
                Background.call(() -> socket.getInputStream().read()).awaitBlocked();
        socket.getOutputStream().write(new byte[] {8});
        assertArrayEquals(new byte[] {8}, accepted.socket().getInputStream().readNBytes(1));
        accepted.write(bytes(6));
        assertEquals(6, reader.result());
    }

    @Test
    void adaptor_timeout_saysSo() throws IOException {
        client.socket().setSoTimeout(20);
        SocketTimeoutException e = assertThrows(
                SocketTimeoutException.class,
                () -> client.socket().getInputStream().read());
        assertEquals("Read timed out", e.getMessage());
        assertTrue(client.isOpen());
        server.socket().setSoTimeout(20);
        SocketTimeoutException none =
                assertThrows(SocketTimeoutException.class, () -> server.socket().accept());
        assertEquals("Accept timed out", none.getMessage());
    }

    @Test
    void adaptor_nonBlockingChannel_isRefused() throws IOException {
        Socket socket = client.socket();
        client.configureBlocking(false);
        assertThrows(IllegalBlockingModeException.class, () -> socket.getInputStream()
                .read());
        assertThrows(IllegalBlockingModeException.class, () -> socket.getOutputStream()
                .write(1));
        server.configureBlocking(false);
        assertThrows(IllegalBlockingModeException.class, () -> server.socket().accept());
    }

    @Test
    void adaptor_state_isThatOfTheChannel() throws IOException {
        Socket socket = client.socket();
        ServerSocket listening = server.socket();
        assertTrue(socket.isConnected() && socket.isBound() && !socket.isClosed());
        assertEquals(listening.getLocalPort(), socket.getPort());
        assertEquals(client.getLocalAddress(), socket.getLocalSocketAddress());
        assertEquals(client.getRemoteAddress(), socket.getRemoteSocketAddress());
        assertTrue(listening.isBound());
        socket.close();
        assertFalse(client.isOpen());
        SocketException e = assertThrows(SocketException.class, socket::getInputStream);
        assertEquals("Socket is closed", e.getMessage());
        assertThrows(SocketException.class, () -> socket.setTcpNoDelay(true));
    }
}
