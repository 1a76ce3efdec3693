package dev.atoll.shim.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A contract of both ends of a connection. */
@Timeout(60)
abstract class ConnectionContract {
    private final Supplier<Net> nets;
    Net net;
    ServerSocketChannel server;
    SocketChannel client;
    SocketChannel accepted;

    @SuppressWarnings("NullAway.Init") // made before each test
    ConnectionContract(Supplier<Net> nets) {
        this.nets = nets;
    }

    @BeforeEach
    void connect() throws IOException {
        net = nets.get();
        server = net.channels().openServerSocketChannel().bind(Net.loopback(0));
        client = net.channels().openSocketChannel();
        assertTrue(client.connect(server.getLocalAddress()));
        accepted = server.accept();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        accepted.close();
        server.close();
        net.close();
    }
}
