package dev.atoll.examples.embedding;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Two stacks on a pipe link in virtual time: no thread, no socket, and the same run every time. */
final class TwoStacks {
    private TwoStacks() {}

    public static void main(String[] args) throws StackException {
        ManualClock clock = new ManualClock();
        PipeLink.Pair cable = PipeLink.pair(1500);
        try (Stack client = Stack.builder().clock(clock).rng(Rng.seeded(1)).build();
                Stack server = Stack.builder().clock(clock).rng(Rng.seeded(2)).build()) {
            IpAddress address = IpAddress.parse("10.0.0.2");
            client.createNic("eth0", cable.left()).addAddress(IpAddress.parse("10.0.0.1"), 24);
            server.createNic("eth0", cable.right()).addAddress(address, 24);

            TcpListener listener = server.newTcpListener();
            listener.bind(new FullAddress(address, 80));
            listener.listen(1);
            TcpEndpoint connection = client.newTcpEndpoint();
            connection.connect(new FullAddress(address, 80));
            carry(client, server, cable);

            TcpEndpoint accepted = listener.accept();
            if (accepted == null) {
                throw new IllegalStateException("nobody connected: " + connection.takeError());
            }
            accepted.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            carry(client, server, cable);
            ByteBuffer received = ByteBuffer.allocate(100);
            connection.read(received);
            System.out.println(new String(received.array(), 0, received.position(), StandardCharsets.UTF_8));

            clock.advanceNs(200_000_000L); // The acknowledgment was delayed until now.
            carry(client, server, cable);
            System.out.println(accepted.unacknowledgedBytes() + " bytes are not acknowledged");
        }
    }

    private static void carry(Stack client, Stack server, PipeLink.Pair cable) {
        do {
            client.run(cable.left()::poll);
            server.run(cable.right()::poll);
        } while (cable.left().isPending() || cable.right().isPending());
    }
}
