package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Counters;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.env.Timer;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.options.TcpTuning;
import dev.atoll.stack.protocol.NetworkContext;
import dev.atoll.stack.protocol.NetworkProtocol;
import dev.atoll.stack.protocol.TransportContext;
import dev.atoll.stack.protocol.TransportDisposition;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which protocols a stack has, and protocols that its caller supplies. */
class ProtocolsTest {
    private static final int NUMBER = 253;
    private static final int ETHER_TYPE = 0x88b5;

    private static final byte[] DATA = {1, 2, 3, 4, 5, 6, 7, 8};

    /** Sends back what it gets, a second later, if the first byte is not 0. */
    private static final class Echo implements TransportProtocol {
        final List<byte[]> received = new ArrayList<>();
        final List<StackError> errors = new ArrayList<>();
        private @Nullable TransportContext context;
        private @Nullable Timer timer;
        private @Nullable FullAddress back;
        private TransportDisposition answer = TransportDisposition.HANDLED;
        private Runnable onReceive = () -> {};

        TransportContext context() {
            assertNotNull(context);
            return context;
        }

        @Override
        public int protocolNumber() {
            return NUMBER;
        }

        @Override
        public int minimumPacketBytes() {
            return 4;
        }

        @Override
        public void attach(TransportContext newContext) {
            context = newContext;
            timer = newContext.newTimer(this::sendBack);
        }

        @Override
        public TransportDisposition receive(PacketBuffer packet) {
            byte[] bytes = packet.toArray();
            received.add(bytes);
            onReceive.run();
            if (bytes[0] > 0 && timer != null) {
                back = new FullAddress(new IpAddress(packet.sourceHigh, packet.sourceLow), 0);
                timer.arm(context().nowNs() + 1_000_000_000L);
            }
            return answer;
        }

        private void sendBack() {
            byte[] last = received.get(received.size() - 1).clone();
            last[0] = 0;
            assertNotNull(back);
            assertNull(send(last, back));
        }

        @Nullable StackError send(byte[] bytes, FullAddress to) {
            PacketBuffer packet = context().pool().allocate(bytes.length);
            packet.data().put(packet.append(bytes.length), bytes);
            return context().send(packet, null, to, 64, 0);
        }

        @Override
        public void unreachable(PacketBuffer quoted, StackError error, boolean hard, int nextHopMtu) {
            errors.add(error);
        }
    }

    private static byte[] data(int first) {
        byte[] bytes = DATA.clone();
        bytes[0] = (byte) first;
        return bytes;
    }

    private final List<Echo> echoes = new ArrayList<>();

    private TwoStacks net() throws StackException {
        return TwoStacks.with(builder -> {
            Echo echo = new Echo();
            echoes.add(echo);
            builder.transportProtocol(echo).rawEndpoints(true);
        });
    }

    private void isEchoed(TwoStacks net, IpAddress right) {
        Echo echo = echoes.get(0);
        echo.received.clear();
        echo.context().execute(() -> assertNull(echo.send(data(1), new FullAddress(right, 0))));
        assertTrue(net.runUntil(() -> !echo.received.isEmpty(), 2_000_000_000L));
        assertArrayEquals(data(0), echo.received.get(0));
    }

    @Test
    @Requirement("features A3")
    void transportProtocol_sendsReceivesAndKeepsTime_overBothFamilies() throws StackException {
        try (TwoStacks net = net()) {
            isEchoed(net, TwoStacks.RIGHT);
            isEchoed(net, TwoStacks.RIGHT6);
            assertEquals(TwoStacks.LEFT6, echoes.get(0).context().sourceFor(new FullAddress(TwoStacks.RIGHT6, 0)));
        }
    }

    /** RFC 4861 section 7.3.1. */
    @Test
    void destinationThatIsConfirmed_isReachable() throws StackException {
        try (TwoStacks net = net()) {
            NeighborTable neighbors = net.left.nics().get(1).neighbors();
            neighbors.addHint(TwoStacks.RIGHT, net.right.nics().get(1).linkAddress());
            assertEquals("STALE", neighbors.list().get(0).state());
            TransportContext left = echoes.get(0).context();
            left.execute(() -> left.confirmReachable(new FullAddress(IpAddress.parse("192.0.2.1"), 0)));
            assertEquals("STALE", neighbors.list().get(0).state());
            left.execute(() -> left.confirmReachable(new FullAddress(TwoStacks.RIGHT, 0)));
            assertEquals("REACHABLE", neighbors.list().get(0).state());
        }
    }

