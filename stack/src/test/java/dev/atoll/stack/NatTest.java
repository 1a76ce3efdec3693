package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.AddressMatcher;
import dev.atoll.stack.filter.ChainCounters;
import dev.atoll.stack.filter.Hook;
import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.NatRange;
import dev.atoll.stack.filter.NatTarget;
import dev.atoll.stack.filter.PortRange;
import dev.atoll.stack.filter.ProtocolMatcher;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.filter.TcpMatcher;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.link.NestedLink;
import dev.atoll.stack.link.PipeLink;
import dev.atoll.stack.options.MessageError;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.Readiness;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Translation of addresses and ports (nf_nat) on a router and on the host itself, both families. */
class NatTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int MTU = 1500;
    private static final NatTarget MASQUERADE = new NatTarget.Masquerade(NatRange.ANY);

    /** Both ends of a connection. */
    private record Pair(TcpEndpoint client, TcpEndpoint server) {}

    private static Matcher[] tcpTo(int port) {
        return new Matcher[] {
            new ProtocolMatcher(IpProtocol.TCP, false),
            new TcpMatcher(PortRange.ANY, new PortRange(port, port, false), 0, 0, false)
        };
    }

    private static NatTarget dnat(IpAddress to, int port) {
        return new NatTarget.Dnat(NatRange.ANY.address(to).ports(port, port));
    }

    private static TcpListener listen(Stack stack, int port) throws StackException {
        TcpListener listener = stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V6_ANY, port));
        listener.listen(10);
        return listener;
    }

    private static TcpEndpoint accept(NattedNet net, TcpListener listener) throws StackException {
        assertTrue(net.run(() -> (listener.readiness() & Readiness.IN) != 0, 5 * SECOND), "a connection comes");
        return Objects.requireNonNull(listener.accept());
    }

    private static Pair connect(NattedNet net, TcpEndpoint client, IpAddress to, int port, TcpListener listener)
            throws StackException {
        client.connect(new FullAddress(to, port));
        return new Pair(client, accept(net, listener));
    }

    /** Sends bytes one way and sees that the same ones arrive. */
    private static void carry(NattedNet net, TcpEndpoint from, TcpEndpoint to, int bytes) throws StackException {
        byte[] sent = new byte[bytes];
        new Random(bytes).nextBytes(sent);
        ByteBuffer left = ByteBuffer.wrap(sent);
        ByteBuffer got = ByteBuffer.allocate(bytes);
        boolean all = net.run(
                () -> {
                    try {
                        from.write(left);
                        to.read(got);
                    } catch (StackException e) {
                        throw new AssertionError(e);
                    }
                    return !got.hasRemaining();
                },
                60 * SECOND);
        assertTrue(all, () -> "only " + got.position() + " of " + bytes + " bytes came");
        assertEquals(ByteBuffer.wrap(sent), got.flip());
    }

    private static void carryBothWays(NattedNet net, Pair pair) throws StackException {
        carry(net, pair.client, pair.server, 100_000);
        carry(net, pair.server, pair.client, 100_000);
    }

    private static IpAddress remote(TcpEndpoint endpoint) {
        return Objects.requireNonNull(endpoint.remoteAddress()).address();
    }

    private static int remotePort(TcpEndpoint endpoint) {
        return Objects.requireNonNull(endpoint.remoteAddress()).port();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features J3-2")
    void masquerade_givesConnectionsTheRoutersAddress(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            TcpListener listener = listen(net.outside, 80);
            Pair pair = connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, listener);
            assertEquals(net.routerAddress, remote(pair.server));
            assertEquals(net.outsideAddress, remote(pair.client));
            carryBothWays(net, pair);
            assertTrue(net.router.counters().segmentsJoined > 50, "segments that were joined are translated all");
            pair.client.shutdownWrite();
            assertTrue(net.run(() -> (pair.server.readiness() & Readiness.RDHUP) != 0, SECOND));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sourcePort_staysUnlessAnotherFlowHasIt(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            TcpListener listener = listen(net.outside, 80);
            TcpEndpoint first = net.inside.newTcpEndpoint();
            first.bind(new FullAddress(net.insideAddress, 4000));
            TcpEndpoint other = net.second.newTcpEndpoint();
            other.bind(new FullAddress(net.secondAddress, 4000));
            Pair one = connect(net, first, net.outsideAddress, 80, listener);
            Pair two = connect(net, other, net.outsideAddress, 80, listener);
            assertEquals(4000, remotePort(one.server));
            assertNotEquals(4000, remotePort(two.server));
            assertTrue(remotePort(two.server) >= 1024);
            carryBothWays(net, one);
            carryBothWays(net, two);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void source_isOneOfARange_withItsPorts(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            NatRange range = NatRange.ANY.address(net.routerAddress).ports(7000, 7001);
            net.rule(net.router, Hook.POSTROUTING, new NatTarget.Snat(range), tcpTo(80));
            TcpListener listener = listen(net.outside, 80);
            Pair one = connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, listener);
            Pair two = connect(net, net.second.newTcpEndpoint(), net.outsideAddress, 80, listener);
            assertEquals(7000 + 7001, remotePort(one.server) + remotePort(two.server));
            carryBothWays(net, one);
            carryBothWays(net, two);
            // No port is left: the SYN does not go out under another flow's.
            TcpEndpoint third = net.inside.newTcpEndpoint();
            assertFalse(third.connect(new FullAddress(net.outsideAddress, 80)));
            assertFalse(net.run(() -> (listener.readiness() & Readiness.IN) != 0, 5 * SECOND));
            assertTrue(net.router.counters().drops(DropReason.FILTERED) > 0);
            assertTrue(net.router.ipTables().connTrackStats().refused() > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void destination_leadsConnectionsFromOutsideIn(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.PREROUTING, dnat(net.insideAddress, 8080), tcpTo(80));
            TcpListener listener = listen(net.inside, 8080);
            Pair pair = connect(net, net.outside.newTcpEndpoint(), net.routerAddress, 80, listener);
            assertEquals(net.routerAddress, remote(pair.client));
            assertEquals(80, remotePort(pair.client));
            assertEquals(net.outsideAddress, remote(pair.server));
            carryBothWays(net, pair);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hairpin_reachesAServerByTheRoutersAddress(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.PREROUTING, dnat(net.insideAddress, 8080), tcpTo(80));
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            TcpListener listener = listen(net.inside, 8080);
            Pair other = connect(net, net.second.newTcpEndpoint(), net.routerAddress, 80, listener);
            assertEquals(net.nearAddress, remote(other.server));
            carryBothWays(net, other);
            Pair itself = connect(net, net.inside.newTcpEndpoint(), net.routerAddress, 80, listener);
            assertEquals(net.nearAddress, remote(itself.server));
            carryBothWays(net, itself);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features J8")
    void redirect_leadsToAProxy_whichLearnsTheOriginalDestination(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.PREROUTING, new NatTarget.Redirect(NatRange.ANY.ports(3128, 3128)), tcpTo(80));
            TcpListener proxy = listen(net.router, 3128);
            Pair pair = connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, proxy);
            assertEquals(new FullAddress(net.outsideAddress, 80), pair.server.originalDestination());
            assertEquals(net.insideAddress, remote(pair.server));
            assertEquals(new FullAddress(net.nearAddress, 3128), Objects.requireNonNull(pair.server.localAddress()));
            carryBothWays(net, pair);
            // Whoever is not tracked has none.
            StackException untracked = assertThrows(StackException.class, pair.client::originalDestination);
            assertEquals(StackError.NOT_CONNECTED, untracked.error());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ownConnections_areLedElsewhere(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            IpAddress nowhere = IpAddress.parse(v4 ? "192.0.2.1" : "2001:db8:99::1");
            net.rule(net.inside, Hook.OUTPUT, dnat(net.nearAddress, 8080), tcpTo(80));
            TcpListener listener = listen(net.router, 8080);
            Pair pair = connect(net, net.inside.newTcpEndpoint(), nowhere, 80, listener);
            assertEquals(nowhere, remote(pair.client));
            assertEquals(net.insideAddress, remote(pair.server));
            assertEquals(new FullAddress(nowhere, 80), pair.client.originalDestination());
            carryBothWays(net, pair);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ownConnections_areLedToThisHost(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.inside, Hook.OUTPUT, new NatTarget.Redirect(NatRange.ANY.ports(8080, 8080)), tcpTo(80));
            TcpListener listener = listen(net.inside, 8080);
            Pair pair = connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, listener);
            IpAddress loopback = v4 ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK;
            assertEquals(new FullAddress(loopback, 8080), Objects.requireNonNull(pair.server.localAddress()));
            assertEquals(net.insideAddress, remote(pair.server));
            assertEquals(new FullAddress(net.outsideAddress, 80), pair.server.originalDestination());
            carryBothWays(net, pair);
        }
    }

    /** As on Linux: not by the loopback address, although they go by the NIC that has it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ownConnections_ledToAnAddressOfThisHost_masquerade_byThatAddress(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.inside, Hook.OUTPUT, dnat(net.insideAddress, 8080), tcpTo(80));
            net.rule(net.inside, Hook.POSTROUTING, MASQUERADE);
            TcpListener listener = listen(net.inside, 8080);
            Pair pair = connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, listener);
            assertEquals(net.insideAddress, remote(pair.server));
            carryBothWays(net, pair);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void loopbackSource_doesNotLeaveTheHost(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.inside, Hook.OUTPUT, new NatTarget.Dnat(NatRange.ANY.address(net.nearAddress)));
            FullAddress loopback = new FullAddress(v4 ? IpAddress.V4_LOOPBACK : IpAddress.V6_LOOPBACK, 9);
            UdpEndpoint client = net.inside.newUdpEndpoint();
            StackException refused =
                    assertThrows(StackException.class, () -> client.send(ByteBuffer.allocate(1), loopback));
            assertEquals(StackError.INVALID, refused.error());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void netmap_keepsTheHostsPart(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            IpAddress network = IpAddress.parse(v4 ? "10.0.0.0" : "fd00::");
            IpAddress mask = IpAddress.parse(v4 ? "255.255.255.0" : "ffff:ffff:ffff:ffff::");
            IpAddress shown = IpAddress.parse(v4 ? "203.0.113.2" : "2001:db8:77::2");
            AddressMatcher toIt = new AddressMatcher(
                    AddressMatcher.Direction.DESTINATION,
                    IpAddress.parse(v4 ? "203.0.113.0" : "2001:db8:77::"),
                    mask,
                    false);
            net.rule(net.router, Hook.PREROUTING, new NatTarget.Netmap(network, mask), toIt);
            net.outside
                    .routes()
                    .add(
                            Subnet.containing(shown, v4 ? 24 : 64),
                            net.routerAddress,
                            net.outside.nics().get(1));
            TcpListener listener = listen(net.inside, 80);
            Pair pair = connect(net, net.outside.newTcpEndpoint(), shown, 80, listener);
            assertEquals(
                    net.insideAddress,
                    Objects.requireNonNull(pair.server.localAddress()).address());
            carryBothWays(net, pair);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagrams_areTranslatedBothWays(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            UdpEndpoint server = net.outside.newUdpEndpoint();
            server.bind(new FullAddress(IpAddress.V6_ANY, 53));
            UdpEndpoint client = net.inside.newUdpEndpoint();
            // More than a frame carries: rules see the datagram whole.
            for (int bytes : new int[] {0, 1, 33, 5000}) {
                client.send(ByteBuffer.allocate(bytes), new FullAddress(net.outsideAddress, 53));
                net.settle();
                FullAddress from = Objects.requireNonNull(server.receive(ByteBuffer.allocate(6000)));
                assertEquals(net.routerAddress, from.address());
                server.send(ByteBuffer.allocate(bytes), from);
                net.settle();
                ByteBuffer answer = ByteBuffer.allocate(6000);
                assertEquals(new FullAddress(net.outsideAddress, 53), client.receive(answer));
                assertEquals(bytes, answer.position());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void echoRequests_haveTheirIdentifierForAPort(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            IcmpEndpoint one = net.inside.newIcmpEndpoint(v4);
            one.bind(new FullAddress(net.insideAddress, 77));
            IcmpEndpoint two = net.second.newIcmpEndpoint(v4);
            two.bind(new FullAddress(net.secondAddress, 77));
            for (IcmpEndpoint endpoint : new IcmpEndpoint[] {one, two}) {
                ByteBuffer request = ByteBuffer.allocate(9).put(0, (byte) (v4 ? 8 : 128));
                endpoint.send(request, new FullAddress(net.outsideAddress, 0));
            }
            net.settle();
            for (IcmpEndpoint endpoint : new IcmpEndpoint[] {one, two}) {
                ByteBuffer reply = ByteBuffer.allocate(20);
                assertEquals(new FullAddress(net.outsideAddress, 0), endpoint.receive(reply));
                assertEquals(77, reply.getShort(4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unreachablePort_isToldOfThePacketAsItWasSent(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            UdpEndpoint client = net.inside.newUdpEndpoint();
            client.connect(new FullAddress(net.outsideAddress, 9));
            client.send(ByteBuffer.allocate(10), null);
            net.settle();
            StackException error = Objects.requireNonNull(client.takeError());
            assertEquals(StackError.REFUSED, error.error());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unreachablePortBehindTheRouter_isToldInTheRoutersName(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.PREROUTING, new NatTarget.Dnat(NatRange.ANY.address(net.insideAddress)));
            UdpEndpoint client = net.outside.newUdpEndpoint();
            client.connect(new FullAddress(net.routerAddress, 9));
            client.send(ByteBuffer.allocate(10), null);
            net.settle();
            StackException error = Objects.requireNonNull(client.takeError());
            assertEquals(StackError.REFUSED, error.error());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unreachablePortOfOwnTraffic_isToldToItsEndpoint(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            IpAddress nowhere = IpAddress.parse(v4 ? "192.0.2.1" : "2001:db8:99::1");
            net.rule(net.inside, Hook.OUTPUT, new NatTarget.Dnat(NatRange.ANY.address(net.nearAddress)));
            UdpEndpoint client = net.inside.newUdpEndpoint();
            client.connect(new FullAddress(nowhere, 9));
            client.send(ByteBuffer.allocate(10), null);
            net.settle();
            StackException error = Objects.requireNonNull(client.takeError());
            assertEquals(StackError.REFUSED, error.error());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void silentNeighbourOfTranslatedTraffic_isToldToItsEndpoint(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            IpAddress nowhere = IpAddress.parse(v4 ? "192.0.2.1" : "2001:db8:99::1");
            IpAddress silent = IpAddress.parse(v4 ? "10.0.0.77" : "fd00::77");
            net.rule(net.inside, Hook.OUTPUT, new NatTarget.Dnat(NatRange.ANY.address(silent)));
            UdpEndpoint client = net.inside.newUdpEndpoint();
            client.setOption(EndpointOption.IP_RECVERR, true);
            client.connect(new FullAddress(nowhere, 9));
            client.send(ByteBuffer.allocate(10), null);
            assertTrue(net.run(() -> (client.readiness() & Readiness.ERR) != 0, 10 * SECOND));
            MessageError error = Objects.requireNonNull(client.takeMessageError());
            assertEquals(StackError.HOST_UNREACHABLE, error.error());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void narrowPath_isToldThroughTheTranslation(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, 1280)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            TcpListener listener = listen(net.outside, 80);
            Pair pair = connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, listener);
            carryBothWays(net, pair);
        }
    }

    /** A link that would cut super-segments, and on which nobody is. */
    private static final class Offloading extends NestedLink {
        Offloading(LinkEndpoint inner) {
            super(inner);
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities(true, true, 65_536, true);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1500", "false, 1500", "true, 9000", "false, 9000"})
    void ledToALinkWithoutOffloadsAndOfSmallerMtu_connectionsGoOn(boolean v4, int firstMtuBytes) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            IpAddress nowhere = IpAddress.parse(v4 ? "192.0.2.1" : "2001:db8:99::1");
            PipeLink link = PipeLink.pair(firstMtuBytes).left();
            Nic fast = net.inside.createNic("fast0", new Offloading(link));
            net.inside.routes().add(Subnet.containing(nowhere, v4 ? 24 : 64), null, fast);
            net.rule(net.inside, Hook.OUTPUT, dnat(net.nearAddress, 8080), tcpTo(80));
            TcpListener listener = listen(net.router, 8080);
            TcpEndpoint client = net.inside.newTcpEndpoint();
            // Bound, as the NIC on the way to nowhere has no address.
            client.bind(new FullAddress(net.insideAddress, 0));
            Pair pair = connect(net, client, nowhere, 80, listener);
            carryBothWays(net, pair);
            assertFalse(link.isPending());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rulesOfNat_areMetByTheFirstPacketOnly(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            TcpListener listener = listen(net.outside, 80);
            carryBothWays(net, connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, listener));
            assertEquals(1, packets(net.router, Hook.POSTROUTING));
        }
    }

    private static long packets(Stack stack, Hook hook) {
        for (ChainCounters chain : stack.ipTables().counters()) {
            if (chain.table() == TableName.NAT && chain.chain().name().equals(hook.name())) {
                return chain.rules().get(0).packets();
            }
        }
        throw new AssertionError("no rule at " + hook);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void flowsGoOn_whenTheirRuleIsGone(boolean v4) throws StackException {
        try (NattedNet net = new NattedNet(v4, MTU)) {
            net.rule(net.router, Hook.POSTROUTING, MASQUERADE);
            TcpListener listener = listen(net.outside, 80);
            Pair pair = connect(net, net.inside.newTcpEndpoint(), net.outsideAddress, 80, listener);
            net.router.ipTables().replace(RuleSet.EMPTY);
            carryBothWays(net, pair);
            TcpEndpoint late = net.inside.newTcpEndpoint();
            assertFalse(late.connect(new FullAddress(net.outsideAddress, 80)));
            assertFalse(net.run(() -> (listener.readiness() & Readiness.IN) != 0, 3 * SECOND));
            assertNull(listener.accept());
            assertNotNull(late.localAddress());
        }
    }
}
