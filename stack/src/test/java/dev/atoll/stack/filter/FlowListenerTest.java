package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.FIN;
import static dev.atoll.stack.filter.Packets.RST;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static dev.atoll.stack.filter.Rules.protocol;
import static dev.atoll.stack.filter.Rules.tcpTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlowListenerTest {
    private final IpTables tables = new IpTables(Rng.seeded(1));
    private final List<FlowReport> ended = new ArrayList<>();
    private final List<Denial> audited = new ArrayList<>();
    private int began;
    private long nowNs;

    /** Notes with each flow the how manieth it was. */
    private void listen() {
        tables.flowListener(new FlowListener() {
            @Override
            public @Nullable Object began(FlowReport flow) {
                began++;
                return "flow " + began;
            }

            @Override
            public void ended(FlowReport flow) {
                ended.add(flow);
            }
        });
    }

    private Verdict out(PacketBuffer packet) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(1);
        return tables.check(Hook.OUTPUT, packet, null, "eth0", nowNs);
    }

    /** A packet that comes in meets two hooks while connections are tracked. */
    private Verdict in(PacketBuffer packet) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(1);
        Verdict first = tables.check(Hook.PREROUTING, packet, "eth0", null, nowNs);
        return first.kind() == Verdict.Kind.ACCEPT ? tables.check(Hook.INPUT, packet, "eth0", null, nowNs) : first;
    }

    private Verdict there(int flags) {
        return out(Packets.tcp(CLIENT, 40000, SERVER, 443, flags));
    }

    private Verdict back(int flags) {
        return in(Packets.tcp(SERVER, 443, CLIENT, 40000, flags));
    }

    private FlowReport only() {
        assertEquals(1, ended.size(), ended::toString);
        return ended.get(0);
    }

    @Test
    void tcp_closedByBothSides_isToldOnceWithWhatItCarried() {
        listen();
        there(SYN);
        back(SYN | ACK);
        there(ACK);
        assertEquals(1, began);
        there(FIN | ACK);
        back(FIN | ACK);
        assertEquals(0, ended.size());
        there(ACK);

        FlowReport flow = only();
        assertEquals(FlowDirection.OUT, flow.direction());
        assertEquals(6, flow.protocol());
        assertEquals(new FullAddress(CLIENT, 40000), flow.source());
        assertEquals(new FullAddress(SERVER, 443), flow.destination());
        assertEquals(4, flow.packets());
        assertEquals(4 * 40, flow.bytes());
        assertEquals(2, flow.replyPackets());
        assertEquals(2 * 40, flow.replyBytes());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(5), flow.lastNs() - flow.beganNs());
        assertEquals("flow 1", flow.note());
        assertNull(flow.wouldEnd());

        there(ACK);
        tables.close();
        assertSame(flow, only());
    }

    @Test
    void tcp_reset_isTold() {
        listen();
        there(SYN);
        back(SYN | ACK);
        there(ACK);
        back(RST);
        assertEquals(2, only().replyPackets());
    }

    @Test
    void tcp_refused_isTold() {
        listen();
        there(SYN);
        back(RST | ACK);
        assertEquals(1, only().packets());
    }

    @Test
    void samePortsAgain_isAnotherFlow() {
        listen();
        there(SYN);
        back(RST | ACK);
        there(SYN);
        tables.close();
        assertEquals(2, ended.size());
        assertEquals("flow 2", ended.get(1).note());
    }

    @Test
    void silentFlow_isToldWhenItIsForgotten_upToItsLastPacket() {
        listen();
        out(Packets.udp(CLIENT, 5000, SERVER, 53));
        in(Packets.udp(SERVER, 53, CLIENT, 5000));
        nowNs += TimeUnit.MINUTES.toNanos(5);
        assertEquals(0, ended.size());
        out(Packets.udp(CLIENT, 5000, SERVER, 53));
        assertEquals(TimeUnit.MILLISECONDS.toNanos(1), only().lastNs() - only().beganNs());
        assertEquals(2, began);
    }

    @Test
    void incomingAndLocal_haveTheirDirection() {
        listen();
        in(Packets.tcp(SERVER, 40000, CLIENT, 80, SYN));
        IpAddress self = IpAddress.V4_LOOPBACK;
        tables.check(Hook.OUTPUT, Packets.tcp(self, 40001, self, 80, SYN), null, "lo", nowNs);
        in(Packets.icmp(SERVER, CLIENT, 8, 0, 77));
        tables.close();
        List<String> told = new ArrayList<>();
        ended.forEach(flow -> told.add(flow.direction() + " " + flow.destination()));
        told.sort(null);
        assertEquals(List.of("IN 10.66.0.2:0", "IN 10.66.0.2:80", "LOCAL 127.0.0.1:80"), told);
    }

    @Test
    void rule_thatLetTheFirstPacketPass_isNamed() {
        tables.replace(new Rules()
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .add("OUTPUT", StandardTarget.ACCEPT, protocol(6), tcpTo(80))
                .add("OUTPUT", StandardTarget.ACCEPT, protocol(6), tcpTo(443))
                .build());
        listen();
        there(SYN);
        tables.close();
        assertEquals(2, Objects.requireNonNull(only().origin()).line());
    }

    @Test
    void deniedPacket_beginsNoFlow() {
        tables.replace(new Rules().add("OUTPUT", StandardTarget.DROP).build());
        listen();
        assertEquals(Verdict.Kind.DROP, there(SYN).kind());
        tables.close();
        assertEquals(0, began);
        assertEquals(0, ended.size());
    }

    @Test
    void nobodyListens_noRuleAsks_nothingIsTracked() {
        there(SYN);
        tables.close();
        assertEquals(ConnTrackStats.NONE, tables.connTrackStats());
    }

    // --- Looking on

    @Test
    void audit_letsPassAndTellsOncePerFlow() {
        tables.replace(new Rules()
                .policy(Hook.INPUT, ChainPolicy.DROP)
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .add("OUTPUT", new StandardTarget.Reject(RejectWith.ICMP_HOST_PROHIBITED), protocol(6), tcpTo(443))
                .build());
        tables.auditListener(audited::add);
        listen();
        assertEquals(Verdict.Kind.ACCEPT, there(SYN).kind());
        assertEquals(Verdict.Kind.ACCEPT, back(SYN | ACK).kind());
        assertEquals(Verdict.Kind.ACCEPT, there(ACK).kind());
        assertEquals(1, audited.size(), audited::toString);
        assertEquals(Verdict.Kind.REJECT, audited.get(0).kind());
        assertEquals(new FullAddress(SERVER, 443), audited.get(0).destination());

        tables.close();
        Verdict would = only().wouldEnd();
        assertNotNull(would);
        assertEquals(Verdict.Kind.REJECT, would.kind());
        assertEquals(1, Objects.requireNonNull(would.origin()).line());
        assertEquals(new DenialStats(0, 0, 0), tables.denialStats());
    }

    @Test
    void audit_ofTableRawToo() {
        tables.replace(
                new Rules(TableName.RAW).add("OUTPUT", StandardTarget.DROP).build());
        tables.auditListener(audited::add);
        assertEquals(Verdict.Kind.ACCEPT, there(SYN).kind());
        assertEquals(Verdict.Kind.ACCEPT, there(SYN).kind());
        assertEquals(1, audited.size(), audited::toString);
    }

    @Test
    void audit_closedFamilyIsOpenAndTold() {
        tables.replace(new Rules().build(Family.IPV6));
        tables.auditListener(audited::add);
        listen();
        assertEquals(Verdict.Kind.ACCEPT, there(SYN).kind());
        tables.close();
        assertEquals(1, audited.size());
        assertTrue(Objects.requireNonNull(audited.get(0).origin()).text().startsWith("no IPv4 policy given"));
        assertEquals(
                Verdict.Kind.REJECT, Objects.requireNonNull(only().wouldEnd()).kind());
    }

    @Test
    void audit_invalidPackets_areToldEach() {
        tables.replace(new Rules().policy(Hook.INPUT, ChainPolicy.DROP).build());
        tables.auditListener(audited::add);
        back(SYN | RST);
        back(SYN | RST);
        assertEquals(2, audited.size());
    }
}
