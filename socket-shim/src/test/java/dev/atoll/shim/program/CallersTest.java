package dev.atoll.shim.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.shim.Shim;
import dev.atoll.shim.StackSockets;
import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.PacketContext;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.options.SocketCaller;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose code opens sockets, as a program's calls show it; outside the shim's package, whose own code is nobody's. */
@Timeout(60)
class CallersTest {
    private static final Origin ORIGIN = new Origin("test", 1, "caller");

    /** Takes down who sends. */
    private static final class Seen implements Matcher {
        private final List<SocketCaller> callers = new CopyOnWriteArrayList<>();

        @Override
        public Result match(PacketContext context) {
            callers.add(context.socketCaller());
            return Result.YES;
        }
    }

    private final DrivenStack driven = DrivenStack.start();
    private final Shim shim = Shim.of(StackSockets.of(driven.stack(), false), new FakeNames());
    private final Seen seen = new Seen();
    private final ServerSocket server = shim.newServerSocket();

    @BeforeEach
    void listen() throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Rule rule = new Rule(List.of(seen), StandardTarget.ACCEPT, ORIGIN);
        Chain chain = new Chain(Hook.OUTPUT.name(), ChainPolicy.ACCEPT, List.of(rule), ORIGIN);
        driven.stack()
                .ipTables()
                .replace(RuleSet.of(
                        List.of(Table.acceptAll(TableName.FILTER, Family.IPV4).with(chain))));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        driven.close();
    }

    private void assertSeenHere(String method) {
        SocketCaller first = seen.callers.get(0);
        seen.callers.clear();
        assertEquals(CallersTest.class.getName(), first.className(), first.toString());
        assertEquals(Thread.currentThread().getName(), first.thread());
        assertEquals(
                CallersTest.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString(),
                first.location());
        assertEquals("", first.coordinates());
        String frame = first.frames().get(0);
        assertTrue(frame.contains(CallersTest.class.getName() + "." + method + "(CallersTest.java:"), frame);
        assertTrue(first.frames().size() <= SocketCaller.MAX_FRAMES);
    }

    @Test
    void socketOfEachKind_isThatOfTheProgramsFirstFrame() throws Exception {
        driven.stack().ipTables().wantCallers(true);
        try (Socket socket = shim.newSocket()) {
            socket.connect(server.getLocalSocketAddress());
            assertSeenHere("socketOfEachKind_isThatOfTheProgramsFirstFrame");
        }
        try (SocketChannel channel = shim.selectorProvider().openSocketChannel()) {
            seen.callers.clear();
            channel.connect(server.getLocalSocketAddress());
            assertSeenHere("socketOfEachKind_isThatOfTheProgramsFirstFrame");
        }
        try (AsynchronousSocketChannel async =
                shim.asynchronousChannelProvider().openAsynchronousSocketChannel(null)) {
            seen.callers.clear();
            async.connect(server.getLocalSocketAddress()).get();
            assertSeenHere("socketOfEachKind_isThatOfTheProgramsFirstFrame");
        }
    }

    @Test
    void datagrams_areOfWhoBoundTheSocket_orSentFirst() throws Exception {
        driven.stack().ipTables().wantCallers(true);
        try (DatagramSocket socket = shim.newDatagramSocket(null);
                DatagramChannel channel = shim.selectorProvider().openDatagramChannel()) {
            InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
            socket.send(new DatagramPacket(new byte[1], 1, target));
            assertSeenHere("datagrams_areOfWhoBoundTheSocket_orSentFirst");
            channel.send(ByteBuffer.allocate(1), target);
            assertSeenHere("datagrams_areOfWhoBoundTheSocket_orSentFirst");
        }
    }

    @Test
    void withoutNeed_nobodyLooks() throws Exception {
        try (Socket socket = shim.newSocket()) {
            socket.connect(server.getLocalSocketAddress());
            assertTrue(seen.callers.stream().noneMatch(SocketCaller::isKnown));
            assertTrue(!seen.callers.isEmpty());
        }
    }

    /** A thread whose frames are the JDK's alone: the program handed the channel's own method over. */
    @Test
    void threadWithoutCodeOfTheProgram_isNobodys_andNamed() throws Exception {
        driven.stack().ipTables().wantCallers(true);
        ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, "pool"));
        try (AsynchronousSocketChannel async =
                shim.asynchronousChannelProvider().openAsynchronousSocketChannel(null)) {
            // A method handle leaves no frame of this class, as a lambda would.
            MethodHandle connect = MethodHandles.publicLookup()
                    .findVirtual(
                            AsynchronousSocketChannel.class,
                            "connect",
                            MethodType.methodType(Future.class, SocketAddress.class))
                    .bindTo(async);
            MethodHandle call = MethodHandles.insertArguments(connect, 0, server.getLocalSocketAddress());
            Runnable task = MethodHandleProxies.asInterfaceInstance(
                    Runnable.class, call.asType(MethodType.methodType(void.class)));
            pool.submit(task).get(10, TimeUnit.SECONDS);
            SocketCaller caller = seen.callers.get(0);
            assertEquals("", caller.className(), caller.toString());
            assertEquals("pool", caller.thread());
            assertTrue(caller.isKnown());
        } finally {
            pool.shutdownNow();
        }
    }
}
