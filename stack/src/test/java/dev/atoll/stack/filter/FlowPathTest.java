package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.FIN;
import static dev.atoll.stack.filter.Packets.RST;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.contract.Allocation;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Kept ways and found rules decide and count as asking every rule about every packet does. */
class FlowPathTest {
    private static final int SEEDS = 400;
    private static final int PACKETS = 150;
    private static final List<String> CHAINS = List.of("OUTPUT", "INPUT", "first", "second", "third");

    private Rng rng = Rng.seeded(0);

    private boolean oneIn(int n) {
        return rng.nextInt(n) == 0;
    }

    private IpAddress host() {
        return IpAddress.v4(0x0a00_0000 | rng.nextInt(3) << 8 | rng.nextInt(6));
    }

    private Matcher address(AddressMatcher.Direction direction, boolean negated) {
        return Rules.address(direction, host() + (oneIn(2) ? "/32" : oneIn(2) ? "/31" : "/24"), negated);
    }

    private Matcher tcp(boolean bySource) {
        int port = 1 + rng.nextInt(6);
        int mask = oneIn(3) ? TcpMatcher.SYN_MASK : 0;
        PortRange one = new PortRange(oneIn(8) ? 0 : port, oneIn(3) ? port + rng.nextInt(4) : port, oneIn(9));
        PortRange thousand = new PortRange(1000 - rng.nextInt(2) * rng.nextInt(30), 1000 + rng.nextInt(3), false);
        PortRange source = bySource ? oneIn(2) ? thousand : one : PortRange.ANY;
        return new TcpMatcher(source, bySource ? PortRange.ANY : one, mask, mask & SYN, mask != 0 && oneIn(2));
    }

    private Matcher matcher(int chain) {
        return switch (rng.nextInt(10)) {
            case 0 -> Rules.state(ConnState.NEW);
            case 1 -> Rules.state(ConnState.ESTABLISHED, ConnState.RELATED);
            case 2 ->
                new InterfaceMatcher(
                        chain == 1 ? InterfaceMatcher.Side.IN : InterfaceMatcher.Side.OUT,
                        oneIn(2) ? "eth0" : "eth+",
                        oneIn(3));
            case 3 -> new LengthMatcher(0, 30 + rng.nextInt(20), false);
            case 4 -> new LimitMatcher(10_000, 1 + rng.nextInt(3));
            case 5 -> new MarkMatcher(rng.nextInt(2), 1, false);
            case 6, 7 -> address(AddressMatcher.Direction.SOURCE, oneIn(6));
            default -> address(AddressMatcher.Direction.DESTINATION, oneIn(6));
        };
    }

    private Target target(int chain, boolean tcp) {
        int onward = Math.max(2, chain + 1);
        if (onward < CHAINS.size() && oneIn(4)) {
            String to = CHAINS.get(onward + rng.nextInt(CHAINS.size() - onward));
            return oneIn(3) ? new StandardTarget.GoTo(to) : new StandardTarget.Jump(to);
        }
        return switch (rng.nextInt(12)) {
            case 0 -> StandardTarget.DROP;
            case 1, 2 -> StandardTarget.ACCEPT;
            case 3 -> StandardTarget.RETURN;
            case 4 -> new StandardTarget.Mark(rng.nextInt(2), 1);
            case 6 -> new LogTarget.Log(LogTarget.Log.WARNING, "chain " + chain, LogDetails.NONE);
            case 5 -> new StandardTarget.Reject(tcp ? RejectWith.TCP_RESET : RejectWith.ICMP_PORT_UNREACHABLE);
            default -> StandardTarget.NONE;
        };
    }

    /** Runs of rules by one kind of key, and others between them. */
    private RuleSet rules() {
        Rules rules = new Rules().policy(Hook.OUTPUT, oneIn(3) ? ChainPolicy.DROP : ChainPolicy.ACCEPT);
        CHAINS.subList(2, CHAINS.size()).forEach(rules::chain);
        for (int chain = 0; chain < CHAINS.size(); chain++) {
            for (int blocks = rng.nextInt(6); blocks > 0; blocks--) {
                int kind = rng.nextInt(5);
                for (int left = kind == 3 ? rng.nextInt(5) : 10 + rng.nextInt(20); left > 0; left--) {
                    List<Matcher> matchers = new ArrayList<>();
                    if (kind == 0) {
                        matchers.add(address(AddressMatcher.Direction.DESTINATION, false));
                    } else if (kind == 1) {
                        matchers.add(address(AddressMatcher.Direction.SOURCE, false));
                    }
                    boolean tcp = kind == 2 || kind == 4 || oneIn(3);
                    if (tcp) {
                        matchers.add(Rules.protocol(6));
                        matchers.add(tcp(kind == 4));
                    }
                    if (oneIn(2)) {
                        matchers.add(matcher(chain));
                    }
                    rules.add(CHAINS.get(chain), target(chain, tcp), matchers.toArray(new Matcher[0]));
                }
            }
        }
        return rules.build();
    }

