package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static dev.atoll.stack.filter.Rules.protocol;
import static dev.atoll.stack.filter.Rules.tcpTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.buffer.BufferPool;
import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What rules tell of packets. */
class PacketLogTest {
    private static final LogTarget.Log LOG = new LogTarget.Log(LogTarget.Log.WARNING, "x ", LogDetails.NONE);
    private static final MacAddress PEER = new MacAddress(0x02_00_00_00_00_07L);
    private static final MacAddress OWN = new MacAddress(0x02_00_00_00_00_01L);

    private final IpTables tables = new IpTables(Rng.seeded(1));
    private final List<LoggedPacket> told = new ArrayList<>();

    PacketLogTest() {
        tables.packetLogListener(told::add);
    }

    private static PacketBuffer syn(int port) {
        return Packets.tcp(CLIENT, 40000, SERVER, port, SYN);
    }

    private Verdict.Kind out(PacketBuffer packet) {
        return tables.check(Hook.OUTPUT, packet, null, "eth0", 0).kind();
    }

    /** Number of the told, and what told each: the line of its rule, or the step of a trace. */
    private List<String> causes() {
        List<String> causes = new ArrayList<>();
        for (LoggedPacket packet : told) {
            Origin origin = packet.origin();
            causes.add(
                    packet.cause() instanceof TraceStep step
                            ? step.table().text() + ":" + step.chain() + ":" + step.kind() + ":" + step.number()
                            : "line " + (origin == null ? 0 : origin.line()));
        }
        return causes;
    }

    @Test
    void log_tellsAndGoesOn_andCounts() {
        tables.replace(new Rules()
                .add("OUTPUT", LOG, protocol(6), tcpTo(80))
                .add("OUTPUT", new LogTarget.NfLog(5, "", null, 0))
                .add("OUTPUT", new LogTarget.Audit(LogTarget.Audit.Type.DROP))
                .add("OUTPUT", StandardTarget.DROP)
                .build());
        assertEquals(Verdict.Kind.DROP, out(syn(80)));
        assertEquals(List.of("line 1", "line 2", "line 3"), causes());
        assertEquals(Verdict.Kind.DROP, out(syn(81)));
        assertEquals(List.of("line 1", "line 2", "line 3", "line 2", "line 3"), causes());
        for (ChainCounters chain : tables.counters()) {
            if (chain.chain().name().equals("OUTPUT")) {
                assertEquals(1, chain.rules().get(0).packets());
                assertEquals(2, chain.rules().get(1).packets());
                assertEquals(2, chain.rules().get(2).packets());
            }
        }
    }

    @Test
    void logged_hasTheFactsOfThePacket() {
        tables.replace(new Rules().add("OUTPUT", LOG).build());
        tables.socketOwner(new SocketOwner(1000, 1001, List.of()));
        PacketBuffer packet = syn(443);
        packet.mark = 7;
        packet.fromEndpoint = true;
        out(packet);
        LoggedPacket logged = told.get(0);
        assertEquals(LOG, logged.cause());
        assertEquals(new SocketOwner(1000, 1001, List.of()), logged.owner());
        assertEquals(7, logged.mark());
        assertEquals(40, logged.lengthBytes());
        assertEquals(ByteBuffer.wrap(packet.toArray()), logged.headers());
        assertEquals(Hook.OUTPUT, logged.hook());
        assertEquals("eth0", logged.outNic());
        assertEquals("", logged.inNic());
        assertNull(logged.linkSource());
    }

    @Test
    void longPacket_isToldWithItsHeadersOnly() {
        tables.replace(new Rules().add("OUTPUT", LOG).build());
        out(Packets.ip(17, CLIENT, SERVER, 0, new byte[2000]));
        assertEquals(LoggedPacket.MAX_HEADER_BYTES, told.get(0).headers().remaining());
        assertEquals(2020, told.get(0).lengthBytes());
    }

    private static PacketBuffer framed() {
        byte[] ip = syn(80).toArray();
        PacketBuffer packet = new BufferPool().allocate(Ethernet.HEADER_BYTES + ip.length);
        int at = packet.append(Ethernet.HEADER_BYTES + ip.length);
        Ethernet.write(packet.data(), at, OWN.bits(), PEER.bits(), 0x0800);
        packet.data().put(at + Ethernet.HEADER_BYTES, ip);
        packet.consume(Ethernet.HEADER_BYTES);
        packet.networkOffset = at + Ethernet.HEADER_BYTES;
        packet.transportOffset = packet.networkOffset + 20;
        packet.transportProtocol = 6;
        packet.ipVersion = 4;
        packet.linkSource = PEER.bits();
        return packet;
    }

    @Test
    void incomingPacket_isToldWithItsFrame_ifThatIsStillThere() {
        tables.replace(new Rules().add("INPUT", LOG).build());
        tables.check(Hook.INPUT, framed(), "eth0", null, 0);
        PacketBuffer copied = syn(80);
        copied.linkSource = PEER.bits();
        tables.check(Hook.INPUT, copied, "eth0", null, 0);
        assertEquals(PEER, told.get(0).linkSource());
        assertEquals(OWN, told.get(0).linkDestination());
        assertEquals("eth0", told.get(0).inNic());
        assertNull(told.get(1).linkSource());
        assertNull(told.get(1).linkDestination());
    }

