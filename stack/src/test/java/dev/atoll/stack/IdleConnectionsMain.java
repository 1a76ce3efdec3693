package dev.atoll.stack;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints what idle TCP connections cost: opens as many as asked for between two stacks, has each carry a request and a
 * response of ten segments, lets them be idle, and compares the heap before and after. Argument: how many connections, 100,000 by default.
 */
public final class IdleConnectionsMain {
    private static final long SECOND = 1_000_000_000L;
    private static final int PORTS = 8;
    private static final int BATCH = 100;
    /** What a connection may cost, bytes of heap an end. */
    private static final int LIMIT_BYTES = 2048;

    private static final int REQUEST_BYTES = 100;
    private static final int RESPONSE_BYTES = 14_000;

    private final ByteBuffer message = ByteBuffer.allocate(RESPONSE_BYTES);
    private final TwoStacks net = new TwoStacks();
    private final List<TcpListener> listeners = new ArrayList<>();
    private final List<TcpEndpoint> ends = new ArrayList<>();

    private IdleConnectionsMain() throws StackException {
        for (int i = 0; i < PORTS; i++) {
            TcpListener listener = net.right.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V4_ANY, 80 + i));
            listener.listen(2 * BATCH);
            listeners.add(listener);
        }
    }

    /** See the class. */
    public static void main(String[] arguments) throws StackException {
        int connections = arguments.length == 0 ? 100_000 : Integer.parseInt(arguments[0]);
        IdleConnectionsMain bench = new IdleConnectionsMain();
        bench.open(BATCH); // Classes are loaded, pools and tables filled.
        long before = usedBytes();
        bench.open(connections);
        long heap = usedBytes() - before;
        long perEnd = heap / (2L * connections);
        long packets = bench.net.left.packetsOutstanding() + bench.net.right.packetsOutstanding();
        System.out.printf(
                "%d connections, both ends in this JVM: %d bytes of heap an end (limit %d), %d packets held%n",
                connections, perEnd, LIMIT_BYTES, packets);
        System.exit(perEnd <= LIMIT_BYTES && packets == 0 ? 0 : 1);
    }

    private void open(int connections) throws StackException {
        int opened = 0;
        while (opened < connections) {
            TcpListener listener = listeners.get(ends.size() / 2 / BATCH % PORTS);
            int port = 80 + listeners.indexOf(listener);
            int count = Math.min(BATCH, connections - opened);
            for (int i = 0; i < count; i++) {
                TcpEndpoint client = net.left.newTcpEndpoint();
                client.connect(new FullAddress(TwoStacks.RIGHT, port));
                net.settle();
                exchange(client, accept(listener));
            }
            opened += count;
        }
        net.runUntil(() -> false, 2 * SECOND);
    }

    private TcpEndpoint accept(TcpListener listener) throws StackException {
        net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND);
        TcpEndpoint server = listener.accept();
        if (server == null) {
            throw new IllegalStateException("a connection was not accepted");
        }
        return server;
    }

    private void exchange(TcpEndpoint client, TcpEndpoint server) throws StackException {
        message.clear().limit(REQUEST_BYTES);
        client.write(message);
        net.settle();
        server.read(message.clear());
        server.write(message.clear());
        net.settle();
        if (client.read(message.clear()) != message.capacity()) {
            throw new IllegalStateException("the response did not come");
        }
        ends.add(client);
        ends.add(server);
    }

    /** Garbage does not count. */
    private static long usedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
