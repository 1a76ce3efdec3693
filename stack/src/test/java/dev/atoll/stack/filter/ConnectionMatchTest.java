package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.SERVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.filter.ConnBytesMatcher.Unit;
import dev.atoll.stack.filter.FlowCondition.End;
import dev.atoll.stack.filter.FlowCondition.Status;
import dev.atoll.stack.filter.FlowTarget.ConnMark;
import dev.atoll.stack.filter.FlowTarget.ConnMark.Operation;
import dev.atoll.stack.filter.FlowTarget.NoTrack;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What rules learn of connections and put on them (Linux's xt_conntrack.c, xt_connmark.c, xt_connbytes.c, xt_CT.c). */
class ConnectionMatchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int DATAGRAM_BYTES = 32;

    private final IpTables tables = new IpTables(Rng.seeded(1));
    private long nowNs = 100 * SECOND;

    private PacketBuffer pass(PacketBuffer packet, Hook... hooks) {
        for (Hook hook : hooks) {
            boolean in = hook == Hook.PREROUTING || hook == Hook.INPUT;
            tables.check(hook, packet, in ? "eth0" : null, in ? null : "eth0", nowNs);
        }
        return packet;
    }

    private void out(PacketBuffer packet) {
        pass(packet, Hook.OUTPUT);
    }

    private void in(PacketBuffer packet) {
        pass(packet, Hook.INPUT);
    }

    private static Rules counting(Matcher matcher) {
        return new Rules().add("OUTPUT", StandardTarget.NONE, matcher).add("INPUT", StandardTarget.NONE, matcher);
    }

    private long matched() {
        return tables.counters().stream()
                .flatMap(chain -> chain.rules().stream())
                .mapToLong(RuleCounters::packets)
                .sum();
    }

    /** Of a question, its answer, and another answer three seconds later. */
    private long matched(Matcher matcher) {
        tables.replace(RuleSet.EMPTY);
        out(Packets.udp(CLIENT, 1, SERVER, 1));
        tables.replace(counting(matcher).build());
        out(Packets.udp(CLIENT, 4, SERVER, 53));
        in(Packets.udp(SERVER, 53, CLIENT, 4));
        nowNs += 3 * SECOND;
        in(Packets.udp(SERVER, 53, CLIENT, 4));
        return matched();
    }

    private long matched(FlowCondition condition) {
        return matched(new ConnTrackMatcher(null, List.of(condition)));
    }

    private static FlowCondition address(End end, IpAddress address, String mask, boolean negated) {
        return new FlowCondition.Address(end, address, IpAddress.parse(mask), negated);
    }

    @Test
    void protocolAndEnds_areThoseOfTheConnection_whicheverWayThePacketGoes() {
        assertEquals(3, matched(new FlowCondition.Protocol(17, false)));
        assertEquals(0, matched(new FlowCondition.Protocol(17, true)));
        assertEquals(3, matched(address(End.ORIGINAL_SOURCE, CLIENT, "255.255.255.255", false)));
        assertEquals(3, matched(address(End.REPLY_DESTINATION, CLIENT, "255.255.255.255", false)));
        assertEquals(0, matched(address(End.ORIGINAL_DESTINATION, CLIENT, "255.255.255.255", false)));
        assertEquals(3, matched(address(End.ORIGINAL_DESTINATION, CLIENT, "255.255.255.255", true)));
        assertEquals(3, matched(address(End.REPLY_SOURCE, IpAddress.parse("192.0.2.99"), "255.255.255.0", false)));
        assertEquals(3, matched(new FlowCondition.Port(End.ORIGINAL_DESTINATION, new PortRange(50, 53, false))));
        assertEquals(3, matched(new FlowCondition.Port(End.REPLY_SOURCE, new PortRange(53, 53, false))));
        assertEquals(0, matched(new FlowCondition.Port(End.ORIGINAL_SOURCE, new PortRange(4, 4, true))));
    }

    @Test
    void status_grows() {
        assertEquals(2, matched(new Status(Status.SEEN_REPLY, false)));
        assertEquals(1, matched(new Status(Status.SEEN_REPLY, true)));
        assertEquals(1, matched(new Status(Status.ASSURED, false)));
        assertEquals(2, matched(new Status(Status.CONFIRMED | Status.ASSURED, false)));
        assertEquals(0, matched(new Status(Status.EXPECTED, false)));
    }

    @Test
    void directionAndExpiry_areThoseOfTheMoment() {
        assertEquals(2, matched(new FlowCondition.Direction(true)));
        assertEquals(1, matched(new FlowCondition.Direction(false)));
        assertEquals(1, matched(new FlowCondition.Expiry(0, 29, false)), "not known yet");
        assertEquals(1, matched(new FlowCondition.Expiry(30, 30, false)), "answered");
        assertEquals(1, matched(new FlowCondition.Expiry(120, FlowCondition.Expiry.MOST, false)), "a stream");
        assertEquals(2, matched(new FlowCondition.Expiry(30, 30, true)));
    }

    @Test
    void conditions_allHaveToHold_andTheStateWithThem() {
        FlowCondition udp = new FlowCondition.Protocol(17, false);
        FlowCondition back = new FlowCondition.Direction(true);
        assertEquals(2, matched(new ConnTrackMatcher(null, List.of(udp, back))));
        ConnStateMatcher fresh = new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnState.NEW.bit(), false);
        assertEquals(1, matched(new ConnTrackMatcher(fresh, List.of(udp))));
        assertEquals(0, matched(new ConnTrackMatcher(fresh, List.of(udp, back))));
        assertThrows(IllegalArgumentException.class, () -> new ConnTrackMatcher(fresh, List.of()));
    }

    /** As on Linux, where conntrack_mt looks no further than the state then. */
    @Test
    void packetWithoutConnection_hasItsStateAlone() {
        ConnStateMatcher invalid =
                new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnState.INVALID.bit(), false);
        FlowCondition udp = new FlowCondition.Protocol(17, false);
        for (ConnStateMatcher state : new @Nullable ConnStateMatcher[] {invalid, null}) {
            tables.replace(counting(new ConnTrackMatcher(state, List.of(udp))).build());
            out(Packets.tcp(CLIENT, 1, SERVER, 2, Packets.SYN | Packets.FIN));
            assertEquals(state == null ? 0 : 1, matched());
        }
    }

    @Test
    void carried_isCountedEachWay() {
        assertEquals(3, matched(carried(ConnBytesMatcher.Direction.ORIGINAL, Unit.PACKETS, 1, 1, false)));
        assertEquals(1, matched(carried(ConnBytesMatcher.Direction.REPLY, Unit.PACKETS, 2, -1, false)));
        assertEquals(2, matched(carried(ConnBytesMatcher.Direction.REPLY, Unit.PACKETS, 2, -1, true)));
        assertEquals(2, matched(carried(ConnBytesMatcher.Direction.BOTH, Unit.BYTES, 2 * DATAGRAM_BYTES, -1, false)));
        assertEquals(
                3,
                matched(carried(ConnBytesMatcher.Direction.BOTH, Unit.AVERAGE, DATAGRAM_BYTES, DATAGRAM_BYTES, false)));
        assertEquals(1, matched(carried(ConnBytesMatcher.Direction.REPLY, Unit.AVERAGE, 0, 0, false)));
    }

    private static Matcher carried(
            ConnBytesMatcher.Direction direction, Unit unit, long from, long to, boolean negated) {
        return new ConnBytesMatcher(direction, unit, from, to, negated);
    }

    @Test
    void mark_staysOnTheConnection_andGoesFromPacketToPacket() {
        Rules mangle = new Rules(TableName.MANGLE)
                .add("OUTPUT", new ConnMark(Operation.SAVE, 0, 0xff, 0xf0, -4))
                .add("OUTPUT", new ConnMark(Operation.SET, 0x100, 0x300, -1, 0))
                .add("INPUT", new ConnMark(Operation.RESTORE, 0, 0x1ff, 0xff, 8));
        Rules filter = counting(new ConnMarkMatcher(0x105, -1, false));
        tables.replace(RuleSet.of(List.of(mangle.table(), filter.table())));
        PacketBuffer question = Packets.udp(CLIENT, 4, SERVER, 53);
        question.mark = 0x57;
        pass(question, Hook.OUTPUT, Hook.POSTROUTING);
        assertEquals(0x57, question.mark);
        PacketBuffer answer = Packets.udp(SERVER, 53, CLIENT, 4);
        answer.mark = 0x1234;
        pass(answer, Hook.PREROUTING, Hook.INPUT);
        assertEquals(0x1_0500 ^ 0x1200, answer.mark);
        assertEquals(2 + 3, matched());
        PacketBuffer nobodys = Packets.tcp(CLIENT, 1, SERVER, 2, Packets.SYN | Packets.FIN);
        nobodys.mark = 3;
        in(nobodys);
        assertEquals(3, nobodys.mark);
        assertEquals(2 + 3 + 1, matched(), "the targets alone");
    }

    @Test
    void notTracked_isUntracked_andHasNoConnection() {
        Rules raw = new Rules(TableName.RAW).add("OUTPUT", new NoTrack(NoTrack.Spelling.NOTRACK));
        Rules filter = new Rules()
                .add("OUTPUT", StandardTarget.NONE, Rules.state(ConnState.UNTRACKED))
                .add("OUTPUT", StandardTarget.NONE, new ConnMarkMatcher(0, 0, false))
                .add("INPUT", StandardTarget.NONE, Rules.state(ConnState.NEW));
        tables.replace(RuleSet.of(List.of(raw.table(), filter.table())));
        out(Packets.udp(CLIENT, 4, SERVER, 53));
        assertEquals(2, matched());
        assertEquals(0, tables.connTrackStats().flows());
        in(Packets.udp(SERVER, 53, CLIENT, 4));
        assertEquals(3, matched(), "what answers it begins a connection");
    }

    @Test
    void translatedEnds_areStatesBesideTheState() {
        ConnStateMatcher source =
                new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnStateMatcher.SNAT, false);
        ConnStateMatcher destination = new ConnStateMatcher(
                ConnStateMatcher.Spelling.CONNTRACK, ConnStateMatcher.DNAT | ConnState.RELATED.bit(), false);
        Rules nat = new Rules(TableName.NAT)
                .add("POSTROUTING", new NatTarget.Snat(NatRange.ANY.address(IpAddress.parse("10.66.0.9"))));
        Rules filter = new Rules()
                .add("INPUT", StandardTarget.NONE, source)
                .add("INPUT", StandardTarget.NONE, destination)
                .add("INPUT", StandardTarget.NONE, new ConnTrackMatcher(null, List.of(replyTo("10.66.0.9"))));
        tables.replace(RuleSet.of(List.of(nat.table(), filter.table())));
        pass(Packets.udp(CLIENT, 4, SERVER, 53), Hook.OUTPUT, Hook.POSTROUTING);
        pass(Packets.udp(SERVER, 53, IpAddress.parse("10.66.0.9"), 4), Hook.PREROUTING, Hook.INPUT);
        List<RuleCounters> counted = tables.counters().stream()
                .filter(chain -> chain.table() == TableName.FILTER
                        && chain.chain().name().equals("INPUT"))
                .findFirst()
                .orElseThrow()
                .rules();
        assertEquals(
                List.of(1L, 0L, 1L), counted.stream().map(RuleCounters::packets).toList());
        assertThrows(
                IllegalArgumentException.class,
                () -> new ConnStateMatcher(ConnStateMatcher.Spelling.STATE, ConnStateMatcher.SNAT, false));
    }

    private static FlowCondition replyTo(String address) {
        return address(End.REPLY_DESTINATION, IpAddress.parse(address), "255.255.255.255", false);
    }
}
