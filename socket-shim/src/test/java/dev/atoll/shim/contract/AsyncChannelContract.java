package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AcceptPendingException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadPendingException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.WritePendingException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code AsynchronousSocketChannel} and {@code AsynchronousServerSocketChannel}. */
@Timeout(60)
abstract class AsyncChannelContract {
    private final Supplier<Net> nets;
    private Net net;
    private AsynchronousServerSocketChannel server;
    private AsynchronousSocketChannel client;
    private AsynchronousSocketChannel accepted;

    @SuppressWarnings("NullAway.Init") // made before each test
    AsyncChannelContract(Supplier<Net> nets) {
        this.nets = nets;
    }

    @BeforeEach
    void connect() throws Exception {
        net = nets.get();
        server = newServer();
        server.bind(Net.loopback(0));
        client = newChannel();
        Future<AsynchronousSocketChannel> accept = server.accept();
        assertNull(client.connect(server.getLocalAddress()).get());
        accepted = accept.get();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        accepted.close();
        server.close();
        net.close();
    }

    private AsynchronousSocketChannel newChannel() throws IOException {
        return net.asyncChannels().openAsynchronousSocketChannel(null);
    }

    private AsynchronousServerSocketChannel newServer() throws IOException {
        return net.asyncChannels().openAsynchronousServerSocketChannel(null);
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    /** Where nobody listens. */
    private InetSocketAddress freeAddress() throws IOException {
        try (AsynchronousServerSocketChannel gone = newServer().bind(Net.loopback(0))) {
            return (InetSocketAddress) gone.getLocalAddress();
        }
    }

    /** Writes until a write does not complete at once, and gives that one. */
    private static Future<Integer> fill(AsynchronousByteChannel channel) {
        while (true) {
            Future<Integer> write = channel.write(ByteBuffer.allocate(1 << 16));
            try {
                write.get(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                return write;
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            }
        }
    }

    // ---- bytes

    @Test
    void bytes_byFutures_arrive() throws Exception {
        assertEquals(3, client.write(bytes(1, 2, 3)).get());
        ByteBuffer target = ByteBuffer.allocate(10);
        while (target.position() < 3) {
            assertTrue(accepted.read(target).get() > 0);
        }
        assertEquals(bytes(1, 2, 3), target.flip());
    }

    @Test
    void bytes_byHandlers_arriveWithTheAttachment() throws Exception {
        Outcome<Integer> written = new Outcome<>();
        Outcome<Integer> read = new Outcome<>();
        ByteBuffer target = ByteBuffer.allocate(10);
        accepted.read(target, "in", read);
        client.write(bytes(7, 8), "out", written);
        assertEquals(2, written.result());
        assertEquals("out", written.attachment());
        assertEquals(2, read.result());
        assertEquals("in", read.attachment());
        assertEquals(bytes(7, 8), target.flip());
    }

    @Test
    void megabytes_bothWaysAtOnce_arriveWhole() throws Exception {
        byte[] there = new byte[1 << 20];
        byte[] back = new byte[1 << 20];
        new Random(3).nextBytes(there);
        new Random(4).nextBytes(back);
        CountDownLatch ended = new CountDownLatch(4);
        ByteBuffer atServer = ByteBuffer.allocate(there.length);
        ByteBuffer atClient = ByteBuffer.allocate(back.length);
        new Pump(ByteBuffer.wrap(there), client, true, ended).start();
        new Pump(ByteBuffer.wrap(back), accepted, true, ended).start();
        new Pump(atServer, accepted, false, ended).start();
        new Pump(atClient, client, false, ended).start();
        assertTrue(ended.await(50, TimeUnit.SECONDS));
        assertEquals(ByteBuffer.wrap(there), atServer.flip());
        assertEquals(ByteBuffer.wrap(back), atClient.flip());
    }

    /** Writes, or reads, until the buffer is full of it. */
    private static final class Pump extends Completed<Integer> {
        private final ByteBuffer buffer;
        private final AsynchronousSocketChannel channel;
        private final boolean writes;
        private final CountDownLatch ended;

        Pump(ByteBuffer buffer, AsynchronousSocketChannel channel, boolean writes, CountDownLatch ended) {
            this.buffer = buffer;
            this.channel = channel;
            this.writes = writes;
            this.ended = ended;
        }

        void start() {
            if (writes) {
                channel.write(buffer, "", this);
            } else {
                channel.read(buffer, "", this);
            }
        }

        @Override
        public void completed(Integer count, Object attachment) {
            if (count > 0 && buffer.hasRemaining()) {
                start();
            } else {
                ended.countDown();
            }
        }
    }

    @Test
    void scatterAndGather_severalBuffers_keepTheOrder() throws Exception {
        Outcome<Long> written = new Outcome<>();
        client.write(
                new ByteBuffer[] {bytes(9), bytes(1, 2), bytes(), bytes(3, 4, 5)},
                1,
                3,
                0,
                TimeUnit.SECONDS,
                "",
                written);
        assertEquals(5L, written.result());
        client.shutdownOutput();
        ByteBuffer first = ByteBuffer.allocate(3);
        ByteBuffer second = ByteBuffer.allocate(9);
        long total = 0;
        while (total < 5) {
            Outcome<Long> read = new Outcome<>();
            accepted.read(new ByteBuffer[] {first, second}, 0, 2, 0, TimeUnit.SECONDS, "", read);
            total += read.result();
        }
        assertEquals(bytes(1, 2, 3), first.flip());
        assertEquals(bytes(4, 5), second.flip());
        Outcome<Long> end = new Outcome<>();
        accepted.read(new ByteBuffer[] {ByteBuffer.allocate(1)}, 0, 1, 0, TimeUnit.SECONDS, "", end);
        assertEquals(-1L, end.result());
    }

    @Test
    void streams_ofTheChannel_work() throws Exception {
        OutputStream out = Channels.newOutputStream(client);
        InputStream in = Channels.newInputStream(accepted);
        out.write(new byte[] {4, 5, 6});
        assertEquals(4, in.read());
        assertEquals(2, in.readNBytes(2).length);
        client.shutdownOutput();
        assertEquals(-1, in.read());
    }

    @Test
    void channels_ofBothKinds_talkToEachOther() throws Exception {
        Future<AsynchronousSocketChannel> accept = server.accept();
        try (SocketChannel blocking = net.channels().openSocketChannel()) {
            blocking.connect(server.getLocalAddress());
            try (AsynchronousSocketChannel here = accept.get()) {
                blocking.write(bytes(5));
                assertEquals(1, here.read(ByteBuffer.allocate(1)).get());
            }
        }
    }

    // ---- nothing to do, and what is refused

    @Test
    void emptyBuffers_completeAtOnceWithZero() throws Exception {
        Future<Integer> read = client.read(bytes());
        assertTrue(read.isDone());
        assertEquals(0, read.get());
        assertEquals(0, client.write(bytes()).get());
        Outcome<Integer> handler = new Outcome<>();
        client.read(bytes(), "", handler);
        assertEquals(0, handler.result());
        Outcome<Long> none = new Outcome<>();
        client.write(new ByteBuffer[] {bytes(), bytes()}, 0, 2, 0, TimeUnit.SECONDS, "", none);
        assertEquals(0L, none.result());
    }

    @Test
    @SuppressWarnings("NullAway") // a program may pass null by mistake
    void arguments_thatAreWrong_areRefusedAtOnce() {
        ByteBuffer readOnly = ByteBuffer.allocate(1).asReadOnlyBuffer();
        Outcome<Long> several = new Outcome<>();
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> client.read(readOnly));
        assertEquals("Read-only buffer", e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> client.read(new ByteBuffer[] {bytes(1), readOnly}, 0, 2, 0, TimeUnit.SECONDS, "", several));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> client.read(new ByteBuffer[] {bytes(1)}, 1, 1, 0, TimeUnit.SECONDS, "", several));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> client.write(new ByteBuffer[] {bytes(1)}, -1, 1, 0, TimeUnit.SECONDS, "", several));
        NullPointerException none = assertThrows(NullPointerException.class, () -> client.read(bytes(1), "", null));
        assertEquals("'handler' is null", none.getMessage());
        assertThrows(NullPointerException.class, () -> client.write(bytes(1), "", null));
        assertThrows(NullPointerException.class, () -> server.accept("", null));
    }

    @Test
    void calls_notConnected_areRefused() throws IOException {
        try (AsynchronousSocketChannel unconnected = newChannel()) {
            assertThrows(NotYetConnectedException.class, () -> unconnected.read(ByteBuffer.allocate(1)));
            assertThrows(NotYetConnectedException.class, () -> unconnected.write(bytes(1)));
            assertThrows(NotYetConnectedException.class, unconnected::shutdownInput);
            assertThrows(NotYetConnectedException.class, unconnected::shutdownOutput);
            assertNull(unconnected.getLocalAddress());
            assertNull(unconnected.getRemoteAddress());
            assertTrue(unconnected.isOpen());
        }
        try (AsynchronousServerSocketChannel unbound = newServer()) {
            assertThrows(NotYetBoundException.class, unbound::accept);
            assertNull(unbound.getLocalAddress());
        }
    }

    @Test
    void operation_whileTheSamePends_isRefused() throws Exception {
        Future<Integer> read = client.read(ByteBuffer.allocate(1));
        assertThrows(ReadPendingException.class, () -> client.read(ByteBuffer.allocate(1)));
        assertThrows(ReadPendingException.class, () -> client.read(bytes()));
        Future<Integer> write = fill(client);
        assertThrows(WritePendingException.class, () -> client.write(bytes(1)));
        Future<AsynchronousSocketChannel> accept = server.accept();
        assertThrows(AcceptPendingException.class, server::accept);
        assertFalse(read.isDone() || write.isDone() || accept.isDone());
    }

    // ---- connecting, binding and accepting

    @Test
    void connect_toAListener_knowsBothAddresses() throws IOException {
        assertEquals(server.getLocalAddress(), client.getRemoteAddress());
        assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
        assertEquals(client.getRemoteAddress(), accepted.getLocalAddress());
    }

    @Test
    void connect_byHandler_completes() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (AsynchronousSocketChannel other = newChannel()) {
            other.connect(server.getLocalAddress(), "", new Completed<Void>() {
                @Override
                public void completed(Void result, Object attachment) {
                    done.countDown();
                }
            });
            assertTrue(done.await(20, TimeUnit.SECONDS));
            server.accept().get().close();
        }
    }

    @Test
    void connect_refused_failsAndCloses() throws Exception {
        InetSocketAddress free = freeAddress();
        try (AsynchronousSocketChannel other = newChannel()) {
            Throwable failure = Outcome.failureOf(other.connect(free));
            assertEquals(ConnectException.class, failure.getClass());
            assertEquals("Connection refused", failure.getMessage());
            assertFalse(other.isOpen());
        }
        try (AsynchronousSocketChannel other = newChannel()) {
            Outcome<Void> outcome = new Outcome<>();
            other.connect(free, "", outcome);
            assertEquals(ConnectException.class, outcome.failure().getClass());
            assertFalse(other.isOpen());
        }
    }

    @Test
    void connect_inAnyOtherState_isRefused() throws Exception {
        assertThrows(AlreadyConnectedException.class, () -> client.connect(server.getLocalAddress()));
        assertThrows(AlreadyBoundException.class, () -> client.bind(null));
        try (AsynchronousSocketChannel other = newChannel()) {
            assertThrows(
                    UnresolvedAddressException.class,
                    () -> other.connect(InetSocketAddress.createUnresolved("nowhere.test", 1)));
            assertTrue(other.isOpen());
        }
        client.close();
        assertInstanceOf(ClosedChannelException.class, Outcome.failureOf(client.connect(server.getLocalAddress())));
    }

    @Test
    void bind_thenConnect_keepsThePort() throws Exception {
        try (AsynchronousSocketChannel other = newChannel().bind(Net.loopback(0))) {
            InetSocketAddress local = (InetSocketAddress) other.getLocalAddress();
            assertThrows(AlreadyBoundException.class, () -> other.bind(Net.loopback(0)));
            other.connect(server.getLocalAddress()).get();
            try (AsynchronousSocketChannel there = server.accept().get()) {
                assertEquals(local, there.getRemoteAddress());
            }
        }
        assertThrows(AlreadyBoundException.class, () -> server.bind(null));
    }

    @Test
    void accept_oneAfterTheOther_byHandler() throws Exception {
        AtomicInteger count = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        server.accept("", new CompletionHandler<AsynchronousSocketChannel, Object>() {
            @Override
            public void completed(AsynchronousSocketChannel channel, Object attachment) {
                count.incrementAndGet();
                server.accept("", this);
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                three.countDown();
            }

            @Override
            public void failed(Throwable cause, Object attachment) {
                // closed in the end
            }
        });
        for (int i = 0; i < 3; i++) {
            try (AsynchronousSocketChannel other = newChannel()) {
                other.connect(server.getLocalAddress()).get();
                assertEquals(-1, other.read(ByteBuffer.allocate(1)).get());
            }
        }
        assertTrue(three.await(20, TimeUnit.SECONDS));
        assertEquals(3, count.get());
    }

    // ---- shutting, closing, resets

    @Test
    void shutdownOutput_thenWrite_isClosed_andPeerReadsTheEnd() throws Exception {
        client.shutdownOutput();
        client.shutdownOutput();
        assertEquals(-1, accepted.read(ByteBuffer.allocate(1)).get());
        assertInstanceOf(ClosedChannelException.class, Outcome.failureOf(client.write(bytes(1))));
        IOException e =
                assertThrows(IOException.class, () -> client.setOption(StandardSocketOptions.TCP_NODELAY, true));
        assertEquals("Connection has been shutdown for writing", e.getMessage());
        accepted.write(bytes(7)).get();
        assertEquals(1, client.read(ByteBuffer.allocate(1)).get());
    }

    @Test
    void shutdownInput_whileReading_readsTheEnd() throws Exception {
        Future<Integer> read = client.read(ByteBuffer.allocate(1));
        client.shutdownInput();
        assertEquals(-1, read.get(20, TimeUnit.SECONDS));
        assertEquals(-1, client.read(ByteBuffer.allocate(1)).get());
        assertEquals(-1, client.read(bytes()).get());
    }

    @Test
    void close_withOperationsUnderWay_failsThem() throws Exception {
        Future<Integer> read = client.read(ByteBuffer.allocate(1));
        Future<Integer> write = fill(client);
        Outcome<Integer> handled = new Outcome<>();
        accepted.shutdownInput();
        accepted.read(ByteBuffer.allocate(1), "", handled);
        assertEquals(-1, handled.result());
        Future<AsynchronousSocketChannel> accept = server.accept();
        client.close();
        server.close();
        assertEquals(AsynchronousCloseException.class, Outcome.failureOf(read).getClass());
        assertInstanceOf(IOException.class, Outcome.failureOf(write));
        assertEquals(AsynchronousCloseException.class, Outcome.failureOf(accept).getClass());
        client.close();
    }

    @Test
    void close_withHandlersUnderWay_tellsThem() throws Exception {
        Outcome<Integer> read = new Outcome<>();
        Outcome<AsynchronousSocketChannel> accept = new Outcome<>();
        client.read(ByteBuffer.allocate(1), "", read);
        server.accept("", accept);
        client.close();
        server.close();
        assertEquals(AsynchronousCloseException.class, read.failure().getClass());
        assertEquals(AsynchronousCloseException.class, accept.failure().getClass());
        assertFalse(read.thread() == Thread.currentThread());
    }

    @Test
    void calls_afterClose_failClosed() throws Exception {
        client.close();
        server.close();
        assertEquals(
                ClosedChannelException.class,
                Outcome.failureOf(client.read(ByteBuffer.allocate(1))).getClass());
        assertEquals(
                ClosedChannelException.class,
                Outcome.failureOf(client.write(bytes(1))).getClass());
        assertEquals(
                ClosedChannelException.class, Outcome.failureOf(server.accept()).getClass());
        Outcome<Integer> outcome = new Outcome<>();
        client.read(ByteBuffer.allocate(1), "", outcome);
        assertEquals(ClosedChannelException.class, outcome.failure().getClass());
        assertThrows(ClosedChannelException.class, client::getLocalAddress);
        assertThrows(ClosedChannelException.class, client::getRemoteAddress);
        assertThrows(ClosedChannelException.class, client::shutdownInput);
        assertThrows(ClosedChannelException.class, () -> client.bind(null));
        assertThrows(ClosedChannelException.class, () -> client.setOption(StandardSocketOptions.TCP_NODELAY, true));
        assertThrows(ClosedChannelException.class, () -> server.getOption(StandardSocketOptions.SO_RCVBUF));
        assertThrows(ClosedChannelException.class, () -> server.bind(null));
    }

    @Test
    void peer_closed_readsTheEndAndThenWritesFail() throws Exception {
        client.close();
        assertEquals(-1, accepted.read(ByteBuffer.allocate(1)).get());
        Throwable failure = null;
        while (failure == null) {
            Future<Integer> write = accepted.write(bytes(1));
            try {
                write.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                failure = e.getCause();
            }
        }
        assertEquals(IOException.class, failure.getClass());
        assertEquals("Broken pipe", failure.getMessage());
    }

    @Test
    void read_afterReset_saysSo() throws Exception {
        Future<AsynchronousSocketChannel> accept = server.accept();
        try (SocketChannel other = net.channels().openSocketChannel()) {
            other.connect(server.getLocalAddress());
            other.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        try (AsynchronousSocketChannel here = accept.get()) {
            Throwable failure = Outcome.failureOf(here.read(ByteBuffer.allocate(1)));
            assertEquals(IOException.class, failure.getClass());
            assertEquals("Connection reset", failure.getMessage());
        }
    }

    // ---- timeouts and cancelling

    @Test
    void read_timedOut_failsAndForbidsReading() throws Exception {
        Outcome<Integer> read = new Outcome<>();
        client.read(ByteBuffer.allocate(1), 20, TimeUnit.MILLISECONDS, "", read);
        assertEquals(InterruptedByTimeoutException.class, read.failure().getClass());
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> client.read(ByteBuffer.allocate(1)));
        assertEquals("Reading not allowed due to timeout or cancellation", e.getMessage());
        assertEquals(1, client.write(bytes(1)).get());
        assertTrue(client.isOpen());
    }

    @Test
    void write_timedOut_failsAndForbidsWriting() throws Exception {
        Outcome<Integer> last = new Outcome<>();
        client.write(
                ByteBuffer.allocate(1 << 16), 50, TimeUnit.MILLISECONDS, "", new CompletionHandler<Integer, Object>() {
                    @Override
                    public void completed(Integer result, Object attachment) {
                        client.write(ByteBuffer.allocate(1 << 16), 50, TimeUnit.MILLISECONDS, "", this);
                    }

                    @Override
                    public void failed(Throwable cause, Object attachment) {
                        last.failed(cause, attachment);
                    }
                });
        assertEquals(InterruptedByTimeoutException.class, last.failure().getClass());
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> client.write(bytes(1)));
        assertEquals("Writing not allowed due to timeout or cancellation", e.getMessage());
        accepted.write(bytes(3)).get();
        assertEquals(1, client.read(ByteBuffer.allocate(1)).get());
    }

    @Test
    void read_inTime_isNotDisturbedByItsTimeout() throws Exception {
        Outcome<Integer> read = new Outcome<>();
        client.read(ByteBuffer.allocate(1), 1, TimeUnit.HOURS, "", read);
        accepted.write(bytes(1)).get();
        assertEquals(1, read.result());
        Outcome<Integer> untimed = new Outcome<>();
        client.read(ByteBuffer.allocate(1), -1, TimeUnit.SECONDS, "", untimed);
        accepted.write(bytes(1)).get();
        assertEquals(1, untimed.result());
    }

    @Test
    void cancel_ofARead_forbidsReadingAndLeavesTheChannelOpen() throws Exception {
        Future<Integer> read = client.read(ByteBuffer.allocate(1));
        assertTrue(read.cancel(false));
        assertTrue(read.isCancelled() && read.isDone());
        assertThrows(CancellationException.class, read::get);
        assertThrows(CancellationException.class, () -> read.get(1, TimeUnit.SECONDS));
        assertFalse(read.cancel(true));
        assertTrue(client.isOpen());
        assertThrows(IllegalStateException.class, () -> client.read(ByteBuffer.allocate(1)));
        assertEquals(1, client.write(bytes(1)).get());
    }

    @Test
    void cancel_withForce_closesTheChannel() throws Exception {
        Future<Integer> read = client.read(ByteBuffer.allocate(1));
        assertTrue(read.cancel(true));
        assertThrows(CancellationException.class, read::get);
        assertFalse(client.isOpen());
        assertEquals(-1, accepted.read(ByteBuffer.allocate(1)).get());
    }

    @Test
    void cancel_ofAWrite_forbidsWriting() throws Exception {
        Future<Integer> write = fill(client);
        assertTrue(write.cancel(false));
        assertThrows(IllegalStateException.class, () -> client.write(bytes(1)));
        assertTrue(client.isOpen());
    }

    @Test
    void cancel_ofAnAccept_closesWhoComesAndForbidsAccepting() throws Exception {
        Future<AsynchronousSocketChannel> accept = server.accept();
        assertTrue(accept.cancel(false));
        assertThrows(CancellationException.class, accept::get);
        RuntimeException e = assertThrows(RuntimeException.class, server::accept);
        assertEquals("Accept not allowed due cancellation", e.getMessage());
        try (AsynchronousSocketChannel other = newChannel()) {
            other.connect(server.getLocalAddress()).get();
            assertEquals(-1, other.read(ByteBuffer.allocate(1)).get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void cancel_ofWhatIsDone_isFalse() throws Exception {
        Future<Integer> write = client.write(bytes(1));
        assertEquals(1, write.get());
        assertFalse(write.cancel(true));
        assertFalse(write.isCancelled());
        assertTrue(client.isOpen());
    }

    @Test
    void get_withTimeout_leavesTheOperationUnderWay() throws Exception {
        Future<Integer> read = client.read(ByteBuffer.allocate(1));
        assertThrows(TimeoutException.class, () -> read.get(10, TimeUnit.MILLISECONDS));
        Background waiting = Background.call(read::get).awaitBlocked();
        waiting.interrupt();
        assertEquals(InterruptedException.class, waiting.failure().getClass());
        accepted.write(bytes(1)).get();
        assertEquals(1, read.get());
    }

    // ---- options and descriptions

    @Test
    @SuppressWarnings("NullAway") // a program may pass null by mistake
    void options_ofEachKind_areTheJdks() throws IOException {
        assertEquals(
                Set.of(
                        "SO_SNDBUF",
                        "SO_RCVBUF",
                        "SO_KEEPALIVE",
                        "SO_REUSEADDR",
                        "SO_REUSEPORT",
                        "TCP_NODELAY",
                        "TCP_QUICKACK",
                        "TCP_KEEPIDLE",
                        "TCP_KEEPINTERVAL",
                        "TCP_KEEPCOUNT",
                        "SO_INCOMING_NAPI_ID"),
                client.supportedOptions().stream().map(each -> each.name()).collect(Collectors.toSet()));
        assertEquals(
                Set.of(
                        "SO_RCVBUF",
                        "SO_REUSEADDR",
                        "SO_REUSEPORT",
                        "TCP_QUICKACK",
                        "TCP_KEEPIDLE",
                        "TCP_KEEPINTERVAL",
                        "TCP_KEEPCOUNT",
                        "SO_INCOMING_NAPI_ID"),
                server.supportedOptions().stream().map(each -> each.name()).collect(Collectors.toSet()));
        assertSame(client, client.setOption(StandardSocketOptions.TCP_NODELAY, true));
        assertTrue(client.getOption(StandardSocketOptions.TCP_NODELAY));
        assertFalse(client.getOption(StandardSocketOptions.SO_KEEPALIVE));
        assertTrue(server.getOption(StandardSocketOptions.SO_REUSEADDR));
        UnsupportedOperationException e = assertThrows(
                UnsupportedOperationException.class, () -> client.setOption(StandardSocketOptions.SO_LINGER, 1));
        assertEquals("'SO_LINGER' not supported", e.getMessage());
        assertThrows(UnsupportedOperationException.class, () -> server.getOption(StandardSocketOptions.IP_TOS));
        assertThrows(IllegalArgumentException.class, () -> client.setOption(StandardSocketOptions.SO_RCVBUF, -1));
        assertThrows(NullPointerException.class, () -> client.getOption(null));
    }

    @Test
    void descriptions_eachState_areTheJdks() throws IOException {
        assertEquals(
                "[connected local=" + client.getLocalAddress() + " remote=" + client.getRemoteAddress() + "]",
                state(client));
        client.shutdownInput();
        client.shutdownOutput();
        assertTrue(state(client).startsWith("[connected ishut oshut local="), state(client));
        client.close();
        assertEquals("[closed]", state(client));
        assertEquals("[" + server.getLocalAddress() + "]", state(server));
        try (AsynchronousSocketChannel other = newChannel();
                AsynchronousServerSocketChannel unbound = newServer()) {
            assertEquals("[unconnected]", state(other));
            assertEquals("[unbound]", state(unbound));
        }
    }

    private static String state(Object channel) {
        String text = channel.toString();
        return text.substring(text.indexOf('['));
    }

    @Test
    void provider_ofChannels_isTheOneThatOpenedThem() {
        assertSame(net.asyncChannels(), client.provider());
        assertSame(net.asyncChannels(), accepted.provider());
        assertSame(net.asyncChannels(), server.provider());
    }
}
