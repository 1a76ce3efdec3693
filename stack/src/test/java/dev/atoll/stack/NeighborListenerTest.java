package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link NeighborListener} promises. */
@Timeout(30)
class NeighborListenerTest {
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:09");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:0a");
    private static final FullAddress RIGHT = new FullAddress(TwoStacks.RIGHT, 9);

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private Runnable onEvent = () -> {};
    private final TwoStacks net = TwoStacks.with(builder -> builder.neighborListener(this::note));

    NeighborListenerTest() throws StackException {}

    @AfterEach
    void close() {
        net.close();
    }

    private void note(int nicId, NeighborListener.Event event, NeighborTable.Entry entry) {
        if (entry.address().equals(TwoStacks.RIGHT) || entry.address().equals(PEER)) {
            told.add(event + " " + entry.state());
            onEvent.run();
        }
    }

    private NeighborTable neighbors() {
        return net.left.nics().get(1).neighbors();
    }

    private void send(FullAddress to) throws StackException {
        try (UdpEndpoint sender = net.left.newUdpEndpoint()) {
            sender.send(ByteBuffer.allocate(1), to);
        }
    }

    /** RFC 4861 section 7.3.2: each state that an entry passes through. */
    @Test
    void eachTransition_ofALearnedNeighbor_isToldOnce_inOrder() throws StackException {
        send(RIGHT);
        assertEquals(List.of("ADDED INCOMPLETE"), told);
        net.settle();
        net.runUntil(() -> false, 60 * OneStack.SECOND);
        send(RIGHT);
        net.runUntil(() -> false, 10 * OneStack.SECOND);
        net.left.nics().get(1).neighbors().remove(TwoStacks.RIGHT);
        assertEquals(
                List.of(
                        "ADDED INCOMPLETE",
                        "CHANGED REACHABLE",
                        "CHANGED STALE",
                        "CHANGED DELAY",
                        "CHANGED PROBE",
                        "CHANGED REACHABLE",
                        "REMOVED REACHABLE"),
                told);
    }

    @Test
    void neighborThatDoesNotAnswer_fails_andIsForgotten() throws StackException {
        send(new FullAddress(PEER, 9));
        net.runUntil(() -> false, 100 * OneStack.SECOND);
        assertEquals(List.of("ADDED INCOMPLETE", "CHANGED FAILED", "REMOVED FAILED"), told);
    }

    /** RFC 4861 section 7.2.5: another interface took over, and what the listing and a listener say of it changes. */
    @Test
    void linkAddressOfANeighbor_changesWithoutItsState() throws StackException {
        send(RIGHT);
        net.settle();
        told.clear();
        net.clock.advanceNs(OneStack.SECOND);
        neighbors().addHint(TwoStacks.RIGHT, OTHER_MAC);
        long changedNs = net.clock.nowNs();
        net.clock.advanceNs(OneStack.SECOND);
        assertEquals(changedNs, neighbors().list().get(0).updatedNs());
        neighbors().addHint(TwoStacks.RIGHT, MAC);
        assertEquals(List.of("CHANGED STALE", "CHANGED STALE"), told);
        assertEquals(net.clock.nowNs(), neighbors().list().get(0).updatedNs());
    }

    @Test
    void neighborSetByHand_changesAndGoes() throws StackException {
        neighbors().addHint(PEER, MAC);
        neighbors().addHint(PEER, OTHER_MAC);
        neighbors().setStatic(PEER, MAC);
        neighbors().setStatic(PEER, MAC);
        neighbors().setStatic(PEER, OTHER_MAC);
        neighbors().clear();
        assertEquals(
                List.of("ADDED STALE", "CHANGED STALE", "CHANGED STATIC", "CHANGED STATIC", "REMOVED STATIC"), told);
    }

    /** Another thread would wait for this one if it had the stack. */
    @Test
    void listener_isCalledOutsideTheHold_andMayCallTheStack() throws StackException {
        List<Integer> counts = new ArrayList<>();
        onEvent = () -> {
            FutureTask<Integer> elsewhere =
                    new FutureTask<>(() -> neighbors().list().size());
            new Thread(elsewhere, "other").start();
            try {
                counts.add(elsewhere.get());
            } catch (Exception e) {
                throw new AssertionError("the stack is held while the listener is called", e);
            }
            counts.add(neighbors().list().size());
        };
        neighbors().setStatic(PEER, MAC);
        assertEquals(List.of(1, 1), counts);
    }

    /** Whoever is told blocks; other threads send and receive, are told of readiness, and drive both stacks. */
    @Test
    void listenerThatBlocks_holdsUpNobodyElse() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        UdpEndpoint receiver = net.right.newUdpEndpoint();
        receiver.bind(RIGHT);
        FutureTask<Boolean> caller = new FutureTask<>(() -> {
            neighbors().setStatic(PEER, MAC);
            return true;
        });
        onEvent = () -> {
            onEvent = () -> {};
            blocked.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        new Thread(caller, "who is told").start();
        blocked.await();
        send(RIGHT);
        net.settle();
        assertNotNull(receiver.receive(ByteBuffer.allocate(1)));
        neighbors().remove(PEER);
        assertEquals(List.of("ADDED STATIC"), List.copyOf(told));
        goOn.countDown();
        caller.get();
        assertEquals(
                List.of("ADDED STATIC", "ADDED INCOMPLETE", "CHANGED REACHABLE", "REMOVED STATIC"), List.copyOf(told));
    }

    /** A neighbour's answer and the readiness it brings about come in one hold; the latter does not wait. */
    @Test
    void listenerThatBlocks_doesNotKeepReadinessFromOthers() throws StackException {
        List<String> order = new ArrayList<>();
        UdpEndpoint receiver = net.left.newUdpEndpoint();
        receiver.bind(new FullAddress(TwoStacks.LEFT, 9));
        receiver.setReadinessListener((endpoint, readiness) -> order.add("ready"));
        order.clear();
        onEvent = () -> order.add("event");
        net.left.run(() -> {
            try {
                send(RIGHT);
                send(new FullAddress(TwoStacks.LEFT, 9));
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(List.of("ready", "event"), order);
        receiver.close();
    }
}
