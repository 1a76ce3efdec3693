package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpInfo;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Tcp;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link TcpProbe} promises. */
class TcpProbeTest {
    private static final long SECOND = 1_000_000_000L;

    private final TwoStacks net = new TwoStacks();
    private final List<TcpProbe.Event> events = new ArrayList<>();
    private final TcpListener listener = net.right.newTcpListener();

    TcpProbeTest() throws StackException {
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(10);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private TcpEndpoint connect(TcpEndpoint client) throws StackException {
        client.connect(new FullAddress(TwoStacks.RIGHT, 80));
        assertTrue(net.runUntil(() -> (listener.readiness() & Readiness.IN) != 0, SECOND));
        TcpEndpoint server = listener.accept();
        assertNotNull(server);
        return server;
    }

    @Test
    @Requirement("features I23")
    void segment_ofHandshakeAndData_isToldWithStateBeforeAndAfter() throws StackException {
        assertTrue(net.left.addTcpProbe(events::add));
        TcpEndpoint client = net.left.newTcpEndpoint();
        TcpEndpoint server = connect(client);
        assertEquals(1, events.size());
        TcpProbe.Event answer = events.get(0);
        assertEquals(Tcp.SYN | Tcp.ACK, answer.segment().flags());
        assertEquals(TcpState.SYN_SENT, answer.before().info().state());
        assertEquals(TcpState.ESTABLISHED, answer.after().info().state());
        assertEquals(answer.before().sndUna() + 1, answer.after().sndUna());
        assertEquals(answer.segment().sequence() + 1, answer.after().rcvNxt());
        assertEquals(new FullAddress(TwoStacks.RIGHT, 80), answer.remote());
        assertEquals(client.localAddress(), answer.local());

        server.write(ByteBuffer.allocate(100));
        net.settle();
        TcpProbe.Event data = events.get(1);
        assertEquals(100, data.segment().payloadBytes());
        assertEquals(data.before().rcvNxt() + 100, data.after().rcvNxt());
        assertEquals(0, data.before().unreadBytes());
        assertEquals(100, data.after().unreadBytes());

        server.abort();
        net.settle();
        TcpProbe.Event last = events.get(events.size() - 1);
        assertTrue((last.segment().flags() & Tcp.RST) != 0);
        assertEquals(TcpState.CLOSED, last.after().info().state());
    }

    @Test
    void transfer_isToldOfFromBothEnds() throws StackException {
        List<TcpProbe.Event> receiver = new ArrayList<>();
        net.left.addTcpProbe(events::add);
        net.right.addTcpProbe(receiver::add);
        TcpEndpoint client = net.left.newTcpEndpoint();
        TcpEndpoint server = connect(client);
        ByteBuffer source = ByteBuffer.allocate(2_000_000);
        ByteBuffer target = ByteBuffer.allocate(source.capacity());
        while (target.hasRemaining()) {
            client.write(source);
            // Each flight takes a millisecond on its way.
            net.clock.advanceNs(SECOND / 1000);
            net.settle();
            server.read(target);
        }
        TcpInfo first = events.get(0).after().info();
        TcpInfo last = events.get(events.size() - 1).after().info();
        assertEquals(10, first.sndCwnd());
        assertTrue(last.sndCwnd() > first.sndCwnd(), last.toString());
        assertEquals(Integer.MAX_VALUE, last.sndSsthresh());
        assertEquals(TcpInfo.CaState.OPEN, last.caState());
        assertEquals(0, last.sacked() + last.lost() + last.retrans());
        assertEquals(3, last.reordering());
        TcpInfo begun = receiver.get(1).after().info();
        TcpInfo done = receiver.get(receiver.size() - 1).after().info();
        assertTrue(done.rcvSpace() > begun.rcvSpace(), begun + " to " + done);
        assertTrue(done.rcvRtt() > 0, done.toString());
        assertTrue(done.rcvWnd() > begun.rcvWnd(), begun + " to " + done);
        assertEquals(source.capacity(), done.bytesReceived());
    }

    @Test
    @Requirement("RFC 9293 SHLD-9")
    void peerThatDoesNotAnswer_isToldOfAfterR1() throws StackException {
        List<TcpProbe.Doubt> doubts = new ArrayList<>();
        net.left.addTcpProbe(new TcpProbe() {
            @Override
            public void onSegment(Event event) {}

            @Override
            public void onPathDoubted(Doubt doubt) {
                doubts.add(doubt);
            }
        });
        TcpEndpoint client = net.left.newTcpEndpoint();
        connect(client);
        client.write(ByteBuffer.allocate(100));
        net.settle();
        Nic there = Objects.requireNonNull(net.right.findNic("eth0"));
        there.setEnabled(false);
        long sentNs = net.clock.nowNs();
        client.write(ByteBuffer.allocate(100));
        assertTrue(net.runUntil(() -> !doubts.isEmpty(), 60 * SECOND), () -> client.info()
                .toString());
        TcpProbe.Doubt doubt = doubts.get(0);
        // tcp_retries1 of 3: from 200 ms on doubled three times.
        assertTrue(doubt.timeNs() - sentNs >= 3 * SECOND, () -> "after " + (doubt.timeNs() - sentNs) + " ns");
        assertTrue(doubt.timeNs() - sentNs < 7 * SECOND, () -> "after " + (doubt.timeNs() - sentNs) + " ns");
        assertEquals(client.localAddress(), doubt.local());
        assertEquals(new FullAddress(TwoStacks.RIGHT, 80), doubt.remote());
        assertEquals(doubt.state().sndUna() + 100, doubt.state().sndNxt());

        there.setEnabled(true);
        assertTrue(net.runUntil(() -> client.unacknowledgedBytes() == 0, 60 * SECOND));
        int before = doubts.size();
        client.write(ByteBuffer.allocate(100));
        assertTrue(net.runUntil(() -> client.unacknowledgedBytes() == 0, SECOND));
        assertEquals(before, doubts.size());
    }

    @Test
    @Requirement("features M17")
    void endpoint_madeBeforeTheProbe_isNotTold() throws StackException {
        TcpEndpoint before = net.left.newTcpEndpoint();
        net.left.addTcpProbe(events::add);
        TcpEndpoint server = connect(before);
        server.write(ByteBuffer.allocate(100));
        net.settle();
        assertEquals(List.of(), events);
        connect(net.left.newTcpEndpoint());
        assertEquals(1, events.size());
    }

    @Test
    @Requirement("features M17")
    void probe_second_isRefusedUntilTheFirstIsRemoved() throws StackException {
        List<TcpProbe.Event> others = new ArrayList<>();
        assertTrue(net.left.addTcpProbe(events::add));
        assertFalse(net.left.addTcpProbe(others::add));
        TcpEndpoint server = connect(net.left.newTcpEndpoint());
        net.left.removeTcpProbe();
        server.write(ByteBuffer.allocate(100));
        net.settle();
        assertEquals(1, events.size());
        assertTrue(net.left.addTcpProbe(others::add));
        connect(net.left.newTcpEndpoint());
        assertEquals(1, others.size());
        assertEquals(1, events.size());
    }

    @Test
    void probe_called_doesNotHoldTheStack() throws StackException {
        List<TcpState> states = new ArrayList<>();
        TcpEndpoint[] client = new TcpEndpoint[1];
        net.left.addTcpProbe(event -> {
            // Another thread would wait for this one if it had the stack.
            FutureTask<TcpState> elsewhere = new FutureTask<>(() -> client[0].state());
            new Thread(elsewhere, "other").start();
            try {
                states.add(elsewhere.get(10, TimeUnit.SECONDS));
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("the stack is held while the probe is called", e);
            }
        });
        client[0] = net.left.newTcpEndpoint();
        connect(client[0]);
        assertEquals(List.of(TcpState.ESTABLISHED), states);
    }
}
