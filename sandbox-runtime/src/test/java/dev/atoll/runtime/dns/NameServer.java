package dev.atoll.runtime.dns;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A name server in a stack, for tests: answers as it is told, over UDP and TCP, on one thread. */
final class NameServer {
    /** What it does with a question. */
    interface Script {
        /** The answers' bytes, each sent as one message; none for silence. */
        List<byte[]> answer(ByteBuffer query, FullAddress from, boolean overTcp);
    }

    private final UdpEndpoint udp;
    private final TcpListener tcp;
    private final ReadySignal signal = new ReadySignal();
    private final Script script;
    private final Thread thread;
    private volatile boolean closing;

    /** Everybody who asked over UDP. */
    final List<FullAddress> askers = new CopyOnWriteArrayList<>();

    final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    NameServer(Stack stack, Script script) throws StackException {
        this.script = script;
        FullAddress local = new FullAddress(IpAddress.V4_ANY, ResolverOptions.PORT);
        udp = stack.newUdpEndpoint();
        udp.bind(local);
        udp.setReadinessListener(signal);
        tcp = stack.newTcpListener();
        tcp.bind(local);
        tcp.listen(10);
        tcp.setReadinessListener(signal);
        thread = new Thread(this::serve, "name-server");
        thread.start();
    }

    private void serve() {
        try {
            ByteBuffer query = ByteBuffer.allocate(2048);
            while (!closing) {
                FullAddress from = udp.receive(query.clear());
                TcpEndpoint connection = tcp.accept();
                if (from != null) {
                    askers.add(from);
                    for (byte[] answer : script.answer(query.flip(), from, false)) {
                        udp.send(ByteBuffer.wrap(answer), from);
                    }
                }
                if (connection != null) {
                    serve(connection);
                }
                if (from == null && connection == null) {
                    signal.await(System.nanoTime() + 50_000_000);
                }
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    private void serve(TcpEndpoint connection) throws StackException {
        ReadySignal ready = new ReadySignal();
        connection.setReadinessListener(ready);
        try (connection) {
            ByteBuffer query = ByteBuffer.allocate(2048).limit(2);
            while (query.hasRemaining()) {
                int count = connection.read(query);
                if (count == Endpoint.END_OF_STREAM) {
                    return;
                }
                if (count == Endpoint.WOULD_BLOCK && !ready.await(System.nanoTime() + 5_000_000_000L)) {
                    return;
                }
                if (query.position() == 2) {
                    query.limit(2 + query.getShort(0));
                }
            }
            for (byte[] answer : script.answer(query.flip().position(2).slice(), peer(connection), true)) {
                ByteBuffer framed = ByteBuffer.allocate(2 + answer.length)
                        .putShort((short) answer.length)
                        .put(answer)
                        .flip();
                while (framed.hasRemaining()) {
                    if (connection.write(framed) == Endpoint.WOULD_BLOCK) {
                        ready.await(System.nanoTime() + 5_000_000_000L);
                    }
                }
            }
        }
    }

    private static FullAddress peer(TcpEndpoint connection) {
        return Objects.requireNonNull(connection.remoteAddress());
    }

    void close() throws InterruptedException {
        closing = true;
        thread.join();
        udp.close();
        tcp.close();
    }
}
