package dev.atoll.stack.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.PipeLink;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One port for several: by NIC (SO_BINDTODEVICE of socket(7)), and spread by SO_REUSEPORT. */
class SharedPortTest {
    private static final int PORT = 5000;
    private static final int ETH0 = 2;
    private static final int ETH1 = 3;

    private final TwoStacks net;
    private final List<Endpoint> open = new ArrayList<>();

    SharedPortTest() throws StackException {
        net = TwoStacks.with(builder -> {});
        net.right.createNic("eth1", PipeLink.pair(1500).left()).addAddress(IpAddress.parse("10.1.0.1"), 24);
    }

    @AfterEach
    void close() {
        open.forEach(Endpoint::close);
        net.close();
    }

    private <T extends Endpoint> T opened(Supplier<T> made) {
        T endpoint = made.get();
        open.add(endpoint);
        return endpoint;
    }

    private UdpEndpoint bound(int nicId) throws StackException {
        UdpEndpoint endpoint = opened(net.right::newUdpEndpoint);
        endpoint.setOption(EndpointOption.SO_REUSEADDR, true);
        endpoint.bind(new FullAddress(nicId, IpAddress.V4_ANY, PORT));
        return endpoint;
    }

    private void send() throws StackException {
        opened(net.left::newUdpEndpoint).send(ByteBuffer.wrap(new byte[] {1}), new FullAddress(TwoStacks.RIGHT, PORT));
        net.settle();
    }

    // --- By NIC

    @Test
    @Requirement("features H1")
    void endpointBoundToTheNic_comesBeforeOneThatIsNot_whicheverWasFirst() throws StackException {
        UdpEndpoint here = bound(ETH0);
        UdpEndpoint any = bound(0);
        UdpEndpoint elsewhere = bound(ETH1);
        send();
        assertEquals(1, here.nextLength());
        assertEquals(-1, any.nextLength());
        assertEquals(-1, elsewhere.nextLength());
        assertEquals(ETH0, here.getOption(EndpointOption.SO_BINDTOIFINDEX));

        here.close();
        send();
        assertEquals(1, any.nextLength());
    }

    @Test
    void endpointsOfDifferentNics_haveTheSamePortWithoutSharing() throws StackException {
        UdpEndpoint one = opened(net.right::newUdpEndpoint);
        UdpEndpoint two = opened(net.right::newUdpEndpoint);
        UdpEndpoint three = opened(net.right::newUdpEndpoint);
        one.bind(new FullAddress(ETH0, IpAddress.V4_ANY, PORT));
        two.bind(new FullAddress(ETH1, IpAddress.V4_ANY, PORT));
        StackException taken =
                assertThrows(StackException.class, () -> three.bind(new FullAddress(IpAddress.V4_ANY, PORT)));
        assertEquals(StackError.ADDRESS_IN_USE, taken.error());
    }

    @Test
    void boundEndpoint_sendsByItsNic() throws StackException {
        UdpEndpoint endpoint = opened(net.right::newUdpEndpoint);
        endpoint.setOption(EndpointOption.SO_BINDTOIFINDEX, ETH1);
        endpoint.connect(new FullAddress(TwoStacks.LEFT, PORT));
        FullAddress local = endpoint.localAddress();
        assertNotNull(local);
        assertEquals(IpAddress.parse("10.1.0.1"), local.address());
    }

    @Test
    void nicThatIsNotThere_isRefused() {
        for (Endpoint endpoint : List.of(
                opened(net.right::newUdpEndpoint),
                opened(net.right::newTcpEndpoint),
                opened(net.right::newTcpListener))) {
            StackException refused =
                    assertThrows(StackException.class, () -> endpoint.setOption(EndpointOption.SO_BINDTOIFINDEX, 77));
            assertEquals(StackError.UNKNOWN_NIC, refused.error());
            refused = assertThrows(StackException.class, () -> endpoint.bind(new FullAddress(77, IpAddress.V4_ANY, 0)));
            assertEquals(StackError.UNKNOWN_NIC, refused.error());
        }
    }

