package dev.atoll.shim.agent.programs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/** Has a connection as standard input, whose other end sends back what it gets, and waits for it and for one of its own at once. */
public final class Inherited {
    private Inherited() {}

    public static void main(String[] arguments) throws IOException {
        SocketChannel inherited = (SocketChannel) Objects.requireNonNull(System.inheritedChannel());
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
                    SocketChannel accepted = server.accept()) {
                System.out.println("of one kind: " + (inherited.getClass() == client.getClass()));
                inherited.configureBlocking(false);
                client.configureBlocking(false);
                SelectionKey ofInherited = inherited.register(selector, SelectionKey.OP_READ);
                SelectionKey ofClient = client.register(selector, SelectionKey.OP_READ);

                inherited.write(ByteBuffer.wrap(new byte[] {42}));
                selector.select();
                System.out.println("inherited: " + ofInherited.isReadable() + " "
                        + selector.selectedKeys().contains(ofClient) + " " + read(inherited));
                selector.selectedKeys().clear();

                accepted.write(ByteBuffer.wrap(new byte[] {17}));
                selector.select();
                System.out.println("own: " + ofClient.isReadable() + " "
                        + selector.selectedKeys().contains(ofInherited) + " " + read(client));
                selector.selectedKeys().clear();

                inherited.write(ByteBuffer.wrap(new byte[] {1}));
                accepted.write(ByteBuffer.wrap(new byte[] {2}));
                while (selector.selectedKeys().size() < 2) {
                    selector.select();
                }
                System.out.println("both: " + read(inherited) + " " + read(client));
            }
        }
    }

    private static int read(SocketChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return channel.read(one) == 1 ? one.get(0) : -1;
    }
}
