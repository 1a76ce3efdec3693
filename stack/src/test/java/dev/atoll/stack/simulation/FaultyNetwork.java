package dev.atoll.stack.simulation;

import dev.atoll.stack.Nic;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.wire.FullAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The scenario: hosts on one segment or on several with routers between, streams and datagrams between several of them at
 * once, over both families, while {@link Faults} happen. What nobody could help breaks and is begun anew; everything else
 * has to arrive, whole and within a bound of time, and at the end nothing is left behind.
 */
final class FaultyNetwork {
    private static final int FIRST_PORT = 1000;
    /** So much time after the last fault everything has come to an end. */
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(12);
    /** TIME_WAIT and whatever an orphan may wait for. */
    private static final long AFTERMATH_NS = TimeUnit.MINUTES.toNanos(20);

    private static final int MAX_NEIGHBORS = 20;
    private static final int MAX_ROUTES = 20;
    private static final int EVENTS_BETWEEN_TABLES = 256;
    /** The share of networks without IPv6, on which MTUs may be smaller. */
    private static final double IPV4_ALONE = 0.25;

    /**
     * How a run went.
     *
     * @param frames a sum over all frames sent and received
     */
    record Report(long seed, long tookNs, long events, long frames, int conversations, long answers, String network) {}

    private final long seed;
    private final SimNetwork network;
    private final Topology topology;
    private final Faults faults;
    private final List<Flow> flows = new ArrayList<>();
    private final List<Questions> questions = new ArrayList<>();

    private FaultyNetwork(long seed, boolean wallClockSteps) {
        this.seed = seed;
        // Other networks than those of BulkTransfer with the same seed.
        Chance chance = new Chance(Rng.seeded(~seed));
        network = new SimNetwork(chance.upTo(Long.MAX_VALUE - 1), 0);
        network.moderateInterrupts(BadNetworks.interruptNs(seed));
        boolean ipv6 = !chance.happens(IPV4_ALONE);
        topology = new Topology(network, chance, ipv6);
        network.hosts().forEach(host -> host.clock().setOrigin(origin(chance)));
        faults = new Faults(network, topology, new Chance(Rng.seeded(drawSeed(chance))), wallClockSteps, this::crashed);
        int streams = chance.between(1, 3);
        for (int i = 0; i < streams; i++) {
            flows.add(new Flow(pair(chance, ipv6, FIRST_PORT + i), new Chance(Rng.seeded(drawSeed(chance)))));
        }
        int datagrams = chance.between(1, 2);
        for (int i = 0; i < datagrams; i++) {
            questions.add(new Questions(pair(chance, ipv6, FIRST_PORT + i), chance));
        }
        topology.boot(host -> startPrograms(host, chance));
        network.addInvariants(new StackInvariants(network));
        network.addInvariants(this::checkTables);
    }

    private static long drawSeed(Chance chance) {
        return chance.upTo(Long.MAX_VALUE - 1);
    }

    /** Monotonic time has an arbitrary origin, and may be about to overflow. */
    private static long origin(Chance chance) {
        long any = drawSeed(chance);
        return switch (chance.between(0, 3)) {
            case 0 -> 0;
            case 1 -> any;
            case 2 -> -any;
            default -> Long.MAX_VALUE - any % TimeUnit.MINUTES.toNanos(1);
        };
    }

    private Pair pair(Chance chance, boolean ipv6, int port) {
        List<Host> hosts = topology.hosts();
        int client = chance.between(0, hosts.size() - 1);
        int server = (client + chance.between(1, hosts.size() - 1)) % hosts.size();
        boolean v4 = !ipv6 || chance.happens(0.5);
        FullAddress service = new FullAddress(topology.address(hosts.get(server), v4), port);
        return new Pair(network, faults, hosts.get(client), hosts.get(server), service);
    }

    private void startPrograms(Host host, Chance chance) throws StackException {
        for (Flow flow : flows) {
            if (flow.pair().server() == host) {
                host.start(new StreamServer(flow));
            }
            if (flow.pair().client() == host && !flow.isFinished()) {
                StreamClient client = new StreamClient(flow);
                host.start(client);
                client.pause();
            }
        }
        for (Questions each : questions) {
            if (each.pair().server() == host) {
                host.start(new Answerer(each));
            }
            if (each.pair().client() == host && !each.isFinished()) {
                host.start(new Questioner(each, new Chance(Rng.seeded(drawSeed(chance)))));
            }
        }
    }

    private void crashed(Host host) {
        flows.forEach(flow -> flow.crashed(host));
    }

    /** Tables stay as small as what is in them. */
    private void checkTables() {
        if (network.events() % EVENTS_BETWEEN_TABLES != 0) {
            return;
        }
        for (Host host : network.hosts()) {
            if (host.isOn()) {
                for (Port port : host.ports()) {
                    Nic nic = port.nic();
                    require(nic.neighbors().list().size() <= MAX_NEIGHBORS, port + " knows too many neighbours");
                }
                require(host.stack().routes().list().size() <= MAX_ROUTES, host + " has too many routes");
            }
        }
    }

    /**
     * Plays the scenario.
     *
     * @throws AssertionError naming the seed, and the file that has the last frames
     */
    static Report run(long seed) {
        return run(seed, true);
    }

    /** The same with or without steps of wall clocks, which nothing may depend on. */
    static Report run(long seed, boolean wallClockSteps) {
        FaultyNetwork run = new FaultyNetwork(seed, wallClockSteps);
        try {
            return run.play();
        } catch (RuntimeException | AssertionError e) {
            Replay replay = new Replay(seed, " with faults", "faults-seed-" + seed + ".txt");
            throw replay.failure(e.getMessage() + "; " + run, run.network, e);
        }
    }

    private Report play() {
        boolean done = network.runUntil(this::isOver, faults.overNs() + LIMIT_NS);
        long tookNs = network.nowNs();
        require(done, "not done in time");
        flows.forEach(Flow::requireAgreement);
        network.hosts().forEach(Host::endPrograms);
        network.runUntil(() -> false, network.nowNs() + AFTERMATH_NS);
        network.hosts().forEach(FaultyNetwork::requireNothingLeft);
        return new Report(
                seed,
                tookNs,
                network.events(),
                network.log().checksum(),
                flows.stream().mapToInt(Flow::conversations).sum(),
                questions.stream().mapToLong(Questions::current).sum(),
                toString());
    }

    private boolean isOver() {
        return network.nowNs() >= faults.overNs()
                && flows.stream().allMatch(Flow::isOver)
                && questions.stream().allMatch(Questions::isFinished);
    }

    private static void requireNothingLeft(Host host) {
        require(
                host.stack().endpointCount() == 0,
                host + " keeps " + host.stack().endpoints());
        require(
                host.stack().packetsOutstanding() == 0,
                host + " keeps " + host.stack().packetsOutstanding() + " packets");
        require(!host.hasDeadline(), host + " still has a timer");
        host.ports().forEach(Port::requireBalance);
    }

    private static void require(boolean ok, String otherwise) {
        if (!ok) {
            throw new AssertionError(otherwise);
        }
    }

    @Override
    public String toString() {
        return topology + "; faults " + faults + "; streams " + flows + "; questions " + questions;
    }
}
