package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a connection that says nothing costs, whatever it said before. */
class IdleMemoryTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int TRANSFER_BYTES = 8 << 20;

    private final TwoStacks net;
    private final TcpEndpoint client;
    private final TcpEndpoint server;

    IdleMemoryTest() throws StackException {
        // Buffers that let the congestion window grow until the link is full.
        TcpTuning tuning = new TcpTuning();
        tuning.sendBufferBytes = tuning.sendBufferMaxBytes;
        tuning.receiveBufferBytes = tuning.receiveBufferMaxBytes;
        net = TwoStacks.withTcp(tuning);
        TcpListener listener = net.right.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(10);
        client = net.left.newTcpEndpoint();
        client.connect(new FullAddress(TwoStacks.RIGHT, 80));
        assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND));
        TcpEndpoint accepted = listener.accept();
        assertNotNull(accepted);
        server = accepted;
    }

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    @Requirement("pain 12")
    void idle_afterLargeTransfer_holdsWhatAFreshConnectionHolds() throws StackException {
        long freshClient = bytesHeld(client);
        long freshServer = bytesHeld(server);
        long most = transfer(client, server, TRANSFER_BYTES);
        assertTrue(most > 4 * freshClient, "the transfer needs memory: " + most + " bytes, fresh " + freshClient);
        assertTrue(bytesHeld(client) > 2 * freshClient, "an empty moment gives nothing back");
        net.runUntil(() -> false, SECOND);
        assertEquals(freshClient, bytesHeld(client));
        assertEquals(freshServer, bytesHeld(server));
        transfer(client, server, TRANSFER_BYTES);
    }

    @Test
    void busy_pausesShorterThanATimeout_keepsItsMemory() throws StackException {
        transfer(client, server, TRANSFER_BYTES);
        long busy = bytesHeld(client);
        for (int i = 0; i < 20; i++) {
            net.runUntil(() -> false, SECOND / 10);
            transfer(client, server, 10_000);
            assertEquals(busy, bytesHeld(client));
        }
    }

    @Test
    void idle_thenWindowClosed_isProbed() throws StackException {
        transfer(client, server, TRANSFER_BYTES);
        while (client.info().sndWnd() > 0) {
            assertTrue(client.write(ByteBuffer.allocate(client.info().sndWnd())) > 0);
            assertTrue(net.runUntil(() -> client.unacknowledgedBytes() == 0, SECOND / 10));
        }
        assertEquals(100, client.write(ByteBuffer.allocate(100)));
        long sent = client.info().segsOut();
        net.runUntil(() -> false, 10 * SECOND);
        assertEquals(100, client.unacknowledgedBytes());
        assertTrue(client.info().segsOut() >= sent + 4, "a closed window is probed");
    }

    /** Moves bytes and reads them; the most that the sender held meanwhile. */
    private long transfer(TcpEndpoint from, TcpEndpoint to, int bytes) throws StackException {
        ByteBuffer source = ByteBuffer.allocate(bytes);
        ByteBuffer target = ByteBuffer.allocate(bytes);
        long most = 0;
        while (target.hasRemaining()) {
            if (source.hasRemaining()) {
                from.write(source);
                most = Math.max(most, bytesHeld(from));
            }
            net.settle();
            if (to.read(target) <= 0) {
                int have = to.available();
                assertTrue(net.runUntil(() -> to.available() > have, SECOND), "transfer goes on");
            }
        }
        // Acknowledged to the last byte, which a delayed ACK does.
        assertTrue(net.runUntil(() -> from.unacknowledgedBytes() == 0, SECOND / 10));
        return most;
    }

    /** Bytes of all objects that belong to the connection of an endpoint, packets that wait included. */
    private static long bytesHeld(TcpEndpoint endpoint) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>();
        open.add(endpoint);
        long bytes = 0;
        while (!open.isEmpty()) {
            Object at = open.remove();
            if (!seen.add(at)) {
                continue;
            }
            if (at.getClass().isArray()) {
                bytes += 16
                        + (long) Array.getLength(at)
                                * elementBytes(at.getClass().getComponentType());
            } else if (at instanceof ByteBuffer memory) {
                bytes += memory.capacity();
            } else {
                bytes += fields(at, open);
            }
        }
        return bytes;
    }

    private static int elementBytes(Class<?> type) {
        return type == byte.class || type == boolean.class ? 1 : type == int.class ? 4 : 8;
    }

    /** Bytes of an object; the objects it owns are put among those to look at. */
    private static long fields(Object at, Deque<Object> open) {
        long bytes = 16;
        for (Class<?> type = at.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                bytes += elementBytes(field.getType());
                if (!field.getType().isPrimitive()) {
                    addOwned(read(field, at), open);
                }
            }
        }
        return bytes;
    }

    private static Object read(Field field, Object at) {
        try {
            field.setAccessible(true);
            Object value = field.get(at);
            return value == null ? "" : value;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void addOwned(Object value, Deque<Object> open) {
        String packageName = value.getClass().getPackageName();
        boolean ofConnection =
                packageName.equals("dev.atoll.stack.tcp") || packageName.equals("dev.atoll.stack.buffer");
        boolean ofStack = value instanceof TcpLayer || value instanceof SegmentWriter || value instanceof BufferPool;
        boolean memory = value instanceof ByteBuffer
                || (value.getClass().isArray()
                        && value.getClass().getComponentType().isPrimitive());
        if (memory || (ofConnection && !ofStack && !value.getClass().isEnum())) {
            open.add(value);
        }
    }
}
