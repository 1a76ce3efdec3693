package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.ack;
import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.flags;
import static dev.atoll.stack.check.Checks.icmp;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.quoted;
import static dev.atoll.stack.check.Checks.seq;
import static dev.atoll.stack.check.Checks.source;
import static dev.atoll.stack.check.Checks.sourcePort;
import static dev.atoll.stack.check.Checks.tcp;
import static dev.atoll.stack.check.Checks.ttl;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.Nic;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainCounters;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.ConnState;
import dev.atoll.stack.filter.ConnStateMatcher;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.HopsMatcher;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RejectWith;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which hooks a packet meets on its way, in which order and with which interfaces (netfilter's, as on Linux). */
class HooksTest {
    private static final Origin ORIGIN = new Origin("test", 1, "rule");
    private static final MacAddress FAR_MAC = MacAddress.parse("02:00:00:00:00:55");
    private static final IpAddress HERE = IpAddress.parse("10.1.0.9");
    private static final IpAddress THERE = IpAddress.parse("10.2.0.9");
    private static final IpAddress ROUTER = IpAddress.parse("10.1.0.1");
    private static final IpAddress HERE6 = IpAddress.parse("2001:db8:1::9");
    private static final IpAddress THERE6 = IpAddress.parse("2001:db8:2::9");
    private static final IpAddress ROUTER6 = IpAddress.parse("2001:db8:1::1");

    private final OneStack net;
    private final TestLink far = new TestLink(1300);
    private final List<String> met = new ArrayList<>();

    HooksTest() throws StackException {
        net = OneStack.ready();
        Nic there = net.stack.createNic("eth1", far);
        net.nic.addAddress(ROUTER, 24);
        net.nic.addAddress(ROUTER6, 64);
        there.addAddress(IpAddress.parse("10.2.0.1"), 24);
        there.addAddress(IpAddress.parse("2001:db8:2::1"), 64);
        net.nic.neighbors().setStatic(HERE, PEER_MAC);
        net.nic.neighbors().setStatic(HERE6, PEER_MAC);
        there.neighbors().setStatic(THERE, FAR_MAC);
        there.neighbors().setStatic(THERE6, FAR_MAC);
        net.nic.setForwarding(true, true);
        net.nic.setForwarding(false, true);
        net.advance(OneStack.SECOND);
        quiet();
    }

    private void quiet() {
        net.frames();
        while (far.poll() != null) {
            // What the NIC said when it began.
        }
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    /** A rule in each chain of a table that notes which hook a packet met, and by which interfaces. */
    private Table noting(Family family) {
        Table table = Table.acceptAll(TableName.MANGLE, family);
        for (Hook hook : TableName.MANGLE.hooks()) {
            Matcher note = context -> {
                met.add(hook + " " + context.inNic() + ">" + context.outNic());
                return Matcher.Result.NO;
            };
            table = table.with(chain(hook, new Rule(List.of(note), StandardTarget.NONE, ORIGIN)));
        }
        return table;
    }

    private static Chain chain(Hook hook, Rule... rules) {
        return new Chain(hook.name(), ChainPolicy.ACCEPT, List.of(rules), ORIGIN);
    }

    private void rules(Table... tables) {
        net.stack.ipTables().replace(RuleSet.of(List.of(tables)));
    }

    private List<String> met() {
        List<String> was = List.copyOf(met);
        met.clear();
        return was;
    }

    private static Ipv4Packet four(IpAddress to) {
        Bytes payload = Bytes.of(new byte[10]);
        return Ipv4Packet.of(HERE, to, Ipv4Packet.UDP, new UdpDatagram(9, 7, payload).encode(HERE, to));
    }

    private static Ipv6Packet six(IpAddress to) {
        Bytes payload = Bytes.of(new byte[10]);
        return Ipv6Packet.of(HERE6, to, Ipv4Packet.UDP, new UdpDatagram(9, 7, payload).encode(HERE6, to));
    }

    private static Ipv4Packet fragment(int offset, boolean more, Bytes part) {
        return new Ipv4Packet(0, 6, false, more, offset, 64, Ipv4Packet.UDP, HERE, THERE, Bytes.EMPTY, part);
    }

    private UdpEndpoint udp() throws StackException {
        UdpEndpoint endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V6_ANY, 7));
        return endpoint;
    }

    @Test
    void everyPacket_meetsTheHooksOfItsWay() throws StackException {
        rules(noting(Family.IPV4), noting(Family.IPV6));
        UdpEndpoint endpoint = udp();
        List<String> in = List.of("PREROUTING eth0>", "INPUT eth0>");
        net.send(four(ROUTER));
        assertEquals(in, met());
        net.send(six(ROUTER6));
        assertEquals(in, met());

        List<String> out = List.of("OUTPUT >eth1", "POSTROUTING >eth1");
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(THERE, 7));
        assertEquals(out, met());
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(THERE6, 7));
        assertEquals(out, met());
        quiet();

        List<String> through = List.of("PREROUTING eth0>", "FORWARD eth0>eth1", "POSTROUTING eth0>eth1");
        net.send(four(THERE));
        assertEquals(through, met());
        net.send(six(THERE6));
        assertEquals(through, met());
        assertNotNull(far.poll());
        assertNotNull(far.poll());

        endpoint.send(ByteBuffer.allocate(1), new FullAddress(IpAddress.V4_LOOPBACK, 7));
        assertEquals(List.of("OUTPUT >lo", "POSTROUTING >lo", "PREROUTING lo>", "INPUT lo>"), met());
    }

    @Test
    void packetThatHasNowhereToGo_meetsPreroutingAlone() {
        rules(noting(Family.IPV4), noting(Family.IPV6));
        net.send(four(IpAddress.parse("192.0.2.7")));
        assertEquals("PREROUTING eth0>", met().get(0));
        assertEquals(1, net.stack.counters().drops(DropReason.IP_NO_ROUTE));
    }

    @Test
    void fragments_meetPreroutingAsOnePacket() {
        rules(noting(Family.IPV4), noting(Family.IPV6));
        Bytes whole = new UdpDatagram(9, 7, Bytes.of(new byte[2000])).encode(HERE, THERE);
        net.send(fragment(0, true, whole.slice(0, 1200)));
        assertEquals(List.of(), met());
        net.send(fragment(1200, false, whole.slice(1200, whole.length())));
        assertEquals(List.of("PREROUTING eth0>", "FORWARD eth0>eth1", "POSTROUTING eth0>eth1"), met());
        quiet();
    }

    private Table dropping(Hook hook, Matcher... matchers) {
        return Table.acceptAll(TableName.MANGLE, Family.IPV4)
                .with(chain(hook, new Rule(List.of(matchers), StandardTarget.DROP, ORIGIN)));
    }

    @Test
    void prerouting_drops_whatIsForThisHostAndForOthers_andTells() throws StackException {
        List<Denial> denials = new ArrayList<>();
        net.stack.ipTables().denialListener(denials::add);
        rules(dropping(Hook.PREROUTING, new InterfaceMatcher(InterfaceMatcher.Side.IN, "eth0", false)));
        UdpEndpoint endpoint = udp();
        net.send(four(ROUTER));
        net.send(four(THERE));
        assertNull(endpoint.receive(ByteBuffer.allocate(10)));
        assertNull(far.poll());
        net.expectNothing();
        assertEquals(2, net.stack.counters().drops(DropReason.FILTERED));
        assertEquals(2, denials.size());
        assertEquals(Hook.PREROUTING, denials.get(0).hook());
        assertEquals(ORIGIN, denials.get(0).origin());
    }

    @Test
    void postrouting_drops_whatGoesOutAndThrough_andTheSenderHereIsTold() throws StackException {
        rules(dropping(Hook.POSTROUTING, new InterfaceMatcher(InterfaceMatcher.Side.OUT, "eth1", false)));
        UdpEndpoint endpoint = udp();
        StackException error = assertThrows(
                StackException.class, () -> endpoint.send(ByteBuffer.allocate(1), new FullAddress(THERE, 7)));
        assertEquals(StackError.NOT_PERMITTED, error.error());
        net.send(four(THERE));
        assertNull(far.poll());
        assertEquals(2, net.stack.counters().drops(DropReason.FILTERED));
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(HERE, 7));
        assertEquals(1, net.frames().size());
    }

    /** Netfilter knows a connection once its first packet has met every hook. */
    @Test
    void flowWhoseFirstPacketPostroutingDrops_isNotKnown() throws StackException {
        ConnStateMatcher fresh = new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, ConnState.NEW.bit(), false);
        rules(dropping(Hook.POSTROUTING, fresh));
        UdpEndpoint endpoint = udp();
        assertThrows(StackException.class, () -> endpoint.send(ByteBuffer.allocate(1), new FullAddress(HERE, 7)));
        assertEquals(0, net.stack.ipTables().connTrackStats().flows());
        rules(Table.acceptAll(TableName.MANGLE, Family.IPV4)
                .with(chain(Hook.POSTROUTING, new Rule(List.of(fresh), StandardTarget.NONE, ORIGIN))));
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(HERE, 7));
        assertEquals(1, net.stack.ipTables().connTrackStats().flows());
        long counted = 0;
        for (ChainCounters chain : net.stack.ipTables().counters()) {
            counted += chain.chain().name().equals("POSTROUTING")
                    ? chain.rules().get(0).packets()
                    : 0;
        }
        assertEquals(1, counted);
        quiet();
    }

    // --- What a router's rules see and answer, as on Linux (ip_forward, nf_reject)

    private static Table rejecting(Hook hook, RejectWith with, Matcher... matchers) {
        return Table.acceptAll(TableName.FILTER, Family.IPV4)
                .with(chain(hook, new Rule(List.of(matchers), new StandardTarget.Reject(with), ORIGIN)));
    }

    @Test
    void forward_seesThePacketOneHopOlder_andQuotesItSo() {
        rules(rejecting(
                Hook.FORWARD, RejectWith.ICMP_ADMIN_PROHIBITED, new HopsMatcher(HopsMatcher.Comparison.EQUAL, 63)));
        net.send(four(THERE));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 13, quoted(ttl(63)))));
        net.send(four(THERE).withTtl(63));
        assertNotNull(far.poll());
    }

    @Test
    void forward_isNotAskedOfWhatIsTooBigForTheNextLink() {
        rules(noting(Family.IPV4));
        Bytes payload = Bytes.of(new byte[1350]);
        net.send(Ipv4Packet.of(HERE, THERE, Ipv4Packet.UDP, new UdpDatagram(9, 7, payload).encode(HERE, THERE)));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 4)));
        assertEquals(List.of("PREROUTING eth0>", "OUTPUT >eth0", "POSTROUTING >eth0"), met());
    }

    private static Ipv4Packet syn(IpAddress to) {
        TcpSegment syn = new TcpSegment(1000, 80, 5, 0, TcpSegment.SYN, 100, 0, List.of(), Bytes.EMPTY);
        return Ipv4Packet.of(HERE, to, Ipv4Packet.TCP, syn.encode(HERE, to));
    }

    private static Ipv4Packet spoiled(Ipv4Packet packet) {
        byte[] payload = packet.payload().toArray();
        payload[payload.length - 1] ^= 1;
        return Ipv4Packet.of(packet.source(), packet.destination(), packet.protocol(), Bytes.of(payload));
    }

    @Test
    void forward_rejectsWithAReset_inTheNameOfTheOtherEnd() {
        rules(rejecting(Hook.FORWARD, RejectWith.TCP_RESET, new ProtocolMatcher(IpProtocol.TCP, false)));
        net.send(syn(THERE));
        net.expect(ipv4(source(THERE), destination(HERE), tcp(sourcePort(80), flags("R."), seq(0), ack(6))));
        assertNull(far.poll());
    }

    /** Who sent it is not to be believed. */
    @Test
    void rejection_ofWhatHasABadChecksum_isNotAnswered() {
        for (Hook hook : List.of(Hook.INPUT, Hook.FORWARD)) {
            IpAddress to = hook == Hook.INPUT ? ROUTER : THERE;
            rules(rejecting(hook, RejectWith.ICMP_PORT_UNREACHABLE));
            net.send(spoiled(four(to)));
            net.send(spoiled(syn(to)));
            rules(rejecting(hook, RejectWith.TCP_RESET, new ProtocolMatcher(IpProtocol.TCP, false)));
            net.send(spoiled(syn(to)));
            net.expectNothing();
            net.send(syn(to));
            assertEquals(1, net.frames().size());
        }
        assertNull(far.poll());
    }

    /** Linux sums up what it does not know as if it had a checksum in there. */
    @Test
    void rejection_ofAnUnknownProtocol_isAnsweredIfItSumsUp() {
        rules(rejecting(Hook.FORWARD, RejectWith.ICMP_PORT_UNREACHABLE));
        net.send(Ipv4Packet.of(HERE, THERE, 99, Bytes.hex("0102")));
        net.send(Ipv4Packet.of(HERE, THERE, 99, Bytes.hex("01020304")));
        net.expectNothing();
        for (String sound : List.of("", "0000", "ff00 00ff")) {
            net.send(Ipv4Packet.of(HERE, THERE, 99, Bytes.hex(sound)));
            net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 3)));
        }
        net.send(Ipv4Packet.of(HERE, THERE, IpProtocol.GRE, Bytes.hex("8000 0800 01020304")));
        net.expectNothing();
        net.send(Ipv4Packet.of(HERE, THERE, IpProtocol.GRE, Bytes.hex("0000 0800 01020304")));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 3)));
        net.send(Ipv4Packet.of(HERE, THERE, IpProtocol.ESP, Bytes.hex("0102")));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 3)));
    }

    private static ConnStateMatcher state(ConnState state) {
        return new ConnStateMatcher(ConnStateMatcher.Spelling.CONNTRACK, state.bit(), false);
    }

    /** Connections are tracked from PREROUTING on, whatever chains there are. */
    @Test
    void errorAboutAPacketThatDidNotGetToForward_isRelated() {
        rules(Table.acceptAll(TableName.FILTER, Family.IPV4)
                .with(chain(Hook.OUTPUT, new Rule(List.of(state(ConnState.RELATED)), StandardTarget.DROP, ORIGIN))));
        net.send(four(THERE).withTtl(1));
        net.expectNothing();
    }

    @Test
    void errorAboutADeliveredDatagram_isMetAnew() {
        Table raw = Table.acceptAll(TableName.RAW, Family.IPV4)
                .with(chain(Hook.OUTPUT, new Rule(List.of(state(ConnState.RELATED)), StandardTarget.DROP, ORIGIN)));
        rules(raw);
        net.send(four(ROUTER));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 3)));
        rules(dropping(Hook.OUTPUT, state(ConnState.RELATED)));
        net.send(four(ROUTER));
        net.expectNothing();
    }

    private static Table translating(Hook hook, NatTarget target, Table table) {
        return table.with(chain(hook, new Rule(List.of(), target, ORIGIN)));
    }

    /** Linux's inet_select_addr: a loopback address is not what others are shown. */
    @Test
    void masquerade_ofWhatStaysHere_hasAnAddressOfAnotherInterface() throws StackException {
        NatRange here = NatRange.ANY.address(ROUTER);
        Table table = Table.acceptAll(TableName.NAT, Family.IPV4);
        table = translating(Hook.OUTPUT, new NatTarget.Dnat(here), table);
        rules(translating(Hook.POSTROUTING, new NatTarget.Masquerade(NatRange.ANY), table));
        UdpEndpoint endpoint = udp();
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(THERE, 7));
        assertEquals(new FullAddress(ROUTER, 7), endpoint.receive(ByteBuffer.allocate(1)));
    }

    /** RFC 1122 section 3.2.1.3 (g). */
    @Test
    @Requirement("RFC 1122 3.2.1.3-6")
    void loopbackAddresses_doNotLeave() throws StackException {
        Nic there = Objects.requireNonNull(net.stack.findNic("eth1"));
        net.stack.routes().add(Subnet.parse("0.0.0.0/0"), THERE, there);
        net.stack.routes().add(Subnet.parse("::/0"), THERE6, there);
        for (IpAddress loopback : List.of(IpAddress.V4_LOOPBACK, IpAddress.V6_LOOPBACK)) {
            UdpEndpoint endpoint = net.stack.newUdpEndpoint();
            endpoint.bind(new FullAddress(loopback, 7));
            refused(endpoint, new FullAddress(loopback.isV4() ? THERE : THERE6, 7));
        }
        Objects.requireNonNull(net.stack.findNic("lo")).setEnabled(false);
        refused(net.stack.newUdpEndpoint(), new FullAddress(IpAddress.parse("127.0.0.2"), 7));
        assertNull(far.poll());
    }

    private static void refused(UdpEndpoint endpoint, FullAddress to) {
        StackException error =
                assertThrows(StackException.class, () -> endpoint.send(ByteBuffer.allocate(1), to), to::toString);
        assertEquals(StackError.INVALID, error.error(), to.toString());
    }

    /** Linux's icmp_pointers: whatever is no query might be an error (RFC 1122 section 3.2.2). */
    @Test
    void errorsAboutIcmp_areAboutQueriesAlone() {
        for (int type : new int[] {0, 8, 13, 18, 1, 5, 9, 10, 19, 42}) {
            Bytes message = new IcmpMessage(type, 0, 0, Bytes.of(new byte[4])).encode();
            net.send(Ipv4Packet.of(HERE, THERE, Ipv4Packet.ICMP, message).withTtl(1));
            boolean query = type == 0 || type == 8 || type == 13 || type == 18;
            assertEquals(query ? 1 : 0, net.frames().size(), "type " + type);
        }
    }
}
