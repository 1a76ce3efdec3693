package dev.atoll.stack.filter;

import static dev.atoll.stack.filter.Packets.ACK;
import static dev.atoll.stack.filter.Packets.CLIENT;
import static dev.atoll.stack.filter.Packets.SERVER;
import static dev.atoll.stack.filter.Packets.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.filter.Matcher.Result;
import dev.atoll.stack.options.SocketOwner;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MatcherTest {
    private static final PacketBuffer SYN_TO_80 = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);

    private static Result match(Matcher matcher, PacketBuffer packet) {
        return match(matcher, packet, "eth0", null);
    }

    private static Result match(Matcher matcher, PacketBuffer packet, @Nullable String inNic, @Nullable String outNic) {
        PacketContext context = new PacketContext();
        context.begin(Hook.INPUT, packet, inNic, outNic, 0);
        return matcher.match(context);
    }

    private static PortRange ports(int first, int last) {
        return new PortRange(first, last, false);
    }

    private static TcpMatcher tcpFlags(int mask, int set, boolean negated) {
        return new TcpMatcher(PortRange.ANY, PortRange.ANY, mask, set, negated);
    }

    @Test
    @Requirement("features J6")
    void address_comparesUnderTheMask() {
        AddressMatcher.Direction to = AddressMatcher.Direction.DESTINATION;
        assertEquals(Result.YES, match(Rules.address(to, "192.0.2.0/24", false), SYN_TO_80));
        assertEquals(Result.NO, match(Rules.address(to, "192.0.3.0/24", false), SYN_TO_80));
        assertEquals(Result.NO, match(Rules.address(to, "192.0.2.0/24", true), SYN_TO_80));
        assertEquals(
                Result.YES, match(Rules.address(AddressMatcher.Direction.SOURCE, "10.66.0.2/32", false), SYN_TO_80));
        assertEquals(Result.YES, match(Rules.address(to, "0.0.0.0/0", false), SYN_TO_80));
    }

    @Test
    void address_maskMayHaveHoles() {
        IpAddress mask = IpAddress.parse("255.0.255.255");
        Matcher holes =
                new AddressMatcher(AddressMatcher.Direction.DESTINATION, IpAddress.parse("192.0.2.7"), mask, false);
        assertEquals(Result.YES, match(holes, Packets.udp(CLIENT, 1, IpAddress.parse("192.77.2.7"), 1)));
        assertEquals(Result.NO, match(holes, Packets.udp(CLIENT, 1, IpAddress.parse("192.77.2.8"), 1)));
    }

    @Test
    void address_bitsOutsideTheMask_areRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new AddressMatcher(
                        AddressMatcher.Direction.SOURCE,
                        IpAddress.parse("10.1.2.3"),
                        IpAddress.parse("255.0.0.0"),
                        false));
    }

    @Test
    void protocol_isTheNumberInTheHeader() {
        assertEquals(Result.YES, match(new ProtocolMatcher(6, false), SYN_TO_80));
        assertEquals(Result.NO, match(new ProtocolMatcher(17, false), SYN_TO_80));
        assertEquals(Result.YES, match(new ProtocolMatcher(17, true), SYN_TO_80));
    }

    @Test
    @Requirement("features J6")
    void interface_plusMatchesThePrefix() {
        Matcher eth = new InterfaceMatcher(InterfaceMatcher.Side.IN, "eth+", false);
        Matcher eth0 = new InterfaceMatcher(InterfaceMatcher.Side.IN, "eth0", false);
        assertEquals(Result.YES, match(eth, SYN_TO_80, "eth0", null));
        assertEquals(Result.YES, match(eth, SYN_TO_80, "eth", null));
        assertEquals(Result.NO, match(eth, SYN_TO_80, "et", null));
        assertEquals(Result.YES, match(eth0, SYN_TO_80, "eth0", null));
        assertEquals(Result.NO, match(eth0, SYN_TO_80, "eth01", null));
    }

    @Test
    void interface_ofAPacketThatHasNone_isTheEmptyName() {
        Matcher in = new InterfaceMatcher(InterfaceMatcher.Side.IN, "lo", false);
        Matcher notIn = new InterfaceMatcher(InterfaceMatcher.Side.IN, "lo", true);
        assertEquals(Result.NO, match(in, SYN_TO_80, null, "lo"));
        assertEquals(Result.YES, match(notIn, SYN_TO_80, null, "lo"));
        assertEquals(
                Result.YES, match(new InterfaceMatcher(InterfaceMatcher.Side.OUT, "lo", false), SYN_TO_80, null, "lo"));
    }

    @Test
    @Requirement("features J5")
    void tcp_portsAreRangesWithTheirEnds() {
        assertEquals(Result.YES, match(new TcpMatcher(PortRange.ANY, ports(80, 81), 0, 0, false), SYN_TO_80));
        assertEquals(Result.YES, match(new TcpMatcher(PortRange.ANY, ports(79, 80), 0, 0, false), SYN_TO_80));
        assertEquals(Result.NO, match(new TcpMatcher(PortRange.ANY, ports(81, 90), 0, 0, false), SYN_TO_80));
        assertEquals(Result.YES, match(new TcpMatcher(ports(40000, 40000), PortRange.ANY, 0, 0, false), SYN_TO_80));
        assertEquals(
                Result.NO, match(new TcpMatcher(PortRange.ANY, new PortRange(80, 80, true), 0, 0, false), SYN_TO_80));
        PacketBuffer high = Packets.tcp(CLIENT, 65535, SERVER, 65535, SYN);
        assertEquals(Result.YES, match(new TcpMatcher(ports(65535, 65535), ports(60000, 65535), 0, 0, false), high));
    }

    @Test
    @Requirement("features J5")
    void tcp_syn_isSynAloneAmongFour() {
        TcpMatcher syn = tcpFlags(TcpMatcher.SYN_MASK, TcpMatcher.SYN_SET, false);
        PacketBuffer synAck = Packets.tcp(CLIENT, 1, SERVER, 2, SYN | ACK);
        PacketBuffer synUrgPsh = Packets.tcp(CLIENT, 1, SERVER, 2, SYN | 0x28);
        assertEquals(Result.YES, match(syn, SYN_TO_80));
        assertEquals(Result.NO, match(syn, synAck));
        assertEquals(Result.YES, match(syn, synUrgPsh));
        assertEquals(Result.NO, match(tcpFlags(TcpMatcher.SYN_MASK, TcpMatcher.SYN_SET, true), SYN_TO_80));
    }

    @Test
    @Requirement("features J5")
    @Requirement("features M7")
    void truncatedHeader_isHotdroppedByItsOwnMatch() {
        PacketBuffer shortTcp = Packets.ip(6, CLIENT, SERVER, 0, new byte[19]);
        PacketBuffer shortUdp = Packets.ip(17, CLIENT, SERVER, 0, new byte[7]);
        PacketBuffer shortIcmp = Packets.ip(1, CLIENT, SERVER, 0, new byte[7]);
        assertEquals(Result.HOTDROP, match(tcpFlags(0, 0, false), shortTcp));
        assertEquals(Result.HOTDROP, match(new UdpMatcher(PortRange.ANY, PortRange.ANY), shortUdp));
        assertEquals(Result.HOTDROP, match(new IcmpMatcher(8, 0, 255, false), shortIcmp));
    }

    @Test
    void laterFragment_neverMatches_andOneInsideTheHeaderIsHotdropped() {
        byte[] bytes = new byte[40];
        assertEquals(Result.HOTDROP, match(tcpFlags(0, 0, false), Packets.ip(6, CLIENT, SERVER, 1, bytes)));
        assertEquals(Result.NO, match(tcpFlags(0, 0, false), Packets.ip(6, CLIENT, SERVER, 0x2003, bytes)));
        assertEquals(
                Result.NO,
                match(new UdpMatcher(PortRange.ANY, PortRange.ANY), Packets.ip(17, CLIENT, SERVER, 1, bytes)));
        assertEquals(Result.NO, match(new IcmpMatcher(8, 0, 255, false), Packets.ip(1, CLIENT, SERVER, 1, bytes)));
        // More-fragments and don't-fragment bits are not an offset.
        assertEquals(Result.YES, match(tcpFlags(0, 0, false), Packets.ip(6, CLIENT, SERVER, 0x6000, bytes)));
    }

    @Test
    @Requirement("features J4")
    void icmp_typeAndCode() {
        PacketBuffer echo = Packets.icmp(CLIENT, SERVER, 8, 0, 1);
        PacketBuffer admin = Packets.icmp(CLIENT, SERVER, 3, 13, 1);
        assertEquals(Result.YES, match(new IcmpMatcher(8, 0, 255, false), echo));
        assertEquals(Result.NO, match(new IcmpMatcher(3, 0, 12, false), admin));
        assertEquals(Result.YES, match(new IcmpMatcher(3, 13, 13, false), admin));
        assertEquals(Result.YES, match(new IcmpMatcher(8, 0, 255, true), admin));
        assertEquals(Result.YES, match(new IcmpMatcher(IcmpMatcher.ANY_TYPE, 0, 255, false), admin));
    }

    @Test
    @Requirement("features J4")
    void comment_matchesEverything() {
        assertEquals(Result.YES, match(new CommentMatcher("why"), SYN_TO_80));
    }

    private static MultiportMatcher multiport(MultiportMatcher.Side side, boolean negated) {
        return new MultiportMatcher(side, List.of(ports(80, 80), ports(8000, 8009)), negated);
    }

    @Test
    void multiport_looksForOneOfThePorts_onTheSideThatIsAsked() {
        PacketBuffer back = Packets.udp(SERVER, 8009, CLIENT, 40000);
        for (MultiportMatcher.Side side : MultiportMatcher.Side.values()) {
            boolean toServer = side != MultiportMatcher.Side.SOURCE;
            assertEquals(Matcher.of(toServer), match(multiport(side, false), SYN_TO_80), side.name());
            assertEquals(Matcher.of(!toServer), match(multiport(side, true), SYN_TO_80), side.name());
            boolean fromServer = side != MultiportMatcher.Side.DESTINATION;
            assertEquals(Matcher.of(fromServer), match(multiport(side, false), back), side.name());
        }
        MultiportMatcher either = multiport(MultiportMatcher.Side.EITHER, false);
        assertEquals(Result.NO, match(either, Packets.udp(SERVER, 8010, CLIENT, 79)));
    }

    @Test
    void multiport_withoutPorts_neverMatches_andATruncatedHeaderIsDropped() {
        MultiportMatcher negated = multiport(MultiportMatcher.Side.EITHER, true);
        assertEquals(Result.NO, match(negated, Packets.icmp(CLIENT, SERVER, 8, 0, 80)));
        assertEquals(Result.NO, match(negated, Packets.ip(17, CLIENT, SERVER, 1, new byte[8])));
        assertEquals(Result.HOTDROP, match(negated, Packets.ip(17, CLIENT, SERVER, 0, new byte[3])));
    }

    @Test
    void multiport_sixteenPorts_areTooMany() {
        List<PortRange> fifteen = Collections.nCopies(15, ports(1, 1));
        assertEquals(
                15,
                new MultiportMatcher(MultiportMatcher.Side.SOURCE, fifteen, false)
                        .ports()
                        .size());
        for (List<PortRange> wrong : List.of(List.<PortRange>of(), Collections.nCopies(8, ports(1, 2)))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new MultiportMatcher(MultiportMatcher.Side.SOURCE, wrong, false));
        }
    }

    private static AddressRangeMatcher.Range range(String first, String last, boolean negated) {
        return new AddressRangeMatcher.Range(IpAddress.parse(first), IpAddress.parse(last), negated);
    }

    @Test
    void addressRange_endsIncluded_bothSidesHaveToHold() {
        AddressRangeMatcher.Range around = range("192.0.2.7", "192.0.2.9", false);
        assertEquals(Result.YES, match(new AddressRangeMatcher(null, around), SYN_TO_80));
        assertEquals(Result.NO, match(new AddressRangeMatcher(around, null), SYN_TO_80));
        assertEquals(
                Result.YES, match(new AddressRangeMatcher(null, range("192.0.2.1", "192.0.2.7", false)), SYN_TO_80));
        assertEquals(
                Result.NO, match(new AddressRangeMatcher(null, range("192.0.2.1", "192.0.2.6", false)), SYN_TO_80));
        assertEquals(
                Result.YES, match(new AddressRangeMatcher(range("10.0.0.0", "10.0.0.9", true), around), SYN_TO_80));
        assertEquals(Result.NO, match(new AddressRangeMatcher(range("10.0.0.0", "11.0.0.0", true), around), SYN_TO_80));
        assertThrows(IllegalArgumentException.class, () -> range("10.0.0.2", "10.0.0.1", false));
        assertThrows(IllegalArgumentException.class, () -> new AddressRangeMatcher(null, null));
    }

    @Test
    void length_countsTheIpHeader() {
        assertEquals(Result.YES, match(new LengthMatcher(40, 40, false), SYN_TO_80));
        assertEquals(Result.NO, match(new LengthMatcher(41, 0xffff, false), SYN_TO_80));
        assertEquals(Result.NO, match(new LengthMatcher(0, 40, true), SYN_TO_80));
    }

    private static Result at(Matcher matcher, long nowNs) {
        PacketContext context = new PacketContext();
        context.begin(Hook.INPUT, SYN_TO_80, "eth0", null, nowNs);
        return matcher.match(context);
    }

    /** Linux counts credits in 32 bits, and refuses what they do not hold. */
    @Test
    void limit_holdsNoMoreThanLinuxCanCount() {
        long threeADay = 288_000_000;
        assertEquals(4, LimitMatcher.maxBurst(threeADay));
        assertEquals(LimitMatcher.MAX_BURST, LimitMatcher.maxBurst(1));
        assertEquals(1, LimitMatcher.maxBurst(LimitMatcher.MAX_PERIOD));
        assertThrows(IllegalArgumentException.class, () -> new LimitMatcher(threeADay, 5));
    }

    /** Linux's xt_limit: the bucket is full at first, and takes no more than the burst. */
    @Test
    void limit_letsTheBurstPass_thenOneForEachPeriod() {
        LimitMatcher rate = new LimitMatcher(1_000, 3);
        Matcher bucket = rate.inForce();
        long tenth = 100_000_000;
        for (int i = 0; i < 3; i++) {
            assertEquals(Result.YES, at(bucket, tenth));
        }
        assertEquals(Result.NO, at(bucket, tenth));
        assertEquals(Result.NO, at(bucket, 2 * tenth - 1));
        assertEquals(Result.YES, at(bucket, 2 * tenth));
        assertEquals(Result.NO, at(bucket, 2 * tenth));
        for (int i = 0; i < 3; i++) {
            assertEquals(Result.YES, at(bucket, 100 * tenth));
        }
        assertEquals(Result.NO, at(bucket, 100 * tenth));
        assertEquals(Result.YES, at(rate.inForce(), 100 * tenth), "another rule has another bucket");
    }

    @Test
    void hops_areComparedAsAsked() {
        Result yes = Result.YES;
        assertEquals(yes, match(new HopsMatcher(HopsMatcher.Comparison.EQUAL, 64), SYN_TO_80));
        assertEquals(yes, match(new HopsMatcher(HopsMatcher.Comparison.UNEQUAL, 63), SYN_TO_80));
        assertEquals(yes, match(new HopsMatcher(HopsMatcher.Comparison.LESS, 65), SYN_TO_80));
        assertEquals(yes, match(new HopsMatcher(HopsMatcher.Comparison.GREATER, 63), SYN_TO_80));
        for (HopsMatcher.Comparison other : List.of(HopsMatcher.Comparison.LESS, HopsMatcher.Comparison.GREATER)) {
            assertEquals(Result.NO, match(new HopsMatcher(other, 64), SYN_TO_80));
        }
    }

    @Test
    void typeOfService_isComparedWithinTheMask() {
        PacketBuffer packet = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);
        packet.data().put(packet.networkOffset + 1, (byte) 0xb9);
        TosMatcher expedited = new TosMatcher(TosMatcher.Spelling.DSCP, 0xb8, TosMatcher.DSCP_MASK, false);
        assertEquals(Result.YES, match(expedited, packet), "whatever the congestion bits");
        assertEquals(Result.NO, match(expedited, SYN_TO_80));
        assertEquals(Result.YES, match(new TosMatcher(TosMatcher.Spelling.TOS, 0xb9, 0xff, false), packet));
        assertEquals(Result.NO, match(new TosMatcher(TosMatcher.Spelling.TOS, 0x18, 0x1e, true), packet));
    }

    @Test
    void packetType_isThatOfTheFrame_andWhatIsSentIsUnicast() {
        PacketBuffer packet = Packets.udp(SERVER, 1, CLIENT, 2);
        packet.type = PacketType.BROADCAST;
        assertEquals(Result.YES, match(new PacketTypeMatcher(PacketTypeMatcher.Type.BROADCAST, false), packet));
        assertEquals(Result.NO, match(new PacketTypeMatcher(PacketTypeMatcher.Type.UNICAST, false), packet));
        assertEquals(Result.YES, match(new PacketTypeMatcher(PacketTypeMatcher.Type.MULTICAST, true), packet));
        for (PacketType own : List.of(PacketType.HOST, PacketType.OUTGOING)) {
            packet.type = own;
            assertEquals(Result.YES, match(new PacketTypeMatcher(PacketTypeMatcher.Type.UNICAST, false), packet));
        }
    }

    @Test
    void linkSource_isThatOfTheFrame_andWithoutOneNothingMatches() {
        PacketBuffer packet = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);
        MacAddress sender = MacAddress.parse("02:00:00:00:00:01");
        assertEquals(Result.NO, match(new LinkSourceMatcher(sender, false), packet));
        assertEquals(Result.NO, match(new LinkSourceMatcher(sender, true), packet));
        packet.linkSource = sender.bits();
        assertEquals(Result.YES, match(new LinkSourceMatcher(sender, false), packet));
        assertEquals(Result.NO, match(new LinkSourceMatcher(sender, true), packet));
        assertEquals(Result.YES, match(new LinkSourceMatcher(MacAddress.BROADCAST, true), packet));
    }

    private static Result ofOwner(OwnerMatcher matcher, boolean fromEndpoint, @Nullable SocketOwner owner) {
        PacketBuffer packet = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);
        packet.fromEndpoint = fromEndpoint;
        PacketContext context = new PacketContext();
        if (owner != null) {
            context.socketOwner(owner);
        }
        context.begin(Hook.OUTPUT, packet, null, "eth0", 0);
        return matcher.match(context);
    }

    /** Linux's xt_owner.c. */
    @Test
    void owner_isThatOfTheEndpoint() {
        SocketOwner owner = new SocketOwner(1000, 100, List.of(7L, 8L));
        OwnerMatcher.Ids around = new OwnerMatcher.Ids(999, 1000, false);
        OwnerMatcher.Ids eight = new OwnerMatcher.Ids(8, 9, false);
        OwnerMatcher.Ids notEight = new OwnerMatcher.Ids(8, 9, true);
        OwnerMatcher.Socket any = OwnerMatcher.Socket.ANY;
        assertEquals(Result.YES, ofOwner(new OwnerMatcher(any, around, null, false), true, owner));
        assertEquals(Result.NO, ofOwner(new OwnerMatcher(any, around, eight, false), true, owner));
        assertEquals(Result.YES, ofOwner(new OwnerMatcher(any, around, eight, true), true, owner));
        assertEquals(Result.YES, ofOwner(new OwnerMatcher(any, around, notEight, false), true, owner));
        assertEquals(Result.NO, ofOwner(new OwnerMatcher(any, around, notEight, true), true, owner));
    }

    @Test
    void owner_ofPacketsThatHaveNone_isOnlyNegatedOnes() {
        OwnerMatcher.Ids root = new OwnerMatcher.Ids(0, 0, false);
        OwnerMatcher.Ids notRoot = new OwnerMatcher.Ids(0, 0, true);
        OwnerMatcher exists = new OwnerMatcher(OwnerMatcher.Socket.EXISTS, null, null, false);
        OwnerMatcher missing = new OwnerMatcher(OwnerMatcher.Socket.MISSING, null, null, false);
        SocketOwner owner = new SocketOwner(0, 0, List.of());
        assertEquals(Result.YES, ofOwner(exists, true, null));
        assertEquals(Result.NO, ofOwner(exists, false, owner));
        assertEquals(Result.NO, ofOwner(missing, true, owner));
        assertEquals(Result.YES, ofOwner(missing, false, owner));
        for (boolean socket : new boolean[] {false, true}) {
            SocketOwner known = socket ? null : owner;
            OwnerMatcher.Socket any = OwnerMatcher.Socket.ANY;
            assertEquals(Result.NO, ofOwner(new OwnerMatcher(any, root, null, false), socket, known));
            assertEquals(Result.YES, ofOwner(new OwnerMatcher(any, notRoot, null, false), socket, known));
            assertEquals(Result.NO, ofOwner(new OwnerMatcher(any, notRoot, root, false), socket, known));
        }
        OwnerMatcher further = new OwnerMatcher(OwnerMatcher.Socket.ANY, null, notRoot, true);
        assertEquals(Result.NO, ofOwner(further, false, owner));
    }

    @Test
    void mark_isComparedWithinTheMask() {
        PacketBuffer packet = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);
        packet.mark = 0x15;
        assertEquals(Result.YES, match(new MarkMatcher(0x15, -1, false), packet));
        assertEquals(Result.YES, match(new MarkMatcher(5, 0xf, false), packet));
        assertEquals(Result.NO, match(new MarkMatcher(5, 0xf, true), packet));
        assertEquals(Result.NO, match(new MarkMatcher(5, -1, false), packet));
    }

    /** iptables-extensions(8): zeroes the bits given by the mask and XORs the value into the mark. */
    @Test
    void setXmark_clearsTheMask_andTurnsTheValuesBits() {
        PacketBuffer packet = Packets.tcp(CLIENT, 40000, SERVER, 80, SYN);
        packet.mark = 0xf5;
        PacketContext context = new PacketContext();
        context.begin(Hook.OUTPUT, packet, null, "eth0", 0);
        assertEquals(Target.Action.CONTINUE, new StandardTarget.Mark(0x21, 0x0f).apply(context));
        assertEquals(0xd1, packet.mark);
    }
}
