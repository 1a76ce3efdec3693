package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static dev.atoll.stack.filter.Rules.destination;
import static dev.atoll.stack.filter.Rules.protocol;
import static dev.atoll.stack.filter.Rules.tcpTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.contract.Allocation;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.options.SocketCaller;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class IpTablesTest {
    private final IpTables tables = new IpTables(Rng.seeded(1));

    private Verdict out(PacketBuffer packet) {
        return tables.check(Hook.OUTPUT, packet, null, "eth0", 0);
    }

    private Verdict in(PacketBuffer packet) {
        return tables.check(Hook.INPUT, packet, "eth0", null, 0);
    }

    private static PacketBuffer syn(int port) {
        return Packets.tcp(CLIENT, 40000, SERVER, port, SYN);
    }

    private String decided(Verdict verdict) {
        Origin origin = verdict.origin();
        return verdict.kind() + (origin == null ? "" : " " + origin.text());
    }

    @Test
    void noRules_accept() {
        assertSame(Verdict.ACCEPT, out(syn(80)));
    }

    @Test
    @Requirement("features J3")
    void firstMatchingRule_decidesAndIsNamed() {
        tables.replace(new Rules()
                .add("OUTPUT", StandardTarget.ACCEPT, protocol(6), tcpTo(443))
                .add("OUTPUT", new StandardTarget.Reject(RejectWith.ICMP_HOST_PROHIBITED), destination("192.0.2.0/24"))
                .add("OUTPUT", StandardTarget.DROP)
                .build());
        assertEquals(Verdict.Kind.ACCEPT, out(syn(443)).kind());
        Verdict rejected = out(syn(80));
        assertEquals(Verdict.Kind.REJECT, rejected.kind());
        assertEquals(RejectWith.ICMP_HOST_PROHIBITED, rejected.rejectWith());
        assertEquals(2, Objects.requireNonNull(rejected.origin()).line());
        Verdict dropped = out(Packets.udp(CLIENT, 1, IpAddress.parse("8.8.8.8"), 53));
        assertEquals(Verdict.Kind.DROP, dropped.kind());
        assertNull(dropped.rejectWith());
    }

    @Test
    void verdicts_areMadeOnce() {
        tables.replace(new Rules().add("OUTPUT", StandardTarget.DROP).build());
        assertSame(out(syn(1)), out(syn(2)));
    }

    @Test
    @Requirement("features J7")
    void underflow_meetsThePolicyOfTheHook() {
        tables.replace(new Rules().policy(Hook.OUTPUT, ChainPolicy.DROP).build());
        assertEquals("DROP :OUTPUT", decided(out(syn(80))));
        assertEquals("ACCEPT :INPUT", decided(in(syn(80))));
    }

    @Test
    @Requirement("features J3")
    @Requirement("features M8")
    void jump_comesBackBehindItself() {
        tables.replace(new Rules()
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("OUTPUT", StandardTarget.DROP)
                .add("A", new StandardTarget.Jump("B"))
                .add("A", StandardTarget.ACCEPT, protocol(6), tcpTo(80))
                .add("B", StandardTarget.RETURN, protocol(6), tcpTo(80))
                .add("B", StandardTarget.ACCEPT, protocol(6), tcpTo(81))
                .build());
        assertEquals("ACCEPT A Accept[]", decided(out(syn(80))));
        assertEquals("ACCEPT B Accept[]", decided(out(syn(81))));
        assertEquals("DROP OUTPUT Drop[]", decided(out(syn(82))));
    }

    @Test
    @Requirement("features J3")
    void goTo_comesBackToWhereItsChainWouldHave() {
        tables.replace(new Rules()
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("OUTPUT", StandardTarget.ACCEPT, protocol(6), tcpTo(80))
                .add("OUTPUT", new StandardTarget.GoTo("B"))
                .add("OUTPUT", StandardTarget.ACCEPT)
                .add("A", new StandardTarget.GoTo("B"))
                .add("A", StandardTarget.ACCEPT)
                .chain("B")
                .build());
        // From A by goto B back behind the jump to A; A's second rule is not asked.
        assertEquals("ACCEPT OUTPUT Accept[]", decided(out(syn(80))));
        // From OUTPUT by goto B to OUTPUT's policy.
        assertEquals("DROP :OUTPUT", decided(out(syn(81))));
    }

    @Test
    @Requirement("features M8")
    void return_inABuiltInChain_meetsThePolicy() {
        tables.replace(new Rules()
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .add("OUTPUT", StandardTarget.RETURN)
                .add("OUTPUT", StandardTarget.ACCEPT)
                .build());
        assertEquals("DROP :OUTPUT", decided(out(syn(80))));
    }

    @Test
    void forwardRules_areKeptAndNeverHit() {
        tables.replace(new Rules().add("FORWARD", StandardTarget.DROP).build());
        assertEquals(Verdict.Kind.ACCEPT, in(syn(80)).kind());
        assertEquals(Verdict.Kind.ACCEPT, out(syn(80)).kind());
    }

    @Test
    void counters_countPacketsAndBytesFromTheIpHeaderOn() {
        tables.replace(new Rules()
                .add("OUTPUT", StandardTarget.NONE, protocol(6))
                .add("OUTPUT", StandardTarget.ACCEPT, protocol(6), tcpTo(80))
                .build());
        PacketBuffer framed = syn(80);
        framed.push(14);
        out(framed);
        out(syn(81));
        ChainCounters output = tables.counters().stream()
                .filter(counters -> counters.chain().name().equals("OUTPUT"))
                .findFirst()
                .orElseThrow();
        assertEquals(2, output.rules().get(0).packets());
        assertEquals(80, output.rules().get(0).bytes());
        assertEquals(1, output.rules().get(1).packets());
        assertEquals(40, output.rules().get(1).bytes());
        assertEquals(1, output.policyPackets());
        assertEquals(40, output.policyBytes());
    }

    @Test
    @Requirement("features M9")
    void replace_takesTheWholeSetAtOnceAndCountsFromZero() {
        tables.replace(new Rules().add("OUTPUT", StandardTarget.DROP).build());
        out(syn(80));
        RuleSet next = new Rules().add("OUTPUT", StandardTarget.ACCEPT).build();
        tables.replace(next);
        assertSame(next, tables.ruleSet());
        assertEquals(Verdict.Kind.ACCEPT, out(syn(80)).kind());
        assertTrue(tables.counters().stream()
                .flatMap(counters -> counters.rules().stream())
                .allMatch(rule -> rule.packets() == 1));
    }

    @Test
    void familyWithoutTables_isClosedIfTheOtherHasSome() {
        tables.replace(new Rules().build());
        PacketBuffer v6 = syn(80);
        v6.ipVersion = 6;
        Verdict verdict = out(v6);
        assertEquals(Verdict.Kind.REJECT, verdict.kind());
        assertEquals(
                "REJECT no IPv6 policy given (test.rules has only IPv4 rules); add rules for it or --ipv6=off",
                decided(verdict));
    }

    @Test
    @Requirement("features J1")
    void rawTable_isAskedBeforeTrackingAndTheOthersAfter() {
        Origin origin = new Origin("test.rules", 1, "raw");
        List<ConnState> seen = new ArrayList<>();
        Matcher spy = context -> {
            seen.add(context.connState());
            return Matcher.Result.YES;
        };
        Rule watch = new Rule(List.of(spy), StandardTarget.NONE, origin);
        Table raw = new Table(
                TableName.RAW,
                Family.IPV4,
                List.of(
                        new Chain("PREROUTING", ChainPolicy.ACCEPT, List.of(), origin),
                        new Chain("OUTPUT", ChainPolicy.ACCEPT, List.of(watch), origin)),
                origin);
        Table filter = new Rules()
                .add("OUTPUT", StandardTarget.NONE, spy, Rules.state(ConnState.NEW))
                .table();
        tables.replace(RuleSet.of(List.of(filter, raw)));
        out(syn(80));
        assertEquals(List.of(ConnState.INVALID, ConnState.NEW), seen);
    }

    /** Netfilter's priorities. */
    @Test
    @Requirement("features J2")
    void tablesOfAHook_areAskedInLinuxsOrder() {
        List<String> asked = new ArrayList<>();
        List<Table> reversed = new ArrayList<>();
        for (TableName name : TableName.values()) {
            Origin origin = new Origin("test.rules", 1, name.text());
            Target note = context -> {
                asked.add(name.text());
                return Target.Action.CONTINUE;
            };
            Chain output = new Chain("OUTPUT", ChainPolicy.ACCEPT, List.of(new Rule(List.of(), note, origin)), origin);
            reversed.add(0, Table.acceptAll(name, Family.IPV4).with(output));
        }
        tables.replace(RuleSet.of(reversed));
        out(syn(80));
        assertEquals(List.of("raw", "mangle", "nat", "filter"), asked);
    }

    @Test
    @Requirement("features M7")
    void hotdrop_endsThePacket_whateverTheTargetIs() {
        tables.replace(new Rules()
                .add("OUTPUT", StandardTarget.ACCEPT, context -> Matcher.Result.HOTDROP)
                .build());
        assertEquals("DROP OUTPUT Accept[]", decided(out(syn(80))));
    }

    @Test
    void denials_areCountedToldAndBounded() {
        List<Denial> told = new ArrayList<>();
        tables.denialListener(told::add);
        tables.replace(new Rules().add("OUTPUT", StandardTarget.DROP).build());
        PacketBuffer packet = syn(80);
        Verdict verdict = out(packet);
        for (int i = 0; i < 1000; i++) {
            tables.denied(Hook.OUTPUT, packet, verdict, 5);
        }
        assertEquals(ReportBudget.BURST, told.size());
        assertEquals(new DenialStats(1000, 0, 1000 - ReportBudget.BURST), tables.denialStats());
        Denial denial = told.get(0);
        assertEquals(
                new Denial(
                        verdict.origin(),
                        Hook.OUTPUT,
                        6,
                        new FullAddress(CLIENT, 40000),
                        new FullAddress(SERVER, 80),
                        true,
                        Verdict.Kind.DROP,
                        SocketCaller.UNKNOWN),
                denial);
        tables.denied(Hook.OUTPUT, packet, verdict, 5 + 3 * ReportBudget.REFILL_NS);
        tables.denied(Hook.OUTPUT, packet, verdict, 5 + 3 * ReportBudget.REFILL_NS);
        assertEquals(ReportBudget.BURST + 2, told.size());
    }

    private static boolean opens(IpTables tables, PacketBuffer packet) {
        List<Denial> told = new ArrayList<>();
        tables.denialListener(told::add);
        tables.denied(Hook.INPUT, packet, new Verdict(Verdict.Kind.DROP, null, null), 0);
        return told.get(0).opens();
    }

    @Test
    void denial_saysWhetherThePacketWouldHaveBegunSomething() {
        assertTrue(opens(tables, syn(80)));
        assertFalse(opens(tables, Packets.tcp(SERVER, 80, CLIENT, 40000, SYN | ACK)), "an answer, without tracking");
        assertTrue(opens(tables, Packets.udp(CLIENT, 40000, SERVER, 53)));
        tables.replace(new Rules()
                .add("INPUT", StandardTarget.ACCEPT, Rules.state(ConnState.INVALID))
                .add("INPUT", StandardTarget.DROP)
                .build());
        PacketBuffer question = Packets.udp(CLIENT, 40000, SERVER, 53);
        assertEquals(Verdict.Kind.ACCEPT, out(question).kind());
        assertTrue(opens(tables, question));
        PacketBuffer answer = Packets.udp(SERVER, 53, CLIENT, 40000);
        assertEquals(
                Verdict.Kind.DROP,
                tables.check(Hook.INPUT, answer, "eth0", null, 0).kind());
        assertFalse(opens(tables, answer), "an answer, as tracking says");
    }

    @Test
    void denial_ofAPacketTooShortForPorts_hasPortZero() {
        List<Denial> told = new ArrayList<>();
        tables.denialListener(told::add);
        PacketBuffer packet = Packets.ip(6, CLIENT, SERVER, 0, new byte[1]);
        tables.denied(Hook.INPUT, packet, new Verdict(Verdict.Kind.REJECT, RejectWith.TCP_RESET, null), 0);
        assertEquals(new FullAddress(CLIENT, 0), told.get(0).source());
        assertEquals(new DenialStats(0, 1, 0), tables.denialStats());
    }

    @Test
    void acceptedFlow_isTrackedOnlyWhileARuleAsks() {
        tables.replace(new Rules()
                .add("OUTPUT", StandardTarget.ACCEPT, Rules.state(ConnState.NEW))
                .build());
        out(syn(80));
        assertEquals(1, tables.connTrackStats().flows());
        tables.replace(new Rules().build());
        PacketBuffer untracked = syn(81);
        out(untracked);
        assertEquals(ConnTrackStats.NONE, tables.connTrackStats());
        assertNull(untracked.flow);
    }

    @Test
    void droppedFirstPacket_leavesNoFlow() {
        tables.replace(new Rules()
                .add("OUTPUT", StandardTarget.DROP, Rules.state(ConnState.NEW))
                .build());
        PacketBuffer packet = syn(80);
        out(packet);
        assertNotNull(packet.flow);
        assertEquals(0, tables.connTrackStats().flows());
    }

    @Test
    @Requirement("features J4")
    void usualPolicy_letsOutNewAndInOnlyAnswers() {
        tables.replace(new Rules()
                .policy(Hook.INPUT, ChainPolicy.DROP)
                .add("INPUT", StandardTarget.ACCEPT, Rules.state(ConnState.ESTABLISHED, ConnState.RELATED))
                .build());
        PacketBuffer first = syn(80);
        assertEquals(Verdict.Kind.ACCEPT, out(first).kind());
        assertEquals(
                Verdict.Kind.ACCEPT,
                in(Packets.tcp(SERVER, 80, CLIENT, 40000, SYN | ACK)).kind());
        assertEquals(
                Verdict.Kind.ACCEPT,
                in(Packets.icmpError(IpAddress.parse("10.66.0.1"), CLIENT, 3, 1, first))
                        .kind());
        assertEquals(
                Verdict.Kind.DROP,
                in(Packets.tcp(SERVER, 81, CLIENT, 40000, SYN)).kind());
    }

    @Test
    void answerToARejectedPacket_isRelated() {
        List<ConnState> seen = new ArrayList<>();
        tables.replace(new Rules()
                .add("INPUT", new StandardTarget.Reject(RejectWith.TCP_RESET), protocol(6), Rules.state(ConnState.NEW))
                .add("OUTPUT", StandardTarget.NONE, context -> {
                    seen.add(context.connState());
                    return Matcher.Result.YES;
                })
                .build());
        PacketBuffer syn = Packets.tcp(SERVER, 5, CLIENT, 22, SYN);
        assertEquals(Verdict.Kind.REJECT, in(syn).kind());
        PacketBuffer reset = Packets.tcp(CLIENT, 22, SERVER, 5, Packets.RST | ACK);
        tables.answers(reset, syn);
        out(reset);
        assertEquals(List.of(ConnState.RELATED), seen);
        assertEquals(0, tables.connTrackStats().flows());
    }

    private Verdict at(Hook hook, PacketBuffer packet) {
        return tables.check(hook, packet, "eth0", "eth1", 0);
    }

    private long natted() {
        long packets = 0;
        for (ChainCounters chain : tables.counters()) {
            boolean asked =
                    chain.table() == TableName.NAT && chain.chain().name().equals("POSTROUTING");
            packets += asked ? chain.policyPackets() : 0;
        }
        return packets;
    }

    /** Linux's nf_nat_inet_fn: what is about a flow settles it, unless it is ICMP. */
    @Test
    void resetForARejectedFirstPacket_meetsTableNatInItsPlace() {
        Table filter = new Rules()
                .add("INPUT", new StandardTarget.Reject(RejectWith.TCP_RESET), protocol(6))
                .add("INPUT", new StandardTarget.Reject(RejectWith.ICMP_PORT_UNREACHABLE))
                .table();
        tables.replace(RuleSet.of(List.of(Table.acceptAll(TableName.NAT, Family.IPV4), filter)));
        PacketBuffer syn = Packets.tcp(SERVER, 5, CLIENT, 22, SYN);
        assertEquals(Verdict.Kind.REJECT, at(Hook.INPUT, syn).kind());
        PacketBuffer reset = Packets.tcp(CLIENT, 22, SERVER, 5, Packets.RST | ACK);
        tables.answers(reset, syn);
        at(Hook.POSTROUTING, reset);
        assertEquals(1, natted());

        PacketBuffer datagram = Packets.udp(SERVER, 5, CLIENT, 22);
        assertEquals(Verdict.Kind.REJECT, at(Hook.INPUT, datagram).kind());
        PacketBuffer error = Packets.icmpError(CLIENT, SERVER, 3, 3, datagram);
        tables.answers(error, datagram);
        at(Hook.POSTROUTING, error);
        assertEquals(1, natted());
    }

    /** Its answers would look like the other's packets. */
    @Test
    void flowThatRunsAgainstATranslatedOne_isRefused() {
        NatRange other = NatRange.ANY.address(IpAddress.parse("10.66.0.3"));
        tables.replace(new Rules(TableName.NAT)
                .add("PREROUTING", new NatTarget.Dnat(other), Rules.destination("192.0.2.7/32"))
                .build());
        PacketBuffer there = Packets.ip(99, CLIENT, SERVER, 0, new byte[4]);
        assertEquals(Verdict.Kind.ACCEPT, at(Hook.PREROUTING, there).kind());
        assertEquals(Verdict.Kind.ACCEPT, at(Hook.POSTROUTING, there).kind());
        PacketBuffer back = Packets.ip(99, SERVER, CLIENT, 0, new byte[4]);
        assertEquals(Verdict.Kind.ACCEPT, at(Hook.PREROUTING, back).kind());
        assertEquals(Verdict.Kind.DROP, at(Hook.POSTROUTING, back).kind());
        assertEquals(1, tables.connTrackStats().flows());
    }

    @Test
    @Requirement("features J9")
    void check_allocatesNothing() {
        tables.replace(new Rules()
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("A", StandardTarget.ACCEPT, protocol(17), new UdpMatcher(PortRange.ANY, PortRange.ANY))
                .add("A", StandardTarget.DROP, destination("10.0.0.0/8"), protocol(6), tcpTo(80))
                .add("A", StandardTarget.ACCEPT, Rules.state(ConnState.ESTABLISHED, ConnState.NEW))
                .build());
        PacketBuffer packet = syn(80);
        long fewest = Allocation.fewestBytes(() -> {
            for (int i = 0; i < 10_000; i++) {
                out(packet);
            }
        });
        assertEquals(0, fewest);
    }
}
