package dev.atoll.stack.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Stack;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.options.TcpProbe;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the stack relies on in a {@link TcpProbe}. */
public abstract class TcpProbeContract {
    private static final int BYTES = 100_000;
    private static final FullAddress SERVER = new FullAddress(PacketSamples.REMOTE, 80);

    protected TcpProbeContract() {}

    /** A new probe, for a stack of its own. */
    protected abstract TcpProbe newProbe();

    /** Two connections from their handshake on: one sends and ends, and one is reset. Says what was told of them. */
    private static List<TcpProbe.Event> connections(TcpProbe probe) throws StackException {
        List<TcpProbe.Event> events = new ArrayList<>();
        ManualClock clock = new ManualClock();
        PipeLink.Pair cable = PipeLink.pair(1500);
        try (Stack left = Stack.builder().clock(clock).rng(Rng.seeded(1)).build();
                Stack right = Stack.builder().clock(clock).rng(Rng.seeded(2)).build()) {
            left.createNic("eth0", cable.left()).addAddress(PacketSamples.LOCAL, 24);
            right.createNic("eth0", cable.right()).addAddress(PacketSamples.REMOTE, 24);
            Runnable carry = () -> {
                do {
                    left.run(cable.left()::poll);
                    right.run(cable.right()::poll);
                } while (cable.left().isPending() || cable.right().isPending());
            };
            assertTrue(left.addTcpProbe(event -> {
                probe.onSegment(event);
                events.add(event);
            }));
            TcpListener listener = right.newTcpListener();
            listener.bind(SERVER);
            listener.listen(2);
            for (boolean orderly : new boolean[] {true, false}) {
                TcpEndpoint client = left.newTcpEndpoint();
                client.connect(SERVER);
                carry.run();
                TcpEndpoint server = Objects.requireNonNull(listener.accept(), "a connection");
                ByteBuffer sent = ByteBuffer.allocate(BYTES);
                ByteBuffer received = ByteBuffer.allocate(BYTES);
                while (received.hasRemaining()) {
                    client.write(sent);
                    carry.run();
                    server.read(received);
                    clock.advanceNs(10_000_000);
                }
                if (orderly) {
                    client.close();
                    carry.run();
                    server.close();
                } else {
                    server.abort();
                }
                carry.run();
            }
        }
        return events;
    }

    /** An event of another connection: wherever its sequence numbers are, and whatever came with the segment. */
    private static TcpProbe.Event elsewhere(TcpProbe.Event event, int shift, SplittableRandom random) {
        TcpProbe.Segment segment = new TcpProbe.Segment(
                event.segment().sequence() + shift,
                event.segment().acknowledgment() + shift,
                random.nextInt(256),
                random.nextInt(0x10000),
                random.nextInt(0x10000));
        return new TcpProbe.Event(
                event.timeNs() + random.nextLong(),
                event.local(),
                event.remote(),
                segment,
                elsewhere(event.before(), shift),
                elsewhere(event.after(), shift));
    }

    private static TcpProbe.State elsewhere(TcpProbe.State state, int shift) {
        return new TcpProbe.State(
                state.sndUna() + shift,
                state.sndNxt() + shift,
                state.rcvNxt() + shift,
                state.unsentBytes(),
                state.unreadBytes(),
                state.info());
    }

    /** Events of connections that it never heard of, too: some may have been lost. */
    @Test
    void everyEvent_isTaken() throws StackException {
        TcpProbe probe = newProbe();
        SplittableRandom random = new SplittableRandom(1);
        for (TcpProbe.Event event : connections(event -> {})) {
            int una = event.before().sndUna();
            for (int first : new int[] {una, -1, Integer.MAX_VALUE, random.nextInt()}) {
                probe.onSegment(elsewhere(event, first - una, random));
            }
        }
    }

    /** Whoever called the stack tells. */
    @Test
    void anyThread_mayTell() throws StackException {
        TcpProbe probe = newProbe();
        List<TcpProbe.Event> events = connections(event -> {});
        for (TcpProbe.Event event : events.subList(0, 10)) {
            probe.onSegment(event);
            Elsewhere.run("a probe", () -> probe.onSegment(event));
        }
    }

    /** Whoever drives the stack may be the one that tells: nothing moves then until the probe is done. */
    @Test
    void comesBack_withoutTheStackBeingDriven() throws StackException {
        int expected = connections(event -> {}).size();
        TcpProbe probe = newProbe();
        assertEquals(
                expected,
                Elsewhere.call("a stack with a probe", () -> connections(probe)).size());
    }
}
