package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds few rules for what was seen. For each protocol and port, peers are folded into networks; then networks with the same
 * ports become one rule, and rules that are the same but for their protocol, too. Which rules come out does not depend on the
 * order in which flows were seen.
 */
final class LearnedRules {
    /** A peer that was met on more ports than this gives its services ports as they come: they become a range. */
    private static final int MANY_PORTS = 16;

    /** The first port that a system gives to whoever asks (RFC 6335 section 6: system ports are below). */
    private static final int FIRST_USER_PORT = 1024;

    private static final Comparator<Subnet> BY_ADDRESS =
            Comparator.comparing(Subnet::network).thenComparing(Subnet::prefixLength);

    private static final Comparator<LearnedRule> AS_WRITTEN = Comparator.comparing(LearnedRule::outgoing)
            .reversed()
            .thenComparing(LearnedRules::firstPort)
            .thenComparing(rule -> rule.protocols().get(0))
            .thenComparing(rule -> rule.ports().toString())
            .thenComparing(rule -> rule.peers().keySet().iterator().next(), BY_ADDRESS);

    /** What a policy can tell apart besides peers. */
    private record Service(boolean outgoing, String protocol, int port) {}

    private record Peer(boolean outgoing, String protocol, Subnet network) {}

    private record Ports(boolean outgoing, String protocol, List<PortRange> ranges) {}

    private record Shape(boolean outgoing, List<PortRange> ports, List<Subnet> peers) {}

    /** What something covers. */
    private static final class Coverage {
        private final TreeSet<Integer> ports = new TreeSet<>();
        private final TreeSet<IpAddress> addresses = new TreeSet<>();
        private final TreeSet<String> names = new TreeSet<>();
        private long flows;
        private long bytes;

        void add(SeenFlow flow) {
            ports.add(flow.port());
            addresses.add(flow.peer());
            if (flow.name() != null) {
                names.add(flow.name());
            }
            flows += flow.flows();
            bytes += flow.bytes();
        }

        void add(Coverage other) {
            ports.addAll(other.ports);
            addresses.addAll(other.addresses);
            names.addAll(other.names);
            flows += other.flows;
            bytes += other.bytes;
        }
    }

    private LearnedRules() {}

    /** The rules, in the order in which they are written. */
    static List<LearnedRule> of(List<SeenFlow> flows) {
        Map<Ports, TreeMap<Subnet, Coverage>> byPorts = new LinkedHashMap<>();
        peers(flows).forEach((peer, coverage) -> byPorts.computeIfAbsent(
                        new Ports(peer.outgoing(), peer.protocol(), ranges(coverage.ports)),
                        unused -> new TreeMap<>(BY_ADDRESS))
                .put(peer.network(), coverage));
        Map<Shape, Map<String, Map<Subnet, Coverage>>> byShape = new LinkedHashMap<>();
        byPorts.forEach((ports, peers) -> byShape.computeIfAbsent(
                        new Shape(ports.outgoing(), ports.ranges(), List.copyOf(peers.keySet())),
                        unused -> new TreeMap<>())
                .put(ports.protocol(), peers));
        List<LearnedRule> rules = new ArrayList<>();
        byShape.forEach((shape, protocols) -> rules.add(rule(shape, protocols)));
        rules.sort(AS_WRITTEN);
        return rules;
    }

    /** Those without come last. */
    private static int firstPort(LearnedRule rule) {
        return rule.ports().isEmpty() ? Integer.MAX_VALUE : rule.ports().get(0).first();
    }

    /** Which networks were met, and what of each. */
    private static Map<Peer, Coverage> peers(List<SeenFlow> flows) {
        Map<Service, List<SeenFlow>> services = new LinkedHashMap<>();
        for (SeenFlow flow : flows) {
            services.computeIfAbsent(
                            new Service(flow.outgoing(), flow.protocol(), flow.port()), unused -> new ArrayList<>())
                    .add(flow);
        }
        Map<Peer, Coverage> peers = new LinkedHashMap<>();
        services.forEach((service, met) -> {
            TreeMap<IpAddress, Subnet> networks = new TreeMap<>();
            for (Subnet network : Networks.of(met.stream().map(SeenFlow::peer).toList())) {
                networks.put(network.network(), network);
            }
            for (SeenFlow flow : met) {
                // Networks do not overlap, and one begins at or before each address.
                Subnet network = networks.floorEntry(flow.peer()).getValue();
                peers.computeIfAbsent(
                                new Peer(service.outgoing(), service.protocol(), network), unused -> new Coverage())
                        .add(flow);
            }
        });
        return peers;
    }

    private static LearnedRule rule(Shape shape, Map<String, Map<Subnet, Coverage>> protocols) {
        Coverage all = new Coverage();
        Map<Subnet, Integer> peers = new LinkedHashMap<>();
        for (Subnet network : shape.peers()) {
            Coverage ofNetwork = new Coverage();
            protocols.values().forEach(each -> ofNetwork.add(Objects.requireNonNull(each.get(network))));
            peers.put(network, ofNetwork.addresses.size());
            all.add(ofNetwork);
        }
        return new LearnedRule(
                shape.outgoing(),
                List.copyOf(protocols.keySet()),
                peers,
                shape.ports(),
                all.flows,
                all.bytes,
                all.names);
    }

    /** Ports in a row become a range. Port 0 is that of protocols without. */
    private static List<PortRange> ranges(SortedSet<Integer> ports) {
        SortedSet<Integer> user = ports.tailSet(FIRST_USER_PORT);
        boolean many = user.size() > MANY_PORTS;
        List<PortRange> ranges = new ArrayList<>();
        for (int port : many ? ports.headSet(FIRST_USER_PORT) : ports) {
            int last = ranges.size() - 1;
            if (last >= 0 && ranges.get(last).last() == port - 1) {
                ranges.set(last, new PortRange(ranges.get(last).first(), port, false));
            } else if (port != 0) {
                ranges.add(new PortRange(port, port, false));
            }
        }
        if (many) {
            ranges.add(new PortRange(user.first(), user.last(), false));
        }
        return ranges;
    }
}
