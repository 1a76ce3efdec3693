package dev.atoll.shim.agent.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Uses a bit of everything, and prints what it saw. */
@SuppressWarnings("AddressSelection") // these APIs are what is tried
public final class Hello {
    private Hello() {}

    public static void main(String[] arguments) throws Exception {
        names();
        interfaces();
        sockets();
        channels();
        datagrams();
        asynchronous();
        refusals();
    }

    private static void say(String what, @Nullable Object value) {
        System.out.println(what + ": " + value);
    }

    private static void names() throws IOException {
        say("lookup", List.of(InetAddress.getAllByName("server.test")));
        say("localhost", InetAddress.getByName("localhost"));
        say("local host", InetAddress.getLocalHost());
        say("loopback", InetAddress.getLoopbackAddress());
        say("any", new InetSocketAddress(0).getAddress());
        say("reverse", InetAddress.getByName("10.0.0.1").getHostName());
        try {
            say("unknown", InetAddress.getByName("nowhere.test"));
        } catch (IOException e) {
            say("unknown", e);
        }
    }

    private static void interfaces() throws IOException {
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            say(each.getName(), each.getIndex() + " " + each.getInterfaceAddresses() + " mtu " + each.getMTU());
        }
    }

    private static void sockets() throws Exception {
        try (ServerSocket server = new ServerSocket(8080);
                Socket client = new Socket("localhost", 8080);
                Socket accepted = server.accept()) {
            client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            say("socket", new String(accepted.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            say("peer", accepted.getInetAddress() + " " + client.getInetAddress() + " " + client.getPort());
        }
    }

    private static void channels() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept();
                Selector selector = Selector.open()) {
            accepted.configureBlocking(false);
            accepted.register(selector, SelectionKey.OP_READ);
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ);
            Thread writer = new Thread(() -> {
                try {
                    client.write(ByteBuffer.wrap(new byte[3]));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.start();
            say("selected", selector.select());
            writer.join();
            say("read", accepted.read(ByteBuffer.allocate(10)));
            selector.selectedKeys().clear();
            pipe.sink().write(ByteBuffer.wrap(new byte[1]));
            say("selected with a pipe", selector.select());
            say("provider", client.provider() == java.nio.channels.spi.SelectorProvider.provider());
            pipe.sink().close();
            pipe.source().close();
        }
    }

    private static void datagrams() throws Exception {
        try (DatagramSocket receiver = new DatagramSocket(5353);
                MulticastSocket sender = new MulticastSocket();
                DatagramChannel channel = DatagramChannel.open()) {
            byte[] payload = "datagram".getBytes(StandardCharsets.UTF_8);
            InetAddress loopback = InetAddress.getByName("127.0.0.1");
            sender.send(new DatagramPacket(payload, payload.length, loopback, 5353));
            DatagramPacket packet = new DatagramPacket(new byte[20], 20);
            receiver.receive(packet);
            say("datagram", packet.getLength() + " from " + packet.getAddress());
            channel.send(ByteBuffer.wrap(payload), new InetSocketAddress(loopback, 5353));
            channel.send(ByteBuffer.wrap(new byte[15]), new InetSocketAddress(loopback, 5353));
            receiver.receive(packet);
            receiver.receive(packet);
            say("datagram", packet.getLength());
        }
    }

    private static void refusals() {
        for (String address : List.of("10.0.0.9", "10.252.0.1", "10.253.0.1")) {
            try (Socket socket = new Socket(address, 80);
                    InputStream in = socket.getInputStream()) {
                say(address, in.read());
            } catch (IOException e) {
                say(address, e);
            }
        }
        for (String address : List.of("10.0.0.9", "10.253.0.1")) {
            try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
                say(
                        "async " + address,
                        channel.connect(new InetSocketAddress(address, 80)).get());
            } catch (IOException | InterruptedException | ExecutionException e) {
                say("async " + address, e.getCause());
            }
        }
    }

    private static void asynchronous() throws Exception {
        try (AsynchronousServerSocketChannel server =
                        AsynchronousServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                AsynchronousSocketChannel client = AsynchronousSocketChannel.open()) {
            client.connect(server.getLocalAddress()).get();
            try (AsynchronousSocketChannel accepted = server.accept().get()) {
                accepted.write(ByteBuffer.wrap(new byte[5])).get();
                say("async read", client.read(ByteBuffer.allocate(10)).get());
            }
            say("async provider", client.provider() == AsynchronousChannelProvider.provider());
        }
        AsynchronousChannelGroup group = AsynchronousChannelGroup.withFixedThreadPool(1, Thread::new);
        AsynchronousServerSocketChannel.open(group).close();
        group.shutdown();
        say("async group ended", group.awaitTermination(20, TimeUnit.SECONDS));
    }
}
