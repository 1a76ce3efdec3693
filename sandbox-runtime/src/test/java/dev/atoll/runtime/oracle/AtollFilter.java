package dev.atoll.runtime.oracle;

import dev.atoll.runtime.policy.HostResolver;
import dev.atoll.runtime.policy.PolicyParser;
import dev.atoll.runtime.policy.PolicyPrinter;
import dev.atoll.runtime.policy.PolicyResult;
import dev.atoll.runtime.policy.PolicyText;
import dev.atoll.stack.Nic;
import dev.atoll.stack.Stack;
import dev.atoll.stack.StackBuilder;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.ChainCounters;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.IpSet;
import dev.atoll.stack.filter.IpTables;
import dev.atoll.stack.filter.RuleCounters;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stack as the same router: a new one for each rule set, in time that stands still. */
final class AtollFilter implements Filter {
    private static final long START_NS = 1_000_000_000_000L;
    private static final long QUIET_NS = 20_000_000_000L;
    /** By which a text says that it is one of ip6tables. */
    private static final String IPV6_HEADING = "# ip6tables-save\n";
    /** 255 of raw(7): packets of any protocol, header included. */
    private static final int ANY_PROTOCOL = 255;

    private final Topology topology;
    private final Map<String, IpSet> sets;
    private final ByteBuffer buffer = ByteBuffer.allocate(70_000);
    private @Nullable Router router;
    /** Another for each: what comes out differently with other dice is no difference. */
    private long loaded;

    AtollFilter(Topology topology) {
        this.topology = topology;
        sets = OracleSets.read(topology);
    }

    private final class Router {
        final Stack stack;
        final List<ChannelLink> links = new ArrayList<>();
        final List<UdpEndpoint> programs = new ArrayList<>();
        final RawEndpoint raw;

        Router(RuleSet rules) throws StackException {
            boolean v4 = topology.family() == Family.IPV4;
            ManualClock clock = new ManualClock(START_NS, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
            StackBuilder builder =
                    Stack.builder().clock(clock).rng(Rng.seeded(loaded++)).rawEndpoints(true);
            if (!v4) {
                builder.ipv6(Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false));
            }
            stack = builder.build();
            stack.icmpLimit().setBurst(Integer.MAX_VALUE);
            for (Topology.Side side : topology.sides()) {
                ChannelLink link = new ChannelLink(Topology.MTU_BYTES, side.mac());
                links.add(link);
                setUp(stack.createNic(side.nic(), link), side);
            }
            Nic gatewayNic =
                    Objects.requireNonNull(stack.findNic(topology.sides().get(1).nic()));
            stack.routes().add(Subnet.parse(topology.farNetwork()), topology.gateway(), gatewayNic);
            for (int port : Traffic.LISTENING) {
                UdpEndpoint program = stack.newUdpEndpoint();
                program.bind(new FullAddress(v4 ? IpAddress.V4_ANY : IpAddress.V6_ANY, port));
                programs.add(program);
            }
            raw = stack.newRawEndpoint(v4, ANY_PROTOCOL);
            raw.setOption(EndpointOption.IP_HDRINCL, true);
            while (!v4 && clock.nowNs() < START_NS + QUIET_NS) {
                // What an interface says of its groups when it begins.
                clock.advanceTo(Math.min(stack.run(() -> {}), START_NS + QUIET_NS));
            }
            collect(new Outcome());
            stack.ipTables().replace(rules);
        }

        private void setUp(Nic nic, Topology.Side side) throws StackException {
            nic.setForwarding(topology.family() == Family.IPV4, true);
            nic.setSendRedirects(false);
            nic.setCoalescing(false);
            for (IpAddress address : side.local()) {
                nic.addAddress(address, side.prefixLength());
            }
            for (IpAddress host : side.everybody()) {
                nic.neighbors().setStatic(host, Topology.mac(host));
            }
        }

        void collect(Outcome outcome) {
            for (int i = 0; i < links.size(); i++) {
                ChannelLink link = links.get(i);
                int side = i;
                stack.run(() -> {
                    for (byte[] frame = link.read(); frame != null; frame = link.read()) {
                        if (!Traffic.isOfLink(frame)) {
                            outcome.sent.add(new Outcome.Sent(side, frame));
                        }
                    }
                });
            }
        }
    }

