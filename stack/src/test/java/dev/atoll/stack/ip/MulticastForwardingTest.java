package dev.atoll.stack.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.MulticastForwardingListener;
import dev.atoll.stack.MulticastRouteTable;
import dev.atoll.stack.MulticastRouteTable.Outgoing;
import dev.atoll.stack.Nic;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.contract.Allocation;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.InterfaceMatcher;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.Rule;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.StandardTarget;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.frames.LowerHalf;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets to groups that come in by one NIC and leave by others, frame by frame. */
class MulticastForwardingTest {
    private static final long SECOND = OneStack.SECOND;
    private static final int HOPS = 64;

    /** A router with three NICs, of which the first has a source behind it. */
    private static final class Net implements AutoCloseable {
        final boolean v4;
        final List<String> told = new ArrayList<>();
        final OneStack net;
        final TestLink link1 = new TestLink(1500);
        final TestLink link2 = new TestLink(1300);
        final Nic nic1;
        final Nic nic2;
        final IpAddress source;
        final IpAddress group;
        final MulticastRouteTable routes;

        Net(boolean v4) throws StackException {
            this.v4 = v4;
            source = address(1, 9);
            group = group(1);
            MulticastForwardingListener listener = new MulticastForwardingListener() {
                @Override
                public void onMissingRoute(IpAddress from, IpAddress to, int inputNicId) {
                    told.add("missing " + from + " " + to + " " + inputNicId);
                }

                @Override
                public void onUnexpectedInputInterface(IpAddress from, IpAddress to, int input, int expected) {
                    told.add("unexpected " + from + " " + to + " " + input + " " + expected);
                }
            };
            Ipv6Settings settings = Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false);
            net = new OneStack(settings, 1500, builder -> builder.multicastForwardingListener(listener));
            nic1 = net.stack.createNic("eth1", link1);
            nic2 = net.stack.createNic("eth2", link2);
            net.nic.addAddress(address(1, 1), v4 ? 24 : 64);
            nic1.addAddress(address(2, 1), v4 ? 24 : 64);
            nic2.addAddress(address(3, 1), v4 ? 24 : 64);
            net.nic.setMulticastForwarding(v4, true);
            nic1.setMulticastForwarding(v4, true);
            routes = net.stack.multicastRoutes();
            net.advance(10 * SECOND);
            net.frames();
            took(link1);
            took(link2);
        }

        IpAddress address(int link, int host) {
            return IpAddress.parse(v4 ? "10." + link + ".0." + host : "2001:db8:" + link + "::" + host);
        }

        IpAddress group(int number) {
            return IpAddress.parse((v4 ? "239.1.1." : "ff0e::") + number);
        }

        IpAddress any() {
            return v4 ? IpAddress.V4_ANY : IpAddress.V6_ANY;
        }

        MulticastRouteTable.Entry route(IpAddress from, IpAddress to) {
            return new MulticastRouteTable.Entry(
                    from, to, net.nic.id(), List.of(new Outgoing(nic1.id(), 0), new Outgoing(nic2.id(), 0)));
        }

        void send(IpAddress from, IpAddress to, int hops, int bytes) {
            sendBy(net.link, from, to, hops, bytes);
        }

        void sendBy(TestLink link, IpAddress from, IpAddress to, int hops, int bytes) {
            byte[] frame = frame(from, to, hops, bytes);
            net.stack.run(() -> link.deliver(frame));
        }

        byte[] frame(IpAddress from, IpAddress to, int hops, int bytes) {
            Bytes udp = new UdpDatagram(9, 7, Bytes.of(new byte[bytes])).encode(from, to);
            Bytes packet = v4
                    ? Ipv4Packet.of(from, to, Ipv4Packet.UDP, udp).withTtl(hops).encode()
                    : Ipv6Packet.of(from, to, Ipv4Packet.UDP, udp)
                            .withHopLimit(hops)
                            .encode();
            return new EthernetFrame(mac(to), OneStack.PEER_MAC, v4 ? EthernetFrame.IPV4 : EthernetFrame.IPV6, packet)
                    .encode()
                    .toArray();
        }

