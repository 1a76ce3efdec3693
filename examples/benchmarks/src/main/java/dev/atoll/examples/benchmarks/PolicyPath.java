package dev.atoll.examples.benchmarks;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where {@link PolicyCost} sends its packets, all of it on the caller's thread. */
abstract class PolicyPath {
    private static final int PORT = 80;
    private static final int CHUNK_BYTES = 1 << 16;

    private final String name;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    private @Nullable TcpEndpoint client;
    private @Nullable TcpEndpoint server;

    PolicyPath(String name) {
        this.name = name;
    }

    static Stack newStack(long seed) {
        Clock clock = new Clock() {
            @Override
            public long nowNs() {
                return System.nanoTime();
            }

            @Override
            public long epochNs() {
                return System.currentTimeMillis() * 1_000_000;
            }
        };
        return Stack.builder().clock(clock).rng(Rng.seeded(seed)).build();
    }

    static TcpListener listen(Stack stack, FullAddress address) throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.bind(address);
        listener.listen(10);
        return listener;
    }

    static FullAddress serverAt(IpAddress address) {
        return new FullAddress(address, PORT);
    }

    final String name() {
        return name;
    }

    /** Puts rules in force where they are to be measured. */
    abstract void rules(RuleSet rules);

    /** What counts of the time that has passed. */
    abstract long spentNs();

    abstract TcpEndpoint newClient() throws StackException;

    abstract FullAddress serverAddress();

    abstract @Nullable TcpEndpoint accepted() throws StackException;

    /** Lets what was sent arrive. */
    abstract void carry() throws StackException;

    /** Does something that counts as the client's, or does not as the server's. */
    abstract int as(boolean clients, Step step) throws StackException;

    /** What an end does. */
    @FunctionalInterface
    interface Step {
        int once() throws StackException;
    }

    /** Makes the connection that is sent by. */
    final void open() throws StackException {
        client = newClient();
        client.connect(serverAddress());
        carry();
        server = accepted();
    }

    final void close() throws StackException {
        end(client).close();
        end(server).close();
        carry();
    }

    private static TcpEndpoint end(@Nullable TcpEndpoint end) {
        if (end == null) {
            throw new IllegalStateException("the connection was not made at once");
        }
        return end;
    }

    /** The client sends; gives how many bytes arrived. */
    final long send() throws StackException {
        return transfer(end(client), true, end(server));
    }

    /** The client receives. */
    final long receive() throws StackException {
        return transfer(end(server), false, end(client));
    }

    private long transfer(TcpEndpoint from, boolean fromClient, TcpEndpoint to) throws StackException {
        int unused = as(fromClient, () -> {
            chunk.clear();
            return from.write(chunk);
        });
        carry();
        long read = 0;
        int count;
        do {
            count = as(!fromClient, () -> {
                chunk.clear();
                return to.read(chunk);
            });
            read += Math.max(0, count);
        } while (count > 0);
        // What was read may open a window; and where nothing goes on, a timer has to be met.
        carry();
        return read;
    }

    /** Makes a connection and resets it, so that none is left waiting. */
    final long connect() throws StackException {
        int unused = as(true, () -> {
            client = newClient();
            client.connect(serverAddress());
            return 0;
        });
        carry();
        server = accepted();
        unused = as(true, () -> {
            end(client).setOption(EndpointOption.SO_LINGER, 0);
            end(client).close();
            return 0;
        });
        carry();
        end(server).close();
        return 1;
    }
}
