package dev.atoll.shim;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.atoll.shim.fake.DrivenStack;
import dev.atoll.shim.fake.FakeNames;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Close, interrupt, read, write and select at once on the same connections: nothing hangs and nothing fails in a way that
 * the JDK does not know. How long is set by {@code -Datoll.race.seconds}.
 */
@Timeout(7200)
class RaceTest {
    private static final int PER_ROUND = 4;
    private static final int ROUND_LIMIT_S = 60;

    private final ConcurrentLinkedQueue<Throwable> strange = new ConcurrentLinkedQueue<>();

    /** What is done again and again. */
    private interface Round {
        void run(Shim shim, Random random, long seed) throws Exception;
    }

    @Test
    void channels_closeInterruptReadWriteSelect_neverHang() throws Exception {
        repeat(this::channels);
    }

    @Test
    void sockets_closeInterruptReadWriteShutdown_neverHang() throws Exception {
        repeat(this::sockets);
    }

    @Test
    void datagrams_closeInterruptSendReceiveDisconnect_neverHang() throws Exception {
        repeat(this::datagrams);
    }

    private void repeat(Round round) throws Exception {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("atoll.race.seconds", 2));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        DrivenStack driven = DrivenStack.start();
        Shim shim = Shim.of(StackSockets.of(driven.stack(), false), new FakeNames());
        while (System.nanoTime() - deadlineNs < 0) {
            toItsEnd(round, shim, random, seed);
        }
        // Not after a round that hangs: it would wait for the same.
        driven.close();
        Throwable first = strange.peek();
        if (first != null) {
            throw new AssertionError(strange.size() + " strange failures, seed " + seed, first);
        }
    }

    /** In a thread of its own, as whatever hangs may have the thread that waits for it hang, too. */
    private static void toItsEnd(Round round, Shim shim, Random random, long seed) throws Exception {
        FutureTask<@Nullable Void> done = new FutureTask<>(() -> {
            round.run(shim, random, seed);
            return null;
        });
        Thread thread = started(new Thread(done));
        try {
            done.get(ROUND_LIMIT_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            AssertionError hangs = new AssertionError("a round hangs, seed " + seed, e);
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
    }

    private void channels(Shim shim, Random random, long seed) throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (Selector selector = shim.selectorProvider().openSelector();
                ServerSocketChannel server = shim.selectorProvider().openServerSocketChannel()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            List<SocketChannel> all = new ArrayList<>();
            for (int i = 0; i < PER_ROUND; i++) {
                SocketChannel client = shim.selectorProvider().openSocketChannel();
                client.connect(server.getLocalAddress());
                SocketChannel accepted = server.accept();
                all.add(client);
                all.add(accepted);
                threads.add(start(() -> read(client), client));
                threads.add(start(() -> write(client), client));
                accepted.configureBlocking(false);
                accepted.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
            Thread selecting = start(() -> select(selector));
            threads.add(start(server::accept, server));
            Thread.onSpinWait();
            interruptSome(threads, random);
            for (SocketChannel each : all) {
                threads.add(start(() -> closed(each)));
            }
            threads.add(start(() -> closed(server)));
            joinAll(threads, seed);
            Thread closing = start(() -> closed(selector));
            join(closing, seed);
            join(selecting, seed);
        }
    }

    private void sockets(Shim shim, Random random, long seed) throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (ServerSocket server = shim.newServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            List<Socket> all = new ArrayList<>();
            for (int i = 0; i < PER_ROUND; i++) {
                Socket client = shim.newSocket();
                client.connect(server.getLocalSocketAddress());
                Socket accepted = server.accept();
                accepted.setSoLinger(random.nextBoolean(), 0);
                all.add(client);
                all.add(accepted);
                threads.add(start(() -> client.getInputStream().transferTo(OutputStream.nullOutputStream()), client));
                threads.add(start(() -> write(client)));
                threads.add(start(() -> accepted.getInputStream().transferTo(accepted.getOutputStream()), accepted));
                threads.add(start(() -> {
                    accepted.shutdownOutput();
                    return client.getInputStream().available();
                }));
            }
            threads.add(start(server::accept, server));
            interruptSome(threads, random);
            for (Socket each : all) {
                threads.add(start(() -> closed(each)));
            }
            threads.add(start(() -> closed(server)));
            joinAll(threads, seed);
        }
    }

    private static Object write(Socket socket) throws IOException {
        byte[] bytes = new byte[10_000];
        while (true) {
            socket.getOutputStream().write(bytes);
        }
    }

    private void datagrams(Shim shim, Random random, long seed) throws Exception {
        List<Thread> threads = new ArrayList<>();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        List<AutoCloseable> all = new ArrayList<>();
        for (int i = 0; i < PER_ROUND; i++) {
            DatagramSocket socket = shim.newDatagramSocket(any);
            DatagramChannel channel =
                    shim.selectorProvider().openDatagramChannel().bind(any);
            SocketAddress toSocket = socket.getLocalSocketAddress();
            SocketAddress toChannel = channel.getLocalAddress();
            all.add(socket);
            all.add(channel);
            threads.add(start(() -> receive(socket)));
            threads.add(start(() -> receive(channel)));
            threads.add(start(() -> send(socket, toChannel)));
            threads.add(start(() -> send(channel, toSocket)));
            threads.add(start(() -> channel.connect(toSocket).disconnect()));
        }
        interruptSome(threads, random);
        for (AutoCloseable each : all) {
            threads.add(start(() -> closed(each)));
        }
        joinAll(threads, seed);
    }

    private static Object receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        while (true) {
            socket.receive(packet);
        }
    }

    private static Object receive(DatagramChannel channel) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(100);
        while (true) {
            channel.receive(target.clear());
        }
    }

    private static Object send(DatagramSocket socket, SocketAddress to) throws IOException {
        while (true) {
            socket.send(new DatagramPacket(new byte[10], 10, to));
        }
    }

    private static Object send(DatagramChannel channel, SocketAddress to) throws IOException {
        while (true) {
            channel.send(ByteBuffer.allocate(10), to);
        }
    }

    private static void interruptSome(List<Thread> threads, Random random) {
        for (Thread each : threads) {
            if (random.nextBoolean()) {
                each.interrupt();
            }
        }
    }

    private static void joinAll(List<Thread> threads, long seed) throws InterruptedException {
        for (Thread each : threads) {
            join(each, seed);
        }
    }

    private Thread start(Callable<?> work) {
        return started(new Thread(() -> attempt(work)));
    }

    /** A thread that closes what it uses when it is interrupted, as programs make one to be rid of a blocking read. */
    private Thread start(Callable<?> work, AutoCloseable used) {
        return started(new Thread(() -> attempt(work)) {
            @Override
            public void interrupt() {
                super.interrupt();
                attempt(() -> closed(used));
            }
        });
    }

    private static Thread started(Thread thread) {
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void attempt(Callable<?> work) {
        try {
            work.call();
        } catch (IOException | ClosedSelectorException | CancelledKeyException e) {
            // What a closed or interrupted channel gives.
            return;
        } catch (Exception e) {
            strange.add(e);
        }
    }

    private static void join(Thread thread, long seed) throws InterruptedException {
        thread.join(30_000);
        if (thread.isAlive()) {
            AssertionError hangs = new AssertionError("a thread hangs, seed " + seed);
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
        assertFalse(thread.isAlive());
    }

    private static Object closed(AutoCloseable resource) throws Exception {
        resource.close();
        return resource;
    }

    private static Object read(SocketChannel channel) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(1000);
        while (channel.read(target) >= 0) {
            target.clear();
        }
        return channel;
    }

    private static Object write(SocketChannel channel) throws IOException {
        while (true) {
            channel.write(ByteBuffer.allocate(10_000));
        }
    }

    private static Object select(Selector selector) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        while (true) {
            selector.select(key -> {
                try {
                    buffer.clear();
                    ((SocketChannel) key.channel()).read(buffer);
                    buffer.flip();
                    ((SocketChannel) key.channel()).write(buffer);
                } catch (IOException e) {
                    key.cancel();
                }
            });
        }
    }
}
