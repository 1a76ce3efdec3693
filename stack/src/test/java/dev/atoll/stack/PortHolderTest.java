package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.PortHolder;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ports on loopback are taken with whoever else has them, and given back with the endpoint. */
class PortHolderTest {
    private static final IpAddress ELSEWHERE = TwoStacks.RIGHT;

    private final Holder holder = new Holder();
    private TwoStacks net;
    private Stack stack;

    @BeforeEach
    void start() throws StackException {
        net = TwoStacks.with(builder -> builder.portHolder(holder));
        stack = net.right;
    }

    /** Notes what it is asked, and refuses what it is told to. */
    private static final class Holder implements PortHolder {
        final List<String> held = new ArrayList<>();
        final Deque<Integer> chosen = new ArrayDeque<>(List.of(50_000, 50_001, 50_002, 50_003));
        int taken = -1;

        private HeldPort hold(String what, FullAddress local) throws StackException {
            if (local.port() == taken) {
                throw new StackException(StackError.ADDRESS_IN_USE);
            }
            int port = local.port() == 0 ? chosen.removeFirst() : local.port();
            String name = what + " " + new FullAddress(local.address(), port);
            held.add(name);
            return new HeldPort() {
                @Override
                public int port() {
                    return port;
                }

                @Override
                public void release() {
                    held.remove(name);
                }
            };
        }

        @Override
        public HeldPort holdTcp(FullAddress local) throws StackException {
            return hold("tcp", local);
        }

        @Override
        public HeldPort holdUdp(FullAddress local, boolean shared) throws StackException {
            return hold(shared ? "shared udp" : "udp", local);
        }
    }

    @AfterEach
    void leavesNothing() {
        net.close();
        assertEquals(0, stack.packetsOutstanding());
    }

    private TcpListener listener(String address, int port) throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.parse(address), port));
        return listener;
    }

    private UdpEndpoint udp(String address, int port) throws StackException {
        UdpEndpoint endpoint = stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.parse(address), port));
        return endpoint;
    }

    private static int portOf(Endpoint endpoint) {
        FullAddress local = endpoint.localAddress();
        assertNotNull(local);
        return local.port();
    }

    @Test
    void whatIsOnLoopback_isHeldUntilItIsClosed() throws StackException {
        List<Endpoint> endpoints = List.of(
                listener("127.0.0.1", 80),
                listener("::1", 81),
                listener("::", 82),
                udp("127.0.0.1", 53),
                udp("0.0.0.0", 54));
        assertEquals(
                List.of("tcp 127.0.0.1:80", "tcp [::1]:81", "tcp [::]:82", "udp 127.0.0.1:53", "udp 0.0.0.0:54"),
                holder.held);
        for (Endpoint each : endpoints) {
            each.close();
            each.close();
        }
        assertEquals(List.of(), holder.held);
    }

    @Test
    void whatIsElsewhere_isNotHeld() throws StackException {
        listener(ELSEWHERE.toString(), 80).listen(1);
        UdpEndpoint client = stack.newUdpEndpoint();
        client.connect(new FullAddress(TwoStacks.LEFT, 53));
        client.send(ByteBuffer.allocate(1), null);
        assertEquals(List.of(), holder.held);
    }

    @Test
    void anyPort_isTheHoldersChoice() throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.listen(1);
        assertEquals(50_000, portOf(listener));
        assertEquals(50_001, portOf(udp("127.0.0.1", 0)));
        UdpEndpoint sender = stack.newUdpEndpoint();
        sender.send(ByteBuffer.allocate(1), new FullAddress(IpAddress.V4_LOOPBACK, 9));
        assertEquals(50_002, portOf(sender));
        UdpEndpoint connected = stack.newUdpEndpoint();
        connected.connect(new FullAddress(IpAddress.V4_LOOPBACK, 9));
        assertEquals(50_003, portOf(connected));
        assertEquals(4, holder.held.size());
    }

    @Test
    void portThatTheStackHas_isNotChosen() throws StackException {
        listener(ELSEWHERE.toString(), 50_000);
        TcpListener chosen = listener("::", 0);
        assertEquals(50_001, portOf(chosen));
        assertEquals(List.of("tcp [::]:50001"), holder.held);
    }

    @Test
    void portThatTheHolderDoesNotGet_isInUse_andMayBeAskedForAgain() throws StackException {
        holder.taken = 80;
        TcpListener listener = stack.newTcpListener();
        FullAddress local = new FullAddress(IpAddress.V4_LOOPBACK, 80);
        StackException inUse = assertThrows(StackException.class, () -> listener.bind(local));
        assertEquals(StackError.ADDRESS_IN_USE, inUse.error());
        holder.taken = -1;
        listener.bind(local);
        assertEquals(80, portOf(listener));
    }

    @Test
    void portThatTheStackDoesNotGet_isGivenBack() throws StackException {
        listener(ELSEWHERE.toString(), 80);
        assertThrows(StackException.class, () -> listener("::", 80));
        TcpListener bound = listener("127.0.0.1", 81);
        assertThrows(StackException.class, () -> bound.bind(new FullAddress(IpAddress.V4_LOOPBACK, 82)));
        assertEquals(List.of("tcp 127.0.0.1:81"), holder.held);
        UdpEndpoint closed = stack.newUdpEndpoint();
        closed.close();
        StackException gone =
                assertThrows(StackException.class, () -> closed.bind(new FullAddress(IpAddress.V4_LOOPBACK, 53)));
        assertEquals(StackError.CLOSED, gone.error());
        assertNotEquals("udp 127.0.0.1:53", holder.held.get(holder.held.size() - 1));
    }

    @Test
    void endpointsThatShareAPort_shareItOutside() throws StackException {
        UdpEndpoint endpoint = stack.newUdpEndpoint();
        endpoint.setOption(EndpointOption.SO_REUSEADDR, true);
        endpoint.bind(new FullAddress(IpAddress.V4_ANY, 5353));
        assertEquals(List.of("shared udp 0.0.0.0:5353"), holder.held);
    }
}
