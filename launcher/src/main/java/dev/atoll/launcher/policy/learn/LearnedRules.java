package dev.atoll.launcher.policy.learn;

import dev.atoll.stack.filter.NameMatcher;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds few rules for what was seen. For each protocol and port, peers that the program knew by a name are folded into families of
 * names, others into networks; then those of a kind with the same ports become one rule, and rules that are the same but for their protocol, too. Which rules come out does not depend on the
 * order in which flows were seen.
 */
final class LearnedRules {
    /** A peer that was met on more ports than this gives its services ports as they come: they become a range. */
    private static final int MANY_PORTS = 16;

    /** The first port that a system gives to whoever asks (RFC 6335 section 6: system ports are below). */
    private static final int FIRST_USER_PORT = 1024;

    private static final Comparator<LearnedRule> AS_WRITTEN = Comparator.comparing(LearnedRule::outgoing)
            .reversed()
            .thenComparing(LearnedRules::firstPort)
            .thenComparing(rule -> rule.protocols().get(0))
            .thenComparing(rule -> rule.ports().toString())
            .thenComparing(rule -> rule.peers().keySet().iterator().next());

    /** What a policy can tell apart besides peers. */
    private record Service(boolean outgoing, String protocol, int port) {}

    private record Met(boolean outgoing, String protocol, LearnedPeer peer) {}

    private record Ports(boolean outgoing, String protocol, List<PortRange> ranges, LearnedPeer.Kind kind) {}

    private record Shape(boolean outgoing, List<PortRange> ports, List<LearnedPeer> peers) {}

    /** What something covers. */
    private static final class Coverage {
        private final TreeSet<Integer> ports = new TreeSet<>();
        private final TreeSet<IpAddress> addresses = new TreeSet<>();
        private long flows;
        private long bytes;

        void add(SeenFlow flow) {
            ports.add(flow.port());
            addresses.add(flow.peer());
            flows += flow.flows();
            bytes += flow.bytes();
        }

        void add(Coverage other) {
            ports.addAll(other.ports);
            addresses.addAll(other.addresses);
            flows += other.flows;
            bytes += other.bytes;
        }
    }

    private LearnedRules() {}

    /** The rules, in the order in which they are written. */
    static List<LearnedRule> of(List<SeenFlow> flows) {
        Map<Ports, TreeMap<LearnedPeer, Coverage>> byPorts = new LinkedHashMap<>();
        met(flows).forEach((met, coverage) -> byPorts.computeIfAbsent(
                        new Ports(
                                met.outgoing(),
                                met.protocol(),
                                ranges(coverage.ports),
                                met.peer().kind()),
                        unused -> new TreeMap<>())
                .put(met.peer(), coverage));
        Map<Shape, Map<String, Map<LearnedPeer, Coverage>>> byShape = new LinkedHashMap<>();
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

    /** Which names and networks were met, and what of each. */
    private static Map<Met, Coverage> met(List<SeenFlow> flows) {
        Map<Service, List<SeenFlow>> services = new LinkedHashMap<>();
        for (SeenFlow flow : flows) {
            services.computeIfAbsent(
                            new Service(flow.outgoing(), flow.protocol(), flow.port()), unused -> new ArrayList<>())
                    .add(flow);
        }
        Map<Met, Coverage> met = new LinkedHashMap<>();
        services.forEach((service, ofService) -> {
            Map<String, LearnedPeer> names = names(ofService);
            NavigableMap<IpAddress, Subnet> networks = networks(ofService);
            for (SeenFlow flow : ofService) {
                // Networks do not overlap, and one begins at or before each address that has no name.
                LearnedPeer peer = flow.name() == null
                        ? new LearnedPeer.Network(
                                networks.floorEntry(flow.peer()).getValue())
                        : Objects.requireNonNull(names.get(flow.name()));
                met.computeIfAbsent(new Met(service.outgoing(), service.protocol(), peer), unused -> new Coverage())
                        .add(flow);
            }
        });
        return met;
    }

    /** Each name, and what stands for it in a rule. A family is internal if an address of one of its names is. */
    private static Map<String, LearnedPeer> names(List<SeenFlow> flows) {
        TreeSet<String> all = new TreeSet<>();
        TreeSet<String> internal = new TreeSet<>();
        for (SeenFlow flow : flows) {
            String name = flow.name();
            if (name != null) {
                all.add(name);
                if (NameMatcher.isInternal(flow.peer())) {
                    internal.add(name);
                }
            }
        }
        Map<String, LearnedPeer> peers = new LinkedHashMap<>();
        for (String pattern : NameFamilies.of(all)) {
            NameMatcher family = new NameMatcher(List.of(pattern), false, false);
            List<String> members = all.stream().filter(family::covers).toList();
            LearnedPeer peer = new LearnedPeer.Host(pattern, members.stream().anyMatch(internal::contains));
            members.forEach(name -> peers.putIfAbsent(name, peer));
        }
        return peers;
    }

    private static NavigableMap<IpAddress, Subnet> networks(List<SeenFlow> flows) {
        List<IpAddress> addresses = flows.stream()
                .filter(flow -> flow.name() == null)
                .map(SeenFlow::peer)
                .toList();
        TreeMap<IpAddress, Subnet> networks = new TreeMap<>();
        for (Subnet network : Networks.of(addresses)) {
            networks.put(network.network(), network);
        }
        return networks;
    }

    private static LearnedRule rule(Shape shape, Map<String, Map<LearnedPeer, Coverage>> protocols) {
        Coverage all = new Coverage();
        Map<LearnedPeer, Integer> peers = new LinkedHashMap<>();
        for (LearnedPeer peer : shape.peers()) {
            Coverage ofPeer = new Coverage();
            protocols.values().forEach(each -> ofPeer.add(Objects.requireNonNull(each.get(peer))));
            peers.put(peer, ofPeer.addresses.size());
            all.add(ofPeer);
        }
        return new LearnedRule(
                shape.outgoing(), List.copyOf(protocols.keySet()), peers, shape.ports(), all.flows, all.bytes);
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