    @Test
    void flood_isBounded_andSaysHowManyWereNotTold() {
        tables.replace(new Rules().add("OUTPUT", LOG).build());
        for (int i = 0; i < ReportBudget.BURST + 100; i++) {
            out(syn(80));
        }
        assertEquals(ReportBudget.BURST, told.size());
        assertEquals(100, tables.untoldPackets());
        tables.check(Hook.OUTPUT, syn(80), null, "eth0", ReportBudget.REFILL_NS);
        tables.check(Hook.OUTPUT, syn(80), null, "eth0", 2 * ReportBudget.REFILL_NS);
        assertEquals(100, told.get(ReportBudget.BURST).untoldBefore());
        assertEquals(0, told.get(ReportBudget.BURST + 1).untoldBefore());
        assertEquals(0, tables.untoldPackets());
    }

    @Test
    void savedFilter_stillKnowsWhatWasNotTold() {
        tables.replace(new Rules().add("OUTPUT", LOG).build());
        for (int i = 0; i < ReportBudget.BURST + 3; i++) {
            out(syn(80));
        }
        Archive saving = Archive.saving();
        tables.archive(saving);
        saving.end();
        IpTables restored = new IpTables(Rng.seeded(2));
        restored.archive(Archive.restoring(saving.toByteArray()));
        assertEquals(3, restored.untoldPackets());
        restored.packetLogListener(told::add);
        restored.check(Hook.OUTPUT, syn(80), null, "eth0", ReportBudget.REFILL_NS);
        assertEquals(3, told.get(ReportBudget.BURST).untoldBefore());
    }

    @Test
    void nobodyListens_nothingIsCountedAsMissed() {
        tables.packetLogListener(null);
        tables.replace(new Rules().add("OUTPUT", LOG).build());
        for (int i = 0; i < 1000; i++) {
            out(syn(80));
        }
        assertEquals(0, tables.untoldPackets());
    }

    /** Names and numbers are Linux's (ip_tables.c): a rule that decides for every packet counts as the chain's end. */
    @Test
    void tracedPacket_isToldAtEachRuleItMatches_fromThereOn() {
        Rules raw = new Rules(TableName.RAW)
                .add("OUTPUT", StandardTarget.NONE)
                .add("OUTPUT", new TraceTarget(), protocol(6), tcpTo(80))
                .add("OUTPUT", StandardTarget.NONE, protocol(6));
        Rules filter = new Rules()
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .chain("A")
                .chain("B")
                .add("OUTPUT", StandardTarget.ACCEPT, protocol(17))
                .add("OUTPUT", new StandardTarget.Jump("A"))
                .add("OUTPUT", new StandardTarget.Jump("B"))
                .add("OUTPUT", LOG)
                .add("A", StandardTarget.NONE)
                .add("B", StandardTarget.NONE)
                .add("B", StandardTarget.RETURN)
                .chain("C")
                .add("OUTPUT", new StandardTarget.GoTo("C"))
                .add("OUTPUT", StandardTarget.ACCEPT);
        tables.replace(RuleSet.of(List.of(raw.table(), filter.table())));
        assertEquals(Verdict.Kind.DROP, out(syn(80)));
        assertEquals(
                List.of(
                        "raw:OUTPUT:RULE:3",
                        "raw:OUTPUT:POLICY:4",
                        "filter:OUTPUT:RULE:2",
                        "filter:A:RULE:1",
                        "filter:A:RETURN:2",
                        "filter:OUTPUT:RULE:3",
                        "filter:B:RULE:1",
                        "filter:B:RETURN:2",
                        "filter:OUTPUT:RULE:4",
                        "line 4",
                        "filter:OUTPUT:RULE:5",
                        "filter:C:RETURN:1",
                        "filter:OUTPUT:POLICY:7"),
                causes());
        told.clear();
        assertEquals(Verdict.Kind.DROP, out(syn(81)));
        assertEquals(List.of("line 4"), causes());
    }

    /** Also at a hook that comes later, and where the way of the flow is known. */
    @Test
    void traceOfAKnownFlow_tellsEveryPacket() {
        Rules filter = new Rules().add("OUTPUT", StandardTarget.ACCEPT, Rules.state(ConnState.RELATED));
        for (int i = 0; i < 20; i++) {
            filter.add("OUTPUT", StandardTarget.ACCEPT, protocol(6), tcpTo(80 + i));
        }
        Rules raw = new Rules(TableName.RAW).add("OUTPUT", new TraceTarget(), protocol(6), tcpTo(85));
        tables.replace(RuleSet.of(List.of(raw.table(), filter.table())));
        for (int i = 0; i < 3; i++) {
            told.clear();
            out(Packets.tcp(CLIENT, 40000, SERVER, 85, i == 0 ? SYN : ACK));
            assertEquals(List.of("raw:OUTPUT:POLICY:2", "filter:OUTPUT:RULE:7"), causes());
        }
    }

    @Test
    void valuesThatIptablesDoesNotTake_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> new LogTarget.Log(8, "", LogDetails.NONE));
        assertThrows(IllegalArgumentException.class, () -> new LogTarget.Log(4, "x".repeat(30), LogDetails.NONE));
        assertThrows(IllegalArgumentException.class, () -> new LogTarget.NfLog(65536, "", null, 0));
        assertThrows(IllegalArgumentException.class, () -> new LogTarget.NfLog(0, "ü".repeat(32), null, 0));
        assertThrows(IllegalArgumentException.class, () -> new LogTarget.NfLog.Copy(LogTarget.NfLog.Spelling.RANGE, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Rules().add("OUTPUT", new TraceTarget()).build());
    }
}
