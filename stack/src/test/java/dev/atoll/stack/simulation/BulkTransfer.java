package dev.atoll.stack.simulation;

import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.simulation.Transfer.Plan;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Ipv6;
import java.util.concurrent.TimeUnit;

/**
 * The scenario: two hosts, a network as bad as the seed wants it, at least 1 MiB each way over one connection, half
 * closes, and an ending that leaves nothing behind.
 */
final class BulkTransfer {
    static final long MIN_BYTES = 1 << 20;
    private static final long MAX_MORE_BYTES = 1 << 18;
    private static final int PORT = 7;
    /** Subnet of both hosts; host N has the address N of it. */
    private static final int NETWORK = 0x0a00_0000;

    private static final int PREFIX_LENGTH = 24;
    private static final long NETWORK6 = 0xfd00L << 48;
    private static final int PREFIX_LENGTH6 = 64;
    private static final long TIME_LIMIT_NS = TimeUnit.HOURS.toNanos(4);
    /** TIME_WAIT and whatever an orphan may wait for. */
    private static final long AFTERMATH_NS = TimeUnit.MINUTES.toNanos(20);

    /**
     * How a run went.
     *
     * @param firstSequence the initial sequence number of the side that connects
     * @param hash of both streams together
     * @param joined segments that NICs joined to others
     */
    record Report(
            long seed,
            long bytes,
            long tookNs,
            long events,
            int firstSequence,
            long hash,
            long joined,
            String network) {}

    private final long seed;
    private final SimNetwork network;
    private final Host client;
    private final Host server;
    private final Peer connecting;
    private final Peer accepting;
    private final Plan clientPlan;
    private final Plan serverPlan;
    private final FullAddress service;

    private BulkTransfer(long seed, boolean ipv6, long startNs) throws StackException {
        this.seed = seed;
        Chance chance = new Chance(Rng.seeded(seed));
        network = new SimNetwork(chance.upTo(Long.MAX_VALUE - 1), startNs);
        network.moderateInterrupts(BadNetworks.interruptNs(seed));
        Switch segment = network.addSwitch();
        int mtu = ipv6 ? Math.max(BadNetworks.mtu(chance), Ipv6.MIN_MTU_BYTES) : BadNetworks.mtu(chance);
        client = network.addHost();
        client.attach(segment, mtu, BadNetworks.direction(chance), BadNetworks.direction(chance));
        client.noteFirstSyn();
        client.boot(ipv6, addressOf(ipv6));
        server = network.addHost();
        server.attach(segment, mtu, BadNetworks.direction(chance), BadNetworks.direction(chance));
        server.boot(ipv6, addressOf(ipv6));
        network.addInvariants(new StackInvariants(network));
        long up = MIN_BYTES + chance.upTo(MAX_MORE_BYTES);
        long down = MIN_BYTES + chance.upTo(MAX_MORE_BYTES);
        ByteStream toServer = new ByteStream(chance.upTo(Long.MAX_VALUE - 1));
        ByteStream toClient = new ByteStream(chance.upTo(Long.MAX_VALUE - 1));
        clientPlan = new Plan(up, toServer, down, toClient);
        serverPlan = clientPlan.mirrored();
        connecting = new Peer(clientPlan, Rng.seeded(chance.upTo(Long.MAX_VALUE - 1)));
        accepting = new Peer(serverPlan, Rng.seeded(chance.upTo(Long.MAX_VALUE - 1)));
        service = new FullAddress(address(server, ipv6), PORT);
        client.start(connecting);
        server.start(accepting);
    }

    private static IpAddress address(Host host, boolean ipv6) {
        return ipv6 ? new IpAddress(NETWORK6, host.number()) : IpAddress.v4(NETWORK + host.number());
    }

    private static Host.Setup addressOf(boolean ipv6) {
        return host -> host.ports().get(0).nic().addAddress(address(host, ipv6), ipv6 ? PREFIX_LENGTH6 : PREFIX_LENGTH);
    }

    /**
     * Plays the scenario.
     *
     * @throws AssertionError naming the seed, and the file that has the last frames
     */
    static Report run(long seed) {
        return run(seed, false);
    }

    /** The same over one family or the other. */
    static Report run(long seed, boolean ipv6) {
        BulkTransfer transfer = null;
        try {
            long startNs = SequenceWrap.startNs(seed, (s, start) -> firstSequence(s, ipv6, start));
            transfer = new BulkTransfer(seed, ipv6, startNs);
            return transfer.transfer(startNs);
        } catch (StackException | RuntimeException | AssertionError e) {
            Replay replay = new Replay(seed, ipv6 ? " over IPv6" : "", "seed-" + seed + ".txt");
            throw replay.failure(String.valueOf(e.getMessage()), transfer == null ? null : transfer.network, e);
        }
    }

    /** The initial sequence number the connecting side takes if time begins there. */
    private static int firstSequence(long seed, boolean ipv6, long startNs) {
        try {
            BulkTransfer run = new BulkTransfer(seed, ipv6, startNs);
            run.begin();
            run.network.runUntil(() -> run.client.firstSequence() != null, startNs + TIME_LIMIT_NS);
            return run.client.requireFirstSequence();
        } catch (StackException e) {
            throw new IllegalStateException(e);
        }
    }

    private void begin() throws StackException {
        accepting.listen(server.stack().newTcpListener(), service);
        connecting.connect(client.stack().newTcpEndpoint(), service);
    }

    private Report transfer(long startNs) throws StackException {
        begin();
        boolean done = network.runUntil(() -> connecting.isClosed() && accepting.isClosed(), startNs + TIME_LIMIT_NS);
        long tookNs = network.nowNs() - startNs;
        String state = "client: " + connecting + "; server: " + accepting + "; client's link: " + counters(client)
                + "; server's: " + counters(server) + "; " + tookNs / 1_000_000 + " ms";
        require(done, "not done in time; " + state);
        require(
                connecting.hashOfRead() == Transfer.hashOf(clientPlan.toRead(), clientPlan.bytesToRead()),
                "hash " + state);
        require(
                accepting.hashOfRead() == Transfer.hashOf(serverPlan.toRead(), serverPlan.bytesToRead()),
                "hash " + state);
        network.runUntil(() -> false, network.nowNs() + AFTERMATH_NS);
        requireNothingLeft(client, state);
        requireNothingLeft(server, state);
        return new Report(
                seed,
                clientPlan.bytesToWrite() + serverPlan.bytesToWrite(),
                tookNs,
                network.events(),
                client.requireFirstSequence(),
                connecting.hashOfRead() * 31 + accepting.hashOfRead(),
                client.stack().counters().segmentsJoined + server.stack().counters().segmentsJoined,
                state);
    }

    private static String counters(Host host) {
        Port port = host.ports().get(0);
        return port.up().counters() + " up, " + port.down().counters() + " down";
    }

    private static void requireNothingLeft(Host host, String state) {
        require(
                host.stack().endpointCount() == 0,
                host + " keeps " + host.stack().endpointCount() + " endpoints; " + state);
        require(
                host.stack().packetsOutstanding() == 0,
                host + " keeps " + host.stack().packetsOutstanding() + " packets; " + state);
        require(!host.hasDeadline(), host + " still has a timer; " + state);
    }

    private static void require(boolean ok, String otherwise) {
        if (!ok) {
            throw new AssertionError(otherwise);
        }
    }
}