    @Test
    void listenerOfAnotherNic_isNotConnectedTo() throws StackException {
        TcpListener listener = opened(net.right::newTcpListener);
        listener.bind(new FullAddress(ETH1, IpAddress.V4_ANY, PORT));
        listener.listen(5);
        TcpEndpoint client = opened(net.left::newTcpEndpoint);
        client.connect(new FullAddress(TwoStacks.RIGHT, PORT));
        net.settle();
        StackException refused = client.takeError();
        assertNotNull(refused);
        assertEquals(StackError.REFUSED, refused.error());

        TcpListener here = opened(net.right::newTcpListener);
        here.bind(new FullAddress(ETH0, IpAddress.V4_ANY, PORT));
        here.listen(5);
        TcpEndpoint second = opened(net.left::newTcpEndpoint);
        second.connect(new FullAddress(TwoStacks.RIGHT, PORT));
        net.settle();
        assertTrue((second.readiness() & Readiness.OUT) != 0);
        TcpEndpoint accepted = here.accept();
        assertNotNull(accepted);
        open.add(accepted);
        assertEquals(ETH0, accepted.getOption(EndpointOption.SO_BINDTOIFINDEX));
    }

    // --- Spread

    private static void isSpread(int[] counts, int total) {
        assertEquals(total, Arrays.stream(counts).sum());
        for (int count : counts) {
            // Four of them: a quarter each, give or take five standard deviations.
            int expected = total / counts.length;
            assertTrue(Math.abs(count - expected) < 5 * Math.sqrt(expected), Arrays.toString(counts));
        }
    }

    @Test
    @Requirement("features H1")
    void datagrams_areSpreadBySender_andStayWithTheirReceiver() throws StackException {
        List<UdpEndpoint> receivers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            UdpEndpoint endpoint = opened(net.right::newUdpEndpoint);
            endpoint.setOption(EndpointOption.SO_REUSEPORT, true);
            endpoint.bind(new FullAddress(IpAddress.V6_ANY, PORT));
            receivers.add(endpoint);
        }
        int[] counts = new int[4];
        for (int sender = 0; sender < 200; sender++) {
            UdpEndpoint from = opened(net.left::newUdpEndpoint);
            IpAddress to = sender % 2 == 0 ? TwoStacks.RIGHT : TwoStacks.RIGHT6;
            for (int i = 0; i < 3; i++) {
                from.send(ByteBuffer.wrap(new byte[] {1}), new FullAddress(to, PORT));
            }
            net.settle();
            for (int i = 0; i < 4; i++) {
                int got = 0;
                while (receivers.get(i).receive(ByteBuffer.allocate(1)) != null) {
                    got++;
                }
                assertTrue(got == 0 || got == 3, got + " of a sender's three");
                counts[i] += got / 3;
            }
        }
        isSpread(counts, 200);
    }

    @Test
    @Requirement("features H1")
    void connections_areSpreadOverListeners() throws StackException {
        List<TcpListener> listeners = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TcpListener listener = opened(net.right::newTcpListener);
            listener.setOption(EndpointOption.SO_REUSEPORT, true);
            listener.bind(new FullAddress(IpAddress.V4_ANY, PORT));
            listener.listen(200);
            listeners.add(listener);
        }
        for (int i = 0; i < 200; i++) {
            TcpEndpoint client = opened(net.left::newTcpEndpoint);
            client.connect(new FullAddress(TwoStacks.RIGHT, PORT));
            net.settle();
            assertTrue((client.readiness() & Readiness.OUT) != 0);
        }
        int[] counts = new int[4];
        for (int i = 0; i < 4; i++) {
            TcpEndpoint accepted = listeners.get(i).accept();
            while (accepted != null) {
                open.add(accepted);
                counts[i]++;
                accepted = listeners.get(i).accept();
            }
        }
        isSpread(counts, 200);
    }

    @Test
    @Requirement("features H2")
    void withoutReusePort_theEndpointBoundLastReceives() throws StackException {
        bound(0);
        UdpEndpoint last = bound(0);
        for (int i = 0; i < 20; i++) {
            send();
        }
        int got = 0;
        while (last.receive(ByteBuffer.allocate(1)) != null) {
            got++;
        }
        assertEquals(20, got);
    }

    // --- Chosen ports

    /** RFC 6056: from Linux's range, and no two choices tell the third. */
    @Test
    @Requirement("features H2")
    @Requirement("features A5")
    void chosenPorts_areInTheRange_andNotInARow() throws StackException {
        List<Integer> steps = new ArrayList<>();
        int last = 0;
        for (int i = 0; i < 20; i++) {
            UdpEndpoint endpoint = opened(net.left::newUdpEndpoint);
            endpoint.bind(new FullAddress(IpAddress.V4_ANY, 0));
            FullAddress local = endpoint.localAddress();
            assertNotNull(local);
            assertTrue(local.port() >= 32_768 && local.port() <= 60_999, local + "");
            steps.add(local.port() - last);
            last = local.port();
        }
        assertTrue(steps.stream().distinct().count() > 15, steps + "");
    }
}
