package dev.atoll.examples.embedding;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A TCP probe that prints the congestion window whenever an acknowledgment has changed it. */
final class WindowProbe {
    private WindowProbe() {}

    static void print(TcpProbe.Event event) {
        int before = event.before().info().sndCwnd();
        int after = event.after().info().sndCwnd();
        if (after != before) {
            System.out.println("congestion window: " + before + " -> " + after + " segments");
        }
    }

    public static void main(String[] args) throws StackException {
        try (Cable cable = new Cable(builder -> {}, link -> link)) {
            cable.left.addTcpProbe(WindowProbe::print);
            TcpListener listener = cable.right.newTcpListener();
            listener.bind(new FullAddress(Cable.RIGHT, 80));
            listener.listen(1);
            TcpEndpoint sender = cable.left.newTcpEndpoint();
            sender.connect(new FullAddress(Cable.RIGHT, 80));
            cable.runUntil(() -> sender.readiness() != 0);
            TcpEndpoint receiver = Objects.requireNonNull(listener.accept());
            ByteBuffer data = ByteBuffer.allocate(100_000);
            ByteBuffer received = ByteBuffer.allocate(data.capacity());
            while (received.hasRemaining()) {
                sender.write(data);
                cable.runUntil(() -> receiver.available() > 0);
                receiver.read(received);
            }
            System.out.println(received.position() + " bytes arrived");
        }
    }
}
