package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.ForwardScope;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpForwardRequest;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.socket.UdpForwardRequest;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forwarders: connections and datagrams to any address are decided about, then taken or refused. */
class ForwarderTest {
    private static final long SECOND = 1_000_000_000L;
    private static final FullAddress ELSEWHERE = new FullAddress(IpAddress.parse("192.0.2.7"), 443);
    private static final FullAddress ELSEWHERE6 = new FullAddress(IpAddress.parse("2001:db8::7"), 443);

    private final List<TcpForwardRequest> connections = new ArrayList<>();
    private final List<UdpForwardRequest> senders = new ArrayList<>();
    private TwoStacks net;

    /** The left stack sends everything to the right one, which takes every address for its own. */
    @BeforeEach
    void start() throws StackException {
        net = TwoStacks.with(builder -> builder.tcpForwarder(2, connections::add)
                .udpForwarder(2, senders::add)
                .rawEndpoints(true));
        Nic left = net.left.nics().get(1);
        net.left.routes().add(Subnet.parse("0.0.0.0/0"), TwoStacks.RIGHT, left);
        net.left.routes().add(Subnet.parse("::/0"), TwoStacks.RIGHT6, left);
        net.right.nics().get(1).setPromiscuous(true);
    }

    @AfterEach
    void leavesNothing() {
        net.close();
        assertEquals(0, net.left.packetsOutstanding());
        assertEquals(0, net.right.packetsOutstanding());
    }

    private TcpEndpoint connect(FullAddress to) throws StackException {
        TcpEndpoint client = net.left.newTcpEndpoint();
        client.connect(to);
        net.settle();
        return client;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private String read(TcpEndpoint endpoint) throws StackException {
        net.settle();
        ByteBuffer target = ByteBuffer.allocate(100);
        int length = endpoint.read(target);
        return length < 0 ? "(" + length + ")" : new String(target.array(), 0, length, StandardCharsets.UTF_8);
    }

    private static StackError error(@Nullable StackException e) {
        assertNotNull(e);
        return e.error();
    }

    private void isAccepted(FullAddress to) throws StackException {
        TcpEndpoint client = connect(to);
        TcpForwardRequest request = connections.remove(0);
        FullAddress from = client.localAddress();
        assertNotNull(from);
        assertEquals(new TransportEndpointId(to.address(), to.port(), from.address(), from.port()), request.id());
        assertEquals(2, request.nicId());
        assertEquals(0, client.readiness() & Readiness.OUT);

        TcpEndpoint server = request.accept();
        net.settle();

        assertTrue((client.readiness() & Readiness.OUT) != 0);
        assertTrue((server.readiness() & Readiness.OUT) != 0);
        assertEquals(to, server.localAddress());
        assertEquals(from, server.remoteAddress());
        client.write(bytes("hello"));
        assertEquals("hello", read(server));
        server.write(bytes("you"));
        server.shutdownWrite();
        assertEquals("you", read(client));
        client.close();
        server.close();
        net.settle();
    }

    @Test
    @Requirement("features A10")
    @Requirement("features H3")
    void connectionToAnyAddress_isAskedAbout_andCarriesDataOnceAccepted() throws StackException {
        isAccepted(ELSEWHERE);
        isAccepted(ELSEWHERE6);
    }

    @Test
    void refusedConnection_getsRst() throws StackException {
        TcpEndpoint client = connect(ELSEWHERE);
        connections.get(0).refuse();
        net.settle();

        assertEquals(StackError.REFUSED, error(client.takeError()));
        assertEquals(
                StackError.INVALID,
                assertThrows(StackException.class, () -> connections.get(0).accept())
                        .error());
        client.close();
    }

    @Test
    void droppedConnection_isAskedAboutAgain() throws StackException {
        TcpEndpoint client = connect(ELSEWHERE);
        connections.get(0).drop();
        assertTrue(net.runUntil(() -> connections.size() == 2, 2 * SECOND));
        connections.get(1).accept();
        net.settle();

        assertTrue((client.readiness() & Readiness.OUT) != 0);
        client.close();
    }

    @Test
    void synRepeatedWhileItWaits_isNotAskedAboutAgain() throws StackException {
        TcpEndpoint client = connect(ELSEWHERE);
        net.runUntil(() -> false, 4 * SECOND);

        assertEquals(1, connections.size());
        assertEquals(2, net.right.counters().drops(DropReason.FORWARD_PENDING));
        TcpEndpoint server = connections.get(0).accept();
        net.settle();
        assertTrue((server.readiness() & Readiness.OUT) != 0);
        client.close();
    }

    @Test
    @Requirement("pain 12-2")
    void moreThanMayBeInFlight_areDropped_andAskedAboutWhenOneIsSettled() throws StackException {
        List<TcpEndpoint> clients = List.of(connect(ELSEWHERE), connect(ELSEWHERE), connect(ELSEWHERE));
        assertEquals(2, connections.size());
        assertEquals(1, net.right.counters().drops(DropReason.FORWARD_FULL));

        connections.get(0).refuse();
        assertTrue(net.runUntil(() -> connections.size() == 3, 2 * SECOND));
        clients.forEach(TcpEndpoint::close);
    }

    /** A client in SYN-SENT leaves without a word; its stack answers what comes for it with RST. */
    @Test
    void whoAskedIsGone_acceptedConnectionFails() throws StackException {
        connect(ELSEWHERE).abort();
        TcpEndpoint server = connections.get(0).accept();
        net.settle();

        assertEquals(StackError.REFUSED, error(server.takeError()));
        server.close();
    }

    @Test
    void whoAskedSendsRst_acceptSaysSo() throws StackException {
        TcpEndpoint client = connect(ELSEWHERE);
        FullAddress from = client.localAddress();
        assertNotNull(from);
        TcpSegment reset = new TcpSegment(
                from.port(), ELSEWHERE.port(), 1, 0, TcpSegment.RST, 0, 0, List.of(), Bytes.of(new byte[0]));
        try (RawEndpoint raw = net.left.newRawEndpoint(true, 6)) {
            byte[] bytes = reset.encode(from.address(), ELSEWHERE.address()).toArray();
            raw.send(ByteBuffer.wrap(bytes), ELSEWHERE);
            net.settle();
        }
        StackException refused =
                assertThrows(StackException.class, () -> connections.get(0).accept());
        assertEquals(StackError.RESET, refused.error());
        client.close();
    }

    @Test
    void listenerComesFirst() throws StackException {
        TcpListener listener = net.right.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V6_ANY, 443));
        listener.listen(5);
        TcpEndpoint client = connect(ELSEWHERE);

