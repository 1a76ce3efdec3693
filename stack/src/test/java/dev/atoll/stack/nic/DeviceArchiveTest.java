package dev.atoll.stack.nic;

import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static dev.atoll.stack.frames.Twins.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.AddressOptions;
import dev.atoll.stack.NeighborTable;
import dev.atoll.stack.archive.ArchiveException;
import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.NeighborSettings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.LowerHalf;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.frames.Twins;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.PrimaryBehavior;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** NICs that were saved and restored, with what they know of their links. */
class DeviceArchiveTest {
    private static final Ipv6Settings SETTINGS =
            Ipv6Settings.DEFAULT.withRouterDiscovery(false).withDadTransmits(0);
    private static final IpAddress OURS = IpAddress.parse("192.0.2.1");
    private static final IpAddress GROUP = IpAddress.parse("239.1.2.3");

    private static IpAddress host(int number) {
        return IpAddress.v4(0xc000_0200 | number);
    }

    private static void arpReply(OneStack net, IpAddress from) {
        ArpPacket reply = new ArpPacket(ArpPacket.REPLY, PEER_MAC, from, TestLink.MAC, OURS);
        net.send(TestLink.MAC, EthernetFrame.ARP, reply.encode());
    }

    @Test
    void newNic_isTheSame() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {})) {
            twins.then(net -> net.advance(10 * SECOND));
        }
    }

    @Test
    void settingsAndCounters_areTheSame() throws StackException {
        Twins.Happening life = net -> {
            net.nic.rename("wan0");
            net.nic.setMtuBytes(1400);
            net.nic.setForwarding(true, true);
            net.nic.setForwarding(false, true);
            net.nic.setMulticastForwarding(true, true);
            net.nic.setMulticastForwarding(false, true);
            net.nic.setSendRedirects(true);
            net.nic.setCoalescing(false);
            net.nic.setPromiscuous(true);
            net.nic.setSpoofing(true);
            net.nic.setStrongHost(true);
            net.nic.setTakesIeee802(true);
            net.nic.setTakesZeroBroadcasts(true);
            Device device = LowerHalf.device(net);
            device.setIpv4MtuBytes(1300);
            device.setIpv6MtuBytes(1350);
            device.setIpv6HopLimit(33);
            device.countDrop(DropReason.NIC_DISABLED);
            NeighborSettings settings = new NeighborSettings(9 * SECOND, 0.25, 2.5, 2 * SECOND, SECOND, 5, 4);
            net.nic.neighbors().setSettings(true, settings);
        };
        try (Twins twins = new Twins(SETTINGS, life)) {
            assertEquals("wan0", twins.restored.nic.name());
            assertEquals(1400, twins.restored.nic.mtuBytes());
        }
    }

    @Test
    void ipv6ThatEnded_staysOff() throws StackException {
        Twins.Happening life = net -> LowerHalf.device(net).disableIpv6();
        try (Twins twins = new Twins(SETTINGS, life)) {
            assertTrue(twins.restored.nic.isIpv6Disabled());
        }
    }

    @Test
    void addresses_keepTheirOrderAndWhatTheyAreFor() throws StackException {
        Twins.Happening life = net -> {
            net.nic.addAddress(OURS, 24);
            net.nic.addAddress(host(77), 26, new AddressOptions(PrimaryBehavior.FIRST_PRIMARY, false, false));
            net.nic.addAddress(host(78), 26, new AddressOptions(PrimaryBehavior.NEVER_PRIMARY, true, true));
            net.nic.addAddress(IpAddress.parse("2001:db8::7"), 64);
            net.nic.setDeprecated(OURS, true);
            net.nic.removeAddress(OneStack.LINK_LOCAL);
        };
        try (Twins twins = new Twins(SETTINGS, life)) {
            assertEquals(twins.lived.nic.addresses(), twins.restored.nic.addresses());
            twins.then(net -> send(net, host(9), 10)).then(net -> net.nic.removeAddress(host(77)));
        }
    }

    @Test
    void disabledNic_staysQuietUntilItIsEnabled() throws StackException {
        Twins.Happening life = net -> {
            net.nic.addAddress(OURS, 24);
            net.nic.addAddress(IpAddress.parse("2001:db8::7"), 64);
            net.nic.setEnabled(false);
        };
        try (Twins twins = new Twins(SETTINGS, life)) {
            twins.then(net -> net.advance(100 * SECOND)).then(net -> {
                net.nic.setEnabled(true);
                net.advance(10 * SECOND);
            });
        }
    }

    private static List<String> states(OneStack net) {
        return net.nic.neighbors().list().stream()
                .map(NeighborTable.Entry::state)
                .toList();
    }

    /** One neighbour in each state, with what waits for it. */
    private static void getToKnow(OneStack net) throws StackException {
        net.nic.addAddress(OURS, 24);
        net.nic.neighbors().addHint(host(7), PEER_MAC);
        send(net, host(7), 10);
        net.advance(SECOND * 5 / 2);
        send(net, host(8), 10);
        net.advance(SECOND * 33 / 10);
        net.nic.neighbors().setStatic(host(2), PEER_MAC);
        send(net, host(3), 10);
        send(net, host(3), 1000);
        send(net, host(4), 10);
        arpReply(net, host(4));
        net.nic.neighbors().addHint(host(5), PEER_MAC);
        net.nic.neighbors().addHint(host(6), PEER_MAC);
        send(net, host(6), 10);
        send(net, PEER_LINK_LOCAL, 10);
        net.send(
                Icmpv6Message.advertisement(PEER_LINK_LOCAL, 7, PEER_MAC).packet(PEER_LINK_LOCAL, OneStack.LINK_LOCAL));
    }

    @Test
    void neighbors_areInTheStatesTheyWereIn() throws StackException {
        try (Twins twins = new Twins(SETTINGS, DeviceArchiveTest::getToKnow)) {
            assertEquals(
                    List.of("PROBE", "FAILED", "STATIC", "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "REACHABLE"),
                    states(twins.restored));
            twins.then(net -> arpReply(net, host(3)))
                    .then(net -> net.advance(SECOND / 2))
                    .then(net -> net.advance(2 * SECOND))
                    .then(net -> send(net, host(5), 10))
                    .then(net -> net.nic.neighbors().remove(host(2)))
                    .then(net -> net.advance(100 * SECOND));
        }
    }

    @Test
    void whatWaitsForANeighbor_isGivenUpWhenItsTimeHasCome() throws StackException {
        try (Twins twins = new Twins(SETTINGS, DeviceArchiveTest::getToKnow)) {
            twins.then(net -> net.advance(4 * SECOND));
            assertEquals(3, twins.restored.stack.counters().drops(DropReason.NEIGHBOR_UNREACHABLE));
        }
    }

    @Test
    void framesThatWaitForTheLink_goOutWhenItHasRoom() throws StackException {
        Map<OneStack, ChannelLink> links = new HashMap<>();
        Twins.Happening made = net -> {
            ChannelLink link = new ChannelLink(
                    1500, MacAddress.parse("02:00:00:00:00:02"), LinkEndpoint.Capabilities.PLAIN_ETHERNET, 1);
            links.put(net, link);
            net.stack.createNic("eth1", link).addAddress(IpAddress.parse("10.0.0.1"), 24);
        };
        Twins.Happening life = net -> {
            Device device = eth1(net);
            net.stack.run(() -> {
                device.announce(IpAddress.parse("10.0.0.7"));
                device.probe(IpAddress.parse("10.0.0.8"));
                device.announce(IpAddress.parse("10.0.0.9"));
            });
        };
        try (Twins twins = new Twins(SETTINGS, builder -> {}, made, life)) {
            // The link is not restored and has room; nobody but the stack knows that frames wait for it.
            twins.restored.stack.run(() -> eth1(twins.restored).writable());
            List<String> frames = frames(twins.lived, Objects.requireNonNull(links.get(twins.lived)));
            assertEquals(frames, frames(twins.restored, Objects.requireNonNull(links.get(twins.restored))));
            assertTrue(frames.size() == 5, "frames " + frames);
            twins.then(net -> net.advance(SECOND));
        }
    }

    private static Device eth1(OneStack net) {
        return Objects.requireNonNull(LowerHalf.ip(net.stack).routes().device("eth1"));
    }

    private static List<String> frames(OneStack net, ChannelLink link) {
        List<String> frames = new ArrayList<>();
        while (link.size() > 0) {
            net.stack.run(() -> frames.add(HexFormat.of().formatHex(link.read())));
        }
        return frames;
    }

    /** Who listens is put back by whoever listens. */
    @Test
    void groups_haveTheirMembersAgain() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            net.nic.addAddress(OURS, 24);
            net.nic.joinGroup(GROUP);
            net.nic.joinGroup(GROUP);
            net.nic.joinGroup(IpAddress.parse("ff05::9"));
        })) {
            twins.then(net -> net.nic.leaveGroup(GROUP)).then(net -> net.nic.leaveGroup(GROUP));
        }
    }

    @Test
    void relisten_toAGroupThatWasJoined_tellsNobody() throws StackException {
        Map<OneStack, Object> listeners = new HashMap<>();
        SourceFilter filter = SourceFilter.only(host(9));
        Twins.Happening life = net -> {
            net.nic.addAddress(OURS, 24);
            Object listener = new Object();
            listeners.put(net, listener);
            net.stack.run(() -> LowerHalf.device(net).groups().listen(listener, GROUP, filter));
        };
        try (Twins twins = new Twins(SETTINGS, life)) {
            GroupTable groups = LowerHalf.device(twins.restored).groups();
            Object listener = new Object();
            listeners.put(twins.restored, listener);
            twins.restored.stack.run(() -> groups.relisten(listener, GROUP, filter));
            twins.restored.expectNothing();
            assertEquals(filter, groups.filter(GROUP));
            twins.then(net -> net.stack.run(() -> LowerHalf.device(net)
                    .groups()
                    .listen(Objects.requireNonNull(listeners.get(net)), GROUP, SourceFilter.NONE)));
            assertThrows(ArchiveException.class, () -> groups.relisten(listener, GROUP, filter));
        }
    }
}
