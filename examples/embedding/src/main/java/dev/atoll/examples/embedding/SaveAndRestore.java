package dev.atoll.examples.embedding;

import dev.atoll.stack.RestoredStack;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.MacAddress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A server's stack is saved in the midst of a connection and goes on as another one: the client notices nothing. */
final class SaveAndRestore {
    private SaveAndRestore() {}

    public static void main(String[] args) throws IOException {
        ManualClock clock = new ManualClock();
        ChannelLink clientEnd = new ChannelLink(1500, new MacAddress(0x02_00_00_00_00_01L));
        ChannelLink serverEnd = new ChannelLink(1500, new MacAddress(0x02_00_00_00_00_02L));
        Stack server = Stack.builder().clock(clock).rng(Rng.seeded(2)).build();
        server.createNic("eth0", serverEnd).addAddress(Cable.RIGHT, 24);
        try (Stack client = Stack.builder().clock(clock).rng(Rng.seeded(1)).build()) {
            client.createNic("eth0", clientEnd).addAddress(Cable.LEFT, 24);
            TcpListener listener = server.newTcpListener();
            listener.bind(new FullAddress(Cable.RIGHT, 80));
            listener.listen(1);
            TcpEndpoint connection = client.newTcpEndpoint();
            connection.connect(new FullAddress(Cable.RIGHT, 80));
            Carrying.between(client, clientEnd, server, serverEnd);
            long number = Objects.requireNonNull(listener.accept()).uniqueId();
            connection.write(StandardCharsets.UTF_8.encode("sent before, "));
            Carrying.between(client, clientEnd, server, serverEnd);

            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            server.save(saved);
            server.close(); // Which says nothing to the client.
            ChannelLink newEnd = new ChannelLink(1500, new MacAddress(0x02_00_00_00_00_02L));
            RestoredStack restored = Stack.builder()
                    .clock(new ManualClock())
                    .rng(Rng.seeded(3))
                    .restore(new ByteArrayInputStream(saved.toByteArray()), nicName -> newEnd);

            connection.write(StandardCharsets.UTF_8.encode("and after"));
            Carrying.between(client, clientEnd, restored.stack(), newEnd);
            ByteBuffer received = ByteBuffer.allocate(100);
            ((TcpEndpoint) Objects.requireNonNull(restored.endpoint(number))).read(received);
            System.out.println(StandardCharsets.UTF_8.decode(received.flip()));
            restored.stack().close();
        }
    }
}
