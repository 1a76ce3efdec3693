package dev.atoll.stack.ip;

import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static dev.atoll.stack.frames.Twins.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.RouteTable;
import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.Ipv6Packet.Extension;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.LowerHalf;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.Twins;
import dev.atoll.stack.options.MessageTuning;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Routes and what IP remembers of packets, saved and restored. */
class IpArchiveTest {
    private static final Ipv6Settings SETTINGS =
            Ipv6Settings.DEFAULT.withRouterDiscovery(false).withDadTransmits(0);
    private static final IpAddress OURS = IpAddress.parse("192.0.2.1");
    private static final IpAddress PEER = IpAddress.parse("192.0.2.9");
    private static final IpAddress FAR = IpAddress.parse("198.51.100.7");
    private static final IpAddress FAR6 = IpAddress.parse("2001:db8:5::7");
    private static final int ID = 0x1234;

    private static void addresses(OneStack net) throws StackException {
        net.nic.addAddress(OURS, 24);
        net.nic.addAddress(IpAddress.parse("2001:db8::1"), 64);
        net.nic.neighbors().setStatic(PEER, PEER_MAC);
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
    }

    private static Routes routes(OneStack net) {
        return LowerHalf.ip(net.stack).routes();
    }

    private static void table(OneStack net) throws StackException {
        addresses(net);
        routes(net, net.stack.routes());
    }

    private static void routes(OneStack net, RouteTable table) throws StackException {
        table.add(Subnet.V4_ALL, PEER, net.nic, 7);
        table.add(Subnet.V6_ALL, PEER_LINK_LOCAL, net.nic);
        table.add(Subnet.parse("198.51.0.0/16"), PEER, net.nic, 3);
        net.stack.run(() -> {
            routes(net).pathMtu(FAR, 0, 1000);
            routes(net).pathMtu(PEER, 0, 100);
            routes(net).redirect(LowerHalf.device(net), FAR6, IpAddress.parse("fe80::5"));
        });
        net.advance(100 * SECOND);
        net.stack.run(() -> {
            routes(net).pathMtu(PEER_LINK_LOCAL, net.nic.id(), 1300);
            routes(net).neighborAnswers(LowerHalf.device(net), PEER, /* answers= */ false);
        });
    }

    @Test
    void routes_leadWhereTheyLed() throws StackException {
        try (Twins twins = new Twins(SETTINGS, IpArchiveTest::table)) {
            assertEquals(
                    twins.lived.stack.routes().list(),
                    twins.restored.stack.routes().list());
            twins.then(net -> send(net, FAR, 1400))
                    .then(net -> send(net, PEER, 1400))
                    .then(net -> send(net, PEER_LINK_LOCAL, 1400))
                    .then(net -> send(net, FAR6, 10))
                    .then(net -> net.advance(550 * SECOND))
                    .then(net -> send(net, FAR, 1400))
                    .then(net -> send(net, PEER_LINK_LOCAL, 1400))
                    .then(net -> net.stack.routes().remove(Subnet.V4_ALL, PEER, net.nic));
        }
    }

