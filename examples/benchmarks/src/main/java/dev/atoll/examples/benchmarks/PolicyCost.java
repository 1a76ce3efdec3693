package dev.atoll.examples.benchmarks;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.wire.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What a long policy costs: bulk throughput each way and connections a second, with so many rules in OUTPUT and in INPUT that do not
 * match, against none. {@code PolicyCost [RULES [ROUNDS]]}.
 *
 * <p>One thread does everything and no system call is made, so that hardly anything but protocol and rules is measured: over a {@link
 * PolicyCable cable} as sandboxes have it and over a plain one, where only the time of the stack under the rules counts, and over a
 * stack's {@link PolicyLoopback loopback} interface, where each packet meets the rules twice.
 */
public final class PolicyCost {
    private static final long ROUND_NS = 30_000_000;

    private final PolicyPath path;
    private final int rounds;

    private PolicyCost(PolicyPath path, int rounds) {
        this.path = path;
        this.rounds = rounds;
    }

    /** What is done over and over; gives how much of it was done. */
    @FunctionalInterface
    private interface Work {
        long once() throws StackException;
    }

    public static void main(String[] args) throws StackException {
        int rules = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 51;
        for (PolicyPath path : List.of(PolicyCable.withOffload(), PolicyCable.ofFrames(), new PolicyLoopback())) {
            PolicyCost cost = new PolicyCost(path, rounds);
            cost.compare("blocked addresses", rules, i -> "-d " + address(i) + " -j DROP");
            cost.compare(
                    "addresses and ports",
                    rules,
                    i -> "-d " + address(i / 4) + " -p tcp --dport " + (1000 + i % 4) + " -j ACCEPT");
            cost.compare("networks", rules, i -> "-d " + address(i * 16) + "/" + (20 + i % 9) + " -j REJECT");
            cost.compare("ports", rules, i -> "-p tcp --dport " + (1000 + i % 60_000) + " -j REJECT");
            cost.compare("ports of the source", rules, i -> "-p tcp --sport " + (100 + i % 1000) + " -j REJECT");
            cost.compare("ranges of ports", rules, i -> "-p tcp --dport " + (100 + i % 60_000) + ": -j ACCEPT");
            cost.compareSet(1_000_000);
        }
    }

    /** Rules that ask for a set of so many addresses, against the same with a set of one. */
    private void compareSet(int addresses) throws StackException {
        double connects = ratio(rulesOfSet(1), rulesOfSet(addresses), path::connect);
        System.out.printf(
                Locale.ROOT,
                "%s, a set of %d addresses: %.2f of the connections a second with a set of one, median of %d%n",
                path.name(),
                addresses,
                connects,
                rounds);
    }

    private static RuleSet rulesOfSet(int addresses) {
        IpSet.Builder set = new IpSet.Builder("blocked", IpSet.Kind.HASH_IP, Family.IPV4);
        for (int i = 0; i < addresses; i++) {
            // In no order, as block lists are, and none of them the server's; an odd factor gives each address once.
            int bits = i * 0x9e37_79b1;
            int network = bits >>> 24;
            if (network != 127 && network != 192 && !set.add(IpAddress.v4(bits), Integer.SIZE, false)) {
                throw new IllegalStateException("an address was there twice");
            }
        }
        PolicyText text = new PolicyText("set", """
                *filter
                -A OUTPUT -m set --match-set blocked dst -j DROP
                -A INPUT -m set --match-set blocked src -j DROP
                COMMIT
                """);
        return accepted(PolicyParser.parse(List.of(text), Map.of("blocked", set.build()), HostResolver.NONE));
    }

    private static RuleSet accepted(PolicyResult result) {
        if (!(result instanceof PolicyResult.Accepted accepted)) {
            throw new IllegalStateException(result.toString());
        }
        return accepted.ruleSet();
    }

    private static String address(int i) {
        return "10." + (i >> 16 & 0xff) + "." + (i >> 8 & 0xff) + "." + (i & 0xff);
    }

    private void compare(String what, int rules, IntFunction<String> rule) throws StackException {
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
        RuleSet ruleSet = accepted(PolicyParser.parse(what, text + "COMMIT\n", HostResolver.NONE));
        path.open();
        double out = ratio(RuleSet.EMPTY, ruleSet, path::send);
        double in = ratio(RuleSet.EMPTY, ruleSet, path::receive);
        path.close();
        double connects = ratio(RuleSet.EMPTY, ruleSet, path::connect);
        System.out.printf(
                Locale.ROOT,
                "%s, %d rules, %s: %.2f of the throughput out, %.2f in, %.2f of the connections a second with none,"
                        + " medians of %d%n",
                path.name(),
                rules,
                what,
                out,
                in,
                connects,
                rounds);
    }

    /** The median, over rounds that alternate, of how much is done with the rules for each that is done with the base. */
    private double ratio(RuleSet base, RuleSet rules, Work work) throws StackException {
        double[] ratios = new double[rounds];
        for (int i = -2; i < rounds; i++) {
            path.rules(base);
            double without = rate(work);
            path.rules(rules);
            double with = rate(work);
            if (i >= 0) {
                ratios[i] = with / without;
            }
        }
        Arrays.sort(ratios);
        return ratios[rounds / 2];
    }

    private double rate(Work work) throws StackException {
        long began = path.spentNs();
        long done = 0;
        long spent = 0;
        while (spent < ROUND_NS) {
            done += work.once();
            spent = path.spentNs() - began;
        }
        return (double) done / spent;
    }
}