    @Test
    @Requirement("features H10")
    void disposition_decidesWhetherTheSenderIsTold() throws StackException {
        try (TwoStacks net = net()) {
            Echo echo = echoes.get(0);
            for (TransportDisposition disposition : TransportDisposition.values()) {
                echoes.get(1).answer = disposition;
                echo.context().execute(() -> echo.send(data(0), new FullAddress(TwoStacks.RIGHT, 0)));
                net.settle();
            }
            assertEquals(List.of(StackError.REFUSED, StackError.PROTOCOL_UNREACHABLE), echo.errors);
            assertEquals(1, net.right.counters().drops(DropReason.PROTOCOL_MALFORMED));
            assertEquals(1, net.right.counters().drops(DropReason.PROTOCOL_NO_PORT));
        }
    }

    @Test
    @Requirement("features M4")
    void packetBelowTheMinimum_isDroppedBeforeTheProtocol() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint raw = net.left.newRawEndpoint(true, NUMBER)) {
            raw.send(ByteBuffer.wrap(new byte[3]), new FullAddress(TwoStacks.RIGHT, 0));
            net.settle();
            assertEquals(0, echoes.get(1).received.size());
            assertEquals(1, net.right.counters().drops(DropReason.PROTOCOL_MALFORMED));
        }
    }

    @Test
    @Requirement("features E15")
    @Requirement("features M5")
    void packetTooShortForTcpOrUdp_isDroppedAndCounted() throws StackException {
        FullAddress right = new FullAddress(TwoStacks.RIGHT, 0);
        try (TwoStacks net = net();
                RawEndpoint tcp = net.left.newRawEndpoint(true, 6);
                RawEndpoint udp = net.left.newRawEndpoint(true, 17)) {
            tcp.send(ByteBuffer.allocate(19), right);
            udp.send(ByteBuffer.allocate(7), right);
            // A UDP header that states one byte more than there is.
            udp.send(ByteBuffer.allocate(8).putShort(4, (short) 9), right);
            net.settle();
            assertEquals(1, net.right.counters().drops(DropReason.TCP_MALFORMED));
            assertEquals(2, net.right.counters().drops(DropReason.UDP_MALFORMED));
        }
    }

    @Test
    void wayThatIsNotThere_isAnError() throws StackException {
        try (TwoStacks net = net()) {
            Echo echo = echoes.get(0);
            FullAddress nowhere = new FullAddress(IpAddress.parse("192.0.2.1"), 0);
            echo.context().execute(() -> assertEquals(StackError.NETWORK_UNREACHABLE, echo.send(DATA, nowhere)));
            assertNull(echo.context().sourceFor(nowhere));
            assertEquals(0, net.left.packetsOutstanding());
        }
    }

    @Test
    void packetLargerThanIpCarries_isRefused() throws StackException {
        try (TwoStacks net = net()) {
            Echo echo = echoes.get(0);
            FullAddress right = new FullAddress(TwoStacks.RIGHT, 0);
            echo.context().execute(() -> {
                assertEquals(StackError.MESSAGE_TOO_LONG, echo.send(new byte[0xffff - 20 + 1], right));
                assertNull(echo.send(new byte[0xffff - 20], right));
            });
            net.settle();
            assertEquals(0xffff - 20, echoes.get(1).received.get(0).length);
        }
    }

    /** Its own packets to the group come back to it after its call, not within: there are as many as it allows. */
    @Test
    void protocolThatAnswersAGroupToTheGroup_isNotCalledWithinItsOwnCall() throws StackException {
        IpAddress group = IpAddress.parse("239.9.9.9");
        try (TwoStacks net = net()) {
            net.left.nics().get(1).joinGroup(group);
            Echo echo = echoes.get(0);
            echo.onReceive = () -> {
                if (echo.received.size() < 5000) {
                    assertNull(echo.send(data(0), new FullAddress(2, group, 0)));
                }
            };
            echo.context().execute(() -> assertNull(echo.send(data(0), new FullAddress(2, group, 0))));
            net.settle();
            assertEquals(5000, echo.received.size());
        }
    }

    @Test
    void timerOfAProtocol_doesNotFireOnceTheStackIsClosed() throws StackException {
        TwoStacks net = net();
        Echo echo = echoes.get(0);
        echo.context().execute(() -> assertNull(echo.send(data(1), new FullAddress(TwoStacks.RIGHT, 0))));
        net.settle();
        assertEquals(1, echoes.get(1).received.size());
        net.close();
        net.clock.advanceNs(2_000_000_000L);
        assertEquals(Long.MAX_VALUE, net.right.run(() -> {}));
        assertEquals(0, net.right.packetsOutstanding());
    }

    @Test
    void twoProtocolsOfOneNumber_areRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> TwoStacks.with(
                        builder -> builder.transportProtocol(new Echo()).transportProtocol(new Echo())));
        assertThrows(
                IllegalArgumentException.class,
                () -> TwoStacks.with(builder -> builder.networkProtocol(new Hello(0x0800))));
    }

    /** A network protocol that remembers who said something. */
    private static final class Hello implements NetworkProtocol {
        final List<Long> heardFrom = new ArrayList<>();
        private final int etherType;
        private @Nullable NetworkContext context;

        Hello(int etherType) {
            this.etherType = etherType;
        }

        NetworkContext context() {
            assertNotNull(context);
            return context;
        }

        @Override
        public int etherType() {
            return etherType;
        }

        @Override
        public int minimumPacketBytes() {
            return 2;
        }

        @Override
        public void attach(NetworkContext newContext) {
            context = newContext;
        }

        @Override
        public boolean receive(PacketBuffer packet) {
            heardFrom.add(packet.linkSource);
            return packet.data().get(packet.start()) == 1;
        }

        @Nullable StackError send(int bytes, int first, int nicId) {
            PacketBuffer packet = context().pool().allocate(bytes);
            packet.data().put(packet.append(bytes), (byte) first);
            return context().send(packet, nicId, MacAddress.BROADCAST);
        }
    }

    @Test
    void networkProtocol_sendsAndReceivesBesideIp() throws StackException {
        List<Hello> hellos = new ArrayList<>();
        try (TwoStacks net = TwoStacks.with(builder -> {
            Hello hello = new Hello(ETHER_TYPE);
            hellos.add(hello);
            builder.networkProtocol(hello);
        })) {
            Hello left = hellos.get(0);
            left.context().execute(() -> {
                assertNull(left.send(50, 1, 2));
                assertNull(left.send(50, 7, 2));
                assertEquals(StackError.UNKNOWN_NIC, left.send(50, 1, 99));
                assertEquals(StackError.MESSAGE_TOO_LONG, left.send(1501, 1, 2));
                // Below the minimum: the protocol is not asked.
                assertNull(left.send(1, 1, 2));
            });
            net.settle();

            long from = net.left.nics().get(1).linkAddress().bits();
            assertEquals(List.of(from, from), hellos.get(1).heardFrom);
            assertEquals(2, net.right.counters().drops(DropReason.PROTOCOL_MALFORMED));
            assertEquals(0, net.left.packetsOutstanding());
        }
    }

    @Test
    @Requirement("features H3")
    @Requirement("features M19")
    void unclaimedPackets_areOfferedBeforeTheyAreRefused() throws StackException {
        List<TransportEndpointId> offered = new ArrayList<>();
        try (TwoStacks net = TwoStacks.with(builder -> builder.rawEndpoints(true)
                        .unclaimedHandler(17, (id, packet) -> offered.add(id))
                        .unclaimedHandler(6, (id, packet) -> !offered.add(id))
                        .unclaimedHandler(NUMBER, (id, packet) -> offered.add(id)));
                UdpEndpoint udp = net.left.newUdpEndpoint();
                RawEndpoint raw = net.left.newRawEndpoint(true, NUMBER)) {
            udp.bind(new FullAddress(TwoStacks.LEFT, 1000));
            udp.connect(new FullAddress(TwoStacks.RIGHT, 2000));
            udp.send(ByteBuffer.wrap(DATA), null);
            raw.connect(new FullAddress(TwoStacks.RIGHT, 0));
            raw.send(ByteBuffer.wrap(DATA), null);
            var tcp = net.left.newTcpEndpoint();
            tcp.bind(new FullAddress(TwoStacks.LEFT, 3000));
            tcp.connect(new FullAddress(TwoStacks.RIGHT, 4000));
            net.settle();

            assertEquals(
                    List.of(
                            new TransportEndpointId(TwoStacks.RIGHT, 2000, TwoStacks.LEFT, 1000),
                            new TransportEndpointId(TwoStacks.RIGHT, 0, TwoStacks.LEFT, 0),
                            new TransportEndpointId(TwoStacks.RIGHT, 4000, TwoStacks.LEFT, 3000)),
                    offered);
            assertNull(udp.takeError());
            assertNull(raw.takeError());
            // The handler said no.
            StackException refused = tcp.takeError();
            assertNotNull(refused);
            assertEquals(StackError.REFUSED, refused.error());
        }
    }

    // --- Which there are

    private static Stack stack(Protocol... protocols) {
        return Stack.builder()
                .clock(new ManualClock(0, 0))
                .rng(Rng.seeded(1))
                .protocols(protocols)
                .build();
    }

    @Test
    @Requirement("features A1")
    @Requirement("features M4")
    void stackWithoutTcpAndUdp_hasNoSuchEndpoints_andSaysSoToPeers() throws StackException {
        try (Stack stack = stack(Protocol.IPV4)) {
            assertEquals(EnumSet.of(Protocol.IPV4), stack.protocols());
            assertThrows(UnsupportedOperationException.class, stack::newTcpEndpoint);
            assertThrows(UnsupportedOperationException.class, stack::newTcpListener);
            assertThrows(UnsupportedOperationException.class, stack::newUdpEndpoint);
        }
        try (TwoStacks net = TwoStacks.with(builder ->
                        builder.protocols(Protocol.IPV4, Protocol.IPV6).rawEndpoints(true));
                RawEndpoint raw = net.left.newRawEndpoint(true, 17)) {
            raw.connect(new FullAddress(TwoStacks.RIGHT, 0));
            raw.send(ByteBuffer.wrap(DATA), null);
            net.settle();
            StackException error = raw.takeError();
            assertNotNull(error);
            assertEquals(StackError.PROTOCOL_UNREACHABLE, error.error());
        }
    }

    @Test
    void stackOfIpv6Alone_takesAndSendsNoIpv4() throws StackException {
        try (Stack stack = stack(Protocol.IPV6, Protocol.UDP);
                UdpEndpoint endpoint = stack.newUdpEndpoint()) {
            assertEquals(
                    List.of("::1"),
                    stack.nics().get(0).addresses().stream()
                            .map(address -> address.address().toString())
                            .toList());
            StackException error = assertThrows(
                    StackException.class,
                    () -> endpoint.send(ByteBuffer.wrap(DATA), new FullAddress(IpAddress.V4_LOOPBACK, 9)));
            assertEquals(StackError.NETWORK_UNREACHABLE, error.error());
            error = assertThrows(
                    StackException.class, () -> stack.nics().get(0).addAddress(IpAddress.parse("10.0.0.1"), 8));
            assertEquals(StackError.NOT_SUPPORTED, error.error());
            error = assertThrows(StackException.class, () -> stack.newIcmpEndpoint(true));
            assertEquals(StackError.NOT_SUPPORTED, error.error());
            endpoint.send(ByteBuffer.wrap(DATA), new FullAddress(IpAddress.V6_LOOPBACK, 9));
            assertFalse(stack.newIcmpEndpoint(false).readiness() == 0);
        }
    }

    @Test
    @Requirement("features A17")
    void protocolsOfAStack_areThoseItWasMadeWith_whoeverChangesTheCopy() {
        try (Stack stack = stack(Protocol.IPV6, Protocol.TCP)) {
            stack.protocols().add(Protocol.UDP);
            assertEquals(EnumSet.of(Protocol.IPV6, Protocol.TCP), stack.protocols());
        }
    }

    @Test
    void stackWithoutAnyNetworkProtocol_isRefused() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> stack(Protocol.TCP, Protocol.UDP));
        assertTrue(String.valueOf(refused.getMessage()).startsWith("protocols"), refused.getMessage());
    }

    // --- What else a stack is made of

    @Test
    @Requirement("features A2")
    @Requirement("features M22")
    @Requirement("features A1")
    void packetsToOwnAddresses_goOut_ifTheStackDoesNotHandleThem() throws StackException {
        ChannelLink link = new ChannelLink(1500, MacAddress.parse("02:00:00:00:00:01"));
        IpAddress own = IpAddress.parse("10.0.0.1");
        Counters counters = new Counters();
        try (Stack stack = Stack.builder()
                        .clock(new ManualClock(0, 0))
                        .rng(Rng.seeded(1))
                        .counters(counters)
                        .handleLocal(false)
                        .build();
                UdpEndpoint from = stack.newUdpEndpoint();
                UdpEndpoint to = stack.newUdpEndpoint()) {
            Nic nic = stack.createNic("eth0", link);
            nic.addAddress(own, 24);
            nic.neighbors().setStatic(own, nic.linkAddress());
            stack.run(link::read);
            to.bind(new FullAddress(IpAddress.V4_ANY, 7));
            from.send(ByteBuffer.wrap(DATA), new FullAddress(own, 7));
            assertEquals(-1, to.nextLength());
            assertEquals(1, link.size());

            stack.run(() -> {
                byte[] frame = link.read();
                assertNotNull(frame);
                link.inject(frame);
            });
            assertEquals(8, to.nextLength());
            assertEquals(1, counters.udpReceived);
            to.receive(ByteBuffer.allocate(8));
            from.send(ByteBuffer.wrap(DATA), new FullAddress(IpAddress.V4_LOOPBACK, 7));
            assertEquals(8, to.nextLength());
            assertEquals(0, link.size());
        }
    }

    @Test
    @Requirement("features A1")
    void firstRules_areInForceFromTheFirstPacketOn() throws StackException {
        Origin here = new Origin("test", 1, ":INPUT");
        Chain closed = new Chain("INPUT", ChainPolicy.DROP, List.of(), here);
        RuleSet rules = RuleSet.of(
                List.of(Table.acceptAll(TableName.FILTER, Family.IPV4).with(closed)));
        try (TwoStacks net = TwoStacks.with(builder -> builder.rules(rules));
                UdpEndpoint from = net.left.newUdpEndpoint();
                UdpEndpoint to = net.right.newUdpEndpoint()) {
            to.bind(new FullAddress(TwoStacks.RIGHT, 7));
            from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 7));
            net.settle();
            assertEquals(-1, to.nextLength());
            // Neighbour discovery of IPv6, for which there are no rules, is closed as well.
            assertTrue(net.right.counters().drops(DropReason.FILTERED) >= 1);
            assertEquals(rules, net.right.ipTables().ruleSet());
        }
    }

    @Test
    @Requirement("features M9")
    void tableWithAnotherChain_keepsTheRest() {
        Table accept = Table.acceptAll(TableName.NAT, Family.IPV6);
        Origin here = new Origin("test", 1, "chain");
        Chain own = new Chain("own", null, List.of(), here);
        Table both = accept.with(own).with(new Chain("INPUT", ChainPolicy.DROP, List.of(), here));
        assertEquals(
                List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING", "own"),
                both.chains().stream().map(Chain::name).toList());
        Chain input = both.chain("INPUT");
        assertNotNull(input);
        assertEquals(ChainPolicy.DROP, input.policy());
    }

    /** socket(7) and ip(7): what Linux has unless something else is set. */
    @Test
    @Requirement("features M23")
    void endpointThatSaysNothing_hasTheDefaultsOfLinux() throws StackException {
        try (Stack stack = stack(Protocol.IPV4, Protocol.UDP);
                UdpEndpoint endpoint = stack.newUdpEndpoint()) {
            assertEquals(0, endpoint.getOption(EndpointOption.IP_TOS));
            for (EndpointOption<Integer> buffer : List.of(EndpointOption.SO_RCVBUF, EndpointOption.SO_SNDBUF)) {
                assertEquals(212_992, endpoint.getOption(buffer));
                endpoint.setOption(buffer, 1);
                assertEquals(1152, endpoint.getOption(buffer));
                endpoint.setOption(buffer, Integer.MAX_VALUE);
                assertEquals(4 << 20, endpoint.getOption(buffer));
            }
        }
    }

    // --- What can be set while it runs

    @Test
    @Requirement("RFC 1122 3.2.1.7-4")
    @Requirement("features A18")
    void defaultTtl_holdsForPacketsWhoseEndpointSaysNothing() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> builder.rawEndpoints(true));
                RawEndpoint from = net.left.newRawEndpoint(true, NUMBER);
                RawEndpoint from6 = net.left.newRawEndpoint(false, NUMBER);
                RawEndpoint to = net.right.newRawEndpoint(true, NUMBER);
                RawEndpoint to6 = net.right.newRawEndpoint(false, NUMBER)) {
            net.left.setDefaultTtl(true, 20);
            net.left.setDefaultTtl(false, 30);
            assertEquals(20, net.left.defaultTtl(true));
            assertEquals(20, from.getOption(EndpointOption.IP_TTL));
            assertEquals(20, net.left.newTcpEndpoint().getOption(EndpointOption.IP_TTL));
            Route route = net.left.findRoute(new FullAddress(TwoStacks.RIGHT6, 0), null);
            assertNotNull(route);
            assertEquals(30, route.defaultTtl());
            from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 0));
            from6.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT6, 0));
            from.setOption(EndpointOption.IP_TTL, 5);
            from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 0));
            net.settle();

            assertEquals(20, ttl(to));
            assertEquals(5, ttl(to));
            assertEquals(30, ttl(to6));
            assertThrows(IllegalArgumentException.class, () -> net.left.setDefaultTtl(true, 0));
        }
    }

    private static int ttl(RawEndpoint endpoint) throws StackException {
        ReceivedMessage message = endpoint.receiveMessage(ByteBuffer.allocate(100));
        assertNotNull(message);
        return message.ttl();
    }

    @Test
    @Requirement("features A6")
    void buffersOfMessages_areWithinTheStacksLimits() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> builder.messages(new MessageTuning(5000, 10_000, 20_000)));
                UdpEndpoint before = net.left.newUdpEndpoint()) {
            assertEquals(10_000, before.getOption(EndpointOption.SO_RCVBUF));
            before.setOption(EndpointOption.SO_RCVBUF, 1);
            assertEquals(5000, before.getOption(EndpointOption.SO_RCVBUF));
            before.setOption(EndpointOption.SO_SNDBUF, 1 << 30);
            assertEquals(20_000, before.getOption(EndpointOption.SO_SNDBUF));
            net.left.setMessages(MessageTuning.DEFAULT);
            assertEquals(MessageTuning.DEFAULT, net.left.messages());
            assertEquals(212_992, net.left.newUdpEndpoint().getOption(EndpointOption.SO_RCVBUF));
            assertThrows(IllegalArgumentException.class, () -> new MessageTuning(10, 5, 20));
        }
    }

    @Test
    @Requirement("features A18")
    void tuningOfTcp_holdsForConnectionsMadeFromNowOn() throws StackException {
        try (TwoStacks net = TwoStacks.with(builder -> {})) {
            assertEquals("cubic", net.left.newTcpEndpoint().getOption(EndpointOption.TCP_CONGESTION));
            TcpTuning tuning = net.left.tcp();
            tuning.congestionControl = "reno";
            assertEquals("cubic", net.left.tcp().congestionControl);
            net.left.setTcp(tuning);
            tuning.congestionControl = "nonsense";
            assertEquals("reno", net.left.newTcpEndpoint().getOption(EndpointOption.TCP_CONGESTION));
            assertThrows(IllegalArgumentException.class, () -> net.left.setTcp(tuning));
        }
    }
}