    /** Makes a packet as often as it is wanted: one that was judged carries its flow. */
    private Supplier<PacketBuffer> packet() {
        IpAddress from = host();
        IpAddress to = host();
        int port = 1 + rng.nextInt(6);
        int[] flags = {SYN, SYN | ACK, ACK, ACK, ACK | 8, FIN | ACK, RST};
        boolean back = oneIn(2);
        int flag = flags[rng.nextInt(7)];
        int fragment = rng.nextInt(3);
        int length = 8 + rng.nextInt(20);
        int kind = rng.nextInt(8);
        int mark = rng.nextInt(2);
        return () -> {
            PacketBuffer packet =
                    switch (kind) {
                        case 0 -> Packets.udp(from, 1000, to, port);
                        case 1 -> Packets.icmp(from, to, 8, 0, port);
                        case 2 -> Packets.ip(6, from, to, fragment, new byte[length]);
                        default -> Packets.tcp(from, back ? port : 1000, to, back ? 1000 : port, flag);
                    };
            packet.mark = mark;
            return packet;
        };
    }

    /** What every chain and rule counted: the rules themselves would be a long message. */
    private static String counted(IpTables tables) {
        StringBuilder text = new StringBuilder();
        for (ChainCounters chain : tables.counters()) {
            text.append(chain.chain().name())
                    .append(' ')
                    .append(chain.policyPackets())
                    .append(':')
                    .append(chain.policyBytes());
            for (RuleCounters rule : chain.rules()) {
                text.append(' ').append(rule.packets()).append(':').append(rule.bytes());
            }
            text.append('\n');
        }
        return text.toString();
    }

