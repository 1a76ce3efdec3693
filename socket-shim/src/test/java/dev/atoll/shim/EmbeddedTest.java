package dev.atoll.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.shim.fake.FakeStack;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalChannelGroupException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is ours alone: several stacks in one JVM, what a policy refuses, a host without IPv6, many keys. */
@Timeout(120)
@SuppressWarnings("AddressSelection") // literals only
class EmbeddedTest {
    private final Shim shim = Shim.of(new FakeStack(), new FakeNames());

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void twoStacks_inOneJvm_knowNothingOfEachOther() throws IOException {
        Shim other = Shim.of(new FakeStack(), new FakeNames());
        try (ServerSocket here = shim.newServerSocket();
                ServerSocket there = other.newServerSocket();
                Socket client = other.newSocket()) {
            here.bind(loopback(80));
            there.bind(loopback(80));
            client.connect(loopback(80));
            here.setSoTimeout(20);
            assertThrows(SocketTimeoutException.class, () -> here.accept().close());
            there.accept().close();
        }
        try (ServerSocket here = shim.newServerSocket();
                Socket client = other.newSocket()) {
            here.bind(loopback(81));
            assertThrows(ConnectException.class, () -> client.connect(loopback(81)));
        }
    }

    @Test
    void twoStacks_inOneJvm_takeNoGroupsOfEachOther() throws IOException {
        AsynchronousChannelProvider here = shim.asynchronousChannelProvider();
        AsynchronousChannelProvider there =
                Shim.of(new FakeStack(), new FakeNames()).asynchronousChannelProvider();
        assertSame(here, shim.asynchronousChannelProvider());
        AsynchronousChannelGroup group = there.openAsynchronousChannelGroup(1, Thread::new);
        assertThrows(IllegalChannelGroupException.class, () -> here.openAsynchronousSocketChannel(group));
        assertThrows(IllegalChannelGroupException.class, () -> here.openAsynchronousServerSocketChannel(group));
        group.shutdown();
    }

    @Test
    void connect_refusedByThePolicy_namesTheRule() throws IOException {
        InetSocketAddress denied = new InetSocketAddress("10.253.0.1", 80);
        try (Socket socket = shim.newSocket();
                SocketChannel channel = shim.selectorProvider().openSocketChannel();
                DatagramChannel datagrams = shim.selectorProvider().openDatagramChannel();
                AsynchronousSocketChannel async =
                        shim.asynchronousChannelProvider().openAsynchronousSocketChannel(null)) {
            String expected = "Connection refused (" + FakeStack.RULE + ")";
            assertEquals(
                    expected,
                    assertThrows(ConnectException.class, () -> socket.connect(denied))
                            .getMessage());
            assertEquals(
                    expected,
                    assertThrows(ConnectException.class, () -> channel.connect(denied))
                            .getMessage());
            assertEquals(
                    expected,
                    assertThrows(PortUnreachableException.class, () -> datagrams.send(ByteBuffer.allocate(1), denied))
                            .getMessage());
            Throwable cause = assertThrows(ExecutionException.class, () -> async.connect(denied)
                            .get())
                    .getCause();
            assertInstanceOf(ConnectException.class, cause);
            assertEquals(expected, cause.getMessage());
        }
    }

    @Test
    void connect_noRouteOrNoAnswer_saysSo() throws IOException {
        try (Socket socket = shim.newSocket()) {
            SocketException e =
                    assertThrows(SocketException.class, () -> socket.connect(new InetSocketAddress("10.252.0.1", 80)));
            assertEquals("Network is unreachable", e.getMessage());
        }
        try (Socket socket = shim.newSocket()) {
            SocketTimeoutException e = assertThrows(
                    SocketTimeoutException.class, () -> socket.connect(new InetSocketAddress("10.251.0.1", 80), 20));
            assertEquals("Connect timed out", e.getMessage());
            assertTrue(socket.isClosed() || !socket.isConnected());
        }
        try (SocketChannel channel = shim.selectorProvider().openSocketChannel()) {
            assertThrows(SocketTimeoutException.class, () -> channel.socket()
                    .connect(new InetSocketAddress("10.251.0.1", 80), 20));
        }
    }

    @Test
    void asynchronousConnect_withoutAnAnswer_canBeCancelledAndClosed() throws Exception {
        InetSocketAddress silent = new InetSocketAddress("10.251.0.1", 80);
        AsynchronousChannelProvider provider = shim.asynchronousChannelProvider();
        try (AsynchronousSocketChannel channel = provider.openAsynchronousSocketChannel(null)) {
            Future<Void> connect = channel.connect(silent);
            assertTrue(channel.toString().contains("[connection-pending"), channel::toString);
            assertThrows(ConnectionPendingException.class, () -> channel.connect(silent));
            assertThrows(ConnectionPendingException.class, () -> channel.bind(null));
            assertThrows(NotYetConnectedException.class, () -> channel.read(ByteBuffer.allocate(1)));
            assertTrue(connect.cancel(false));
            assertThrows(CancellationException.class, connect::get);
            assertTrue(channel.isOpen());
            assertThrows(ConnectionPendingException.class, () -> channel.connect(silent));
        }
        AsynchronousSocketChannel closed = provider.openAsynchronousSocketChannel(null);
        Future<Void> connect = closed.connect(silent);
        closed.close();
        ExecutionException e = assertThrows(ExecutionException.class, connect::get);
        assertInstanceOf(AsynchronousCloseException.class, e.getCause());
    }