        assertEquals(0, connections.size());
        assertNotNull(listener.accept());
        client.close();
    }

    @Test
    void requestThatWaitsWhenTheStackCloses_isClosed() throws StackException {
        connect(ELSEWHERE);
        net.right.close();

        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, () -> connections.get(0).accept())
                        .error());
    }

    // --- Datagrams

    private void datagramsAreAccepted(FullAddress to) throws StackException {
        try (UdpEndpoint client = net.left.newUdpEndpoint()) {
            client.connect(to);
            client.send(bytes("one"), null);
            client.send(bytes("two"), null);
            net.settle();
            assertEquals(1, senders.size());

            UdpEndpoint server = senders.remove(0).accept();
            client.send(bytes("three"), null);
            net.settle();

            StringBuilder received = new StringBuilder();
            ByteBuffer target = ByteBuffer.allocate(10);
            for (ReceivedMessage message = server.receiveMessage(target);
                    message != null;
                    message = server.receiveMessage(target.clear())) {
                assertEquals(to.address(), message.destination().address());
                received.append(new String(target.array(), 0, target.position(), StandardCharsets.UTF_8));
            }
            assertEquals("onetwothree", received.toString());
            assertEquals(to, server.localAddress());
            server.send(bytes("back"), null);
            net.settle();
            assertEquals(to, client.receive(target.clear()));
            server.close();
        }
    }

    @Test
    @Requirement("features H3")
    void datagramsToAnyAddress_areAskedAboutOnce_andArriveInOrder() throws StackException {
        datagramsAreAccepted(ELSEWHERE);
        datagramsAreAccepted(ELSEWHERE6);
        // The port was given back.
        datagramsAreAccepted(ELSEWHERE);
    }

    @Test
    void sendersToOneAddress_areToldApart() throws StackException {
        try (UdpEndpoint one = net.left.newUdpEndpoint();
                UdpEndpoint two = net.left.newUdpEndpoint();
                UdpEndpoint three = net.left.newUdpEndpoint()) {
            one.send(bytes("1"), ELSEWHERE);
            two.send(bytes("2"), ELSEWHERE);
            three.send(bytes("3"), ELSEWHERE);
            net.settle();
            assertEquals(2, senders.size());
            assertEquals(1, net.right.counters().drops(DropReason.FORWARD_FULL));

            UdpEndpoint first = senders.get(0).accept();
            UdpEndpoint second = senders.get(1).accept();
            assertEquals(port(one), port(first, true));
            assertEquals(port(two), port(second, true));
            second.send(bytes("x"), null);
            net.settle();
            assertEquals(-1, one.nextLength());
            assertEquals(1, two.nextLength());
            first.close();
            second.close();
        }
    }

    private static int port(UdpEndpoint endpoint) {
        return port(endpoint, false);
    }

    private static int port(UdpEndpoint endpoint, boolean remote) {
        FullAddress address = remote ? endpoint.remoteAddress() : endpoint.localAddress();
        assertNotNull(address);
        return address.port();
    }

    @Test
    void refusedDatagram_isAnsweredWithPortUnreachable() throws StackException {
        try (UdpEndpoint client = net.left.newUdpEndpoint()) {
            client.connect(ELSEWHERE);
            client.send(bytes("one"), null);
            net.settle();
            senders.get(0).refuse();
            net.settle();
            assertEquals(StackError.REFUSED, error(client.takeError()));
        }
    }

    @Test
    void tooManyDatagramsOfASender_areDropped() throws StackException {
        try (UdpEndpoint client = net.left.newUdpEndpoint()) {
            client.connect(ELSEWHERE);
            for (int i = 0; i < 100; i++) {
                client.send(bytes("x"), null);
            }
            net.settle();
            UdpEndpoint server = senders.get(0).accept();
            int waited = 0;
            while (server.receive(ByteBuffer.allocate(1)) != null) {
                waited++;
            }
            assertEquals(100 - waited, net.right.counters().drops(DropReason.FORWARD_PENDING));
            assertTrue(waited > 10 && waited < 100, waited + " waited");
            server.close();
        }
    }

    // --- What lets other addresses in and out

    @Test
    @Requirement("RFC 1122 3.2.1.3-3")
    @Requirement("features A10")
    void withoutPromiscuousMode_otherAddressesAreNotTaken() throws StackException {
        net.right.nics().get(1).setPromiscuous(false);
        TcpEndpoint client = connect(ELSEWHERE);

        assertEquals(0, connections.size());
        client.close();
    }

    @Test
    @Requirement("RFC 1122 3.2.1.3-2")
    @Requirement("RFC 1122 4.1.3.6-2")
    @Requirement("features A11")
    void addressOfAnother_isBoundOnlyWithSpoofing() throws StackException {
        try (UdpEndpoint server = net.right.newUdpEndpoint();
                UdpEndpoint client = net.left.newUdpEndpoint()) {
            StackException refused = assertThrows(StackException.class, () -> server.bind(ELSEWHERE));
            assertEquals(StackError.BAD_LOCAL_ADDRESS, refused.error());
            net.right.nics().get(1).setSpoofing(true);
            server.bind(ELSEWHERE);
            client.bind(new FullAddress(TwoStacks.LEFT, 9));
            server.send(bytes("x"), new FullAddress(TwoStacks.LEFT, 9));
            net.settle();

            assertEquals(ELSEWHERE, client.receive(ByteBuffer.allocate(10)));
            assertNull(client.receive(ByteBuffer.allocate(10)));
        }
    }

    @Test
    void forwarderOfLoopback_isAskedAboutLoopbackAlone() throws StackException {
        net.close();
        net = TwoStacks.with(builder -> builder.tcpForwarder(ForwardScope.LOOPBACK, 2, connections::add)
                .udpForwarder(ForwardScope.LOOPBACK, 2, senders::add)
                .rawEndpoints(true));

        TcpEndpoint fromOutside = net.left.newTcpEndpoint();
        fromOutside.connect(new FullAddress(TwoStacks.RIGHT, 443));
        UdpEndpoint sender = net.left.newUdpEndpoint();
        sender.connect(new FullAddress(TwoStacks.RIGHT, 443));
        sender.send(bytes("x"), null);
        net.settle();
        assertEquals(StackError.REFUSED, error(fromOutside.takeError()));
        assertEquals(StackError.REFUSED, error(sender.takeError()));
        assertEquals(List.of(), connections);
        assertEquals(List.of(), senders);

        for (String address : List.of("127.0.0.1", "127.1.2.3", "::1")) {
            FullAddress to = new FullAddress(IpAddress.parse(address), 443);
            TcpEndpoint inside = net.right.newTcpEndpoint();
            inside.connect(to);
            inside.close();
            net.right.newUdpEndpoint().send(bytes("x"), to);
            assertEquals(to.address(), connections.get(0).id().localAddress());
            assertEquals(to.address(), senders.get(0).id().localAddress());
            connections.remove(0).refuse();
            senders.remove(0).drop();
        }
    }
}
