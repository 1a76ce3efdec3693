package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Stack;
import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.options.TcpTuning.TimeWaitReuse;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.transport.Ports;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.testing.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 6191, RFC 9293 section 3.6.1 (MAY-2), tcp_tw_reuse of Linux. */
class TimeWaitReuseTest {
    private static final long SECOND = 1_000_000_000L;
    private static final FullAddress OVER_LOOPBACK = new FullAddress(IpAddress.V4_LOOPBACK, 80);
    private static final FullAddress OVER_CABLE = new FullAddress(TwoStacks.RIGHT, 80);
    /** The port that is left for connects in tests in which they choose. */
    private static final int LAST_FREE = 50_000;

    private static TcpTuning reuse(TimeWaitReuse reuse) {
        TcpTuning tuning = new TcpTuning();
        tuning.timeWaitReuse = reuse;
        return tuning;
    }

    private static TcpTuning withoutTimestamps() {
        TcpTuning tuning = reuse(TimeWaitReuse.ON);
        tuning.timestamps = false;
        return tuning;
    }

    private static TcpListener listen(Stack stack) throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(10);
        return listener;
    }

    /** Connects and closes both ends, ours first; says from which port. */
    private static int connectAndClose(TwoStacks net, TcpListener listener, TcpEndpoint client, FullAddress to)
            throws StackException {
        client.connect(to);
        assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND / 2));
        TcpEndpoint server = listener.accept();
        assertNotNull(server);
        assertEquals(TcpState.ESTABLISHED, client.state());
        FullAddress local = client.localAddress();
        assertNotNull(local);
        client.shutdownWrite();
        net.settle();
        server.close();
        net.settle();
        assertEquals(TcpState.TIME_WAIT, client.state());
        client.close();
        return local.port();
    }

    private static void pass(TwoStacks net, long spanNs) {
        net.runUntil(() -> false, spanNs);
    }

    /** Binds all ports that a connect could choose but one. */
    private static void leaveOnePort(Stack stack) throws StackException {
        for (int port = Ports.FIRST_EPHEMERAL; port <= Ports.LAST_EPHEMERAL; port++) {
            if (port != LAST_FREE) {
                stack.newTcpListener().bind(new FullAddress(IpAddress.V4_LOOPBACK, port));
            }
        }
    }

    private static void assertPortChosenAgain(TcpTuning tuning, FullAddress to, boolean expected)
            throws StackException {
        try (TwoStacks net = TwoStacks.withTcp(tuning)) {
            TcpListener listener = listen(to.equals(OVER_LOOPBACK) ? net.left : net.right);
            leaveOnePort(net.left);
            assertEquals(LAST_FREE, connectAndClose(net, listener, net.left.newTcpEndpoint(), to));
            pass(net, SECOND);
            assertNoPort(net, to);
            pass(net, SECOND / 1000);
            if (expected) {
                assertEquals(LAST_FREE, connectAndClose(net, listener, net.left.newTcpEndpoint(), to));
            } else {
                assertNoPort(net, to);
                pass(net, 58 * SECOND);
                assertNoPort(net, to);
            }
            pass(net, 61 * SECOND);
            assertEquals(LAST_FREE, connectAndClose(net, listener, net.left.newTcpEndpoint(), to));
        }
    }

    private static void assertNoPort(TwoStacks net, FullAddress to) {
        TcpEndpoint client = net.left.newTcpEndpoint();
        StackException error = assertThrows(StackException.class, () -> client.connect(to));
        assertEquals(StackError.BAD_LOCAL_ADDRESS, error.error());
    }

    @Test
    @Requirement("features I16")
    void connect_allPortsTaken_overLoopback_takesOverAfterASecond() throws StackException {
        assertPortChosenAgain(new TcpTuning(), OVER_LOOPBACK, true);
    }

    @Test
    @Requirement("features H2")
    void connect_allPortsTaken_notLoopback_doesNot() throws StackException {
        assertPortChosenAgain(new TcpTuning(), OVER_CABLE, false);
    }

    @Test
    void connect_allPortsTaken_notLoopbackButOn_takesOver() throws StackException {
        assertPortChosenAgain(reuse(TimeWaitReuse.ON), OVER_CABLE, true);
    }

    @Test
    void connect_allPortsTaken_off_doesNot() throws StackException {
        assertPortChosenAgain(reuse(TimeWaitReuse.OFF), OVER_LOOPBACK, false);
    }

    @Test
    void connect_allPortsTaken_noTimestamps_doesNot() throws StackException {
        assertPortChosenAgain(withoutTimestamps(), OVER_LOOPBACK, false);
    }

    @Test
    void connect_portsLeft_leavesTimeWaitAlone() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            TcpListener listener = listen(net.left);
            int first = connectAndClose(net, listener, net.left.newTcpEndpoint(), OVER_LOOPBACK);
            pass(net, 2 * SECOND);
            int endpoints = net.left.endpointCount();
            assertTrue(first != connectAndClose(net, listener, net.left.newTcpEndpoint(), OVER_LOOPBACK));
            assertEquals(endpoints + 1, net.left.endpointCount());
        }
    }

    /** As in Linux: whoever asks for the port gets it at once, if there are timestamps. */
    @Test
    void connect_portBound_takesOverWithTimestampsOnly() throws StackException {
        try (TwoStacks net = TwoStacks.withTcp(reuse(TimeWaitReuse.OFF))) {
            TcpListener listener = listen(net.right);
            connectAndClose(net, listener, bound(net.left), OVER_CABLE);
            assertEquals(LAST_FREE, connectAndClose(net, listener, bound(net.left), OVER_CABLE));
        }
        try (TwoStacks net = TwoStacks.withTcp(withoutTimestamps())) {
            connectAndClose(net, listen(net.right), bound(net.left), OVER_CABLE);
            TcpEndpoint client = bound(net.left);
            assertThrows(StackException.class, () -> client.connect(OVER_CABLE));
        }
    }

    private static TcpEndpoint bound(Stack stack) throws StackException {
        TcpEndpoint client = stack.newTcpEndpoint();
        client.setOption(EndpointOption.SO_REUSEADDR, true);
        client.bind(new FullAddress(IpAddress.V4_ANY, LAST_FREE));
        return client;
    }

    @Test
    void connect_portBoundAndConnected_isRefused() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            listen(net.right);
            assertFalse(bound(net.left).connect(OVER_CABLE));
            net.settle();
            TcpEndpoint client = bound(net.left);
            assertThrows(StackException.class, () -> client.connect(OVER_CABLE));
        }
    }

    // --- Sequence numbers, by a peer that is the test

    private static void send(OneStack net, int seq, int ack, int flags, TcpOption... options) {
        TcpSegment segment = new TcpSegment(LAST_FREE, 80, seq, ack, flags, 1000, 0, List.of(options), Bytes.EMPTY);
        net.send(Ipv6Packet.of(
                OneStack.PEER_LINK_LOCAL,
                OneStack.LINK_LOCAL,
                IpProtocol.TCP,
                segment.encode(OneStack.PEER_LINK_LOCAL, OneStack.LINK_LOCAL)));
    }

    private static TcpSegment sent(OneStack net) {
        List<byte[]> frames = net.frames();
        assertFalse(frames.isEmpty());
        Ipv6Packet packet = Ipv6Packet.decode(
                EthernetFrame.decode(Bytes.of(frames.get(frames.size() - 1))).payload());
        return TcpSegment.decode(packet.payload(), packet.source(), packet.destination());
    }

    @Test
    @Requirement("RFC 9293 MAY-2")
    void listener_synForTimeWait_beginsBeyondTheOldConnection() throws StackException {
        try (OneStack net = OneStack.ready()) {
            TcpListener listener = net.stack.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V6_ANY, 80));
            listener.listen(1);
            send(net, 1000, 0, TcpSegment.SYN);
            net.resolve(OneStack.PEER_LINK_LOCAL);
            int first = sent(net).seq();
            send(net, 1001, first + 1, TcpSegment.ACK);
            TcpEndpoint server = listener.accept();
            assertNotNull(server);
            server.close();
            send(net, 1001, first + 2, TcpSegment.FIN | TcpSegment.ACK);
            assertEquals(first + 2, sent(net).seq());
            send(net, 1002, 0, TcpSegment.SYN);
            assertTrue(sent(net).has(TcpSegment.ACK));
            assertEquals(2, net.stack.endpointCount());
            send(net, 1003, 0, TcpSegment.SYN);
            TcpSegment answer = sent(net);
            assertTrue(answer.has(TcpSegment.SYN));
            assertEquals(first + 2 + 65_537, answer.seq());
        }
    }

    @Test
    void connect_portInTimeWait_beginsBeyondTheOldConnection() throws StackException {
        try (OneStack net = OneStack.ready()) {
            TcpEndpoint client = boundTo80(net);
            net.resolve(OneStack.PEER_LINK_LOCAL);
            int first = sent(net).seq();
            send(net, 5000, first + 1, TcpSegment.SYN | TcpSegment.ACK, new TcpOption.Timestamps(7, 0));
            client.close();
            send(net, 5001, first + 2, TcpSegment.FIN | TcpSegment.ACK, new TcpOption.Timestamps(8, 0));
            assertEquals(first + 2, sent(net).seq());
            boundTo80(net);
            TcpSegment syn = sent(net);
            assertTrue(syn.has(TcpSegment.SYN));
            assertEquals(first + 2 + 65_537, syn.seq());
        }
    }

    private static TcpEndpoint boundTo80(OneStack net) throws StackException {
        TcpEndpoint client = net.stack.newTcpEndpoint();
        client.setOption(EndpointOption.SO_REUSEADDR, true);
        client.bind(new FullAddress(IpAddress.V6_ANY, 80));
        client.connect(new FullAddress(net.nic.id(), OneStack.PEER_LINK_LOCAL, LAST_FREE));
        return client;
    }
}