        static MacAddress mac(IpAddress to) {
            return to.isV4()
                    ? new MacAddress(0x0100_5e00_0000L | to.v4Bits() & 0x7f_ffffL)
                    : new MacAddress(0x3333_0000_0000L | to.low() & 0xffff_ffffL);
        }

        /** Hops that the packets which left to groups under test have left. */
        List<Integer> took(TestLink link) {
            List<Integer> hops = new ArrayList<>();
            for (byte[] frame = link.poll(); frame != null; frame = link.poll()) {
                EthernetFrame decoded = EthernetFrame.decode(frame);
                if (decoded.etherType() == (v4 ? EthernetFrame.IPV4 : EthernetFrame.IPV6)) {
                    Integer left = hopsOf(decoded);
                    if (left != null) {
                        hops.add(left);
                    }
                }
            }
            return hops;
        }

        private @Nullable Integer hopsOf(EthernetFrame frame) {
            if (v4) {
                Ipv4Packet packet = Ipv4Packet.decode(frame.payload());
                assertTrue(packet.protocol() != Ipv4Packet.ICMP, "an error was sent");
                return packet.protocol() != Ipv4Packet.UDP ? null : packet.ttl();
            }
            Ipv6Packet packet = Ipv6Packet.decode(frame.payload());
            return packet.protocol() == Ipv4Packet.UDP ? packet.hopLimit() : null;
        }

        void expectLeft(List<Integer> by1, List<Integer> by2) {
            assertEquals(by1, took(link1));
            assertEquals(by2, took(link2));
            net.expectNothing();
        }

        long drops(DropReason reason) {
            return net.stack.counters().drops(reason);
        }

