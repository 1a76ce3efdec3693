package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.FIN;
import static dev.atoll.stack.filter.Packets.RST;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static dev.atoll.stack.filter.Rules.destination;
import static dev.atoll.stack.filter.Rules.protocol;
import static dev.atoll.stack.filter.Rules.state;
import static dev.atoll.stack.filter.Rules.tcpTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.frames.LowerHalf;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules and connections that were saved and restored: each packet meets what it would have met. */
class FilterArchiveTest {
    private static final long SECOND = 1_000_000_000L;
    private static final IpAddress OTHER = IpAddress.parse("203.0.113.5");

    private final IpTables tables = new IpTables(Rng.seeded(1));
    private IpTables restored = new IpTables(Rng.seeded(2));
    private long nowNs = 100 * SECOND;

    /** A matcher of the caller's own. */
    private record Everything() implements Matcher {
        @Override
        public Result match(PacketContext context) {
            return Result.YES;
        }
    }

    /** A target of the caller's own. */
    private record Nothing() implements Target {
        @Override
        public Action apply(PacketContext context) {
            return Action.CONTINUE;
        }
    }

    private static byte[] save(IpTables tables) {
        Archive archive = Archive.saving();
        tables.archive(archive);
        archive.end();
        return archive.toByteArray();
    }

    private void restore(byte[] saved) {
        Archive archive = Archive.restoring(saved);
        restored.archive(archive);
        archive.end();
        assertAlike();
    }

    private void assertAlike() {
        assertEquals(
                List.of(), LowerHalf.diff().compare("filter", tables, restored).differences());
    }

    private static void pass(IpTables through, Hook hook, PacketBuffer packet, long nowNs, List<String> verdicts) {
        boolean in = hook == Hook.INPUT;
        Verdict verdict = through.check(hook, packet, in ? "eth0" : null, in ? null : "eth0", nowNs);
        if (verdict.kind() != Verdict.Kind.ACCEPT) {
            through.denied(hook, packet, verdict, nowNs);
        }
        verdicts.add(verdict.toString());
    }

    private interface Traffic {
        void through(IpTables tables, List<String> verdicts);
    }

    private void both(Traffic traffic) {
        List<String> verdicts = new ArrayList<>();
        List<String> alike = new ArrayList<>();
        traffic.through(tables, verdicts);
        traffic.through(restored, alike);
        assertEquals(verdicts, alike);
        assertAlike();
    }

    private void out(PacketBuffer packet) {
        pass(tables, Hook.OUTPUT, packet, nowNs, new ArrayList<>());
    }

    private void in(PacketBuffer packet) {
        pass(tables, Hook.INPUT, packet, nowNs, new ArrayList<>());
    }

    private static AddressMatcher source6() {
        return new AddressMatcher(
                AddressMatcher.Direction.SOURCE, IpAddress.parse("2001:db8::"), IpAddress.parse("ffff:ffff::"), true);
    }

