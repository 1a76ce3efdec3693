package dev.atoll.runtime.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.runtime.clock.SystemClock;
import dev.atoll.runtime.dns.ResolverOptions;
import dev.atoll.runtime.host.HostCalls;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.LinkCounters;
import dev.atoll.runtime.link.PolledLink;
import dev.atoll.runtime.link.StreamLink;
import dev.atoll.runtime.loop.DrivenStack;
import dev.atoll.runtime.loop.FailureReport;
import dev.atoll.runtime.loop.StackDriver;
import dev.atoll.runtime.loop.StackLoop;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.socket.NameService.UnknownNameException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SandboxTest {
    private static final int PORT = 8080;

    @TempDir
    Path folder;

    /** One connection: the client's bytes are doubled and sent back until the client ends. */
    private static Thread echo(TcpListener listener) {
        Thread thread = new Thread(
                () -> {
                    try (Blocking stream = Blocking.accept(listener)) {
                        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
                        while (stream.read(buffer.clear())) {
                            stream.write(buffer.flip());
                        }
                    } catch (StackException e) {
                        throw new IllegalStateException(e);
                    }
                },
                "echo");
        thread.start();
        return thread;
    }

    private static byte[] pattern(int bytes) {
        byte[] pattern = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            pattern[i] = (byte) (i * 31 + (i >> 8));
        }
        return pattern;
    }

    /** Sends the pattern from a thread of its own and checks what comes back. */
    private static void sendAndCompare(Blocking stream, byte[] pattern) throws Exception {
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                stream.write(ByteBuffer.wrap(pattern));
                stream.endpoint.shutdownWrite();
            } catch (StackException e) {
                throw new IllegalStateException(e);
            }
        });
        ByteBuffer back = ByteBuffer.allocate(pattern.length + 1);
        while (stream.read(back)) {
            assertTrue(back.hasRemaining(), "no more comes back than was sent");
        }
        sent.get(30, TimeUnit.SECONDS);
        assertEquals(ByteBuffer.wrap(pattern), back.flip());
    }

    @Test
    void twoSandboxes_talkOverTheStreamLink_manyFramesASystemCall() throws Exception {
        try (SandboxPair pair = new SandboxPair();
                TcpListener listener = Blocking.listen(pair.first.stack(), PORT)) {
            Thread server = echo(listener);
            try (Blocking client = Blocking.connect(pair.second.stack(), SandboxPair.FIRST, PORT)) {
                sendAndCompare(client, pattern(16 * 1024 * 1024));
            }
            server.join();
            // Measured: 100 to 180. Far less would mean that frames go one by one.
            LinkCounters counters = pair.firstLink.counters();
            assertTrue(counters.framesIn() >= 8 * counters.readCalls(), counters::toString);
            assertTrue(counters.framesOut() >= 8 * counters.writeCalls(), counters::toString);
        }
    }

    @Test
    void interruptedThread_connectsAllTheSame() throws Exception {
        try (SandboxPair pair = new SandboxPair();
                TcpListener listener = Blocking.listen(pair.first.stack(), PORT)) {
            Thread server = echo(listener);
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            Thread client = new Thread(() -> {
                // Each call finds the flag set, so that each is done by the loop's thread.
                Thread.currentThread().interrupt();
                try (var endpoint = pair.second.stack().newTcpEndpoint()) {
                    endpoint.connect(new FullAddress(SandboxPair.FIRST, PORT));
                    while ((endpoint.readiness() & dev.atoll.stack.socket.Readiness.OUT) == 0) {
                        Thread.onSpinWait();
                    }
                    done.complete(endpoint.takeError() == null && Thread.interrupted());
                } catch (StackException e) {
                    done.completeExceptionally(e);
                }
            });
            client.start();
            assertTrue(done.get(30, TimeUnit.SECONDS));
            server.join();
        }
    }

    private static RuleSet rejectEverythingOut() {
        List<Chain> chains = new ArrayList<>();
        for (Hook hook : TableName.FILTER.hooks()) {
            Origin origin = new Origin("test.rules", 2, "-A OUTPUT -j REJECT");
            List<Rule> rules = hook == Hook.OUTPUT
                    ? List.of(new Rule(List.of(), new StandardTarget.Reject(RejectWith.ICMP_PORT_UNREACHABLE), origin))
                    : List.of();
            chains.add(new Chain(hook.name(), ChainPolicy.ACCEPT, rules, new Origin("test.rules", 1, ":" + hook)));
        }
        return RuleSet.of(
                List.of(new Table(TableName.FILTER, Family.IPV4, chains, new Origin("test.rules", 1, "*filter"))));
    }

    @Test
    void policy_isInForceFromTheFirstPacket_forNamesToo() throws Exception {
        List<String> denied = new ArrayList<>();
        ResolverOptions names = ResolverOptions.of(List.of(SandboxPair.FIRST)).withHosts(new File("/nonexistent"));
        try (SandboxPair pair = new SandboxPair(builder -> builder, builder -> builder.policy(rejectEverythingOut())
                .denials(denial -> {
                    synchronized (denied) {
                        denied.add(denial.toString());
                    }
                })
                .names(names))) {
            StackException refused = assertThrows(
                    StackException.class, () -> Blocking.connect(pair.second.stack(), SandboxPair.FIRST, PORT));
            assertEquals(StackError.REFUSED, refused.error());
            assertEquals(
                    "Connection refused (test.rules:2: -A OUTPUT -j REJECT)", String.valueOf(refused.getMessage()));
            UnknownNameException unknown = assertThrows(
                    UnknownNameException.class, () -> pair.second.names().lookup("www.example.com"));
            assertTrue(String.valueOf(unknown.detail()).contains("test.rules:2"), unknown::toString);
            assertTrue(denied.size() >= 2, denied::toString);
        }
    }

    @Test
    void capture_holdsTheConversation() throws Exception {
        Path file = folder.resolve("pair.pcapng");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        long recorded;
        try (SandboxPair pair = new SandboxPair(builder -> builder, builder -> builder.capture(channel));
                TcpListener listener = Blocking.listen(pair.first.stack(), PORT)) {
            Thread server = echo(listener);
            try (Blocking client = Blocking.connect(pair.second.stack(), SandboxPair.FIRST, PORT)) {
                sendAndCompare(client, pattern(100_000));
            }
            server.join();
            recorded = Objects.requireNonNull(pair.second.capture()).recorded();
        }
        assertTrue(recorded > 100, recorded + " packets");
        assertTrue(Files.size(file) > 200_000, Files.size(file) + " bytes");
    }

    @Test
    void listenerOfThePreparation_servesAClientThatWasThereFirst() throws Exception {
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        try (Sandbox client = Sandbox.builder()
                        .link(new StreamLink(
                                HostDescriptor.adopt(pair[1]), MacAddress.parse("02:00:00:00:00:02"), 1500))
                        .address(SandboxPair.SECOND, 24)
                        .start();
                TcpEndpoint endpoint = client.stack().newTcpEndpoint()) {
            endpoint.connect(new FullAddress(SandboxPair.FIRST, PORT));
            List<String> order = new ArrayList<>();
            StackLoop loop = new StackLoop(SelectorProvider.provider(), new SystemClock(), Throwable::printStackTrace);
            try (Sandbox server = Sandbox.builder()
                    .link(new StreamLink(HostDescriptor.adopt(pair[0]), MacAddress.parse("02:00:00:00:00:01"), 1500))
                    .address(SandboxPair.FIRST, 24)
                    .driver(new NotingDriver(loop, order))
                    .prepare(stack -> {
                        order.add("prepared");
                        Thread unused = echo(Blocking.listen(stack, PORT));
                    })
                    .start()) {
                assertEquals(List.of("prepared", "driven"), order);
                sendAndCompare(Blocking.connected(endpoint), pattern(10));
                assertNotNull(server.nic());
            }
        }
    }

    /** Notes when it is started. */
    private record NotingDriver(StackDriver driver, List<String> order) implements StackDriver {
        @Override
        public void start(DrivenStack stack, List<? extends PolledLink> links) throws IOException {
            order.add("driven");
            driver.start(stack, links);
        }

        @Override
        public boolean mayHold() {
            return driver.mayHold();
        }

        @Override
        public void wake() {
            driver.wake();
        }

        @Override
        public void close() {
            driver.close();
        }
    }

    @Test
    void withoutALink_thereIsLoopback() throws Exception {
        try (Sandbox sandbox = Sandbox.builder().start();
                TcpListener listener = Blocking.listen(sandbox.stack(), PORT)) {
            assertNull(sandbox.nic());
            Thread server = echo(listener);
            try (Blocking client = Blocking.connect(sandbox.stack(), IpAddress.V4_LOOPBACK, PORT)) {
                sendAndCompare(client, pattern(1_000_000));
            }
            server.join();
            assertEquals(List.of(IpAddress.V4_LOOPBACK), sandbox.names().lookup("localhost"));
        }
    }

    @Test
    void otherEndGone_isReported_andConnectionsEnd() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        FailureReport report = new FailureReport() {
            @Override
            public void stackFailed(Throwable cause) {
                ended.completeExceptionally(cause);
            }

            @Override
            public void linkFailed(String reason) {
                ended.complete(reason);
            }
        };
        try (SandboxPair pair = new SandboxPair(builder -> builder, builder -> builder.failures(report));
                TcpListener listener = Blocking.listen(pair.first.stack(), PORT);
                Blocking client = Blocking.connect(pair.second.stack(), SandboxPair.FIRST, PORT)) {
            pair.first.close();
            // Which of the three it is depends on what was still on its way.
            String reason = ended.get(30, TimeUnit.SECONDS);
            assertTrue(
                    reason.equals("the other end closed the link")
                            || reason.endsWith("Connection reset by peer")
                            || reason.endsWith("Broken pipe"),
                    reason);
            assertThrows(StackException.class, () -> client.read(ByteBuffer.allocate(1)));
            assertNotNull(listener);
        }
    }

    @Test
    void failedStart_closesWhatItWasGiven() throws Exception {
        int[] pair = HostCalls.socketPair(HostCalls.SOCK_STREAM);
        HostDescriptor peer = HostDescriptor.adopt(pair[1]);
        SandboxBuilder builder = Sandbox.builder()
                .link(new StreamLink(HostDescriptor.adopt(pair[0]), MacAddress.parse("02:00:00:00:00:01"), 1500))
                .address(SandboxPair.FIRST, 24)
                .address(SandboxPair.FIRST, 24);
        assertThrows(IOException.class, builder::start);
        // The address was announced before the second one failed.
        ByteBuffer rest = ByteBuffer.allocate(4096);
        int count = peer.read(rest);
        while (count > 0) {
            count = peer.read(rest);
        }
        assertEquals(HostDescriptor.END, count);
        peer.close();
    }

    @Test
    void addressWithoutALink_isRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Sandbox.builder().address(SandboxPair.FIRST, 24).start());
    }

    @Test
    void manySandboxes_leaveNoThreadAndNoDescriptor() throws Exception {
        cycle();
        int before = openDescriptors();
        for (int i = 0; i < 20; i++) {
            cycle();
        }
        assertEquals(before, openDescriptors());
        assertEquals(
                0,
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("atoll-"))
                        .count());
    }

    private void cycle() throws Exception {
        Path file = Files.createTempFile(folder, "cycle", ".pcapng");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try (SandboxPair pair = new SandboxPair(builder -> builder, builder -> builder.capture(channel));
                TcpListener listener = Blocking.listen(pair.first.stack(), PORT)) {
            Thread server = echo(listener);
            try (Blocking client = Blocking.connect(pair.second.stack(), SandboxPair.FIRST, PORT)) {
                sendAndCompare(client, pattern(10));
            }
            server.join();
        }
    }

    private static int openDescriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}
