package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** TCP and UDP over both families, and endpoints that serve both (RFC 3493 sections 3.7 and 5.3). */
class DualStackTest {
    private static final long SECOND = 1_000_000_000L;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private final TwoStacks net;

    DualStackTest() throws StackException {
        net = TwoStacks.withIpv6(1500);
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
        assertEquals(0, net.left.packetsOutstanding());
        assertEquals(0, net.right.packetsOutstanding());
    }

    private TcpListener listen(IpAddress address, int port, boolean v6Only) throws StackException {
        TcpListener listener = net.right.newTcpListener();
        listener.setOption(EndpointOption.IPV6_V6ONLY, v6Only);
        listener.bind(new FullAddress(address, port));
        listener.listen(10);
        return listener;
    }

    private TcpEndpoint connect(IpAddress to, int port) throws StackException {
        TcpEndpoint client = net.left.newTcpEndpoint();
        client.connect(new FullAddress(to, port));
        assertTrue(net.runUntil(() -> (client.readiness() & (Readiness.OUT | Readiness.ERR)) != 0, 5 * SECOND));
        return client;
    }

    private static @Nullable StackError errorOf(TcpEndpoint endpoint) {
        StackException error = endpoint.takeError();
        return error == null ? null : error.error();
    }

    private static IpAddress addressOf(@Nullable FullAddress address) {
        return Objects.requireNonNull(address).address();
    }

    @Test
    @Requirement("pain 11")
    void tcp_overIpv6_everyByteArrives() throws StackException {
        TcpListener listener = listen(IpAddress.V6_ANY, 80, false);
        TcpEndpoint client = connect(TwoStacks.RIGHT6, 80);
        assertNull(errorOf(client));
        TcpEndpoint server = listener.accept();
        assertNotNull(server);
        assertEquals(TwoStacks.LEFT6, addressOf(client.localAddress()));
        assertEquals(TwoStacks.LEFT6, addressOf(server.remoteAddress()));
        byte[] sent = new byte[2_000_000];
        new Random(5).nextBytes(sent);
        ByteBuffer source = ByteBuffer.wrap(sent);
        ByteBuffer target = ByteBuffer.allocate(sent.length);
        while (target.hasRemaining()) {
            if (source.hasRemaining()) {
                client.write(source);
            }
            net.settle();
            if (server.read(target) == Endpoint.WOULD_BLOCK) {
                assertTrue(net.runUntil(() -> server.available() > 0, 10 * SECOND), "transfer goes on");
            }
        }
        assertTrue(Arrays.equals(sent, target.array()));
        assertEquals(0, net.right.counters().tcpRetransmitted + net.left.counters().tcpRetransmitted);
    }

    @Test
    @Requirement("features H9")
    void listener_onAnyOfBothFamilies_takesIpv4AsIpv4() throws StackException {
        TcpListener listener = listen(IpAddress.V6_ANY, 80, false);
        TcpEndpoint client = connect(TwoStacks.RIGHT, 80);
        assertNull(errorOf(client));
        TcpEndpoint server = listener.accept();
        assertNotNull(server);
        assertEquals(TwoStacks.LEFT, addressOf(server.remoteAddress()));
    }

    @Test
    @Requirement("features H9")
    void listener_v6Only_leavesIpv4ToAnother() throws StackException {
        TcpListener six = listen(IpAddress.V6_ANY, 80, true);
        assertEquals(StackError.REFUSED, errorOf(connect(TwoStacks.RIGHT, 80)));
        TcpListener four = listen(IpAddress.V4_ANY, 80, false);
        assertNull(errorOf(connect(TwoStacks.RIGHT, 80)));
        assertNotNull(four.accept());
        assertNull(six.accept());
        assertNull(errorOf(connect(TwoStacks.RIGHT6, 80)));
        assertNotNull(six.accept());
    }

    @Test
    @Requirement("features H2")
    void bind_bothFamiliesAgainstIpv4Wildcard_inUse() throws StackException {
        listen(IpAddress.V6_ANY, 80, false);
        assertEquals(
                StackError.ADDRESS_IN_USE,
                assertThrows(StackException.class, () -> listen(IpAddress.V4_ANY, 80, false))
                        .error());
        assertEquals(
                StackError.ADDRESS_IN_USE,
                assertThrows(StackException.class, () -> listen(TwoStacks.RIGHT, 80, false))
                        .error());
    }

