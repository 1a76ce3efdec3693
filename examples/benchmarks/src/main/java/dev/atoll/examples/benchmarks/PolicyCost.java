package dev.atoll.examples.benchmarks;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.stack.Stack;
import dev.atoll.stack.env.Clock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What a long policy costs: bulk throughput and connections a second over a stack's loopback interface, with so many rules in
 * OUTPUT and in INPUT that do not match, against none. {@code PolicyCost [RULES [ROUNDS]]}.
 *
 * <p>One thread does everything and nothing leaves the stack, so that hardly anything but protocol and rules is measured: over a
 * link the same rules cost less of the whole.
 */
public final class PolicyCost {
    private static final IpAddress SERVER = IpAddress.V4_LOOPBACK;
    private static final int PORT = 80;
    private static final int CHUNK_BYTES = 1 << 16;
    private static final long ROUND_NS = 150_000_000;

    private final Stack stack;
    private final TcpListener listener;
    private final ByteBuffer sent = ByteBuffer.allocate(CHUNK_BYTES);
    private final ByteBuffer received = ByteBuffer.allocate(CHUNK_BYTES);

    private PolicyCost() throws StackException {
        Clock clock = new Clock() {
            @Override
            public long nowNs() {
                return System.nanoTime();
            }

            @Override
            public long epochNs() {
                return System.currentTimeMillis() * 1_000_000;
            }
        };
        stack = Stack.builder().clock(clock).rng(Rng.seeded(1)).build();
        listener = stack.newTcpListener();
        listener.bind(new FullAddress(SERVER, PORT));
        listener.listen(10);
    }

    /** What is done over and over; gives how much of it was done. */
    @FunctionalInterface
    private interface Work {
        long once() throws StackException;
    }

    public static void main(String[] args) throws StackException {
        int rules = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 15;
        PolicyCost cost = new PolicyCost();
        cost.compare("blocked addresses", rules, rounds, i -> "-d " + address(i) + " -j DROP");
        cost.compare(
                "addresses and ports",
                rules,
                rounds,
                i -> "-d " + address(i / 4) + " -p tcp --dport " + (1000 + i % 4) + " -j ACCEPT");
        cost.compare("networks", rules, rounds, i -> "-d " + address(i * 16) + "/" + (20 + i % 9) + " -j REJECT");
        cost.compare("ports", rules, rounds, i -> "-p tcp --dport " + (1000 + i % 60_000) + " -j REJECT");
        cost.compare("ports of the source", rules, rounds, i -> "-p tcp --sport " + (100 + i % 1000) + " -j REJECT");
        cost.compare("ranges of ports", rules, rounds, i -> "-p tcp --dport " + (100 + i % 60_000) + ": -j ACCEPT");
        cost.compareSet(1_000_000, rounds);
    }

    /** Rules that ask for a set of so many addresses, against the same with a set of one. */
    private void compareSet(int addresses, int rounds) throws StackException {
        double connects = ratio(rulesOfSet(1), rulesOfSet(addresses), rounds, this::connect);
        System.out.printf(
                Locale.ROOT,
                "a set of %d addresses: %.2f of the connections a second with a set of one, median of %d%n",
                addresses,
                connects,
                rounds);
    }

    private static RuleSet rulesOfSet(int addresses) {
        IpSet.Builder set = new IpSet.Builder("blocked", IpSet.Kind.HASH_IP, Family.IPV4);
        for (int i = 0; i < addresses; i++) {
            // In no order, as block lists are, and none of them the server's; an odd factor gives each address once.
            int bits = i * 0x9e37_79b1;
            if (bits >>> 24 != SERVER.v4Bits() >>> 24 && !set.add(IpAddress.v4(bits), Integer.SIZE, false)) {
                throw new IllegalStateException("an address was there twice");
            }
        }
        PolicyText text = new PolicyText("set", """
                *filter
                -A OUTPUT -m set --match-set blocked dst -j DROP
                -A INPUT -m set --match-set blocked src -j DROP
                COMMIT
                """);
        PolicyResult result = PolicyParser.parse(List.of(text), Map.of("blocked", set.build()), HostResolver.NONE);
        if (!(result instanceof PolicyResult.Accepted accepted)) {
            throw new IllegalStateException(result.toString());
        }
        return accepted.ruleSet();
    }

