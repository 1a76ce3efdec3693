package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.options.EndpointInfo;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.AddressKind;
import dev.atoll.stack.wire.AddressState;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.PrimaryBehavior;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.stack.wire.TcpState;
import dev.atoll.stack.wire.TransportEndpointId;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** NICs of a stack: what they are made with, what can be changed, and what is asked of them. */
class NicTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final IpAddress ADDRESS = IpAddress.parse("10.0.0.1");
    private static final IpAddress SECOND = IpAddress.parse("10.0.0.2");
    private static final IpAddress ROUTER = IpAddress.parse("10.0.0.254");
    private static final FullAddress FAR = new FullAddress(IpAddress.parse("192.0.2.1"), 0);

    private final Stack stack = Stack.builder()
            .clock(new ManualClock(1_000_000_000_000L, 0))
            .rng(Rng.seeded(1))
            .build();
    private final ChannelLink link = new ChannelLink(1500, MAC);

    @AfterEach
    void close() {
        stack.close();
        assertEquals(0, stack.packetsOutstanding());
    }

    private static <T> T there(@Nullable T value) {
        assertNotNull(value);
        return value;
    }

    private static StackError error(Executable call) {
        return assertThrows(StackException.class, call).error();
    }

    private Nic nic() throws StackException {
        Nic nic = stack.createNic("eth0", link);
        nic.addAddress(ADDRESS, 24);
        stack.routes().add(Subnet.parse("0.0.0.0/0"), ROUTER, nic);
        return nic;
    }

    private IpAddress sourceTo(FullAddress destination) {
        return there(stack.findRoute(destination, null)).source();
    }

    // --- Making, naming, removing

    @Test
    @Requirement("features A8")
    @Requirement("features A19")
    @Requirement("features M15")
    void nicThatBeginsDisabled_sendsAndReceivesOnlyOnceEnabled() throws StackException {
        Object context = new Object();
        Nic nic = stack.createNic("eth0", link, new NicOptions(false, context));
        assertSame(context, nic.context());
        assertSame(link, nic.link());
        nic.addAddress(ADDRESS, 24);
        assertFalse(nic.isEnabled());
        stack.run(() -> link.inject(new byte[60]));
        assertEquals(1, nic.statistics().drops().get(DropReason.NIC_DISABLED));
        assertEquals(StackError.NETWORK_DOWN, error(() -> nic.send(MAC, 0x88b5, ByteBuffer.allocate(1))));
        assertEquals(0, link.size());

        nic.setEnabled(true);
        nic.send(MAC, 0x88b5, ByteBuffer.allocate(1));
        assertEquals(1, link.size());
        assertEquals(15, nic.statistics().sentBytes());
    }

    @Test
    @Requirement("features A13")
    void rename_changesTheNameItIsFoundBy() throws StackException {
        Nic nic = nic();
        stack.createNic("eth1", new ChannelLink(1500, MAC));
        assertEquals(StackError.DUPLICATE_ADDRESS, error(() -> nic.rename("eth1")));
        assertEquals(StackError.INVALID, error(() -> there(stack.nic(Stack.LOOPBACK_NIC_ID))
                .rename("lo0")));
        assertThrows(IllegalArgumentException.class, () -> nic.rename("a name"));
        nic.rename("net0");

        assertNull(stack.findNic("eth0"));
        assertEquals(nic.id(), there(stack.findNic("net0")).id());
        assertEquals("net0", there(stack.nic(nic.id())).name());
        assertNull(stack.nic(99));
    }

    @Test
    @Requirement("features A9")
    @Requirement("features A17")
    void nic_isFoundByNameAndId_withItsLink() throws StackException {
        Nic nic = nic();
        for (Nic found : List.of(there(stack.findNic("eth0")), there(stack.nic(nic.id())))) {
            assertEquals("eth0", found.name());
            assertEquals(nic.id(), found.id());
            assertEquals(MAC, found.linkAddress());
            assertSame(link, found.link());
        }
        assertEquals(
                List.of("1:lo", "2:eth0"),
                stack.nics().stream().map(Nic::toString).toList());
        assertTrue(stack.nics().get(0).isLoopback());
        assertNull(stack.findNic("eth1"));
    }

    @Test
    @Requirement("RFC 1122 3.1-2")
    @Requirement("features A9")
    void switches_areOffUntilTheyAreSet() throws StackException {
        Nic nic = nic();
        assertTrue(nic.isEnabled());
        assertEquals(List.of(false, false, false, false), switches(nic));
        nic.setForwarding(true, true);
        assertEquals(List.of(true, false, false, false), switches(nic));
        nic.setForwarding(false, true);
        nic.setPromiscuous(true);
        nic.setSpoofing(true);
        assertEquals(List.of(true, true, true, true), switches(nic));
        assertEquals(List.of(false, false, false, false), switches(stack.nics().get(0)));
        nic.setEnabled(false);
        assertFalse(nic.isEnabled());
    }

    private static List<Boolean> switches(Nic nic) {
        return List.of(nic.isForwarding(true), nic.isForwarding(false), nic.isPromiscuous(), nic.isSpoofing());
    }

    @Test
    @Requirement("features A8")
    @Requirement("features M15")
    void removedNic_takesItsRoutesAndAddressesAlong() throws StackException {
        Nic nic = nic();
        assertNotNull(stack.findRoute(FAR, null));
        stack.removeNic(nic);
        assertNull(stack.findRoute(FAR, null));
        assertEquals(0, stack.checkLocalAddress(0, ADDRESS));
        assertEquals(StackError.UNKNOWN_NIC, error(() -> stack.removeNic(nic)));
    }

    // --- MTU and link

    @Test
    @Requirement("RFC 1122 3.3.3-1")
    @Requirement("features A13")
    void smallerMtu_isWhatRoutesTell() throws StackException {
        Nic nic = nic();
        assertEquals(1500, there(stack.findRoute(FAR, null)).mtuBytes());
        nic.setMtuBytes(576);
        assertEquals(576, there(stack.findRoute(FAR, null)).mtuBytes());
        assertEquals(576, nic.mtuBytes());
        for (int wrong : new int[] {67, 1501}) {
            assertThrows(IllegalArgumentException.class, () -> nic.setMtuBytes(wrong));
        }
        nic.setMtuBytes(1500);
        assertEquals(1500, nic.mtuBytes());
    }

    @Test
    @Requirement("features A12")
    @Requirement("features F7")
    void linkOfIpPackets_hasNoLinkHeaders_andIsNotLoopback() throws StackException {
        ChannelLink bare = new ChannelLink(1500, new MacAddress(0), LinkEndpoint.Capabilities.PLAIN_IP, 10);
        Nic nic = stack.createNic("tun0", bare);
        nic.addAddress(ADDRESS, 24);
        assertFalse(nic.isLoopback());
        try (UdpEndpoint endpoint = stack.newUdpEndpoint()) {
            endpoint.bind(new FullAddress(ADDRESS, 5));
            endpoint.send(ByteBuffer.wrap(new byte[] {7}), new FullAddress(SECOND, 6));
            byte[][] packet = new byte[1][];
            stack.run(() -> packet[0] = bare.read());
            assertEquals(20 + 8 + 1, packet[0].length);
            assertEquals(
                    20, there(stack.findRoute(new FullAddress(SECOND, 0), null)).headerBytes());

            // Loopback addresses do not come from outside.
            byte[] forged = packet[0].clone();
            forged[12] = 127;
            stack.run(() -> bare.inject(forged));
            assertNull(endpoint.receive(ByteBuffer.allocate(1)));
            assertEquals(
                    1L,
                    nic.statistics().drops().values().stream().mapToLong(n -> n).sum());
        }
    }

    // --- Addresses

    @Test
    @Requirement("RFC 1122 3.2.2.9-1")
    @Requirement("RFC 1122 3.3.1.6-1")
    @Requirement("RFC 1122 3.1-5")
    @Requirement("features B2")
    @Requirement("features M14")
    void address_hasItsPrefixAndKind_andComesWithTheRouteToItsSubnet() throws StackException {
        Nic nic = nic();
        nic.addAddress(SECOND, 30, new AddressOptions(PrimaryBehavior.CAN_BE_PRIMARY, false, false));
        assertEquals(
                List.of(
                        new Nic.Address(ADDRESS, 24, AddressKind.STATIC, AddressState.PREFERRED),
                        new Nic.Address(SECOND, 30, AddressKind.STATIC, AddressState.PREFERRED)),
                nic.addresses());
        Subnet subnet = Subnet.containing(ADDRESS, 24);
        assertTrue(hasRouteTo(subnet));
        assertFalse(hasRouteTo(Subnet.containing(SECOND, 30)));
        assertEquals(StackError.DUPLICATE_ADDRESS, error(() -> nic.addAddress(ADDRESS, 16)));
        nic.removeAddress(ADDRESS);
        assertFalse(hasRouteTo(subnet));
        assertEquals(StackError.BAD_LOCAL_ADDRESS, error(() -> nic.removeAddress(ADDRESS)));
    }

    private boolean hasRouteTo(Subnet subnet) {
        return stack.routes().list().stream()
                .anyMatch(entry -> entry.destination().equals(subnet) && entry.gateway() == null);
    }

    @Test
    @Requirement("features B3")
    @Requirement("features B7")
    void primaryBehavior_decidesWhichAddressIsTheSource() throws StackException {
        Nic nic = nic();
        assertEquals(ADDRESS, sourceTo(FAR));
        nic.addAddress(SECOND, 24, new AddressOptions(PrimaryBehavior.FIRST_PRIMARY, false, true));
        assertEquals(SECOND, sourceTo(FAR));
        assertEquals(SECOND, there(nic.mainAddress(true)).address());
        nic.removeAddress(SECOND);
        nic.addAddress(SECOND, 24, new AddressOptions(PrimaryBehavior.NEVER_PRIMARY, false, false));
        assertEquals(ADDRESS, sourceTo(FAR));
        // It is an address all the same.
        assertEquals(nic.id(), stack.checkLocalAddress(0, SECOND));
        assertEquals(SECOND, there(stack.findRoute(FAR, SECOND)).source());
        nic.removeAddress(ADDRESS);
        assertNull(stack.findRoute(FAR, null));
        assertNull(nic.mainAddress(true));
    }

    @Test
    @Requirement("features B4")
    @Requirement("features M14")
    void deprecatedAddress_isTheSourceOnlyIfThereIsNoOther() throws StackException {
        Nic nic = nic();
        nic.addAddress(SECOND, 24);
        nic.setDeprecated(ADDRESS, true);
        assertEquals(SECOND, sourceTo(FAR));
        assertEquals(SECOND, there(nic.mainAddress(true)).address());
        assertEquals(AddressState.DEPRECATED, nic.addresses().get(0).state());
        nic.removeAddress(SECOND);
        assertEquals(ADDRESS, sourceTo(FAR));
        assertEquals(ADDRESS, there(nic.mainAddress(true)).address());
        nic.setDeprecated(ADDRESS, false);
        assertEquals(AddressState.PREFERRED, nic.addresses().get(0).state());
        assertEquals(StackError.BAD_LOCAL_ADDRESS, error(() -> nic.setDeprecated(SECOND, true)));
        nic.addAddress(SECOND, 24, new AddressOptions(PrimaryBehavior.FIRST_PRIMARY, true, true));
        assertEquals(ADDRESS, sourceTo(FAR));
    }

    @Test
    @Requirement("features A17")
    @Requirement("features M16")
    void addressesAndBroadcasts_areAnsweredForOneNicOrAll() throws StackException {
        Nic nic = nic();
        IpAddress broadcast = IpAddress.parse("10.0.0.255");
        assertEquals(nic.id(), stack.checkLocalAddress(nic.id(), ADDRESS));
        assertEquals(0, stack.checkLocalAddress(Stack.LOOPBACK_NIC_ID, ADDRESS));
        assertEquals(Stack.LOOPBACK_NIC_ID, stack.checkLocalAddress(0, IpAddress.V4_LOOPBACK));
        assertTrue(stack.isSubnetBroadcast(0, broadcast));
        assertTrue(nic.isSubnetBroadcast(broadcast));
        assertFalse(stack.isSubnetBroadcast(Stack.LOOPBACK_NIC_ID, broadcast));
        assertFalse(stack.isSubnetBroadcast(0, ADDRESS));
    }

    @Test
    @Requirement("RFC 1122 3.3.7-3")
    @Requirement("features B8")
    void groups_areJoinedAsOftenAsTheyAreLeft() throws StackException {
        Nic nic = nic();
        IpAddress group = IpAddress.parse("239.1.1.1");
        nic.joinGroup(group);
        nic.joinGroup(group);
        nic.leaveGroup(group);
        assertTrue(nic.isInGroup(group));
        assertEquals(List.of(group), nic.groups());
        nic.leaveGroup(group);
        assertFalse(nic.isInGroup(group));
        assertEquals(StackError.BAD_LOCAL_ADDRESS, error(() -> nic.leaveGroup(group)));
        assertEquals(StackError.INVALID, error(() -> nic.joinGroup(ADDRESS)));
        // Every host is in this one, and nobody has joined it.
        IpAddress allHosts = IpAddress.parse("224.0.0.1");
        assertTrue(nic.isInGroup(allHosts));
        assertEquals(StackError.BAD_LOCAL_ADDRESS, error(() -> nic.leaveGroup(allHosts)));
    }

    // --- Routes

    @Test
    @Requirement("features C2")
    @Requirement("features C3")
    void route_tellsTheWay_andFollowsTheTable() throws StackException {
        Nic nic = nic();
        Route route = there(stack.findRoute(FAR, null));
        assertEquals(ROUTER, route.nextHop());
        assertEquals(nic.id(), route.nicId());
        assertEquals(34, route.headerBytes());
        assertEquals(64, route.defaultTtl());
        assertEquals(0, route.gsoMaxBytes());
        assertTrue(route.needsTransportChecksum());
        assertFalse(route.isBroadcast());
        assertFalse(route.isLoopback());
        assertTrue(there(stack.findRoute(new FullAddress(ADDRESS, 0), null)).isLoopback());
        assertTrue(there(stack.findRoute(new FullAddress(IpAddress.parse("10.0.0.255"), 0), null))
                .isBroadcast());
        assertNull(stack.findRoute(new FullAddress(99, FAR.address(), 0), null));
        // 10.0.0.1 to 192.0.2.1, protocol 17, 8 bytes (RFC 768).
        assertEquals(0x0a00 + 0x0001 + 0xc000 + 0x0201 + 17 + 8, route.pseudoHeaderChecksum(17, 8));
    }

    @Test
    @Requirement("features C4")
    @Requirement("features M13")
    void linkAddress_isKnownOnceItWasFound_andAskedForOnce() throws StackException {
        Nic nic = nic();
        Route route = there(stack.findRoute(FAR, null));
        stack.run(() -> link.read());
        assertNull(route.linkAddress());
        assertFalse(route.resolve());
        assertFalse(route.resolve());
        assertEquals(1, link.size());
        nic.neighbors().addHint(ROUTER, MAC);
        assertEquals(MAC, route.linkAddress());
        assertTrue(route.resolve());
        Route everybody = there(stack.findRoute(new FullAddress(IpAddress.parse("10.0.0.255"), 0), null));
        assertEquals(MacAddress.BROADCAST, everybody.linkAddress());
        assertTrue(everybody.resolve());
        FullAddress group = new FullAddress(nic.id(), IpAddress.parse("239.1.2.3"), 0);
        assertEquals(
                MacAddress.parse("01:00:5e:01:02:03"),
                there(stack.findRoute(group, null)).linkAddress());
        assertEquals(1, link.size());
    }

    @Test
    @Requirement("features D7")
    @Requirement("features M12")
    void hint_doesNotReplaceWhatWasSetByHand() throws StackException {
        Nic nic = nic();
        nic.neighbors().setStatic(ROUTER, MAC);
        nic.neighbors().addHint(ROUTER, MacAddress.parse("02:00:00:00:00:77"));
        assertEquals(MAC, there(stack.findRoute(FAR, null)).linkAddress());
    }

    // --- Listing

    @Test
    @Requirement("features A17")
    @Requirement("features M20")
    void endpoints_areListedLikeSs() throws StackException {
        nic();
        TcpListener listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_LOOPBACK, 80));
        listener.listen(5);
        UdpEndpoint udp = stack.newUdpEndpoint();
        udp.bind(new FullAddress(IpAddress.V4_ANY, 53));
        TcpEndpoint client = stack.newTcpEndpoint();
        client.bind(new FullAddress(IpAddress.V4_LOOPBACK, 1000));
        client.connect(new FullAddress(IpAddress.V4_LOOPBACK, 80));
        client.write(ByteBuffer.allocate(10));
        stack.run(() -> {});

        List<EndpointInfo> all = stack.endpoints();
        assertEquals(
                List.of("6 80 LISTEN 1 0", "6 80 ESTABLISHED 10 0", "6 1000 ESTABLISHED 0 0", "17 53 null 0 0"),
                all.stream()
                        .map(info -> info.protocol() + " " + info.id().localPort() + " " + info.state() + " "
                                + info.receiveQueueBytes() + " " + info.sendQueueBytes())
                        .toList());
        assertEquals(listener.uniqueId(), all.get(0).uniqueId());
        assertEquals(0, all.get(1).uniqueId());
        assertEquals(client.uniqueId(), all.get(2).uniqueId());
        TransportEndpointId toClient = new TransportEndpointId(IpAddress.V4_LOOPBACK, 1000, IpAddress.V4_LOOPBACK, 80);
        assertEquals(all.get(2), stack.findEndpoint(6, toClient, 1));
        TransportEndpointId toNobody = new TransportEndpointId(ADDRESS, 1000, ADDRESS, 80);
        assertNull(stack.findEndpoint(6, toNobody, 1));
        TransportEndpointId toUdp = new TransportEndpointId(ADDRESS, 53, FAR.address(), 9);
        assertEquals(udp.uniqueId(), there(stack.findEndpoint(17, toUdp, 2)).uniqueId());

        client.close();
        TcpEndpoint accepted = there(listener.accept());
        assertEquals(10, accepted.read(ByteBuffer.allocate(20)));
        accepted.close();
        stack.run(() -> {});
        EndpointInfo waiting = there(stack.findEndpoint(6, toClient, 1));
        assertEquals(TcpState.TIME_WAIT, waiting.state());
        assertEquals(0, waiting.uniqueId());
    }

    @Test
    @Requirement("features A20")
    @Requirement("features I24")
    void snapshotOfCounters_hasAllByName() throws StackException {
        nic();
        Map<String, Long> before = stack.counters().snapshot();
        stack.run(() -> link.inject(new byte[13]));
        Map<String, Long> after = stack.counters().snapshot();
        assertEquals(0L, before.get("drop.LINK_HEADER_SHORT"));
        assertEquals(1L, after.get("drop.LINK_HEADER_SHORT"));
        assertEquals(before.get("tcpEstablished"), after.get("tcpEstablished"));
        assertEquals(before.keySet(), after.keySet());
        assertTrue(after.keySet().containsAll(List.of("ipReceived", "arpReceived", "udpSent")), after.toString());
    }

    @Test
    @Requirement("features A4")
    void numbersOfEndpoints_comeFromTheSource() {
        long[] next = {100};
        try (Stack numbered = Stack.builder()
                .clock(new ManualClock(0, 0))
                .rng(Rng.seeded(1))
                .idSource(() -> next[0] += 10)
                .build()) {
            assertEquals(110, numbered.newUdpEndpoint().uniqueId());
            assertEquals(120, numbered.newTcpEndpoint().uniqueId());
        }
    }
}