    @Test
    void asynchronousConnect_cancelledAndConnectedAllTheSame_moveNothing() throws Exception {
        AsynchronousChannelProvider provider = shim.asynchronousChannelProvider();
        try (AsynchronousServerSocketChannel server =
                        provider.openAsynchronousServerSocketChannel(null).bind(loopback(0), 1);
                AsynchronousSocketChannel first = provider.openAsynchronousSocketChannel(null);
                AsynchronousSocketChannel second = provider.openAsynchronousSocketChannel(null)) {
            first.connect(server.getLocalAddress()).get();
            Future<Void> connect = second.connect(server.getLocalAddress());
            assertFalse(connect.isDone(), "the backlog of one is full");
            assertTrue(connect.cancel(false));
            server.accept().get().close();
            assertThrows(IllegalStateException.class, () -> {
                while (true) {
                    readOnceConnected(second);
                }
            });
            assertThrows(IllegalStateException.class, () -> second.write(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void asynchronousRead_cancelled_leavesItsBufferAlone() throws Exception {
        AsynchronousChannelProvider provider = shim.asynchronousChannelProvider();
        AsynchronousChannelGroup group = provider.openAsynchronousChannelGroup(1, Thread::new);
        try (AsynchronousServerSocketChannel server =
                        provider.openAsynchronousServerSocketChannel(null).bind(loopback(0));
                AsynchronousSocketChannel client = provider.openAsynchronousSocketChannel(group)) {
            client.connect(server.getLocalAddress()).get();
            ByteBuffer target = ByteBuffer.allocate(1);
            assertTrue(client.read(target).cancel(false));
            server.accept().get().write(ByteBuffer.allocate(1)).get();
            CountDownLatch eventsHandled = new CountDownLatch(1);
            ((Executor) group).execute(eventsHandled::countDown);
            assertTrue(eventsHandled.await(20, TimeUnit.SECONDS));
            assertEquals(0, target.position());
        }
        group.shutdown();
    }

    @Test
    void asynchronousGroup_endingWhileHandlersThrow_tellsThemAll() throws Exception {
        AsynchronousChannelProvider provider = shim.asynchronousChannelProvider();
        Set<Integer> told = ConcurrentHashMap.newKeySet();
        AsynchronousChannelGroup group = provider.openAsynchronousChannelGroup(1, work -> {
            Thread thread = new Thread(work);
            thread.setUncaughtExceptionHandler((dead, cause) -> assertEquals("of the test", cause.getMessage()));
            return thread;
        });
        int count = 5;
        for (int i = 0; i < count; i++) {
            provider.openAsynchronousServerSocketChannel(group)
                    .bind(loopback(0))
                    .accept(i, new CompletionHandler<AsynchronousSocketChannel, Integer>() {
                        @Override
                        public void completed(AsynchronousSocketChannel result, Integer attachment) {
                            throw new AssertionError("nobody connects");
                        }

                        @Override
                        public void failed(Throwable cause, Integer attachment) {
                            told.add(attachment);
                            throw new IllegalStateException("of the test");
                        }
                    });
        }
        group.shutdownNow();
        assertTrue(group.awaitTermination(20, TimeUnit.SECONDS));
        assertEquals(IntStream.range(0, count).boxed().collect(Collectors.toSet()), told);
    }

    private static void readOnceConnected(AsynchronousSocketChannel channel) {
        try {
            assertFalse(channel.read(ByteBuffer.allocate(1)).isDone());
        } catch (NotYetConnectedException e) {
            Thread.onSpinWait();
        }
    }

    @Test
    void ipv6_switchedOff_looksLikeAHostWithoutIt() throws IOException {
        InetAddress loopback = Inet6Address.getByName("::1");
        try (Socket socket = shim.newSocket();
                SocketChannel channel = shim.selectorProvider().openSocketChannel();
                ServerSocketChannel server = shim.selectorProvider().openServerSocketChannel()) {
            SocketException e =
                    assertThrows(SocketException.class, () -> socket.connect(new InetSocketAddress(loopback, 1)));
            assertEquals("Protocol family unavailable", e.getMessage());
            assertThrows(
                    UnsupportedAddressTypeException.class, () -> channel.connect(new InetSocketAddress(loopback, 1)));
            UnsupportedOperationException none =
                    assertThrows(UnsupportedOperationException.class, () -> shim.selectorProvider()
                            .openSocketChannel(StandardProtocolFamily.INET6));
            assertEquals("IPv6 not available", none.getMessage());
            InetSocketAddress wildcard = new InetSocketAddress(InetAddress.getByName("::"), 0);
            assertThrows(UnsupportedAddressTypeException.class, () -> server.bind(wildcard));
            server.bind(new InetSocketAddress(0));
        }
    }

    @Test
    void select_tenThousandKeys_looksAtTheReadyOnly() throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        try (DrivenStack driven = DrivenStack.start();
                Selector selector = Shim.of(StackSockets.of(driven.stack(), false), new FakeNames())
                        .selectorProvider()
                        .openSelector();
                ServerSocketChannel server = selector.provider().openServerSocketChannel()) {
            server.bind(loopback(0));
            for (int i = 0; i < 10_000; i++) {
                SocketChannel client = selector.provider().openSocketChannel();
                client.connect(server.getLocalAddress());
                client.configureBlocking(false);
                client.register(selector, SelectionKey.OP_READ, i);
                channels.add(client);
                channels.add(server.accept());
            }
            for (int i : new int[] {0, 5_000, 9_999}) {
                channels.get(2 * i + 1).write(ByteBuffer.allocate(1));
                assertEquals(1, selector.select());
                SelectionKey ready = selector.selectedKeys().iterator().next();
                assertEquals(i, ready.attachment());
                ((SocketChannel) ready.channel()).read(ByteBuffer.allocate(1));
                selector.selectedKeys().clear();
            }
            assertEquals(10_000, selector.keys().size());
            for (SocketChannel each : channels) {
                each.close();
            }
            assertEquals(0, selector.selectNow());
            assertTrue(selector.keys().isEmpty());
        }
    }
}
