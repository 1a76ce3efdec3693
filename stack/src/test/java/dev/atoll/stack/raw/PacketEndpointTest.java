package dev.atoll.stack.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Nic;
import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.buffer.PacketType;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.options.LinkTarget;
import dev.atoll.stack.options.ReceivedFrame;
import dev.atoll.stack.socket.PacketEndpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Packet endpoints: packet(7). */
class PacketEndpointTest {
    private static final int ARP = 0x0806;
    private static final int IPV4 = 0x0800;
    /** Local experimental EtherType (IEEE 802). */
    private static final int EXPERIMENTAL = 0x88b5;

    private static final byte[] DATA = {5, 6, 7};

    private static TwoStacks net() throws StackException {
        return TwoStacks.with(builder -> builder.packetEndpoints(true));
    }

    private static List<ReceivedFrame> drain(PacketEndpoint endpoint) throws StackException {
        List<ReceivedFrame> frames = new ArrayList<>();
        ReceivedFrame frame = endpoint.receive(ByteBuffer.allocate(2000));
        while (frame != null) {
            frames.add(frame);
            frame = endpoint.receive(ByteBuffer.allocate(2000));
        }
        return frames;
    }

    private static void datagram(TwoStacks net) throws StackException {
        try (UdpEndpoint udp = net.left.newUdpEndpoint()) {
            udp.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 9));
            net.settle();
        }
    }

    @Test
    @Requirement("features H5")
    @Requirement("features M2")
    @Requirement("features M3")
    void framesOfATypeAndNic_areSeen_thoseThatGoOutToo() throws StackException {
        try (TwoStacks net = net();
                PacketEndpoint arp = net.left.newPacketEndpoint(true);
                PacketEndpoint all = net.left.newPacketEndpoint(false);
                PacketEndpoint unbound = net.left.newPacketEndpoint(false)) {
            int nic = assertNotNull(net.left.findNic("eth0"));
            arp.bind(nic, ARP);
            all.bind(0, PacketEndpoint.ALL_TYPES);
            datagram(net);

            List<ReceivedFrame> asked = drain(arp);
            assertEquals(
                    List.of(PacketType.OUTGOING, PacketType.HOST),
                    asked.stream().map(ReceivedFrame::type).toList());
            assertEquals(28, asked.get(0).lengthBytes());
            // ARP request and reply, the datagram, and port unreachable.
            List<ReceivedFrame> seen = drain(all);
            assertEquals(
                    List.of(ARP, ARP, IPV4, IPV4),
                    seen.stream().map(ReceivedFrame::etherType).toList());
            assertEquals(14 + 20 + 8 + 3, seen.get(2).lengthBytes());
            assertEquals(seen.get(0).source(), seen.get(2).source());
            assertEquals(seen.get(1).source(), seen.get(3).source());
            assertEquals(nic, seen.get(2).nicId());
            assertEquals(-1, unbound.nextLength());
        }
    }

    private static int assertNotNull(@Nullable Nic nic) {
        if (nic == null) {
            throw new AssertionError("no such NIC");
        }
        return nic.id();
    }

    @Test
    @Requirement("features H5")
    @Requirement("features M3")
    @Requirement("features M5")
    void cookedAndRawFrames_reachTheOtherSide() throws StackException {
        try (TwoStacks net = net();
                PacketEndpoint from = net.left.newPacketEndpoint(true);
                PacketEndpoint raw = net.left.newPacketEndpoint(false);
                PacketEndpoint to = net.right.newPacketEndpoint(true)) {
            int nic = assertNotNull(net.left.findNic("eth0"));
            to.bind(0, EXPERIMENTAL);
            from.send(ByteBuffer.wrap(DATA), new LinkTarget(nic, EXPERIMENTAL, MacAddress.BROADCAST));
            net.settle();

            ByteBuffer target = ByteBuffer.allocate(100);
            ReceivedFrame frame = to.receive(target);
            org.junit.jupiter.api.Assertions.assertNotNull(frame);
            assertEquals(PacketType.BROADCAST, frame.type());
            assertArrayEquals(DATA, Arrays.copyOf(target.array(), target.position()));

            raw.bind(nic, 0);
            byte[] whole = new EthernetFrame(MacAddress.BROADCAST, frame.source(), EXPERIMENTAL, Bytes.of(DATA))
                    .encode()
                    .toArray();
            assertEquals(17, raw.send(ByteBuffer.wrap(whole), null));
            net.settle();
            assertEquals(3, to.nextLength());
            // Nobody else knows that type.
            assertEquals(2, net.right.counters().drops(DropReason.UNKNOWN_NETWORK_PROTOCOL));
        }
    }

    @Test
    void frameThatCannotBeSent_isRefused() throws StackException {
        try (TwoStacks net = net();
                PacketEndpoint endpoint = net.left.newPacketEndpoint(true)) {
            int nic = assertNotNull(net.left.findNic("eth0"));
            LinkTarget somebody = new LinkTarget(nic, EXPERIMENTAL, MacAddress.BROADCAST);
            assertEquals(StackError.MESSAGE_TOO_LONG, error(endpoint, 1501, somebody));
            assertEquals(StackError.UNKNOWN_NIC, error(endpoint, 1, new LinkTarget(99, 1, MacAddress.BROADCAST)));
            endpoint.bind(nic, 0);
            assertEquals(StackError.DESTINATION_REQUIRED, error(endpoint, 1, null));
            net.left.nics().get(1).setEnabled(false);
            assertEquals(StackError.NETWORK_DOWN, error(endpoint, 1, somebody));
        }
    }

    private static StackError error(PacketEndpoint endpoint, int bytes, @Nullable LinkTarget target) {
        return assertThrows(StackException.class, () -> endpoint.send(ByteBuffer.allocate(bytes), target))
                .error();
    }

    /** Linux, net/ipv4/ip_input.c: what is for another host is for packet sockets alone. */
    @Test
    void frameForAnotherHost_isSeenByAPromiscuousNic_andGoesNoFurther() throws StackException {
        Ipv6Settings quiet = Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false);
        try (OneStack net = new OneStack(quiet, 1500, builder -> builder.packetEndpoints(true));
                PacketEndpoint endpoint = net.stack.newPacketEndpoint(true)) {
            net.advance(OneStack.SECOND);
            net.frames();
            endpoint.bind(net.nic.id(), 0x86dd);
            Ipv6Packet packet = Ipv6Packet.of(
                    OneStack.PEER_LINK_LOCAL,
                    OneStack.LINK_LOCAL,
                    Ipv4Packet.UDP,
                    new UdpDatagram(7, 7, Bytes.of(DATA)).encode(OneStack.PEER_LINK_LOCAL, OneStack.LINK_LOCAL));
            MacAddress stranger = MacAddress.parse("02:00:00:00:00:55");
            net.send(stranger, EthernetFrame.IPV6, packet.encode());
            assertNull(endpoint.receive(ByteBuffer.allocate(100)));

            net.nic.setPromiscuous(true);
            net.send(stranger, EthernetFrame.IPV6, packet.encode());

            List<ReceivedFrame> frames = drain(endpoint);
            assertEquals(1, frames.size());
            assertEquals(PacketType.OTHERHOST, frames.get(0).type());
            assertEquals(2, net.stack.counters().drops(DropReason.OTHER_HOST));
            assertEquals(0, net.stack.counters().udpReceived);
            net.expectNothing();
            net.send(TestLink.MAC, EthernetFrame.IPV6, packet.encode());
            assertEquals(1, net.stack.counters().udpReceived);
        }
    }

    @Test
    void loopback_showsAPacketTwice_asItGoesAndAsItComes() throws StackException {
        try (TwoStacks net = net();
                PacketEndpoint endpoint = net.left.newPacketEndpoint(true);
                UdpEndpoint udp = net.left.newUdpEndpoint()) {
            endpoint.bind(1, IPV4);
            udp.bind(new FullAddress(IpAddress.V4_LOOPBACK, 7));
            udp.send(ByteBuffer.wrap(DATA), new FullAddress(IpAddress.V4_LOOPBACK, 7));

            assertEquals(
                    List.of(PacketType.OUTGOING, PacketType.HOST),
                    drain(endpoint).stream().map(ReceivedFrame::type).toList());
        }
    }

    @Test
    void endpointThatIsClosed_isToldOfNothing_andKeepsNothing() throws StackException {
        try (TwoStacks net = net()) {
            PacketEndpoint endpoint = net.left.newPacketEndpoint(false);
            endpoint.bind(0, PacketEndpoint.ALL_TYPES);
            datagram(net);
            assertTrue(net.left.packetsOutstanding() > 0);
            assertEquals(1, net.left.endpointCount());
            endpoint.close();
            datagram(net);
            assertEquals(0, net.left.packetsOutstanding());
            assertEquals(0, net.left.endpointCount());
        }
    }

    @Test
    @Requirement("features M6")
    void stackWithoutPacketEndpoints_refuses() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            StackException refused = assertThrows(StackException.class, () -> net.left.newPacketEndpoint(true));
            assertEquals(StackError.NOT_PERMITTED, refused.error());
        }
    }
}
