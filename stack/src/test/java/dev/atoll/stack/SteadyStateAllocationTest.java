package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.contract.Allocation;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.ReadinessListener;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Traffic that has found its rhythm allocates nothing, so that no pause of a collector is owed to it. */
@ParameterizedClass
@ValueSource(strings = {"IPv4", "IPv6"})
class SteadyStateAllocationTest {
    private static final long MILLISECOND = 1_000_000L;
    private static final int WARM_UP_ROUNDS = 30;
    private static final int BULK_BYTES = 256 * 1024;
    private static final int MESSAGES = 200;

    private final ManualClock clock = new ManualClock(1_000_000_000_000L, 0);
    private final QuietCable cable = new QuietCable(1500);
    private final Runnable pollLeft = cable.left::poll;
    private final Runnable pollRight = cable.right::poll;
    private final ByteBuffer source = ByteBuffer.allocate(16 * 1024);
    private final ByteBuffer target = ByteBuffer.allocate(16 * 1024);

    /** As an event loop does it: each end is told, and looks when it was. */
    private static final class Told implements ReadinessListener {
        int bits;

        @Override
        public void onReady(Endpoint endpoint, int readiness) {
            bits |= readiness;
        }
    }

    private final Told clientTold = new Told();
    private final Told serverTold = new Told();
    private final Stack left;
    private final Stack right;
    private final TcpEndpoint client;
    private final TcpEndpoint server;

    SteadyStateAllocationTest(String family) throws StackException {
        left = newStack(1, cable.left, "10.0.0.1", "fd00::1");
        right = newStack(2, cable.right, "10.0.0.2", "fd00::2");
        // Addresses are checked for duplicates, and what that needs of timers and groups is over.
        pass(10_000 * MILLISECOND);
        TcpListener listener = right.newTcpListener();
        listener.bind(new FullAddress(IpAddress.parse(family.equals("IPv4") ? "0.0.0.0" : "::"), 80));
        listener.listen(1);
        client = left.newTcpEndpoint();
        client.connect(new FullAddress(IpAddress.parse(family.equals("IPv4") ? "10.0.0.2" : "fd00::2"), 80));
        pass(100 * MILLISECOND);
        TcpEndpoint accepted = listener.accept();
        assertNotNull(accepted);
        server = accepted;
        client.setReadinessListener(clientTold);
        server.setReadinessListener(serverTold);
    }

    private Stack newStack(long seed, QuietCable.End link, String v4, String v6) throws StackException {
        Stack stack = Stack.builder()
                .clock(clock)
                .rng(Rng.seeded(seed))
                .ipv6(Ipv6Settings.DEFAULT)
                .build();
        Nic nic = stack.createNic("eth0", link);
        nic.addAddress(IpAddress.parse(v4), 24);
        nic.addAddress(IpAddress.parse(v6), 64);
        return stack;
    }

    @AfterEach
    void close() {
        left.close();
        right.close();
    }

    @Test
    void bulkBothWays_steady_allocatesNothing() throws StackException {
        assertSteady(() -> {
            try {
                transfer(client, server, serverTold);
                transfer(server, client, clientTold);
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(right.counters().segmentsJoined > WARM_UP_ROUNDS, "segments are joined");
    }

    @Test
    void requestAndResponse_steady_allocatesNothing() throws StackException {
        assertSteady(() -> {
            try {
                for (int i = 0; i < MESSAGES; i++) {
                    message(client, server, serverTold, 100);
                    message(server, client, clientTold, 1000);
                    clock.advanceTo(clock.nowNs() + MILLISECOND / 10);
                }
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void bulkWithLosses_recovering_allocatesNothing() throws StackException {
        cable.left.loseEveryNth(97);
        long lost = left.counters().tcpFastRetransmits;
        assertSteady(() -> {
            try {
                transfer(client, server, serverTold);
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(left.counters().tcpFastRetransmits > lost + WARM_UP_ROUNDS, "losses are recovered from");
    }

    /**
     * Delayed ACKs, keepalive probes, tail loss probes that are armed and moved with every message. A round is shorter
     * than the time for which a neighbour is known to be reachable: asking it again is not part of most rounds.
     */
    @Test
    void timers_fireAndMove_allocateNothing() throws StackException {
        client.setOption(EndpointOption.TCP_KEEPIDLE, 1);
        client.setOption(EndpointOption.TCP_KEEPINTVL, 1);
        client.setOption(EndpointOption.SO_KEEPALIVE, true);
        server.setOption(EndpointOption.TCP_QUICKACK, false);
        long sent = client.info().segsOut();
        assertSteady(() -> {
            try {
                message(client, server, serverTold, 100);
                pass(5_000 * MILLISECOND);
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(client.info().segsOut() - sent > 5 * WARM_UP_ROUNDS, "an idle connection is probed");
    }

    private void assertSteady(Runnable round) {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            round.run();
        }
        long segments = left.counters().tcpSegmentsSent;
        assertEquals(0, Allocation.fewestBytes(round), "bytes allocated in a round");
        assertTrue(left.counters().tcpSegmentsSent > segments, "segments were sent meanwhile");
    }

    /** Moves a bulk of bytes; the receiver reads whenever it is told. */
    private void transfer(TcpEndpoint from, TcpEndpoint to, Told told) throws StackException {
        int unsent = BULK_BYTES;
        int unread = BULK_BYTES;
        while (unread > 0) {
            if (unsent > 0) {
                source.clear().limit(Math.min(source.capacity(), unsent));
                unsent -= Math.max(from.write(source), 0);
            }
            long next = step();
            if ((told.bits & Readiness.IN) != 0) {
                told.bits = 0;
                target.clear();
                int bytes = to.read(target);
                while (bytes > 0) {
                    unread -= bytes;
                    target.clear();
                    bytes = to.read(target);
                }
            }
            long soonNs = clock.nowNs() + MILLISECOND / 100;
            // Without losses nothing waits for a timer as long as a timeout, after which a connection counts as idle.
            boolean waits = cable.left.isLossy() && told.bits == 0 && next != Long.MAX_VALUE;
            clock.advanceTo(waits ? Math.max(next, soonNs) : soonNs);
        }
    }

    private void message(TcpEndpoint from, TcpEndpoint to, Told told, int bytes) throws StackException {
        source.clear().limit(bytes);
        assertEquals(bytes, from.write(source));
        step();
        assertTrue((told.bits & Readiness.IN) != 0, "the reader is told");
        told.bits = 0;
        target.clear();
        assertEquals(bytes, to.read(target));
    }

    /** Carries frames until none is under way; the next deadline. */
    private long step() {
        long next;
        do {
            next = Math.min(left.run(pollLeft), right.run(pollRight));
        } while (cable.left.isPending() || cable.right.isPending());
        return next;
    }

    private void pass(long spanNs) {
        long endNs = clock.nowNs() + spanNs;
        long next = step();
        while (next != Long.MAX_VALUE && next - endNs <= 0) {
            clock.advanceTo(Math.max(next, clock.nowNs()));
            next = step();
        }
        clock.advanceTo(endNs);
        step();
    }
}
