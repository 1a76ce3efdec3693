package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.ReadinessListener;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is left of a stack that was closed. */
class StackCloseTest {
    @Test
    @Requirement("features A16")
    void endpointOfAClosedStack_anyCall_closed() throws StackException {
        TwoStacks net = new TwoStacks();
        TcpListener before = net.left.newTcpListener();
        net.close();
        FullAddress any = new FullAddress(IpAddress.V4_ANY, 0);
        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, () -> before.bind(any)).error());
        TcpListener after = net.left.newTcpListener();
        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, () -> after.bind(any)).error());
    }

    /** A thread that waits for a connection or a datagram must not wait for ever. */
    @Test
    @Requirement("features A16")
    void listenerAndPort_stackCloses_waitersAreWokenAndHearIt() throws StackException {
        TwoStacks net = new TwoStacks();
        FullAddress any = new FullAddress(IpAddress.V4_ANY, 7000);
        TcpListener listener = net.left.newTcpListener();
        listener.bind(any);
        listener.listen(1);
        UdpEndpoint port = net.left.newUdpEndpoint();
        port.bind(any);
        List<Endpoint> woken = new ArrayList<>();
        ReadinessListener waiter = (endpoint, bits) -> {
            if ((bits & Readiness.ERR) != 0) {
                woken.add(endpoint);
            }
        };
        listener.setReadinessListener(waiter);
        port.setReadinessListener(waiter);

        net.close();

        assertEquals(2, woken.size());
        assertEquals(Set.of(listener, port), Set.copyOf(woken));
        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, listener::accept).error());
        assertEquals(
                StackError.CLOSED,
                assertThrows(StackException.class, () -> port.receive(ByteBuffer.allocate(1)))
                        .error());
    }

    private static TcpListener listenerWithUnreadData(TwoStacks net) throws StackException {
        TcpListener listener = net.right.newTcpListener();
        listener.bind(new FullAddress(TwoStacks.RIGHT, 80));
        listener.listen(5);
        TcpEndpoint client = net.left.newTcpEndpoint();
        client.connect(new FullAddress(TwoStacks.RIGHT, 80));
        net.settle();
        client.write(ByteBuffer.allocate(3000));
        net.settle();
        assertTrue(net.right.packetsOutstanding() > 0);
        return listener;
    }

    @Test
    void listenerThatIsClosed_letsGoOfWhatItsConnectionsReceived() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            listenerWithUnreadData(net).close();
            net.settle();
            assertEquals(0, net.right.packetsOutstanding());
        }
    }

    @Test
    @Requirement("pain 13")
    void stackThatIsClosed_letsGoOfWhatNobodyWillRead() throws StackException {
        TwoStacks net = new TwoStacks();
        listenerWithUnreadData(net);
        UdpEndpoint port = net.right.newUdpEndpoint();
        port.bind(new FullAddress(TwoStacks.RIGHT, 9));
        net.left.newUdpEndpoint().send(ByteBuffer.allocate(10), new FullAddress(TwoStacks.RIGHT, 9));
        net.settle();
        net.close();
        assertEquals(0, net.right.packetsOutstanding());
    }
}
