package dev.atoll.runtime.localhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.sandbox.Blocking;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.runtime.sandbox.SandboxBuilder;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LocalhostTest {
    private static final int MANY_BYTES = 10 * 1024 * 1024;
    private static final int LIMIT_MS = 20_000;
    private static final int ROUNDS = 50;

    private Sandbox sandbox = start(builder -> builder);
    private @Nullable Localhost bounded;

    private static Sandbox start(UnaryOperator<SandboxBuilder> settings) {
        try {
            return settings.apply(Sandbox.builder()
                            .ipv6(Ipv6Settings.DEFAULT.withLinkLocal(false))
                            .localhost(LoopbackChannels.of(SelectorProvider.provider())))
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void leavesNothing() {
        if (bounded != null) {
            bounded.close();
        }
        sandbox.close();
        assertEquals(0, sandbox.stack().packetsOutstanding());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals(LocalhostLoop.THREAD_NAME)));
    }

    /** With another number of connections that may cross. */
    private Localhost restart(int maxStreams) throws IOException {
        sandbox.close();
        Localhost localhost = new Localhost(
                LoopbackChannels.of(SelectorProvider.provider()),
                cause -> {
                    throw new AssertionError(cause);
                },
                maxStreams);
        // Not by its own setting, which has a localhost of the usual number.
        sandbox = Sandbox.builder()
                .stack(localhost::share)
                .prepare(localhost::attach)
                .start();
        bounded = localhost;
        return localhost;
    }

    private void restart(String rules) {
        sandbox.close();
        sandbox = start(builder -> builder.policy(rules(rules)));
    }

    private static RuleSet rules(String text) {
        PolicyResult result = PolicyParser.parse("test.rules", text, HostResolver.NONE);
        return assertInstanceOf(PolicyResult.Accepted.class, result).ruleSet();
    }

    private static InetAddress java(String address) throws IOException {
        return InetAddress.getByName(address);
    }

    private TcpListener listen(String address, int port) throws StackException {
        TcpListener listener = sandbox.stack().newTcpListener();
        listener.bind(new FullAddress(IpAddress.parse(address), port));
        listener.listen(50);
        return listener;
    }

    private static int portOf(Endpoint endpoint) {
        return Objects.requireNonNull(endpoint.localAddress()).port();
    }

    private static Socket connectNatively(String address, int port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(LIMIT_MS);
        socket.connect(new InetSocketAddress(java(address), port), LIMIT_MS);
        return socket;
    }

    private static byte[] pattern(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] readAll(Blocking from) throws StackException {
        ByteBuffer all = ByteBuffer.allocate(MANY_BYTES + 1);
        while (from.read(all)) {
            assertTrue(all.hasRemaining(), "more than was sent");
        }
        byte[] bytes = new byte[all.position()];
        all.flip().get(bytes);
        return bytes;
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> inBackground(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /** Many bytes both ways at once, then both ends. */
    private static void exchange(Blocking inner, Socket outer) throws Exception {
        byte[] out = pattern(MANY_BYTES, 1);
        byte[] in = pattern(MANY_BYTES, 2);
        CompletableFuture<Void> innerWrites = inBackground(() -> {
            inner.write(ByteBuffer.wrap(out));
            inner.endpoint.shutdownWrite();
        });
        CompletableFuture<Void> outerWrites = inBackground(() -> {
            outer.getOutputStream().write(in);
            outer.shutdownOutput();
        });
        CompletableFuture<byte[]> outerRead = new CompletableFuture<>();
        CompletableFuture<Void> outerReads =
                inBackground(() -> outerRead.complete(outer.getInputStream().readAllBytes()));
        assertArrayEquals(in, readAll(inner));
        for (CompletableFuture<Void> each : List.of(innerWrites, outerWrites, outerReads)) {
            each.get(LIMIT_MS, TimeUnit.MILLISECONDS);
        }
        assertArrayEquals(out, outerRead.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.2"})
    void nativeProgram_reachesListener_ofTheAddress(String address) throws Exception {
        try (TcpListener listener = listen(address, 0);
                Socket outer = connectNatively(address, portOf(listener));
                Blocking inner = Blocking.accept(listener)) {
            FullAddress peer = Objects.requireNonNull(inner.endpoint.remoteAddress());
            assertEquals(outer.getLocalPort(), peer.port());
            assertArrayEquals(
                    outer.getLocalAddress().getAddress(), peer.address().octets());
            exchange(inner, outer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.9.8.7"})
    void nativeProgram_reachesListener_ofAllAddresses(String address) throws Exception {
        try (TcpListener listener = listen("::", 0);
                Socket outer = connectNatively(address, portOf(listener));
                Blocking inner = Blocking.accept(listener)) {
            exchange(inner, outer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void program_reachesNativeListener(String address) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, java(address));
                Blocking inner = Blocking.connect(sandbox.stack(), IpAddress.parse(address), server.getLocalPort());
                Socket outer = server.accept()) {
            assertEquals(portOf(inner.endpoint), outer.getPort());
            exchange(inner, outer);
        }
    }

    @Test
    void nobodyThere_isRefusedOnBothSides() throws Exception {
        int free;
        try (ServerSocket server = new ServerSocket(0)) {
            free = server.getLocalPort();
        }
        assertThrows(ConnectException.class, () -> connectNatively("127.0.0.1", free));
        StackException refused = assertThrows(
                StackException.class, () -> Blocking.connect(sandbox.stack(), IpAddress.V4_LOOPBACK, free));
        assertEquals(StackError.REFUSED, refused.error());
    }

    @Test
    void port_isOneForBoth() throws Exception {
        TcpListener listener = listen("127.0.0.1", 0);
        int port = portOf(listener);
        assertThrows(BindException.class, () -> new ServerSocket(port, 1, java("127.0.0.1")));
        listener.close();
        // At once, and again the other way round.
        try (ServerSocket outer = new ServerSocket(port, 1, java("127.0.0.1"))) {
            StackException taken = assertThrows(StackException.class, () -> listen("::", port));
            assertEquals(StackError.ADDRESS_IN_USE, taken.error());
            assertEquals(port, outer.getLocalPort());
        }
        for (int i = 0; i < 100; i++) {
            listen("127.0.0.1", port).close();
        }
    }

    @Test
    void portOfDatagrams_isOneForBoth() throws Exception {
        UdpEndpoint endpoint = sandbox.stack().newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V4_ANY, 0));
        int port = portOf(endpoint);
        assertThrows(BindException.class, () -> new DatagramSocket(port, java("127.0.0.1")));
        endpoint.close();
        DatagramSocket outer = new DatagramSocket(port, java("127.0.0.1"));
        UdpEndpoint late = sandbox.stack().newUdpEndpoint();
        StackException taken =
                assertThrows(StackException.class, () -> late.bind(new FullAddress(IpAddress.V4_LOOPBACK, port)));
        assertEquals(StackError.ADDRESS_IN_USE, taken.error());
        outer.close();
        late.bind(new FullAddress(IpAddress.V4_LOOPBACK, port));
        late.close();
    }

    @Test
    void reset_passesBothWays() throws Exception {
        try (TcpListener listener = listen("127.0.0.1", 0)) {
            Socket outer = connectNatively("127.0.0.1", portOf(listener));
            Blocking inner = Blocking.accept(listener);
            outer.setSoLinger(true, 0);
            outer.close();
            StackException reset = assertThrows(StackException.class, () -> inner.read(ByteBuffer.allocate(1)));
            assertEquals(StackError.RESET, reset.error());
            inner.close();

            try (Socket another = connectNatively("127.0.0.1", portOf(listener))) {
                Blocking.accept(listener).endpoint.abort();
                assertThrows(
                        SocketException.class, () -> another.getInputStream().read());
            }
        }
    }

    @Test
    void halfClose_leavesTheOtherHalf() throws Exception {
        try (TcpListener listener = listen("127.0.0.1", 0);
                Socket outer = connectNatively("127.0.0.1", portOf(listener));
                Blocking inner = Blocking.accept(listener)) {
            outer.shutdownOutput();
            assertFalse(inner.read(ByteBuffer.allocate(1)));
            inner.write(ByteBuffer.wrap(new byte[] {7}));
            assertEquals(7, outer.getInputStream().read());
            inner.endpoint.shutdownWrite();
            assertEquals(-1, outer.getInputStream().read());
        }
    }

    @Test
    void ruleOnLo_decidesWhoCrosses() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, java("127.0.0.1"))) {
            restart("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                    + "-A INPUT -i lo -p tcp --dport 4711 -j REJECT --reject-with tcp-reset\n"
                    + "-A OUTPUT -o lo -p tcp --dport " + server.getLocalPort() + " -j REJECT\nCOMMIT\n");
            StackException refused = assertThrows(
                    StackException.class,
                    () -> Blocking.connect(sandbox.stack(), IpAddress.V4_LOOPBACK, server.getLocalPort()));
            assertTrue(String.valueOf(refused.getMessage()).contains("test.rules:6"), refused::toString);
            try (TcpListener listener = listen("127.0.0.1", 4711)) {
                // The reset may be there before the connect has returned.
                assertThrows(SocketException.class, () -> {
                    try (Socket outer = connectNatively("127.0.0.1", portOf(listener))) {
                        outer.getInputStream().read();
                    }
                });
            }
        }
    }

    /** A busy kernel may take a moment for a connection that it will make. */
    private static boolean finishes(SocketChannel channel) throws Exception {
        for (int i = 0; i < 200; i++) {
            if (channel.finishConnect()) {
                return true;
            }
            Thread.sleep(1);
        }
        return false;
    }

    @Test
    void backlogOfNativeListenerIsFull_programWaits_untilThereIsRoom() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, java("127.0.0.1"))) {
            List<SocketChannel> full = new ArrayList<>();
            InetSocketAddress to = new InetSocketAddress(java("127.0.0.1"), server.getLocalPort());
            boolean connected = true;
            while (connected) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                connected = channel.connect(to) || finishes(channel);
                full.add(channel);
            }
            CompletableFuture<Void> done =
                    inBackground(() -> Blocking.connect(sandbox.stack(), IpAddress.V4_LOOPBACK, server.getLocalPort())
                            .close());
            Thread.sleep(50);
            assertFalse(done.isDone());
            for (SocketChannel each : full) {
                each.close();
            }
            CompletableFuture<Void> accepts = inBackground(() -> {
                while (!done.isDone()) {
                    server.accept().close();
                }
            });
            done.get(LIMIT_MS, TimeUnit.MILLISECONDS);
            connectNatively("127.0.0.1", server.getLocalPort()).close();
            accepts.get(LIMIT_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void asManyAsMayCross_furtherOnesAreRefused_andCounted() throws Exception {
        Localhost localhost = restart(1);
        try (ServerSocket server = new ServerSocket(0, 50, java("127.0.0.1"));
                TcpListener listener = listen("127.0.0.1", 0)) {
            Socket first = connectNatively("127.0.0.1", portOf(listener));
            Blocking inner = Blocking.accept(listener);
            assertEquals(0, localhost.refusedStreams());

            // The kernel has answered by then, and the reset may be there before the connect has returned.
            assertThrows(SocketException.class, () -> {
                try (Socket second = connectNatively("127.0.0.1", portOf(listener))) {
                    second.getInputStream().read();
                }
            });
            assertEquals(1, localhost.refusedStreams());
            StackException refused = assertThrows(
                    StackException.class,
                    () -> Blocking.connect(sandbox.stack(), IpAddress.V4_LOOPBACK, server.getLocalPort()));
            assertEquals(StackError.REFUSED, refused.error());
            assertEquals(2, localhost.refusedStreams());

            // Whoever hears of the end finds the place free.
            inner.endpoint.abort();
            assertThrows(SocketException.class, () -> first.getInputStream().read());
            first.close();
            server.accept().close();
            try (Blocking another = Blocking.connect(sandbox.stack(), IpAddress.V4_LOOPBACK, server.getLocalPort());
                    Socket outer = server.accept()) {
                exchange(another, outer);
            }
            assertEquals(2, localhost.refusedStreams());
        }
    }

    /** The thread of localhost and those that connect ask at any time. */
    @Test
    void lastPlace_isOneConnections() throws Exception {
        Localhost localhost = restart(1);
        try (TcpEndpoint endpoint = sandbox.stack().newTcpEndpoint();
                SocketChannel channel = SocketChannel.open();
                Selector selector = Selector.open()) {
            LocalhostLoop loop = new LocalhostLoop(selector, cause -> {}, () -> {}, LIMIT_MS);
            StreamSplice one = new StreamSplice(localhost, loop, channel, endpoint);
            StreamSplice other = new StreamSplice(localhost, loop, channel, endpoint);
            AtomicInteger together = new AtomicInteger();
            AtomicInteger begun = new AtomicInteger();
            CompletableFuture<Void> others = inBackground(() -> takeTurns(localhost, other, together, begun));
            takeTurns(localhost, one, together, begun);
            others.get(LIMIT_MS, TimeUnit.MILLISECONDS);
            assertEquals(ROUNDS, begun.get());
            assertEquals(ROUNDS, localhost.refusedStreams());
        }
    }

    private static void takeTurns(
            Localhost localhost, StreamSplice splice, AtomicInteger together, AtomicInteger begun) {
        for (int i = 0; i < ROUNDS; i++) {
            meet(together, 4 * i + 2);
            if (localhost.begin(splice)) {
                begun.incrementAndGet();
            }
            meet(together, 4 * i + 4);
            localhost.ended(splice);
        }
    }

    /** Turning round and round, as who is woken comes too late to meet anybody. */
    private static void meet(AtomicInteger together, int arrivals) {
        together.incrementAndGet();
        while (together.get() < arrivals) {
            Thread.onSpinWait();
        }
    }

    private static String receive(UdpEndpoint endpoint, FullAddress[] from) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        long deadline = System.nanoTime() + LIMIT_MS * 1_000_000L;
        while (System.nanoTime() - deadline < 0) {
            FullAddress sender = endpoint.receive(buffer);
            if (sender != null) {
                from[0] = sender;
                return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
            }
            Thread.sleep(1);
        }
        throw new AssertionError("no datagram came");
    }

    private static DatagramPacket packet(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new DatagramPacket(bytes, bytes.length);
    }

    private static String receive(DatagramSocket socket, DatagramPacket packet) throws IOException {
        socket.receive(packet);
        return new String(packet.getData(), packet.getOffset(), packet.getLength(), StandardCharsets.US_ASCII);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void datagrams_passBothWays_whoeverBegins(String address) throws Exception {
        FullAddress[] from = new FullAddress[1];
        try (DatagramSocket outer = new DatagramSocket(0, java(address));
                UdpEndpoint server = sandbox.stack().newUdpEndpoint();
                UdpEndpoint client = sandbox.stack().newUdpEndpoint()) {
            outer.setSoTimeout(LIMIT_MS);
            server.bind(new FullAddress(IpAddress.parse("::"), 0));
            DatagramPacket question = packet("asked");
            question.setSocketAddress(new InetSocketAddress(java(address), portOf(server)));
            outer.send(question);
            assertEquals("asked", receive(server, from));
            assertEquals(new FullAddress(IpAddress.parse(address), outer.getLocalPort()), from[0]);
            server.send(bytes("answered"), from[0]);
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            assertEquals("answered", receive(outer, answer));
            assertEquals(new InetSocketAddress(java(address), portOf(server)), answer.getSocketAddress());

            client.send(bytes("first"), new FullAddress(IpAddress.parse(address), outer.getLocalPort()));
            client.send(bytes("second"), new FullAddress(IpAddress.parse(address), outer.getLocalPort()));
            DatagramPacket came = new DatagramPacket(new byte[100], 100);
            assertEquals("first", receive(outer, came));
            assertEquals(portOf(client), came.getPort());
            assertEquals("second", receive(outer, new DatagramPacket(new byte[100], 100)));
            DatagramPacket back = packet("back");
            back.setSocketAddress(came.getSocketAddress());
            outer.send(back);
            assertEquals("back", receive(client, from));
            assertEquals(outer.getLocalPort(), from[0].port());
        }
    }

    private static void awaitRefusal(UdpEndpoint endpoint, int port) throws Exception {
        endpoint.connect(new FullAddress(IpAddress.V4_LOOPBACK, port));
        long deadline = System.nanoTime() + LIMIT_MS * 1_000_000L;
        while (System.nanoTime() - deadline < 0) {
            try {
                endpoint.send(bytes("x"), null);
                Thread.sleep(5);
            } catch (StackException e) {
                assertEquals(StackError.REFUSED, e.error());
                return;
            }
        }
        throw new AssertionError("never refused");
    }

    @Test
    void datagramToNobody_isRefused_alsoWhenSomebodyWasThere() throws Exception {
        DatagramSocket outer = new DatagramSocket(0, java("127.0.0.1"));
        outer.setSoTimeout(LIMIT_MS);
        int port = outer.getLocalPort();
        try (UdpEndpoint client = sandbox.stack().newUdpEndpoint()) {
            client.send(bytes("here?"), new FullAddress(IpAddress.V4_LOOPBACK, port));
            assertEquals("here?", receive(outer, new DatagramPacket(new byte[100], 100)));
            outer.close();
            awaitRefusal(client, port);
        }
        // The port that was another's is free for the stack.
        try (UdpEndpoint successor = sandbox.stack().newUdpEndpoint()) {
            successor.bind(new FullAddress(IpAddress.V4_LOOPBACK, port));
        }
    }

    @Test
    void portThatANativeProgramSentFrom_isFreeOnceItIsGone() throws Exception {
        FullAddress[] from = new FullAddress[1];
        try (UdpEndpoint server = sandbox.stack().newUdpEndpoint()) {
            server.bind(new FullAddress(IpAddress.V4_LOOPBACK, 0));
            int port;
            try (DatagramSocket outer = new DatagramSocket(0, java("127.0.0.1"))) {
                port = outer.getLocalPort();
                DatagramPacket packet = packet("hello");
                packet.setSocketAddress(new InetSocketAddress(java("127.0.0.1"), portOf(server)));
                outer.send(packet);
                assertEquals("hello", receive(server, from));
            }
            try (UdpEndpoint successor = sandbox.stack().newUdpEndpoint()) {
                successor.bind(new FullAddress(IpAddress.V4_LOOPBACK, port));
            }
        }
    }

    @Test
    void nativeSender_isToldThatNobodyIsThereAnyMore() throws Exception {
        UdpEndpoint server = sandbox.stack().newUdpEndpoint();
        server.bind(new FullAddress(IpAddress.V4_LOOPBACK, 0));
        try (DatagramSocket outer = new DatagramSocket(0, java("127.0.0.1"))) {
            outer.setSoTimeout(LIMIT_MS);
            outer.connect(java("127.0.0.1"), portOf(server));
            server.close();
            assertThrows(PortUnreachableException.class, () -> {
                outer.send(packet("x"));
                outer.receive(new DatagramPacket(new byte[1], 1));
            });
        }
    }

    @Test
    void connectedElsewhere_needsNoPortInTheKernel() throws Exception {
        try (UdpEndpoint client = sandbox.stack().newUdpEndpoint()) {
            assertThrows(StackException.class, () -> client.connect(new FullAddress(IpAddress.parse("192.0.2.1"), 53)));
            int port = portOf(client);
            new DatagramSocket(port, java("127.0.0.1")).close();
        }
    }

    @Test
    void drain_waitsForWhatTheProgramWrote() throws Exception {
        try (TcpListener listener = listen("127.0.0.1", 0);
                Socket outer = connectNatively("127.0.0.1", portOf(listener))) {
            Blocking inner = Blocking.accept(listener);
            byte[] bytes = pattern(300_000, 3);
            CompletableFuture<byte[]> read = new CompletableFuture<>();
            CompletableFuture<Void> reads =
                    inBackground(() -> read.complete(outer.getInputStream().readAllBytes()));
            inner.write(ByteBuffer.wrap(bytes));
            Localhost localhost = sandbox.localhost();
            assertNotNull(localhost);
            localhost.drain(System.nanoTime() + LIMIT_MS * 1_000_000L);
            sandbox.stack().shutdown();
            sandbox.close();
            reads.get(LIMIT_MS, TimeUnit.MILLISECONDS);
            assertArrayEquals(bytes, read.get());
        }
    }

    @Test
    void portGivenBackWhileAllEnds_isNobodysFailure() throws Exception {
        List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            for (int i = 0; i < 300; i++) {
                TcpListener listener = listen("127.0.0.1", 0);
                CompletableFuture<Void> closes = inBackground(listener::close);
                sandbox.close();
                closes.get(LIMIT_MS, TimeUnit.MILLISECONDS);
                sandbox = start(builder -> builder);
            }
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertEquals(List.of(), uncaught);
    }

    @Test
    void manyConnections_endAsTheyWill_andNothingIsLeft() throws Exception {
        Random random = new Random(5);
        try (TcpListener listener = listen("127.0.0.1", 0)) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = pattern(random.nextInt(200_000), i);
                int how = random.nextInt(4);
                Socket outer = connectNatively("127.0.0.1", portOf(listener));
                try (Blocking inner = Blocking.accept(listener)) {
                    CompletableFuture<Void> writes = inBackground(() -> {
                        outer.getOutputStream().write(bytes);
                        outer.shutdownOutput();
                    });
                    switch (how) {
                        case 0 -> assertArrayEquals(bytes, readAll(inner));
                        case 1 -> inner.endpoint.abort();
                        case 2 -> inner.endpoint.close();
                        default -> {
                            outer.setSoLinger(true, 0);
                            outer.close();
                        }
                    }
                    if (how == 0) {
                        writes.get(LIMIT_MS, TimeUnit.MILLISECONDS);
                    }
                    outer.close();
                }
            }
            assertNull(listener.accept());
            assertEquals(0, listener.readiness() & Readiness.IN);
        }
    }
}
