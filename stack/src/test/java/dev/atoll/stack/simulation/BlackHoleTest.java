package dev.atoll.stack.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.options.TcpTuning.MtuProbing;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.TcpState;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A path that carries less than the links at its ends, with routers that say nothing of it (RFC 4821). */
class BlackHoleTest {
    private static final int PATH_MTU = 1300;
    private static final int BYTES = 1 << 20;
    private static final int PORT = 7;
    private static final int HEADER_BYTES = 40 + 12;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long START_NS = SECOND;

    private final Impairments narrow = Impairments.NONE.withDelay(10_000_000, 0).withPathMtu(PATH_MTU);

    /** One way of a connection through the network; what both ends send is known to the reader. */
    private static final class Upload {
        final SimNetwork network;
        final Host client;
        final Host server;
        final Peer connecting;
        final Peer accepting;
        private final TcpEndpoint endpoint;
        /** Of the sender: now, and at the least. */
        int mss;

        int leastMss = Integer.MAX_VALUE;

        Upload(long seed, boolean ipv6, MtuProbing probing, Impairments up, Impairments down) throws StackException {
            network = new SimNetwork(seed, START_NS);
            Switch segment = network.addSwitch();
            client = network.addHost();
            client.attach(segment, 1500, up, down);
            client.boot(ipv6, host -> addAddress(host, ipv6));
            server = network.addHost();
            server.attach(segment, 1500, Impairments.NONE, Impairments.NONE);
            server.boot(ipv6, host -> addAddress(host, ipv6));
            network.addInvariants(new StackInvariants(network));
            TcpTuning tuning = new TcpTuning();
            tuning.mtuProbing = probing;
            client.stack().setTcp(tuning);
            server.stack().setTcp(tuning);
            Transfer.Plan plan = new Transfer.Plan(BYTES, new ByteStream(seed), 0, new ByteStream(0));
            connecting = new Peer(plan, Rng.seeded(seed));
            accepting = new Peer(plan.mirrored(), Rng.seeded(seed + 1));
            client.start(connecting);
            server.start(accepting);
            FullAddress at = new FullAddress(address(server, ipv6), PORT);
            accepting.listen(server.stack().newTcpListener(), at);
            endpoint = client.stack().newTcpEndpoint();
            connecting.connect(endpoint, at);
            network.addInvariants(this::noteMss);
        }

        private static IpAddress address(Host host, boolean ipv6) {
            return ipv6 ? new IpAddress(0xfd00L << 48, host.number()) : IpAddress.v4(0x0a00_0000 + host.number());
        }

        private static void addAddress(Host host, boolean ipv6) throws StackException {
            host.ports().get(0).nic().addAddress(address(host, ipv6), ipv6 ? 64 : 24);
        }

        private void noteMss() {
            // The server has nothing to say, and has said so.
            if (endpoint.state() == TcpState.CLOSE_WAIT) {
                mss = endpoint.info().sndMss();
                leastMss = Math.min(leastMss, mss);
            }
        }

        boolean run(long limitNs) {
            return network.runUntil(() -> connecting.isClosed() && accepting.isClosed(), START_NS + limitNs);
        }

        Counters counters() {
            return client.stack().counters();
        }
    }

    private Upload narrow(MtuProbing probing) throws StackException {
        return new Upload(1, false, probing, narrow, narrow);
    }

    @Test
    void off_pathSwallowsFullSegments_nothingArrivesUntilTheConnectionTimesOut() throws StackException {
        Upload transfer = narrow(MtuProbing.OFF);
        AssertionError error = assertThrows(AssertionError.class, () -> transfer.run(3600 * SECOND));
        StackException cause = assertInstanceOf(StackException.class, error.getCause());
        assertEquals(StackError.TIMED_OUT, cause.error());
        assertEquals(0, transfer.counters().tcpBlackHoles);
    }

    @Test
    void blackHole_pathSwallowsFullSegments_goesOnWithSmallerOnesAndFindsTheLargest() throws StackException {
        Upload transfer = narrow(MtuProbing.BLACK_HOLE);
        assertTrue(transfer.run(10 * SECOND), transfer.connecting::toString);
        assertEquals(1, transfer.counters().tcpBlackHoles);
        assertEquals(PATH_MTU - HEADER_BYTES, transfer.mss, 8);
        assertTrue(transfer.counters().tcpMtuProbesArrived > 0 && transfer.counters().tcpMtuProbesLost > 0);
    }

    @Test
    void on_pathSwallowsFullSegments_nothingTimesOut() throws StackException {
        Upload transfer = narrow(MtuProbing.ON);
        assertTrue(transfer.run(5 * SECOND), transfer.connecting::toString);
        assertEquals(0, transfer.counters().tcpTimeouts);
        assertEquals(0, transfer.counters().tcpBlackHoles);
        assertEquals(0, transfer.counters().tcpFastRetransmits, "a lost probe is no congestion");
        assertTrue(transfer.counters().tcpMtuProbesArrived > 0 && transfer.counters().tcpMtuProbesLost > 0);
    }

    /** What every link carries is not searched for: RFC 8200 section 5. */
    @Test
    void ipv6_pathCarriesTheLeastThereIs_fullSegmentsAreNoSmaller() throws StackException {
        Impairments least = narrow.withPathMtu(Ipv6.MIN_MTU_BYTES);
        Upload transfer = new Upload(1, true, MtuProbing.BLACK_HOLE, least, least);
        assertTrue(transfer.run(10 * SECOND), transfer.connecting::toString);
        assertEquals(Ipv6.MIN_MTU_BYTES - 60 - 12, transfer.leastMss);
        assertEquals(1, transfer.counters().tcpBlackHoles);
    }

    /** Among losses, reordering and duplicates every byte arrives, whichever size the path takes. */
    @TestFactory
    Stream<DynamicTest> badNetwork_narrowPath_everythingArrives() {
        return IntStream.rangeClosed(1, 20)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Chance chance = new Chance(Rng.seeded(seed));
                    int pathMtu = chance.between(200, 1500);
                    MtuProbing probing = chance.happens(0.5) ? MtuProbing.ON : MtuProbing.BLACK_HOLE;
                    Upload transfer = new Upload(
                            seed,
                            false,
                            probing,
                            BadNetworks.direction(chance).withPathMtu(pathMtu),
                            BadNetworks.direction(chance).withPathMtu(pathMtu));
                    assertTrue(transfer.run(1800 * SECOND), () -> transfer.connecting + "; " + transfer.accepting);
                    DirectionCounters up = transfer.client.ports().get(0).up().counters();
                    assertTrue(up.tooLarge < 1000, up::toString);
                }));
    }
}
