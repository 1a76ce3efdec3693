package dev.atoll.stack.group;

import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.SECOND;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.Ipv6Packet.Extension;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.LowerHalf;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.Twins;
import dev.atoll.stack.nic.SourceFilter;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What routers were told of groups, and are still to be told, saved and restored. */
class GroupArchiveTest {
    private static final Ipv6Settings SETTINGS =
            Ipv6Settings.DEFAULT.withRouterDiscovery(false).withDadTransmits(0);
    private static final IpAddress GROUP6 = IpAddress.parse("ff05::1234");
    private static final IpAddress GROUP4 = IpAddress.parse("239.1.2.3");
    private static final IpAddress OTHER4 = IpAddress.parse("239.1.2.4");
    private static final IpAddress A = IpAddress.parse("192.0.2.65");
    private static final IpAddress B = IpAddress.parse("192.0.2.66");
    private static final IpAddress ROUTER4 = IpAddress.parse("192.0.2.9");
    private static final String A_HEX = "c0000241";
    private static final String GROUP4_HEX = "ef010203";
    /** The member that names senders; the same one for both stacks. */
    private static final Object MEMBER = new Object();

    private static void query6(OneStack net, String bodyBehindGroup, IpAddress group, int maxResponseMs) {
        Bytes body = Bytes.hex(HexFormat.of().formatHex(group.octets()) + bodyBehindGroup);
        net.send(new Icmpv6Message(Icmpv6Message.MLD_QUERY, 0, maxResponseMs << 16, body)
                .packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES)
                .with(Extension.options(Ipv6Packet.HOP_BY_HOP, "05020000"))
                .withHopLimit(1));
    }

    private static void query4(OneStack net, String message) {
        byte[] bytes = Bytes.hex(message).toArray();
        long sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        bytes[2] = (byte) (~sum >>> 8);
        bytes[3] = (byte) ~sum;
        Ipv4Packet packet = Ipv4Packet.of(ROUTER4, IpAddress.parse("224.0.0.1"), 2, Bytes.of(bytes))
                .withTtl(1);
        net.send(MacAddress.parse("01:00:5e:00:00:01"), EthernetFrame.IPV4, packet.encode());
    }

    private static void address(OneStack net) throws StackException {
        net.nic.addAddress(IpAddress.parse("192.0.2.1"), 24);
    }

    private static void listen(OneStack net, SourceFilter filter) {
        net.stack.run(() -> LowerHalf.device(net).groups().listen(MEMBER, GROUP4, filter));
    }

    private static void joined(OneStack net) throws StackException {
        address(net);
        net.nic.joinGroup(GROUP4);
        net.nic.joinGroup(OTHER4);
        net.nic.joinGroup(GROUP6);
        net.advance(10 * SECOND);
    }

    @Test
    void joinsAndLeaves_areToldAgain() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            address(net);
            net.nic.joinGroup(GROUP4);
            net.nic.joinGroup(GROUP6);
            net.nic.joinGroup(OTHER4);
            net.nic.leaveGroup(OTHER4);
        })) {
            twins.then(net -> net.advance(SECOND / 2))
                    .then(net -> net.nic.joinGroup(OTHER4))
                    .then(net -> net.advance(10 * SECOND));
        }
    }

    @Test
    void senders_areToldAgain() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            address(net);
            listen(net, SourceFilter.only(A));
            net.advance(10 * SECOND);
            listen(net, SourceFilter.only(A).with(B, true));
            listen(net, SourceFilter.only(B));
        })) {
            relisten(twins, SourceFilter.only(B));
            twins.then(net -> net.advance(10 * SECOND)).then(net -> listen(net, SourceFilter.NONE));
        }
    }

    private static void relisten(Twins twins, SourceFilter filter) {
        OneStack net = twins.restored;
        net.stack.run(() -> LowerHalf.device(net).groups().relisten(MEMBER, GROUP4, filter));
    }

    @Test
    void generalQuery_isAnsweredInItsTime() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            joined(net);
            query4(net, "1164 0000 00000000 03 20 0000");
            query6(net, "05 7d 0000", IpAddress.V6_ANY, 8000);
        })) {
            twins.then(net -> net.advance(5 * SECOND))
                    .then(net -> net.advance(10 * SECOND))
                    // The robustness that the router named.
                    .then(net -> net.nic.joinGroup(IpAddress.parse("239.1.2.9")))
                    .then(net -> net.advance(10 * SECOND));
        }
    }

    @Test
    void queryAboutSenders_isAnsweredInItsTime() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            joined(net);
            query4(net, "1164 0000" + GROUP4_HEX + "02 7d 0001" + A_HEX);
            query6(net, "02 7d 0000", GROUP6, 8000);
        })) {
            twins.then(net -> net.advance(12 * SECOND));
        }
    }

    @Test
    void routerOfAnOlderVersion_isSpokenToAsLong() throws StackException {
        try (Twins twins = new Twins(SETTINGS, net -> {
            joined(net);
            query4(net, "1164 0000 00000000");
            query6(net, "", IpAddress.V6_ANY, 8000);
            net.advance(SECOND);
        })) {
            twins.then(net -> net.advance(10 * SECOND))
                    .then(net -> net.nic.leaveGroup(GROUP4))
                    .then(net -> net.nic.joinGroup(GROUP4))
                    .then(net -> net.advance(200 * SECOND))
                    .then(net -> net.nic.leaveGroup(GROUP4))
                    .then(net -> net.advance(200 * SECOND))
                    .then(net -> net.nic.joinGroup(GROUP4));
        }
    }
}