    private static String address(int i) {
        return "10." + (i >> 16 & 0xff) + "." + (i >> 8 & 0xff) + "." + (i & 0xff);
    }

    private void compare(String what, int rules, int rounds, IntFunction<String> rule) throws StackException {
        StringBuilder text = new StringBuilder("*filter\n");
        for (String chain : new String[] {"OUTPUT", "INPUT"}) {
            for (int i = 0; i < rules; i++) {
                text.append("-A ")
                        .append(chain)
                        .append(' ')
                        .append(rule.apply(i))
                        .append('\n');
            }
        }
        PolicyResult result = PolicyParser.parse(what, text + "COMMIT\n", HostResolver.NONE);
        if (!(result instanceof PolicyResult.Accepted accepted)) {
            throw new IllegalStateException(result.toString());
        }
        TcpEndpoint client = stack.newTcpEndpoint();
        client.connect(new FullAddress(SERVER, PORT));
        TcpEndpoint server = accept();
        double bulk = ratio(accepted.ruleSet(), rounds, () -> transfer(client, server));
        client.close();
        server.close();
        double connects = ratio(accepted.ruleSet(), rounds, this::connect);
        System.out.printf(
                Locale.ROOT,
                "%d rules, %s: %.2f of the throughput and %.2f of the connections a second with none, medians of %d%n",
                rules,
                what,
                bulk,
                connects,
                rounds);
    }

    /** The median, over rounds that alternate, of how much is done with the rules for each that is done without. */
    private double ratio(RuleSet rules, int rounds, Work work) throws StackException {
        return ratio(RuleSet.EMPTY, rules, rounds, work);
    }

    /** The same, for each that is done with other rules. */
    private double ratio(RuleSet base, RuleSet rules, int rounds, Work work) throws StackException {
        double[] ratios = new double[rounds];
        for (int i = -2; i < rounds; i++) {
            stack.ipTables().replace(base);
            double without = rate(work);
            stack.ipTables().replace(rules);
            double with = rate(work);
            if (i >= 0) {
                ratios[i] = with / without;
            }
        }
        Arrays.sort(ratios);
        return ratios[rounds / 2];
    }

    private static double rate(Work work) throws StackException {
        long began = System.nanoTime();
        long done = 0;
        long spent = 0;
        while (spent < ROUND_NS) {
            done += work.once();
            spent = System.nanoTime() - began;
        }
        return (double) done / spent;
    }

    private TcpEndpoint accept() throws StackException {
        TcpEndpoint accepted = listener.accept();
        if (accepted == null) {
            throw new IllegalStateException("the connection was not made at once");
        }
        return accepted;
    }

    private long transfer(TcpEndpoint client, TcpEndpoint server) throws StackException {
        sent.clear();
        int written = Math.max(0, client.write(sent));
        long read = 0;
        int count;
        do {
            received.clear();
            count = server.read(received);
            read += Math.max(0, count);
        } while (count > 0);
        if (written == 0 && read == 0) {
            // Waits for a timer, as that of a delayed acknowledgment.
            long unused = stack.run(() -> {});
        }
        return read;
    }

    private long connect() throws StackException {
        TcpEndpoint client = stack.newTcpEndpoint();
        client.connect(new FullAddress(SERVER, PORT));
        TcpEndpoint server = accept();
        // With a reset, so that no connection is left waiting.
        client.setOption(EndpointOption.SO_LINGER, 0);
        client.close();
        server.close();
        return 1;
    }
}
