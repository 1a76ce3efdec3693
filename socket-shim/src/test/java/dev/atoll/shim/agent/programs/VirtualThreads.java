package dev.atoll.shim.agent.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Blocks virtual threads, by reflection, as this is compiled for a JDK without them. */
@SuppressWarnings("AddressSelection") // these APIs are what is tried
public final class VirtualThreads {
    private static final int MANY = Integer.getInteger("atoll.test.virtualThreads", 5_000);

    /** Ports that a client can choose from are fewer than 30,000. */
    private static final int PER_SERVER = 20_000;

    private static final int FIRST_OWN_ADDRESS = 2;

    private VirtualThreads() {}

    public static void main(String[] arguments) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept();
                DatagramSocket datagrams = new DatagramSocket();
                Socket unconnected = new Socket()) {
            InputStream in = client.getInputStream();
            say("read", interrupted(in::read));
            say("closed", client.isClosed());
            say("accept", interrupted(server::accept));
            say("receive", interrupted(() -> {
                datagrams.receive(new DatagramPacket(new byte[1], 1));
                return 0;
            }));
            say("connect", interrupted(() -> {
                unconnected.connect(new InetSocketAddress("10.251.0.1", 80));
                return 0;
            }));
            say("peer", accepted.getInputStream().read());
        }
        asynchronous();
        many();
    }

    /** Handlers that run in virtual threads, each starting the next operation of an echo. */
    private static void asynchronous() throws Exception {
        ExecutorService executor = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        AsynchronousChannelGroup group = AsynchronousChannelGroup.withThreadPool(executor);
        try (AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open(group)
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                AsynchronousSocketChannel client = AsynchronousSocketChannel.open(group)) {
            server.accept("", new Echo());
            client.connect(server.getLocalAddress()).get();
            client.write(ByteBuffer.wrap(new byte[] {42})).get();
            ByteBuffer back = ByteBuffer.allocate(1);
            client.read(back).get();
            say("asynchronous", back.get(0) + " " + Echo.VIRTUAL);
        }
        group.shutdown();
        say("ended", group.awaitTermination(20, TimeUnit.SECONDS));
    }

    /** A failure is printed, and the echo then never comes. */
    private abstract static class Step<V> implements CompletionHandler<V, Object> {
        @Override
        public void failed(Throwable cause, Object attachment) {
            cause.printStackTrace();
        }
    }

    private static final class Echo extends Step<AsynchronousSocketChannel> {
        static final List<Object> VIRTUAL = new CopyOnWriteArrayList<>();

        @Override
        public void completed(AsynchronousSocketChannel channel, Object attachment) {
            note();
            ByteBuffer buffer = ByteBuffer.allocate(1);
            channel.read(buffer, "", new Step<Integer>() {
                @Override
                public void completed(Integer count, Object attachment) {
                    note();
                    channel.write(buffer.flip(), "", new Step<Integer>() {
                        @Override
                        public void completed(Integer written, Object attachment) {
                            try {
                                channel.close();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
                    });
                }
            });
        }

        private static void note() {
            try {
                VIRTUAL.add(Thread.class.getMethod("isVirtual").invoke(Thread.currentThread()));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Thread.isVirtual", e);
            }
        }
    }

    private static void say(String what, Object value) {
        System.out.println(what + ": " + value);
    }

    private static Thread start(Runnable work) throws ReflectiveOperationException {
        return (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
    }

    /** What a call ends with when its virtual thread is interrupted. */
    private static Object interrupted(Callable<?> call) throws Exception {
        List<Object> end = new ArrayList<>();
        Thread thread = start(() -> {
            try {
                end.add(call.call());
            } catch (Exception e) {
                end.add(e);
            }
        });
        awaitState(thread);
        thread.interrupt();
        thread.join();
        return end.get(0);
    }

    private static void awaitState(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    /** Many connections, a blocked virtual thread on each, few platform threads. */
    private static void many() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger sum = new AtomicInteger();
        for (int first = 0; first < MANY; first += PER_SERVER) {
            byte[] address = {127, 0, 0, (byte) (FIRST_OWN_ADDRESS + first / PER_SERVER)};
            try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByAddress(address))) {
                for (int i = first; i < Math.min(MANY, first + PER_SERVER); i++) {
                    Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                    sockets.add(server.accept());
                    threads.add(start(() -> read(client, sum)));
                }
            }
        }
        threads.forEach(VirtualThreads::awaitState);
        say("few threads", Thread.getAllStackTraces().size() < 50);
        for (Socket each : sockets) {
            each.getOutputStream().write(1);
        }
        for (Thread each : threads) {
            each.join();
        }
        say("all have read", sum.get() == MANY);
        for (Socket each : sockets) {
            each.close();
        }
    }

    private static void read(Socket client, AtomicInteger sum) {
        try (client) {
            sum.addAndGet(client.getInputStream().read());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
