package dev.atoll.launcher.jar;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A program that is allowed nothing but to talk to its own host: everything that a socket does besides, such as reading a
 * property or starting a thread, must not be asked of it. Prints what comes of each step.
 */
public final class Guarded {
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Guarded() {}

    public static void main(String[] arguments) {
        say("a property", () -> System.getProperty("user.home"));
        say("another host", () -> SocketChannel.open(new InetSocketAddress("192.0.2.1", 80)));
        say("a name", () -> InetAddress.getByName("localhost").isLoopbackAddress());
        say("an interface", () -> NetworkInterface.getByName("lo").isLoopback());
        say("sockets", Guarded::sockets);
        say("every address", Guarded::everyAddress);
        say("a refusal", () -> new Socket(InetAddress.getLoopbackAddress(), 9));
        say("channels", Guarded::channels);
        say("datagrams", Guarded::datagrams);
        say("datagram channels", Guarded::datagramChannels);
        say("channels as sockets", Guarded::channelsAsSockets);
        say("asynchronous", Guarded::asynchronous);
        say("a property, in a handler", Guarded::handler);
    }

    private static Object sockets() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(42);
            return accepted.getInputStream().read();
        }
    }

    private static Object everyAddress() throws IOException {
        try (ServerSocket server = new ServerSocket(0);
                DatagramSocket datagrams = new DatagramSocket()) {
            return server.isBound() && datagrams.isBound();
        }
    }

    private static Object channels() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(HERE);
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept();
                Selector selector = Selector.open()) {
            client.write(ByteBuffer.allocate(3));
            accepted.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            selector.select();
            return accepted.read(ByteBuffer.allocate(8));
        }
    }

    private static Object datagrams() throws IOException {
        try (DatagramSocket receiver = new DatagramSocket(HERE);
                DatagramSocket sender = new DatagramSocket(HERE)) {
            sender.send(new DatagramPacket(new byte[5], 5, receiver.getLocalSocketAddress()));
            DatagramPacket packet = new DatagramPacket(new byte[8], 8);
            receiver.receive(packet);
            return packet.getLength();
        }
    }

    private static Object datagramChannels() throws IOException {
        try (DatagramChannel receiver = DatagramChannel.open().bind(HERE);
                DatagramChannel sender = DatagramChannel.open()) {
            sender.send(ByteBuffer.allocate(6), receiver.getLocalAddress());
            SocketAddress from = receiver.receive(ByteBuffer.allocate(8));
            return ((InetSocketAddress) from).getAddress();
        }
    }

    private static Object channelsAsSockets() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open();
                SocketChannel client = SocketChannel.open();
                DatagramChannel datagrams = DatagramChannel.open()) {
            server.socket().bind(HERE);
            datagrams.socket().bind(HERE);
            client.socket().connect(server.getLocalAddress());
            try (Socket accepted = server.socket().accept()) {
                client.socket().getOutputStream().write(8);
                return accepted.getInputStream().read()
                        + " "
                        + datagrams.socket().isBound();
            }
        }
    }

    private static Object asynchronous() throws Exception {
        try (AsynchronousServerSocketChannel server =
                        AsynchronousServerSocketChannel.open().bind(HERE);
                AsynchronousSocketChannel client = AsynchronousSocketChannel.open()) {
            client.connect(server.getLocalAddress()).get();
            try (AsynchronousSocketChannel accepted = server.accept().get()) {
                client.write(ByteBuffer.allocate(7)).get();
                return accepted.read(ByteBuffer.allocate(8)).get();
            }
        }
    }

    /** What a handler may do in a thread of the default group. */
    private static Object handler() throws Exception {
        CompletableFuture<@Nullable String> told = new CompletableFuture<>();
        try (AsynchronousServerSocketChannel server =
                        AsynchronousServerSocketChannel.open().bind(HERE);
                AsynchronousSocketChannel client = AsynchronousSocketChannel.open()) {
            client.connect(server.getLocalAddress(), null, new CompletionHandler<Void, @Nullable Void>() {
                @Override
                public void completed(Void result, @Nullable Void attachment) {
                    try {
                        told.complete(System.getProperty("java.version"));
                    } catch (SecurityException e) {
                        told.complete(e.toString());
                    }
                }

                @Override
                public void failed(Throwable failure, @Nullable Void attachment) {
                    told.completeExceptionally(failure);
                }
            });
            return String.valueOf(told.get());
        }
    }

    private static void say(String what, Callable<?> use) {
        try {
            System.out.println(what + ": " + use.call());
        } catch (Exception e) {
            System.out.println(what + ": " + e);
        }
    }
}