    @Test
    void listener_onIpv4Wildcard_doesNotTakeIpv6() throws StackException {
        listen(IpAddress.V4_ANY, 80, false);
        assertEquals(StackError.REFUSED, errorOf(connect(TwoStacks.RIGHT6, 80)));
    }

    @Test
    void connect_boundToIpv4_cannotReachIpv6() throws StackException {
        TcpEndpoint client = net.left.newTcpEndpoint();
        client.bind(new FullAddress(IpAddress.V4_ANY, 0));
        StackException error =
                assertThrows(StackException.class, () -> client.connect(new FullAddress(TwoStacks.RIGHT6, 80)));
        assertEquals(StackError.NETWORK_UNREACHABLE, error.error());
        client.close();
    }

    @Test
    void loopback_ipv6_connectsWithinOneStack() throws StackException {
        TcpListener listener = net.left.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V6_LOOPBACK, 80));
        listener.listen(1);
        TcpEndpoint client = net.left.newTcpEndpoint();
        assertTrue(client.connect(new FullAddress(IpAddress.V6_LOOPBACK, 80)));
        assertEquals(IpAddress.V6_LOOPBACK, addressOf(client.localAddress()));
        assertNotNull(listener.accept());
    }

    @Test
    void udp_unbound_sendsToBothFamilies() throws StackException {
        UdpEndpoint server = net.right.newUdpEndpoint();
        server.bind(new FullAddress(IpAddress.V6_ANY, 53));
        UdpEndpoint client = net.left.newUdpEndpoint();
        client.send(ByteBuffer.wrap(new byte[] {6}), new FullAddress(TwoStacks.RIGHT6, 53));
        client.send(ByteBuffer.wrap(new byte[] {4}), new FullAddress(TwoStacks.RIGHT, 53));
        net.settle();
        ByteBuffer got = ByteBuffer.allocate(2);
        assertEquals(TwoStacks.LEFT6, addressOf(server.receive(got)));
        assertEquals(TwoStacks.LEFT, addressOf(server.receive(got)));
        assertEquals(6, got.get(0));
        assertEquals(4, got.get(1));
    }

    /** RFC 4443 section 3.1: port unreachable reaches the connected endpoint. */
    @Test
    @Requirement("RFC 4443 3.1-4")
    void udp_nobodyListensOverIpv6_refused() throws StackException {
        UdpEndpoint client = net.left.newUdpEndpoint();
        client.connect(new FullAddress(TwoStacks.RIGHT6, 99));
        client.send(ByteBuffer.wrap(new byte[1]), null);
        net.settle();
        StackException error = assertThrows(StackException.class, () -> client.receive(NOTHING));
        assertEquals(StackError.REFUSED, error.error());
    }

    @Test
    @Requirement("RFC 4861 7.2.2-4")
    void connect_noSuchNeighbor_hostUnreachable() throws StackException {
        assertEquals(StackError.HOST_UNREACHABLE, errorOf(connect(IpAddress.parse("fd00::77"), 80)));
    }

    @Test
    void udp_linkLocal_scopeComesBackWithTheSender() throws StackException {
        Nic nic = net.left.nics().get(1);
        IpAddress ours = linkLocal(net.left);
        IpAddress theirs = linkLocal(net.right);
        UdpEndpoint server = net.right.newUdpEndpoint();
        server.bind(new FullAddress(IpAddress.V6_ANY, 53));
        UdpEndpoint client = net.left.newUdpEndpoint();
        client.send(ByteBuffer.wrap(new byte[] {1}), new FullAddress(nic.id(), theirs, 53));
        net.settle();
        FullAddress sender = server.receive(ByteBuffer.allocate(1));
        assertNotNull(sender);
        assertEquals(ours, sender.address());
        assertEquals(net.right.nics().get(1).id(), sender.nicId());
        server.send(ByteBuffer.wrap(new byte[] {2}), sender);
        net.settle();
        assertNotNull(client.receive(ByteBuffer.allocate(1)));
    }

    private static IpAddress linkLocal(Stack stack) {
        return stack.nics().get(1).addresses().stream()
                .map(Nic.Address::address)
                .filter(address -> !address.isV4() && address.isLinkLocal())
                .findFirst()
                .orElseThrow();
    }
}