    @Test
    void packetsToOwnAddresses_leaveIfTheyDid() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            addresses(net);
            routes(net).sendLocalOut();
        })) {
            twins.then(net -> send(net, OURS, 10));
        }
    }

    private static Route copy(Twins twins, Route route) {
        Archive archive = Archive.saving();
        routes(twins.lived).archiveRoute(archive, route);
        return routes(twins.restored).archiveRoute(Archive.restoring(archive.toByteArray()), null);
    }

    @Test
    void routeThatIsKept_isTheSameAndAsOld() throws StackException {
        Route[] kept = new Route[5];
        try (Twins twins = new Twins(SETTINGS, net -> {
            addresses(net);
            kept[0] = Objects.requireNonNull(routes(net).find(PEER, OURS, 0));
            kept[1] = routes(net).onLink(LowerHalf.device(net), IpAddress.V4_ANY, IpAddress.V4_BROADCAST);
            routes(net, net.stack.routes());
            kept[2] = Objects.requireNonNull(routes(net).find(FAR, null, 0));
            kept[3] = Objects.requireNonNull(routes(net).find(PEER_LINK_LOCAL, null, net.nic.id()));
            kept[4] = Objects.requireNonNull(routes(net).find(IpAddress.parse("192.0.2.255"), null, 0));
        })) {
            // Found before its path was known to be narrow, which it learns when it is used.
            assertTrue(kept[0].refresh());
            for (Route route : kept) {
                List<String> differences = LowerHalf.diff()
                        .compare("routes", routes(twins.lived), routes(twins.restored))
                        .compare("route", route, copy(twins, route))
                        .differences();
                assertEquals(List.of(), differences);
            }
        }
    }

    @Test
    void routeThatIsStale_isFoundAnewWhenUsed() throws StackException {
        Route[] kept = new Route[1];
        try (Twins twins = new Twins(SETTINGS, net -> {
            table(net);
            kept[0] = Objects.requireNonNull(routes(net).find(IpAddress.parse("203.0.113.1"), null, 0));
            net.stack.routes().remove(Subnet.V4_ALL, PEER, net.nic);
        })) {
            Route copy = copy(twins, kept[0]);
            assertEquals(kept[0].toString(), copy.toString());
            assertEquals(kept[0].refresh(), copy.refresh());
        }
    }

    @Test
    void routeByANicThatIsNotThere_isRefused() throws StackException {
        try (OneStack net = new OneStack(SETTINGS)) {
            addresses(net);
            Archive archive = Archive.saving();
            routes(net).archiveRoute(archive, Objects.requireNonNull(routes(net).find(PEER, OURS, 0)));
            byte[] saved = archive.toByteArray();
            net.stack.removeNic(net.nic);
            assertThrows(ArchiveException.class, () -> routes(net).archiveRoute(Archive.restoring(saved), null));
        }
    }

    @Test
    void settingsAndLimits_areTheSame() throws StackException {
        Twins.Happening life = net -> {
            addresses(net);
            net.stack.setDefaultTtl(true, 33);
            net.stack.setDefaultTtl(false, 44);
            net.stack.setMessages(new MessageTuning(3000, 100_000, 1 << 20));
            net.stack.icmpLimit().setBurst(9);
            net.stack.icmpLimit().setPerSecond(3);
            net.stack.setIcmpErrorTos(0);
            net.advance(SECOND / 2);
            for (int i = 0; i < 5; i++) {
                toClosedPort(net);
            }
        };
        try (Twins twins = new Twins(SETTINGS, life)) {
            twins.then(net -> send(net, PEER, 10)).then(net -> {
                for (int i = 0; i < 9; i++) {
                    toClosedPort(net);
                }
            });
            twins.then(net -> net.advance(SECOND)).then(IpArchiveTest::toClosedPort);
        }
    }

    private static void toClosedPort(OneStack net) {
        Bytes datagram = new UdpDatagram(9, 5555, Bytes.of(new byte[10])).encode(PEER, OURS);
        net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.UDP, datagram));
    }

    /** The same counters go on, or a peer would take a new packet's fragments for an old one's. */
    @Test
    void identification_goesOn() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            addresses(net);
            send(net, PEER, 10);
            send(net, PEER, 3000);
        })) {
            twins.then(net -> send(net, PEER, 3000)).then(net -> send(net, PEER_LINK_LOCAL, 1000));
        }
    }

    private static Ipv4Packet fragment4(Bytes datagram, int from, int to, int id) {
        boolean more = to < datagram.length();
        return new Ipv4Packet(
                0, id, false, more, from, 64, Ipv4Packet.UDP, PEER, OURS, Bytes.EMPTY, datagram.slice(from, to));
    }

    private static Ipv6Packet fragment6(Bytes datagram, int from, int to) {
        return Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, datagram.slice(from, to))
                .with(Extension.fragment(from, to < datagram.length(), ID));
    }

    private static Bytes datagram(IpAddress from, IpAddress to) {
        byte[] payload = new byte[2000];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) i;
        }
        return new UdpDatagram(9, 5555, Bytes.of(payload)).encode(from, to);
    }

    /** Of three datagrams some fragments, in another order. */
    private static void someFragments(OneStack net) throws StackException {
        addresses(net);
        Bytes four = datagram(PEER, OURS);
        net.send(fragment4(four, 1600, four.length(), ID));
        net.send(fragment4(four, 0, 800, ID));
        net.advance(SECOND);
        net.send(fragment4(four, 0, 1200, ID + 1));
        net.send(fragment4(four, 800, 1200, ID));
        net.send(fragment6(datagram(PEER_LINK_LOCAL, LINK_LOCAL), 0, 800));
    }

    @Test
    void fragments_areWholeWhenTheRestComes() throws StackException {
        try (Twins twins = new Twins(SETTINGS, IpArchiveTest::someFragments)) {
            Bytes four = datagram(PEER, OURS);
            Bytes six = datagram(PEER_LINK_LOCAL, LINK_LOCAL);
            twins.then(net -> net.send(fragment4(four, 1200, 1600, ID)))
                    .then(net -> net.send(fragment6(six, 800, six.length())));
            assertEquals(2, twins.restored.stack.counters().ipReassembled);
        }
    }

    @Test
    void fragments_areGivenUpWhenTheirTimeHasCome() throws StackException {
        try (Twins twins = new Twins(SETTINGS, IpArchiveTest::someFragments)) {
            twins.then(net -> net.advance(29 * SECOND + SECOND / 2))
                    .then(net -> net.advance(SECOND))
                    .then(net -> net.advance(60 * SECOND));
        }
    }
}