    @Test
    void randomRulesAndPackets_fareAsWhenAskedOneByOne() {
        int decided = 0;
        int told = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            rng = Rng.seeded(seed);
            IpTables quick = new IpTables(Rng.seeded(seed), false);
            IpTables plain = new IpTables(Rng.seeded(seed), true);
            List<LoggedPacket> toldByQuick = new ArrayList<>();
            List<LoggedPacket> toldByPlain = new ArrayList<>();
            quick.packetLogListener(toldByQuick::add);
            plain.packetLogListener(toldByPlain::add);
            for (int i = 0; i < PACKETS; i++) {
                if (i % 60 == 0) {
                    RuleSet rules = rules();
                    quick.replace(rules);
                    plain.replace(rules);
                }
                Supplier<PacketBuffer> packet = packet();
                Hook hook = oneIn(2) ? Hook.OUTPUT : Hook.INPUT;
                String nic = oneIn(9) ? "lo" : "eth0";
                String in = hook == Hook.INPUT ? nic : null;
                String out = hook == Hook.OUTPUT ? nic : null;
                // Few flows, met often: what a flow's packets have kept shows.
                int again = 1 + rng.nextInt(4);
                for (int k = 0; k < again; k++) {
                    long nowNs = i * 300_000_000L + k;
                    PacketBuffer one = packet.get();
                    PacketBuffer other = packet.get();
                    String where = "seed " + seed + ", packet " + i + ", time " + k;
                    assertEquals(
                            plain.check(hook, other, in, out, nowNs), quick.check(hook, one, in, out, nowNs), where);
                    assertEquals(other.mark, one.mark, where);
                    decided++;
                }
                if (oneIn(30)) {
                    assertEquals(counted(plain), counted(quick), "seed " + seed + ", packet " + i);
                }
            }
            assertEquals(counted(plain), counted(quick), "seed " + seed);
            assertEquals(toldByPlain, toldByQuick, "seed " + seed);
            told += toldByQuick.size();
        }
        assertTrue(told > SEEDS, told + " packets were told");
        assertTrue(decided > SEEDS * PACKETS);
    }

    /** A matcher of an embedder that counts how often it is asked. */
    private static final class Asked implements Matcher {
        private final boolean constant;
        private int times;

        Asked(boolean constant) {
            this.constant = constant;
        }

        @Override
        public Result match(PacketContext context) {
            times++;
            return Result.NO;
        }

        @Override
        public boolean isConstant() {
            return constant;
        }
    }

    @Test
    void constantRules_areAskedOncePerDirection_theOthersForEachPacket() {
        IpTables tables = new IpTables(Rng.seeded(1));
        Asked constant = new Asked(true);
        Asked changing = new Asked(false);
        Rules rules = new Rules();
        for (int i = 0; i < 10; i++) {
            rules.add("OUTPUT", StandardTarget.NONE, Rules.state(ConnState.NEW));
        }
        tables.replace(rules.add("OUTPUT", StandardTarget.ACCEPT, constant)
                .add("OUTPUT", StandardTarget.NONE)
                .add("OUTPUT", StandardTarget.ACCEPT, changing)
                .build());
        tables.check(Hook.OUTPUT, Packets.tcp(CLIENT, 1, SERVER, 2, SYN), null, "eth0", 0);
        tables.check(Hook.INPUT, Packets.tcp(SERVER, 2, CLIENT, 1, SYN | ACK), "eth0", null, 0);
        assertEquals(1, constant.times);
        for (int i = 0; i < 100; i++) {
            tables.check(Hook.OUTPUT, Packets.tcp(CLIENT, 1, SERVER, 2, ACK), null, "eth0", 0);
        }
        // Recording asks twice.
        assertTrue(constant.times <= 3, () -> "asked " + constant.times + " times");
        assertEquals(101, changing.times);
        assertEquals(101, output(tables).get(11).packets());
    }

    @Test
    void waysOfFlowsThatAreOver_areGone_andWhatTheyCountedStays() {
        IpTables tables = new IpTables(Rng.seeded(1));
        Rules rules = new Rules();
        for (int i = 0; i < 10; i++) {
            rules.add("OUTPUT", StandardTarget.NONE, Rules.state(ConnState.ESTABLISHED));
        }
        tables.replace(rules.build());
        for (int port = 1; port <= 50; port++) {
            tables.check(Hook.OUTPUT, Packets.tcp(CLIENT, port, SERVER, 2, SYN), null, "eth0", 0);
            tables.check(Hook.INPUT, Packets.tcp(SERVER, 2, CLIENT, port, SYN | ACK), "eth0", null, 0);
            for (int i = 0; i < 3; i++) {
                tables.check(Hook.OUTPUT, Packets.tcp(CLIENT, port, SERVER, 2, ACK), null, "eth0", 0);
            }
        }
        assertEquals(50, tables.paths());
        // A reset ends them, then their time is over; each that is met again is another flow.
        for (int port = 1; port <= 50; port++) {
            tables.check(Hook.INPUT, Packets.tcp(SERVER, 2, CLIENT, port, RST), "eth0", null, 0);
            tables.check(Hook.OUTPUT, Packets.tcp(CLIENT, port, SERVER, 2, SYN), null, "eth0", 600_000_000_000L);
        }
        assertEquals(0, tables.paths());
        assertEquals(150, output(tables).get(9).packets());
    }

    private static List<RuleCounters> output(IpTables tables) {
        for (ChainCounters chain : tables.counters()) {
            if (chain.chain().name().equals("OUTPUT")) {
                return chain.rules();
            }
        }
        throw new AssertionError("no chain OUTPUT");
    }

    @Test
    void followingAWay_allocatesNothing() {
        IpTables tables = new IpTables(Rng.seeded(1));
        Rules rules = new Rules();
        for (int i = 0; i < 1000; i++) {
            rules.add("OUTPUT", StandardTarget.DROP, Rules.destination(IpAddress.v4(i) + "/32"), Rules.protocol(6));
        }
        tables.replace(rules.build());
        PacketBuffer packet = Packets.tcp(CLIENT, 1, SERVER, 2, ACK);
        long fewest = Allocation.fewestBytes(() -> {
            packet.flow = null;
            tables.check(Hook.OUTPUT, packet, null, "eth0", 0);
        });
        assertEquals(0, fewest);
        assertEquals(
                Verdict.Kind.ACCEPT,
                tables.check(Hook.OUTPUT, packet, null, "eth0", 0).kind());
        assertEquals(
                Verdict.Kind.DROP,
                tables.check(Hook.OUTPUT, Packets.tcp(CLIENT, 1, IpAddress.v4(999), 2, ACK), null, "eth0", 0)
                        .kind());
    }
}