    @Override
    public void load(String text) throws Exception {
        close();
        PolicyText rules = new PolicyText("case.rules", (topology.family() == Family.IPV4 ? "" : IPV6_HEADING) + text);
        PolicyResult result = PolicyParser.parse(List.of(rules), sets, HostResolver.NONE);
        if (result instanceof PolicyResult.Accepted accepted) {
            router = new Router(accepted.ruleSet());
        } else {
            throw new RefusedException(result.toString());
        }
    }

    private Router router() {
        Router loaded = router;
        if (loaded == null) {
            throw new IllegalStateException("no rules are loaded");
        }
        return loaded;
    }

    @Override
    public Outcome apply(Step step) throws Exception {
        Router loaded = router();
        Outcome outcome = new Outcome();
        if (step instanceof Step.Arrival arrival) {
            byte[] frame =
                    Traffic.frame(topology.sides().get(arrival.side()), arrival).toArray();
            ChannelLink link = loaded.links.get(arrival.side());
            loaded.stack.run(() -> link.inject(frame));
        } else if (step instanceof Step.Departure departure) {
            IpAddress destination = IpPacket.decode(departure.packet()).destination();
            try {
                loaded.raw.send(ByteBuffer.wrap(departure.packet().toArray()), new FullAddress(destination, 0));
            } catch (StackException e) {
                outcome.notes.add("not sent");
            }
        }
        loaded.collect(outcome);
        for (int i = 0; i < loaded.programs.size(); i++) {
            FullAddress from = loaded.programs.get(i).receive(buffer.clear());
            while (from != null) {
                outcome.notes.add(Traffic.received(
                        Traffic.LISTENING.get(i),
                        from.address(),
                        from.port(),
                        Arrays.copyOf(buffer.array(), buffer.position())));
                from = loaded.programs.get(i).receive(buffer.clear());
            }
        }
        return outcome;
    }

    @Override
    public Map<String, List<String>> counted() {
        IpTables tables = router().stack.ipTables();
        Map<String, List<String>> printed = printed(tables.ruleSet());
        Map<String, List<String>> chains = new LinkedHashMap<>();
        for (ChainCounters counted : tables.counters()) {
            String chain = counted.chain().name();
            ChainPolicy policy = counted.chain().policy();
            String name = counted.table().text() + " " + chain;
            List<String> lines = new ArrayList<>();
            lines.add(
                    policy == null
                            ? ":" + chain + " -"
                            : count(counted.policyPackets(), counted.policyBytes()) + ":" + chain + " " + policy);
            for (int i = 0; i < counted.rules().size(); i++) {
                RuleCounters rule = counted.rules().get(i);
                lines.add(count(rule.packets(), rule.bytes())
                        + printed.getOrDefault(name, List.of()).get(i));
            }
            chains.put(name, lines);
        }
        return chains;
    }

    /** The rules of each chain in the normal form. */
    private static Map<String, List<String>> printed(RuleSet rules) {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        String table = "";
        for (String line : PolicyPrinter.print(rules).split("\n", -1)) {
            if (line.startsWith("*")) {
                table = line.substring(1);
            } else if (line.startsWith("-A ")) {
                String chain = table + " " + line.split(" ", 3)[1];
                chains.computeIfAbsent(chain, name -> new ArrayList<>()).add(line);
            }
        }
        return chains;
    }

    /** The families whose policies are read. */
    static List<Family> families() {
        String rule = IPV6_HEADING + "*filter\n-A INPUT -s ::1\nCOMMIT\n";
        boolean both = PolicyParser.parse("families.rules", rule, HostResolver.NONE) instanceof PolicyResult.Accepted;
        return both ? List.of(Family.IPV4, Family.IPV6) : List.of(Family.IPV4);
    }

    private static String count(long packets, long bytes) {
        return "[" + packets + ":" + bytes + "] ";
    }

    @Override
    public void close() {
        Router old = router;
        router = null;
        if (old != null) {
            old.stack.close();
            if (old.stack.packetsOutstanding() != 0) {
                throw new AssertionError(old.stack.packetsOutstanding() + " packets leaked");
            }
        }
    }
}
