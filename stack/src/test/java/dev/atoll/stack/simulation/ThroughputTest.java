package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpInfo;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.socket.Endpoint;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How fast one stream is over paths that users have, in virtual time: the figures are the same on every machine. */
class ThroughputTest {
    private static final long MS = 1_000_000;
    private static final long MEGABIT = 1_000_000;
    private static final int MIB = 1 << 20;
    private static final long START_NS = 1_000_000_000_000L;
    private static final int MTU = 1500;
    private static final IpAddress FROM = IpAddress.parse("10.0.0.1");
    private static final IpAddress TO = IpAddress.parse("10.0.0.2");

    /**
     * What became of a transfer.
     *
     * @param info of the sender, when the last byte had arrived
     */
    private record Flow(long megabitsPerSecond, TcpInfo info, long undone, long overflowed) {
        @Override
        public String toString() {
            return megabitsPerSecond + " Mbit/s, " + info.totalRetrans() + " of " + info.dataSegsOut() + " sent again, "
                    + info.dsackDups() + " for nothing, " + undone + " undone, " + overflowed
                    + " did not fit the queue";
        }
    }

    /** Writes as long as there is room. */
    private static final class Writer extends Program {
        private final TcpEndpoint endpoint;
        private final ByteBuffer data = ByteBuffer.allocate(64 * 1024);
        private long left;

        Writer(TcpEndpoint endpoint, long bytes) {
            this.endpoint = endpoint;
            left = bytes;
        }