        @Override
        public void close() {
            net.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features C6")
    void packet_withARoute_leavesByEachWay_oneHopOlder(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.routes.add(net.route(net.source, net.group));
            byte[] sent = net.frame(net.source, net.group, HOPS, 100);
            net.net.stack.run(() -> net.net.link.deliver(sent));
            byte[] left = Objects.requireNonNull(net.link1.poll());
            Checks.frame(left, Checks.linkDestination(Net.mac(net.group)), Checks.linkSource(TestLink.MAC));
            assertEquals(
                    EthernetFrame.decode(sent).payload().slice(40, 100),
                    EthernetFrame.decode(left).payload().slice(40, 100));
            net.expectLeft(List.of(), List.of(HOPS - 1));
            assertEquals(2, net.net.stack.counters().ipForwarded);
            assertEquals(List.of(), net.told);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nicThatDoesNotForwardGroups_passesNothingOn_whateverItDoesForHosts(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.net.nic.setMulticastForwarding(v4, false);
            net.routes.add(net.route(net.source, net.group));
            net.send(net.source, net.group, HOPS, 10);
            net.net.nic.setForwarding(v4, true);
            // It is one of all routers now, and says so.
            net.net.frames();
            net.send(net.source, net.group, HOPS, 10);
            net.expectLeft(List.of(), List.of());
            assertEquals(2, net.drops(DropReason.IP_NOT_LOCAL));
            assertEquals(false, net.net.nic.isMulticastForwarding(v4));
            assertEquals(true, net.nic1.isMulticastForwarding(v4));
            assertEquals(false, net.nic1.isMulticastForwarding(!v4));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void memberOfTheGroup_getsItsCopyToo(boolean v4) throws StackException {
        try (Net net = new Net(v4);
                UdpEndpoint member = net.net.stack.newUdpEndpoint()) {
            member.bind(new FullAddress(IpAddress.V6_ANY, 7));
            member.joinGroup(net.group, net.net.nic.id(), null);
            net.net.advance(10 * SECOND);
            net.net.frames();
            net.routes.add(net.route(net.source, net.group));
            net.send(net.source, net.group, HOPS, 33);
            assertEquals(33, member.nextLength());
            net.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
            // One without a route is received while it waits.
            net.routes.remove(net.source, net.group);
            net.send(net.source, net.group, HOPS, 34);
            assertNotNull(member.receiveMessage(ByteBuffer.allocate(100)));
            assertEquals(34, member.nextLength());
            net.expectLeft(List.of(), List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features C6")
    void hops_decideByWhichWayAPacketLeaves_andNoErrorIsSent(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.routes.add(new MulticastRouteTable.Entry(
                    net.source,
                    net.group,
                    net.net.nic.id(),
                    List.of(new Outgoing(net.nic1.id(), 16), new Outgoing(net.nic2.id(), 0))));
            net.send(net.source, net.group, 16, 10);
            net.expectLeft(List.of(15), List.of(15));
            net.send(net.source, net.group, 15, 10);
            net.expectLeft(List.of(), List.of(14));
            assertEquals(1, net.drops(DropReason.MULTICAST_TTL_THRESHOLD));
            net.send(net.source, net.group, 1, 10);
            net.send(net.source, net.group(2), 1, 10);
            net.expectLeft(List.of(), List.of());
            assertEquals(2, net.drops(DropReason.IP_HOPS_EXCEEDED));
            assertEquals(List.of(), net.told);
        }
    }

    /** RFC 5771 section 4, RFC 3927 section 7, RFC 4291 sections 2.5.6 and 2.7. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatBelongsToALink_staysThere(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            IpAddress linkGroup = IpAddress.parse(v4 ? "224.0.0.77" : "ff02::77");
            IpAddress linkSource = IpAddress.parse(v4 ? "169.254.1.1" : "fe80::77");
            net.send(net.source, linkGroup, HOPS, 10);
            net.send(linkSource, net.group, HOPS, 10);
            net.send(net.any(), net.group, HOPS, 10);
            net.expectLeft(List.of(), List.of());
            assertEquals(List.of(), net.told);
            // The same from elsewhere would have been told.
            net.send(net.source, net.group, HOPS, 10);
            assertEquals(1, net.told.size());
            for (IpAddress group : List.of(linkGroup, net.source)) {
                assertError(StackError.INVALID, net, net.route(net.source, group));
            }
            assertError(StackError.INVALID, net, net.route(linkSource, net.group));
        }
    }

    private static void assertError(StackError error, Net net, MulticastRouteTable.Entry route) {
        StackException refused = assertThrows(StackException.class, () -> net.routes.add(route));
        assertEquals(error, refused.error());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features C6")
    void packetsWithoutARoute_waitForIt_atMostThree_andAreToldOfOnce(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            for (int i = 0; i < 5; i++) {
                net.send(net.source, net.group, 60 + i, 10);
            }
            net.expectLeft(List.of(), List.of());
            assertEquals(2, net.drops(DropReason.MULTICAST_PENDING_FULL));
            assertEquals(List.of("missing " + net.source + " " + net.group + " " + net.net.nic.id()), net.told);
            net.routes.add(net.route(net.source, net.group));
            net.expectLeft(List.of(59, 60, 61), List.of(59, 60, 61));
            assertEquals(3, net.routes.statistics(net.source, net.group).packets());
            net.send(net.source, net.group, HOPS, 10);
            net.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
            assertEquals(1, net.told.size());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void packetsWithoutARoute_areGivenUpAfterTenSeconds_andTheNextIsToldAgain(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.send(net.source, net.group, HOPS, 10);
            net.send(net.source, net.group, HOPS, 10);
            net.net.advance(10 * SECOND - 1);
            assertEquals(2, net.net.stack.packetsOutstanding());
            net.net.advance(1);
            assertEquals(0, net.net.stack.packetsOutstanding());
            assertEquals(2, net.drops(DropReason.MULTICAST_NO_ROUTE));
            net.send(net.source, net.group, HOPS, 10);
            assertEquals(2, net.told.size());
            net.net.nic.setMulticastForwarding(v4, false);
            net.routes.add(net.route(net.source, net.group));
            assertEquals(3, net.drops(DropReason.MULTICAST_NO_ROUTE));
            net.expectLeft(List.of(), List.of());
        }
    }

    /** What waits is not given up for what comes, on no NIC; routes are of no concern to it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features C6")
    void floodOfUnknownGroups_takesNothingFromOthers(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            IpAddress known = net.group(254);
            net.routes.add(net.route(net.source, known));
            net.send(net.source, net.group, HOPS, 10);
            for (int i = 2; i < 250; i++) {
                net.send(net.source, net.group(i), HOPS, 10);
            }
            assertEquals(64, net.told.size());
            assertEquals(64, net.net.stack.packetsOutstanding());
            assertEquals(249 - 64, net.drops(DropReason.MULTICAST_PENDING_FULL));
            // Others are told of on another NIC.
            net.sendBy(net.link1, net.address(2, 9), net.group, HOPS, 10);
            assertEquals(65, net.told.size());
            net.send(net.source, known, HOPS, 10);
            net.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
            net.routes.add(net.route(net.source, net.group));
            net.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features C6")
    void packetByAnotherNicThanExpected_isDropped_andToldOnceInThreeSeconds(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.routes.add(new MulticastRouteTable.Entry(
                    net.source, net.group, net.net.nic.id(), List.of(new Outgoing(net.nic2.id(), 0))));
            net.sendBy(net.link1, net.source, net.group, HOPS, 10);
            net.sendBy(net.link1, net.source, net.group, HOPS, 10);
            net.expectLeft(List.of(), List.of());
            String event = "unexpected " + net.source + " " + net.group + " " + net.nic1.id() + " " + net.net.nic.id();
            assertEquals(List.of(event), net.told);
            assertEquals(2, net.drops(DropReason.MULTICAST_UNEXPECTED_NIC));
            assertEquals(2L, net.nic1.statistics().drops().get(DropReason.MULTICAST_UNEXPECTED_NIC));
            assertEquals(0, net.routes.statistics(net.source, net.group).packets());
            net.net.advance(3 * SECOND);
            net.sendBy(net.link1, net.source, net.group, HOPS, 10);
            assertEquals(List.of(event, event), net.told);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("features C6")
    void routeOfAllSources_isForThoseWithoutOneOfTheirOwn(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            IpAddress other = net.address(1, 10);
            net.send(other, net.group, HOPS, 10);
            net.routes.add(net.route(net.any(), net.group));
            net.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
            net.routes.add(new MulticastRouteTable.Entry(
                    net.source, net.group, net.net.nic.id(), List.of(new Outgoing(net.nic2.id(), 0))));
            net.send(net.source, net.group, HOPS, 10);
            net.expectLeft(List.of(), List.of(HOPS - 1));
            net.send(other, net.group, HOPS, 10);
            net.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
            net.routes.remove(net.any(), net.group);
            net.send(other, net.group, HOPS, 10);
            net.expectLeft(List.of(), List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void route_tellsWhatItWasUsedFor_andKeepsThatWhenItIsReplaced(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.routes.add(net.route(net.source, net.group));
            long addedNs = net.net.clock.nowNs();
            assertEquals(
                    new MulticastRouteTable.Statistics(0, 0, addedNs), net.routes.statistics(net.source, net.group));
            net.net.advance(SECOND);
            net.send(net.source, net.group, HOPS, 100);
            net.net.advance(SECOND);
            MulticastRouteTable.Entry empty =
                    new MulticastRouteTable.Entry(net.source, net.group, net.net.nic.id(), List.of());
            net.routes.add(empty);
            assertEquals(List.of(empty), net.routes.list());
            assertEquals(
                    new MulticastRouteTable.Statistics(1, (v4 ? 28 : 48) + 100, addedNs + SECOND),
                    net.routes.statistics(net.source, net.group));
            net.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
            net.send(net.source, net.group, HOPS, 100);
            net.expectLeft(List.of(), List.of());
            assertEquals(List.of(), net.told);
            net.routes.remove(net.source, net.group);
            assertThrows(StackException.class, () -> net.routes.remove(net.source, net.group));
            assertThrows(StackException.class, () -> net.routes.statistics(net.source, net.group));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void routeThatCannotBe_isRefused(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            int in = net.net.nic.id();
            IpAddress otherFamily = IpAddress.parse(v4 ? "2001:db8::1" : "192.0.2.1");
            assertError(StackError.INVALID, net, net.route(otherFamily, net.group));
            assertError(StackError.INVALID, net, net.route(net.group, net.group));
            assertError(StackError.INVALID, net, entry(net, in, in));
            assertError(StackError.INVALID, net, entry(net, in, net.nic1.id(), net.nic1.id()));
            assertError(StackError.INVALID, net, entry(net, 1, net.nic1.id()));
            assertError(StackError.INVALID, net, entry(net, in, 1));
            assertError(StackError.UNKNOWN_NIC, net, entry(net, 77, net.nic1.id()));
            assertError(StackError.UNKNOWN_NIC, net, entry(net, in, 77));
            assertThrows(IllegalArgumentException.class, () -> new Outgoing(in, 256));
            assertEquals(List.of(), net.routes.list());
            for (int i = 0; i < MulticastRoutes.MAX_ROUTES; i++) {
                IpAddress source = IpAddress.parse(
                        (v4 ? "10.9." : "2001:db8:9::") + (v4 ? i / 256 + "." + i % 256 : Integer.toHexString(i + 1)));
                net.routes.add(net.route(source, net.group));
            }
            assertError(StackError.NO_BUFFER_SPACE, net, net.route(net.source, net.group));
        }
    }

    private static MulticastRouteTable.Entry entry(Net net, int in, int... out) {
        List<Outgoing> outgoing =
                IntStream.of(out).mapToObj(id -> new Outgoing(id, 0)).toList();
        return new MulticastRouteTable.Entry(net.source, net.group, in, outgoing);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nicThatIsRemoved_takesRoutesAndWhatWaitsAlong(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.routes.add(net.route(net.source, net.group));
            net.routes.add(entry(net, net.nic1.id(), net.nic2.id()));
            net.routes.add(net.route(net.source, net.group(2)));
            net.sendBy(net.link1, net.address(2, 9), net.group(3), HOPS, 10);
            net.net.stack.removeNic(net.nic1);
            assertEquals(
                    List.of(new MulticastRouteTable.Entry(
                            net.source, net.group(2), net.net.nic.id(), List.of(new Outgoing(net.nic2.id(), 0)))),
                    net.routes.list());
            assertEquals(0, net.net.stack.packetsOutstanding());
            net.send(net.source, net.group(2), HOPS, 10);
            net.expectLeft(List.of(), List.of(HOPS - 1));
        }
    }

    /** The policy is asked for each way out. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void forward_isMetForEachWayOut(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            Origin origin = new Origin("test", 1, "-A FORWARD -o eth1 -j DROP");
            Rule closed = new Rule(
                    List.of(new InterfaceMatcher(InterfaceMatcher.Side.OUT, "eth1", false)),
                    StandardTarget.DROP,
                    origin);
            Chain chain = new Chain("FORWARD", ChainPolicy.ACCEPT, List.of(closed), origin);
            net.net
                    .stack
                    .ipTables()
                    .replace(RuleSet.of(List.of(Table.acceptAll(TableName.FILTER, v4 ? Family.IPV4 : Family.IPV6)
                            .with(chain))));
            net.routes.add(net.route(net.source, net.group));
            net.send(net.source, net.group, HOPS, 10);
            net.expectLeft(List.of(), List.of(HOPS - 1));
            assertEquals(1, net.drops(DropReason.FILTERED));
        }
    }

    /** RFC 4443 section 2.4 (e.3): the one error that answers a packet to a group. IPv4 has none (RFC 1122 section 3.2.2). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void packetTooLargeForOneWay_leavesByTheOther(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.net.nic.neighbors().setStatic(net.source, OneStack.PEER_MAC);
            net.routes.add(net.route(net.source, net.group));
            net.send(net.source, net.group, HOPS, 1400);
            if (!v4) {
                net.net.expect(Checks.ipv6(
                        Checks.destination6(net.source),
                        Checks.icmp6(Icmpv6Message.PACKET_TOO_BIG, 0, Checks.rest6(1300))));
            }
            net.expectLeft(List.of(HOPS - 1), List.of());
            assertEquals(1, net.drops(DropReason.IP_TOO_BIG));
        }
    }

    /** Decision 0123: rules see whole datagrams; what came in fragments leaves so. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fragments_arePutTogether_andLeaveAsFragments(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.routes.add(net.route(net.source, net.group));
            Bytes udp = new UdpDatagram(9, 7, Bytes.of(new byte[1992])).encode(net.source, net.group);
            for (int offset = 0; offset < 2000; offset += 1000) {
                Bytes part = udp.slice(offset, offset + 1000);
                boolean more = offset == 0;
                Bytes packet = v4
                        ? new Ipv4Packet(0, 6, false, more, offset, 64, 17, net.source, net.group, Bytes.EMPTY, part)
                                .encode()
                        : Ipv6Packet.of(net.source, net.group, 17, part)
                                .with(Ipv6Packet.Extension.fragment(offset, more, 6))
                                .encode();
                net.net.send(Net.mac(net.group), v4 ? EthernetFrame.IPV4 : EthernetFrame.IPV6, packet);
            }
            for (TestLink link : List.of(net.link1, net.link2)) {
                int count = 0;
                for (byte[] frame = link.poll(); frame != null; frame = link.poll()) {
                    assertTrue(frame.length <= 14 + 40 + 8 + 1000, frame.length + " bytes");
                    count++;
                }
                assertEquals(2, count);
            }
            assertEquals(1, net.routes.statistics(net.source, net.group).packets());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void routes_areRestored_andPacketsThatWaitAreNot(boolean v4) throws StackException {
        try (Net saved = new Net(v4);
                Net restored = new Net(v4)) {
            saved.routes.add(saved.route(saved.source, saved.group));
            saved.routes.add(saved.route(saved.any(), saved.group(2)));
            saved.send(saved.source, saved.group, HOPS, 100);
            saved.sendBy(saved.link1, saved.source, saved.group, HOPS, 100);
            saved.send(saved.source, saved.group(3), HOPS, 100);
            saved.net.advance(SECOND);
            restored.net.advance(SECOND);
            restored.net.nic.setMulticastForwarding(v4, false);
            LowerHalf.restore(restored.net.stack, LowerHalf.save(saved.net.stack));
            assertEquals(saved.routes.list(), restored.routes.list());
            assertEquals(
                    saved.routes.statistics(saved.source, saved.group),
                    restored.routes.statistics(saved.source, saved.group));
            assertEquals(true, restored.net.nic.isMulticastForwarding(v4));
            assertEquals(0, restored.net.stack.packetsOutstanding());
            restored.send(saved.source, saved.group(2), HOPS, 10);
            restored.expectLeft(List.of(HOPS - 1), List.of(HOPS - 1));
            // Still within the three seconds of what was told before.
            restored.sendBy(restored.link1, saved.source, saved.group, HOPS, 10);
            assertEquals(List.of(), restored.told);
            // The saved stack goes on.
            saved.routes.add(saved.route(saved.source, saved.group(3)));
            assertEquals(List.of(HOPS - 1, HOPS - 1), saved.took(saved.link1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void packet_passedOn_allocatesNothing(boolean v4) throws StackException {
        try (Net net = new Net(v4)) {
            net.routes.add(net.route(net.source, net.group));
            net.link1.keepNothing();
            net.link2.keepNothing();
            byte[] frame = net.frame(net.source, net.group, HOPS, 100);
            Runnable one = () -> net.net.link.deliver(frame);
            for (int i = 0; i < 20_000; i++) {
                net.net.stack.run(one);
            }
            long fewest = Allocation.fewestBytes(() -> {
                for (int i = 0; i < 100; i++) {
                    net.net.stack.run(one);
                }
            });
            assertEquals(0, fewest);
            assertNull(net.link1.poll());
            assertEquals(
                    20_000 + 20 * 100,
                    net.routes.statistics(net.source, net.group).packets());
        }
    }
}
