package dev.atoll.examples.embedding;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A server that greets who connects. */
final class Greeter {
    private Greeter() {}

    static void serve(Stack stack, FullAddress address) throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.bind(address);
        listener.listen(10);
        listener.setReadinessListener((endpoint, readiness) -> greet(listener));
    }

    private static void greet(TcpListener listener) {
        try {
            TcpEndpoint client = listener.accept();
            if (client != null) {
                client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            }
        } catch (StackException e) {
            if (e.error() != StackError.CLOSED) {
                throw new IllegalStateException("cannot greet", e);
            }
        }
    }
}