        @Override
        void run() {
            try {
                int count = 1;
                while (left > 0 && count > 0) {
                    data.clear().limit((int) Math.min(left, data.capacity()));
                    count = endpoint.write(data);
                    left -= Math.max(count, 0);
                }
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Accepts one connection and reads what comes. */
    private static final class Reader extends Program {
        private final TcpListener listener;
        private final ByteBuffer data = ByteBuffer.allocate(256 * 1024);
        private @Nullable TcpEndpoint endpoint;
        private long read;

        Reader(TcpListener listener) {
            this.listener = listener;
        }

        @Override
        void run() {
            try {
                TcpEndpoint from = endpoint == null ? listener.accept() : endpoint;
                if (from == null) {
                    return;
                }
                if (endpoint == null) {
                    endpoint = from;
                    from.setReadinessListener(this);
                }
                int count = from.read(data.clear());
                while (count > 0) {
                    read += count;
                    count = from.read(data.clear());
                }
                assertEquals(Endpoint.WOULD_BLOCK, count);
            } catch (StackException e) {
                throw new AssertionError(e);
            }
        }
    }

    /**
     * Sends a stream from one host to another.
     *
     * @param path from the sender on; the way back has its delay alone
     */
    private static Flow send(long seed, int bytes, Impairments path, Consumer<TcpTuning> tune) throws StackException {
        SimNetwork network = new SimNetwork(seed, START_NS);
        Switch segment = network.addSwitch();
        Host from = addHost(network, segment, FROM, path);
        Host to = addHost(network, segment, TO, Impairments.NONE.withDelay(path.delayNs(), 0));
        TcpTuning tuning = new TcpTuning();
        tune.accept(tuning);
        from.stack().setTcp(tuning);
        to.stack().setTcp(tuning);
        TcpListener listener = to.stack().newTcpListener();
        Reader reader = new Reader(listener);
        listener.bind(new FullAddress(TO, 7));
        listener.listen(1);
        listener.setReadinessListener(reader);
        to.start(reader);
        TcpEndpoint endpoint = from.stack().newTcpEndpoint();
        Writer writer = new Writer(endpoint, bytes);
        endpoint.setReadinessListener(writer);
        from.start(writer);
        endpoint.connect(new FullAddress(TO, 7));
        boolean done = network.runUntil(() -> reader.read == bytes, START_NS + 600_000 * MS);
        assertTrue(done, () -> reader.read + " of " + bytes + " bytes arrived; " + endpoint.info());
        long tookNs = network.nowNs() - START_NS;
        Flow flow = new Flow(
                8_000L * bytes / tookNs,
                endpoint.info(),
                from.stack().counters().tcpUndone,
                from.ports().get(0).up().counters().overflowed);
        endpoint.abort();
        Objects.requireNonNull(reader.endpoint).abort();
        listener.close();
        return flow;
    }

    private static Host addHost(SimNetwork network, Switch segment, IpAddress address, Impairments up) {
        Host host = network.addHost();
        host.attach(segment, MTU, up, Impairments.NONE);
        host.boot(false, booted -> booted.ports().get(0).nic().addAddress(address, 24));
        return host;
    }

    private static Impairments path(long rttMs, long megabits, int queueFrames) {
        return Impairments.NONE.withDelay(rttMs * MS / 2, 0).withRate(megabits * MEGABIT, queueFrames);
    }

    private static void withoutSack(TcpTuning tuning) {
        tuning.sack = false;
    }

    /** Slow start fills the queue; what did not fit is sent again, and nothing else. */
    @Test
    @Requirement("pain 1")
    @Requirement("pain 2")
    void queueThatOverflows_isRepairedAtOnce() throws StackException {
        Impairments upload = path(66, 100, 600);
        Flow flow = send(1, 40 * MIB, upload, tuning -> {});
        Flow without = send(1, 40 * MIB, upload, ThroughputTest::withoutSack);
        assertTrue(flow.overflowed > 50, flow::toString);
        assertEquals(flow.overflowed, flow.info.totalRetrans(), flow::toString);
        assertTrue(flow.megabitsPerSecond >= 70, flow::toString);
        assertTrue(flow.megabitsPerSecond > 2 * without.megabitsPerSecond, () -> flow + "; without SACK " + without);
    }

    /** Round trips that grow from one round to the next slow down the growth that overruns the queue. */
    @Test
    @Requirement("RFC 9438 4.10-2")
    void slowStartUnderHyStartPlusPlus_overrunsADeepQueueByLess() throws StackException {
        Impairments upload = path(66, 100, 2300);
        Flow flow = send(1, 40 * MIB, upload, tuning -> windowsOpen(tuning, "cubic-rfc9438"));
        Flow reno = send(1, 40 * MIB, upload, tuning -> windowsOpen(tuning, "reno"));
        assertTrue(reno.overflowed > 1000, reno::toString);
        assertTrue(2 * flow.overflowed < reno.overflowed, () -> flow + "; Reno " + reno);
        assertTrue(flow.megabitsPerSecond >= reno.megabitsPerSecond, () -> flow + "; Reno " + reno);
    }

    /** The congestion window alone holds the sender back, from the beginning. */
    private static void windowsOpen(TcpTuning tuning, String congestionControl) {
        tuning.congestionControl = congestionControl;
        largeBuffers(tuning);
        tuning.sendBufferBytes = tuning.sendBufferMaxBytes;
        tuning.receiveBufferBytes = tuning.receiveBufferMaxBytes;
    }

    /** Packets overtake each other within a quarter of the round trip, two of a hundred. */
    @Test
    @Requirement("pain 1-2")
    @Requirement("pain 2")
    void reordering_isNotTakenForLoss() throws StackException {
        Impairments ordered = path(66, 100, 100_000);
        Impairments swapped = ordered.withReorder(0.02, 8 * MS);
        Flow plain = send(1, 20 * MIB, ordered, tuning -> {});
        Flow flow = send(1, 20 * MIB, swapped, tuning -> {});
        Flow without = send(1, 20 * MIB, swapped, ThroughputTest::withoutSack);
        assertTrue(flow.info.reordSeen() > 0, flow::toString);
        assertTrue(flow.info.totalRetrans() <= 10, flow::toString);
        assertTrue(10 * flow.megabitsPerSecond >= 9 * plain.megabitsPerSecond, () -> flow + "; in order " + plain);
        assertTrue(flow.megabitsPerSecond >= without.megabitsPerSecond, () -> flow + "; without SACK " + without);
    }

    /** Five megabytes fill this path; RACK looks through all of them at each acknowledgment. */
    @Test
    @Requirement("pain 2")
    void muchInFlight_isNoSlowerThanWithoutSack() throws StackException {
        Impairments fat = path(100, 400, 2000);
        Flow flow = send(1, 80 * MIB, fat, ThroughputTest::largeBuffers);
        Flow without = send(1, 80 * MIB, fat, tuning -> {
            largeBuffers(tuning);
            withoutSack(tuning);
        });
        assertTrue(flow.overflowed > 50, flow::toString);
        assertTrue(flow.megabitsPerSecond >= without.megabitsPerSecond, () -> flow + "; without SACK " + without);
    }

    private static void largeBuffers(TcpTuning tuning) {
        tuning.sendBufferMaxBytes = 64 * MIB;
        tuning.receiveBufferMaxBytes = 64 * MIB;
    }

    /** A path that only takes its time: how much may be in flight decides, and that is the user's to say. */
    @Test
    @Requirement("pain 4")
    @Requirement("features I21")
    void buffers_growAsFarAsTheyMay() throws StackException {
        Impairments far = Impairments.NONE.withDelay(50 * MS, 0);
        Flow fixed = send(1, 10 * MIB, far, tuning -> tuning.moderateReceiveBuffer = false);
        Flow growing = send(1, 80 * MIB, far, tuning -> {});
        Flow raised = send(1, 80 * MIB, far, ThroughputTest::largeBuffers);
        assertTrue(growing.megabitsPerSecond > 10 * fixed.megabitsPerSecond, () -> growing + "; fixed " + fixed);
        assertTrue(raised.megabitsPerSecond > 2 * growing.megabitsPerSecond, () -> raised + "; by default " + growing);
    }

    /** The window of a receiver that takes 64 KiB is always full; a loss leaves most of its buffer out of order. */
    @Test
    @Requirement("pain 5")
    @Requirement("features I21")
    void fullReceiveBuffer_doesNotStall() throws StackException {
        Consumer<TcpTuning> small = tuning -> {
            tuning.receiveBufferBytes = 64 * 1024;
            tuning.receiveBufferMaxBytes = 64 * 1024;
        };
        Flow clean = send(1, 10 * MIB, path(20, 100, 600), small);
        Flow lossy = send(1, 10 * MIB, path(20, 100, 600).withLoss(0.001), small);
        assertTrue(lossy.info.totalRetrans() > 3, lossy::toString);
        assertTrue(4 * lossy.megabitsPerSecond >= 3 * clean.megabitsPerSecond, () -> lossy + "; no losses " + clean);
    }

    /** Without SACK, too, a loss is a loss: a recovery that is undone leaves a window that nothing checks. */
    @Test
    @Requirement("RFC 5681 3.2-5")
    void losses_withoutSack_areNotTakenBack() throws StackException {
        for (int seed = 1; seed <= 3; seed++) {
            Flow flow = send(seed, 10 * MIB, path(66, 100, 600).withLoss(0.001), ThroughputTest::withoutSack);
            assertTrue(flow.info.totalRetrans() > 3, flow::toString);
            assertEquals(0, flow.undone, flow::toString);
        }
    }
}
