package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole path in virtual time: connections between two stacks, and inside one. */
class TcpEchoTest {
    private static final long SECOND = 1_000_000_000L;
    private final TwoStacks net;

    TcpEchoTest() throws StackException {
        net = new TwoStacks();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
        assertEquals(0, net.left.packetsOutstanding());
        assertEquals(0, net.right.packetsOutstanding());
    }

    private record Pair(TcpEndpoint client, TcpEndpoint server, TcpListener listener) {}

    private Pair connect() throws StackException {
        TcpListener listener = net.right.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(10);
        TcpEndpoint client = net.left.newTcpEndpoint();
        assertFalse(client.connect(new FullAddress(TwoStacks.RIGHT, 80)));
        assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND));
        TcpEndpoint server = listener.accept();
        assertNotNull(server);
        assertNull(client.takeError());
        assertEquals(TcpState.ESTABLISHED, client.state());
        return new Pair(client, server, listener);
    }

    @Test
    void established_echo_bytesComeBack() throws StackException {
        Pair pair = connect();
        assertEquals(5, pair.client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8))));
        net.settle();
        ByteBuffer got = ByteBuffer.allocate(100);
        assertEquals(5, pair.server.read(got));
        assertEquals(Endpoint.WOULD_BLOCK, pair.server.read(got));
        got.flip();
        assertEquals(5, pair.server.write(got));
        net.settle();
        got.clear();
        assertEquals(5, pair.client.read(got));
        assertEquals("hello", new String(got.array(), 0, 5, StandardCharsets.UTF_8));
    }

    @Test
    @Requirement("features G11")
    void established_bulk_arrivesIntactAndCloses() throws StackException {
        Pair pair = connect();
        byte[] sent = new byte[3_000_000];
        new Random(7).nextBytes(sent);
        byte[] received = transfer(pair.client, pair.server, sent);
        assertTrue(Arrays.equals(sent, received));
        pair.client.shutdownWrite();
        ByteBuffer one = ByteBuffer.allocate(1);
        assertTrue(net.runUntil(() -> (pair.server.readiness() & Readiness.RDHUP) != 0, SECOND));
        assertEquals(Endpoint.END_OF_STREAM, pair.server.read(one));
        assertEquals(TcpState.CLOSE_WAIT, pair.server.state());
        assertEquals(TcpState.FIN_WAIT_2, pair.client.state());
        pair.server.close();
        assertTrue(net.runUntil(() -> pair.client.state() == TcpState.TIME_WAIT, SECOND));
        pair.client.close();
        pair.listener.close();
        assertTrue(net.runUntil(() -> net.left.endpointCount() + net.right.endpointCount() == 0, 70 * SECOND));
    }

    private byte[] transfer(TcpEndpoint from, TcpEndpoint to, byte[] bytes) throws StackException {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        ByteBuffer target = ByteBuffer.allocate(bytes.length);
        while (target.hasRemaining()) {
            if (source.hasRemaining()) {
                from.write(source);
            }
            net.settle();
            if (to.read(target) == Endpoint.WOULD_BLOCK) {
                int have = to.available();
                assertTrue(net.runUntil(() -> to.available() > have, 10 * SECOND), "transfer goes on");
            }
        }
        return target.array();
    }

    @Test
    void connect_nobodyListens_refused() throws StackException {
        TcpEndpoint client = net.left.newTcpEndpoint();
        client.connect(new FullAddress(TwoStacks.RIGHT, 81));
        net.settle();
        StackException error = client.takeError();
        assertNotNull(error);
        assertEquals(StackError.REFUSED, error.error());
    }

    @Test
    @Requirement("features M1")
    void connect_noSuchHost_hostUnreachable() throws StackException {
        TcpEndpoint client = net.left.newTcpEndpoint();
        client.connect(new FullAddress(IpAddress.parse("10.0.0.9"), 80));
        assertTrue(net.runUntil(() -> (client.readiness() & Readiness.ERR) != 0, 10 * SECOND));
        StackException error = client.takeError();
        assertNotNull(error);
        assertEquals(StackError.HOST_UNREACHABLE, error.error());
    }

    @Test
    void connect_noRoute_networkUnreachable() {
        TcpEndpoint client = net.left.newTcpEndpoint();
        StackException error = assertThrows(
                StackException.class, () -> client.connect(new FullAddress(IpAddress.parse("192.0.2.1"), 80)));
        assertEquals(StackError.NETWORK_UNREACHABLE, error.error());
    }

    @Test
    @Requirement("features A2")
    @Requirement("features G3")
    void loopback_echo_withinOneStack() throws StackException {
        TcpListener listener = net.left.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_LOOPBACK, 80));
        listener.listen(10);
        TcpEndpoint client = net.left.newTcpEndpoint();
        assertTrue(client.connect(new FullAddress(IpAddress.V4_LOOPBACK, 80)));
        TcpEndpoint server = listener.accept();
        assertNotNull(server);
        byte[] bytes = new byte[200_000];
        new Random(3).nextBytes(bytes);
        assertTrue(Arrays.equals(bytes, transfer(client, server, bytes)));
        client.close();
        server.close();
        listener.close();
        net.runUntil(() -> net.left.endpointCount() == 0, 70 * SECOND);
    }

    @Test
    void udp_datagram_roundTripAndPortUnreachable() throws StackException {
        UdpEndpoint server = net.right.newUdpEndpoint();
        server.bind(new FullAddress(IpAddress.V4_ANY, 53));
        UdpEndpoint client = net.left.newUdpEndpoint();
        client.connect(new FullAddress(TwoStacks.RIGHT, 53));
        assertEquals(4, client.send(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), null));
        net.settle();
        ByteBuffer got = ByteBuffer.allocate(10);
        FullAddress from = server.receive(got);
        assertNotNull(from);
        assertEquals(TwoStacks.LEFT, from.address());
        got.flip();
        assertEquals(4, server.send(got, from));
        net.settle();
        got.clear();
        assertEquals(new FullAddress(TwoStacks.RIGHT, 53), client.receive(got));
        server.close();
        client.send(ByteBuffer.wrap(new byte[1]), null);
        net.settle();
        StackException error = assertThrows(StackException.class, () -> client.receive(got));
        assertEquals(StackError.REFUSED, error.error());
        client.close();
    }

    /** RFC 9293 section 3.5: a simultaneous open whose other side is the same one, as on Linux. */
    @Test
    @Requirement("features I1")
    void connect_toItself_isConnected() throws StackException {
        FullAddress itself = new FullAddress(IpAddress.V4_LOOPBACK, 4000);
        try (TcpEndpoint endpoint = net.left.newTcpEndpoint()) {
            endpoint.bind(itself);
            endpoint.connect(itself);
            assertEquals(5, endpoint.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5})));
            ByteBuffer read = ByteBuffer.allocate(10);
            assertEquals(5, endpoint.read(read));
            assertEquals(5, read.get(4));
        }
        assertTrue(net.runUntil(() -> net.left.endpointCount() == 0, 70 * SECOND));
    }

    /** RFC 1122 section 3.2.1.3 (g): all of 127/8, as on Linux. */
    @Test
    @Requirement("features B7")
    void loopback_takesItsWholeSubnet() throws StackException {
        IpAddress other = IpAddress.parse("127.200.3.4");
        try (UdpEndpoint server = net.left.newUdpEndpoint();
                UdpEndpoint client = net.left.newUdpEndpoint()) {
            server.bind(new FullAddress(other, 53));
            client.connect(new FullAddress(other, 53));
            client.send(ByteBuffer.wrap(new byte[] {1}), null);
            FullAddress from = server.receive(ByteBuffer.allocate(1));
            assertNotNull(from);
            assertEquals(IpAddress.V4_LOOPBACK, from.address());
        }
    }

    /** As on Linux one more than the backlog waits; a SYN beyond is dropped, and its repetition served later. */
    @Test
    @Requirement("features I3")
    void listener_full_dropsSynsUntilSomebodyAccepts() throws StackException {
        TcpListener listener = net.right.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(2);
        List<TcpEndpoint> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TcpEndpoint client = net.left.newTcpEndpoint();
            clients.add(client);
            client.connect(new FullAddress(TwoStacks.RIGHT, 80));
            net.settle();
        }
        assertEquals(1, net.right.counters().drops(DropReason.TCP_BACKLOG_FULL));
        assertEquals(0, clients.get(3).readiness() & Readiness.OUT);
        TcpEndpoint accepted = listener.accept();
        assertNotNull(accepted);
        assertTrue(net.runUntil(() -> (clients.get(3).readiness() & Readiness.OUT) != 0, 2 * SECOND));
        accepted.close();
        listener.close();
        clients.forEach(TcpEndpoint::close);
        net.runUntil(() -> net.left.endpointCount() + net.right.endpointCount() == 0, 200 * SECOND);
    }
}