    /** Every matcher and target there is. */
    private static RuleSet allKinds() {
        Rules four = new Rules()
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .chain("WEB")
                .chain("LOG")
                .add("OUTPUT", StandardTarget.NONE, new CommentMatcher("all"))
                .add("OUTPUT", new StandardTarget.Mark(5, 0xff), new MarkMatcher(1, 3, true))
                .add("OUTPUT", StandardTarget.ACCEPT, state(ConnState.ESTABLISHED, ConnState.RELATED))
                .add("OUTPUT", new StandardTarget.Jump("WEB"), protocol(6), tcpTo(80))
                .add("OUTPUT", new StandardTarget.GoTo("LOG"), new ProtocolMatcher(17, true))
                .add(
                        "OUTPUT",
                        new StandardTarget.Reject(RejectWith.ICMP_HOST_PROHIBITED),
                        protocol(17),
                        new UdpMatcher(new PortRange(1, 10, true), new PortRange(53, 54, false)))
                .add("OUTPUT", StandardTarget.ACCEPT, new InterfaceMatcher(InterfaceMatcher.Side.OUT, "eth+", true))
                .add("WEB", StandardTarget.RETURN, destination("192.0.2.0/24"))
                .add(
                        "WEB",
                        StandardTarget.NONE,
                        protocol(6),
                        new MultiportMatcher(
                                MultiportMatcher.Side.SOURCE,
                                List.of(new PortRange(1, 1, false), new PortRange(3, 9, false)),
                                true),
                        new AddressRangeMatcher(
                                null,
                                new AddressRangeMatcher.Range(
                                        IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.9"), true)),
                        new LengthMatcher(40, 1500, true),
                        new LimitMatcher(10_000, 7),
                        new HopsMatcher(HopsMatcher.Comparison.LESS, 9),
                        new AddressTypeMatcher(
                                AddressTypeMatcher.Limit.OUT,
                                new AddressTypeMatcher.Types(5, true),
                                new AddressTypeMatcher.Types(6, false)),
                        new TosMatcher(TosMatcher.Spelling.TOS, 0x10, 0x3f, true),
                        new PacketTypeMatcher(PacketTypeMatcher.Type.MULTICAST, true),
                        new OwnerMatcher(
                                OwnerMatcher.Socket.EXISTS,
                                new OwnerMatcher.Ids(1, 2, true),
                                new OwnerMatcher.Ids(3, OwnerMatcher.MAX_ID, false),
                                true))
                .add(
                        "WEB",
                        new StandardTarget.Reject(RejectWith.TCP_RESET),
                        protocol(6),
                        new TcpMatcher(PortRange.ANY, PortRange.ANY, TcpMatcher.SYN_MASK, TcpMatcher.SYN_SET, true))
                .add("WEB", StandardTarget.ACCEPT)
                .add(
                        "LOG",
                        StandardTarget.NONE,
                        new ConnStateMatcher(ConnStateMatcher.Spelling.STATE, ConnState.INVALID.bit(), true))
                .add("LOG", StandardTarget.ACCEPT, protocol(1), new IcmpMatcher(8, 3, 9, true))
                .add("LOG", StandardTarget.DROP);
        Rules six = new Rules()
                .add(
                        "INPUT",
                        StandardTarget.DROP,
                        source6(),
                        new LinkSourceMatcher(new MacAddress(0x001122334455L), true));
        return RuleSet.of(List.of(four.table(), Table.acceptAll(TableName.RAW, Family.IPV4), six.table(Family.IPV6)));
    }

    /** Every target of table mangle. */
    private static RuleSet rewriting() {
        Rules rules = new Rules(TableName.MANGLE)
                .add("OUTPUT", new RewriteTarget.SetTos(TosMatcher.Spelling.DSCP, 0xb8, TosMatcher.DSCP_MASK))
                .add("OUTPUT", new RewriteTarget.SetHops(RewriteTarget.SetHops.Change.DECREASE, 3))
                .add(
                        "OUTPUT",
                        new RewriteTarget.TcpMss(1000),
                        protocol(6),
                        new TcpMatcher(PortRange.ANY, PortRange.ANY, TcpMatcher.SYN_MASK, TcpMatcher.SYN_SET, false));
        return rules.build();
    }

    /** Everything that asks of connections, and what deals with them. */
    private static RuleSet ofConnections() {
        ConnStateMatcher translated =
                new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnStateMatcher.SNAT, true);
        List<FlowCondition> conditions = List.of(
                new FlowCondition.Protocol(17, true),
                new FlowCondition.Address(FlowCondition.End.REPLY_SOURCE, OTHER, IpAddress.parse("255.255.0.0"), true),
                new FlowCondition.Port(FlowCondition.End.ORIGINAL_DESTINATION, new PortRange(1, 9, true)),
                new FlowCondition.Status(FlowCondition.Status.ASSURED, true),
                new FlowCondition.Expiry(3, 5, true),
                new FlowCondition.Direction(true));
        Rules filter = new Rules()
                .add("OUTPUT", StandardTarget.NONE, new ConnTrackMatcher(translated, conditions))
                .add("OUTPUT", new FlowTarget.ConnMark(FlowTarget.ConnMark.Operation.SET, 1, 3, -1, 2))
                .add("OUTPUT", new FlowTarget.ConnMark(FlowTarget.ConnMark.Operation.SAVE, 0, 0xf0, 0xf, -3))
                .add("INPUT", StandardTarget.ACCEPT, new ConnMarkMatcher(4, 6, true))
                .add("INPUT", new LogTarget.Log(7, "a log: ", new LogDetails(true, false, true, false, true)))
                .add("INPUT", new LogTarget.NfLog(5, "p", null, 3))
                .add(
                        "INPUT",
                        new LogTarget.NfLog(
                                0, "", new LogTarget.NfLog.Copy(LogTarget.NfLog.Spelling.SIZE, 0xffff_ffffL), 0))
                .add("INPUT", new LogTarget.Audit(LogTarget.Audit.Type.REJECT))
                .add("INPUT", StandardTarget.DROP, carriedMore());
        Rules raw = new Rules(TableName.RAW)
                .add("PREROUTING", new TraceTarget(), protocol(1))
                .add("OUTPUT", new FlowTarget.NoTrack(FlowTarget.NoTrack.Spelling.CT), protocol(1));
        return RuleSet.of(List.of(filter.table(), raw.table()));
    }

    private static Matcher carriedMore() {
        return new ConnBytesMatcher(ConnBytesMatcher.Direction.REPLY, ConnBytesMatcher.Unit.PACKETS, 3, -1, false);
    }

    /** Marks and what was carried are saved with the connections. */
    @Test
    void marksAndCountsOfConnections_goOn() {
        tables.replace(ofConnections());
        out(Packets.udp(CLIENT, 5, SERVER, 53));
        in(Packets.udp(SERVER, 53, CLIENT, 5));
        restore(save(tables));
        assertEquals(tables.ruleSet(), restored.ruleSet());
        both((through, verdicts) -> {
            for (int i = 0; i < 3; i++) {
                pass(through, Hook.INPUT, Packets.udp(SERVER, 53, CLIENT, 5), nowNs, verdicts);
            }
            assertTrue(verdicts.get(0).contains("ACCEPT") && verdicts.get(2).contains("DROP"), verdicts.toString());
        });
    }

    /** Everything that looks at what is in packets, or remembers how many came. */
    @Test
    void rulesAboutContent_areTheSame_andCountOn() {
        U32Matcher.Comparison comparison = new U32Matcher.Comparison(
                -1,
                List.of(new U32Matcher.Step(U32Matcher.Operator.LEFT, 31)),
                List.of(new U32Matcher.Values(1, 2), new U32Matcher.Values(3, -1)));
        tables.replace(new Rules()
                .add(
                        "OUTPUT",
                        StandardTarget.NONE,
                        protocol(6),
                        new TcpMatcher(PortRange.ANY, PortRange.ANY, 0, 0, false, 8, true),
                        new TcpMssMatcher(1, 2, true),
                        new EcnMatcher(EcnMatcher.Flag.SET, EcnMatcher.Flag.CLEAR, 2, true),
                        new FragmentMatcher(true))
                .add(
                        "OUTPUT",
                        StandardTarget.NONE,
                        new U32Matcher(List.of(comparison), true),
                        new StringMatcher(
                                StringMatcher.Algorithm.KMP, new BytePattern(new byte[] {1, -2}, true), 3, 4, true),
                        new RandomMatcher(7, true))
                .add("OUTPUT", StandardTarget.NONE, protocol(50), new SpiMatcher(SpiMatcher.Header.ESP, 1, 2, true))
                .add("OUTPUT", StandardTarget.DROP, new NthMatcher(3, 1, false))
                .build());
        out(Packets.udp(CLIENT, 5, SERVER, 53));
        restore(save(tables));
        assertEquals(tables.ruleSet(), restored.ruleSet());
        both((through, verdicts) -> {
            for (int i = 0; i < 4; i++) {
                pass(through, Hook.OUTPUT, Packets.udp(CLIENT, 5, SERVER, 53), nowNs, verdicts);
            }
            assertTrue(verdicts.get(0).contains("DROP") && verdicts.get(3).contains("DROP"), verdicts.toString());
            assertTrue(verdicts.get(1).contains("ACCEPT"), verdicts.toString());
        });
    }

    @Test
    void rulesThatRewrite_areTheSame() {
        tables.replace(rewriting());
        restore(save(tables));
        assertEquals(tables.ruleSet(), restored.ruleSet());
    }

    private static void someOfEach(IpTables through, long nowNs, List<String> verdicts) {
        pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, 4, SERVER, 80, SYN), nowNs, verdicts);
        pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, 4, OTHER, 80, SYN), nowNs, verdicts);
        pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, 5, OTHER, 80, ACK), nowNs, verdicts);
        pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, 4, OTHER, 81, SYN), nowNs, verdicts);
        pass(through, Hook.OUTPUT, Packets.udp(CLIENT, 4, OTHER, 53), nowNs, verdicts);
        pass(through, Hook.OUTPUT, Packets.udp(CLIENT, 40, OTHER, 53), nowNs, verdicts);
        pass(through, Hook.OUTPUT, Packets.icmp(CLIENT, OTHER, 8, 0, 77), nowNs, verdicts);
        pass(through, Hook.INPUT, Packets.tcp(OTHER, 80, CLIENT, 4, SYN | ACK), nowNs, verdicts);
    }

    @Test
    void noRules_restoredToNone() {
        restored.replace(allKinds());
        restore(save(tables));
        assertEquals(RuleSet.EMPTY, restored.ruleSet());
    }

    @Test
    void rulesOfEveryKind_areTheSame() {
        tables.replace(allKinds());
        someOfEach(tables, nowNs, new ArrayList<>());
        restore(save(tables));
        assertEquals(tables.ruleSet(), restored.ruleSet());
        assertEquals(tables.counters(), restored.counters());
        nowNs += SECOND;
        both((through, verdicts) -> someOfEach(through, nowNs, verdicts));
    }

    /** Every target of table nat, and one that leads a server's packets elsewhere. */
    private static RuleSet translating() {
        NatRange range = new NatRange(OTHER, OTHER, 1000, 2000, 1500, false, false, true);
        Rules rules = new Rules(TableName.NAT)
                .add("OUTPUT", new NatTarget.Dnat(range), protocol(6), tcpTo(80))
                .add("PREROUTING", new NatTarget.Redirect(NatRange.ANY.ports(1, 2)), protocol(6))
                .add("PREROUTING", new NatTarget.Netmap(IpAddress.parse("10.0.0.0"), IpAddress.parse("255.0.0.0")))
                .add("POSTROUTING", new NatTarget.Masquerade(NatRange.ANY), destination("203.0.114.0/24"))
                .add("POSTROUTING", new NatTarget.Snat(NatRange.ANY.address(SERVER)));
        return RuleSet.of(List.of(rules.table()));
    }

    private static List<String> addresses(IpTables through, PacketBuffer packet, long nowNs, Hook... hooks) {
        for (Hook hook : hooks) {
            pass(through, hook, packet, nowNs, new ArrayList<>());
        }
        return List.of(
                new IpAddress(packet.sourceHigh, packet.sourceLow).toString(),
                new IpAddress(packet.destinationHigh, packet.destinationLow).toString(),
                packet.data().getShort(packet.transportOffset) + "",
                packet.data().getShort(packet.transportOffset + 2) + "");
    }

    @Test
    void translatedFlows_goOnAsTheyWere() {
        tables.replace(translating());
        List<String> sent =
                addresses(tables, Packets.tcp(CLIENT, 4, SERVER, 80, SYN), nowNs, Hook.OUTPUT, Hook.POSTROUTING);
        int port = Integer.parseInt(sent.get(3));
        assertEquals(List.of(SERVER.toString(), OTHER.toString(), "4"), sent.subList(0, 3));
        restore(save(tables));
        assertEquals(tables.ruleSet(), restored.ruleSet());
        List<String> back = List.of(SERVER.toString(), CLIENT.toString(), "80", "4");
        PacketBuffer answer = Packets.tcp(OTHER, port, SERVER, 4, SYN | ACK);
        assertEquals(back, addresses(restored, answer, nowNs, Hook.PREROUTING, Hook.INPUT));
        PacketBuffer same = Packets.tcp(OTHER, port, SERVER, 4, SYN | ACK);
        assertEquals(back, addresses(tables, same, nowNs, Hook.PREROUTING, Hook.INPUT));
        assertAlike();
    }

    private static void handshake(IpTables through, IpAddress to, int port, long nowNs, List<String> verdicts) {
        pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, port, to, 80, SYN), nowNs, verdicts);
        pass(through, Hook.INPUT, Packets.tcp(to, 80, CLIENT, port, SYN | ACK), nowNs, verdicts);
        pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, port, to, 80, ACK), nowNs, verdicts);
    }

    /** Flows of every protocol and state, and so many that the table has grown. */
    private void flows() {
        Rules rules = new Rules()
                .add("OUTPUT", StandardTarget.ACCEPT, state(ConnState.NEW, ConnState.ESTABLISHED, ConnState.RELATED))
                .add("OUTPUT", StandardTarget.DROP)
                .add("INPUT", StandardTarget.DROP, state(ConnState.INVALID));
        tables.replace(RuleSet.of(List.of(rules.table(Family.IPV4), rules.table(Family.IPV6))));
        handshake(tables, SERVER, 1, nowNs, new ArrayList<>());
        handshake(tables, SERVER, 2, nowNs, new ArrayList<>());
        out(Packets.tcp(CLIENT, 2, SERVER, 80, FIN | ACK));
        handshake(tables, SERVER, 3, nowNs, new ArrayList<>());
        in(Packets.tcp(SERVER, 80, CLIENT, 3, RST));
        out(Packets.tcp(CLIENT, 4, SERVER, 80, SYN));
        out(Packets.icmp(CLIENT, SERVER, 8, 0, 9));
        out(Packets.udp(CLIENT, 5, SERVER, 53));
        in(Packets.udp(SERVER, 53, CLIENT, 5));
        nowNs += 3 * SECOND;
        in(Packets.udp(SERVER, 53, CLIENT, 5));
        in(Packets.tcp(SERVER, 80, CLIENT, 999, SYN | ACK));
        for (int port = 1000; port < 1400; port++) {
            out(Packets.udp(CLIENT, port, SERVER, 53));
            nowNs += SECOND / 10;
        }
        in(Packets.udp(SERVER, 53, CLIENT, 1390));
        out(udp6());
    }

    /** As tracking sees one: header bytes are not looked at. */
    private static PacketBuffer udp6() {
        PacketBuffer packet = Packets.udp(CLIENT, 7, SERVER, 53);
        packet.ipVersion = 6;
        packet.sourceHigh = 0x2001_0db8_0000_0001L;
        packet.destinationHigh = 0x2001_0db8_0000_0002L;
        return packet;
    }

    @Test
    void flows_areInTheStatesTheyWereIn() {
        flows();
        restore(save(tables));
        assertTrue(restored.connTrackStats().expired() > 0);
        both((through, verdicts) -> {
            pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, 1, SERVER, 80, ACK), nowNs, verdicts);
            pass(through, Hook.INPUT, Packets.tcp(SERVER, 80, CLIENT, 2, FIN | ACK), nowNs, verdicts);
            pass(through, Hook.INPUT, Packets.tcp(SERVER, 80, CLIENT, 4, SYN | ACK), nowNs, verdicts);
            pass(through, Hook.INPUT, Packets.icmp(SERVER, CLIENT, 0, 0, 9), nowNs, verdicts);
            pass(through, Hook.OUTPUT, udp6(), nowNs, verdicts);
            PacketBuffer quoted = Packets.udp(CLIENT, 1395, SERVER, 53);
            pass(through, Hook.INPUT, Packets.icmpError(SERVER, CLIENT, 3, 3, quoted), nowNs, verdicts);
        });
        nowNs += 25 * SECOND;
        both((through, verdicts) -> {
            for (int port = 2000; port < 2800; port++) {
                pass(through, Hook.OUTPUT, Packets.udp(CLIENT, port, SERVER, 53), nowNs, verdicts);
            }
        });
        nowNs += 400 * SECOND;
        both((through, verdicts) -> {
            handshake(through, SERVER, 3, nowNs, verdicts);
            pass(through, Hook.OUTPUT, Packets.tcp(CLIENT, 1, SERVER, 80, ACK), nowNs, verdicts);
        });
    }

    /** A packet of one of many flows, made of one packet so that many cost little. */
    private static PacketBuffer ofMany(PacketBuffer packet, int number, boolean reply) {
        int from = number & 0xfff;
        long server = IpAddress.v4(0x0b00_0000 + (number >>> 12)).low();
        packet.flow = null;
        packet.sourceLow = reply ? server : CLIENT.low();
        packet.destinationLow = reply ? CLIENT.low() : server;
        packet.data().putShort(packet.transportOffset, (short) (reply ? 53 : from));
        packet.data().putShort(packet.transportOffset + 2, (short) (reply ? from : 53));
        return packet;
    }

    /** As many as there can be; one of {@code silent} is not answered, the others have been for some time. */
    private void fill(int silent) {
        tables.replace(new Rules()
                .add("INPUT", StandardTarget.ACCEPT, state(ConnState.ESTABLISHED))
                .add("INPUT", StandardTarget.DROP)
                .build());
        PacketBuffer packet = Packets.udp(CLIENT, 1, SERVER, 53);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < ConnTrack.MAX_FLOWS; i++) {
                out(ofMany(packet, i, false));
                if (silent == 0 || i % silent != 0) {
                    in(ofMany(packet, i, true));
                }
            }
            nowNs += 3 * SECOND;
        }
        assertEquals(ConnTrack.MAX_FLOWS, tables.connTrackStats().flows());
    }

    /** Many new flows, and then packets that show which old ones are still known. */
    private void crowd(IpTables through, int from, List<String> verdicts) {
        for (int port = from; port < from + 200; port++) {
            pass(through, Hook.OUTPUT, Packets.udp(CLIENT, port, OTHER, 53), nowNs, verdicts);
        }
        PacketBuffer packet = Packets.udp(CLIENT, 1, SERVER, 53);
        for (int i = 0; i < 2000; i++) {
            pass(through, Hook.INPUT, ofMany(packet, i, true), nowNs, verdicts);
        }
    }

    /** Who makes room, and who is refused, is the same, too. */
    @Test
    void fullTable_evictsAndRefusesTheSame() {
        for (int silent : new int[] {7, 0}) {
            fill(silent);
            crowd(tables, 1, new ArrayList<>());
            restored.archive(Archive.restoring(save(tables)));
            List<String> verdicts = new ArrayList<>();
            List<String> alike = new ArrayList<>();
            crowd(tables, 1000, verdicts);
            crowd(restored, 1000, alike);
            assertEquals(verdicts, alike);
            assertEquals(tables.connTrackStats(), restored.connTrackStats());
        }
        assertTrue(
                tables.connTrackStats().evicted() > 100, tables.connTrackStats().toString());
        assertTrue(
                tables.connTrackStats().refused() > 100, tables.connTrackStats().toString());
    }

    @Test
    void denials_areToldAtTheSameRate() {
        List<Denial> told = new ArrayList<>();
        tables.denialListener(told::add);
        tables.replace(new Rules().add("OUTPUT", StandardTarget.DROP).build());
        for (int i = 0; i < ReportBudget.BURST + 7; i++) {
            out(Packets.udp(CLIENT, 1, SERVER, 53));
        }
        restore(save(tables));
        assertEquals(tables.denialStats(), restored.denialStats());
        List<Denial> toldByRestored = new ArrayList<>();
        restored.denialListener(toldByRestored::add);
        told.clear();
        nowNs += SECOND / 20;
        both((through, verdicts) -> {
            for (int i = 0; i < 20; i++) {
                pass(through, Hook.OUTPUT, Packets.udp(CLIENT, 1, SERVER, 53), nowNs, verdicts);
            }
        });
        assertEquals(5, told.size());
        assertEquals(told, toldByRestored);
    }

    private static RuleSet foreign(Matcher matcher, Target target) {
        return new Rules()
                .chain("OWN")
                .add("OUTPUT", new StandardTarget.Jump("OWN"))
                .add("OWN", target, matcher)
                .build();
    }

    @Test
    void rulesOfTheCallersOwn_haveToBeNamedAgain() {
        tables.replace(foreign(new Everything(), StandardTarget.DROP));
        out(Packets.udp(CLIENT, 1, SERVER, 53));
        byte[] saved = save(tables);
        ArchiveException refused =
                assertThrows(ArchiveException.class, () -> restored.archive(Archive.restoring(saved)));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(Everything.class.getName()) && message.contains("StackBuilder.rules"), message);
        restored.replace(new Rules()
                .chain("OWN")
                .add("OUTPUT", new StandardTarget.Jump("OWN"))
                .add("OUTPUT", StandardTarget.DROP)
                .add("OWN", StandardTarget.DROP, new Everything())
                .build());
        assertThrows(ArchiveException.class, () -> restored.archive(Archive.restoring(saved)));
        restored = new IpTables(Rng.seeded(2));
        restored.replace(foreign(new Everything(), StandardTarget.DROP));
        restore(saved);
        both((through, verdicts) -> pass(through, Hook.OUTPUT, Packets.udp(CLIENT, 1, SERVER, 53), nowNs, verdicts));
    }

    @Test
    void targetOfTheCallersOwn_hasToBeNamedAgain() {
        tables.replace(foreign(new CommentMatcher("own"), new Nothing()));
        ArchiveException refused =
                assertThrows(ArchiveException.class, () -> restored.archive(Archive.restoring(save(tables))));
        assertTrue(String.valueOf(refused.getMessage()).contains(Nothing.class.getName()));
    }

    /** Rules that were replaced since the stack was described are those that come back. */
    @Test
    void otherRulesInForce_giveWay() {
        tables.replace(allKinds());
        restored.replace(new Rules().add("INPUT", StandardTarget.DROP).build());
        restore(save(tables));
        assertEquals(tables.ruleSet(), restored.ruleSet());
    }
}
