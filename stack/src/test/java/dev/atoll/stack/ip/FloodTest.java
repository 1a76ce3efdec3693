package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Floods from the link: memory and tables keep their bounds, what is lost is counted, honest traffic goes on. */
class FloodTest {
    private static final IpAddress OURS = IpAddress.parse("10.9.0.1");
    private static final IpAddress HONEST = IpAddress.parse("10.9.0.2");
    private static final MacAddress ALL = MacAddress.parse("ff:ff:ff:ff:ff:ff");
    private static final int FLOOD = 20_000;
    /** Entries of one cache, and the memory of what waits in it in packets of a frame each. */
    private static final int CACHE_ENTRIES = 512;

    private static final int WAITING_PACKETS = 4 * 1024 * 1024 / 2048 + CACHE_ENTRIES;

    private final OneStack net;
    private final UdpEndpoint endpoint;

    FloodTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS, 16);
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V6_ANY, 7));
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(HONEST, 9));
        net.frames();
        net.send(
                TestLink.MAC,
                EthernetFrame.ARP,
                new ArpPacket(ArpPacket.REPLY, PEER_MAC, HONEST, TestLink.MAC, OURS).encode());
        net.frames();
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private static IpAddress stranger(int i) {
        return IpAddress.v4(0x0a090100 + i);
    }

    /** The honest neighbour is still known: a datagram to it leaves at once. */
    private void expectHonestGoesOn() throws StackException {
        net.frames();
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(HONEST, 9));
        byte[] frame = net.frames().get(0);
        Checks.frame(frame, linkDestination(PEER_MAC), ipv4());
    }

    private int neighbors() {
        return net.nic.neighbors().list().size();
    }

    /** RFC 6583: a scan of a subnet makes the stack ask for hosts that are not there. */
    @Test
    @Requirement("features D4")
    @Requirement("pain 12-2")
    void scan_ofTheSubnet_keepsItsBounds() throws StackException {
        for (int i = 0; i < FLOOD; i++) {
            endpoint.send(ByteBuffer.allocate(1400), new FullAddress(stranger(i), 9));
        }
        assertTrue(neighbors() <= 2 * CACHE_ENTRIES, neighbors() + " neighbours");
        assertTrue(net.stack.packetsOutstanding() <= CACHE_ENTRIES, net.stack.packetsOutstanding() + " packets");
        assertTrue(net.stack.counters().neighborsEvicted >= FLOOD - 2 * CACHE_ENTRIES);
        expectHonestGoesOn();
    }

    /** Many packets to each of them: what waits is bounded for all together, and each may still have one waiting. */
    @Test
    @Requirement("features C4")
    @Requirement("pain 12-2")
    void packets_toManyThatDoNotAnswer_keepTheirBounds() throws StackException {
        for (int i = 0; i < 100; i++) {
            for (int host = 0; host < 400; host++) {
                endpoint.send(ByteBuffer.allocate(1400), new FullAddress(stranger(host), 9));
            }
        }
        long waiting = net.stack.packetsOutstanding();
        assertTrue(waiting > 1500 && waiting <= WAITING_PACKETS, waiting + " packets");
        assertTrue(net.stack.counters().drops(DropReason.NEIGHBOR_QUEUE_FULL) > 30_000);
        expectHonestGoesOn();
        net.advance(10 * OneStack.SECOND);
        assertEquals(0, net.stack.packetsOutstanding());
    }

    /** Forged questions make entries for hosts that nobody talks to. */
    @Test
    void questions_fromStrangers_keepTheirBounds() throws StackException {
        for (int i = 0; i < FLOOD; i++) {
            MacAddress mac = new MacAddress(0x0200_0001_0000L + i);
            net.send(
                    ALL,
                    EthernetFrame.ARP,
                    new ArpPacket(ArpPacket.REQUEST, mac, stranger(i), new MacAddress(0), OURS).encode());
            IpAddress six = new IpAddress(0xfe80L << 48, 0x1_0000 + i);
            net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, mac.bits())
                    .packet(six, LINK_LOCAL.solicitedNode()));
            if (i % 1000 == 0) {
                net.frames();
            }
        }
        assertTrue(neighbors() <= 2 * CACHE_ENTRIES, neighbors() + " neighbours");
        expectHonestGoesOn();
    }

    /** Fragments that never become whole, from everywhere, between those of honest datagrams: each of these arrives. */
    @Test
    @Requirement("features E4")
    @Requirement("pain 12-2")
    void fragments_thatLeadNowhere_keepTheirBounds() throws StackException {
        Bytes junk = Bytes.of(new byte[1440]);
        Bytes datagram = new UdpDatagram(9, 7, Bytes.of(new byte[2000])).encode(HONEST, OURS);
        Bytes datagram6 = new UdpDatagram(9, 7, Bytes.of(new byte[2000])).encode(PEER_LINK_LOCAL, LINK_LOCAL);
        int honest = 0;
        for (int i = 0; i < FLOOD; i++) {
            net.send(new Ipv4Packet(
                    0, i & 0xffff, false, true, 8, 64, Ipv4Packet.UDP, stranger(i), OURS, Bytes.EMPTY, junk));
            net.send(Ipv6Packet.of(new IpAddress(0xfe80L << 48, i + 0x1000), LINK_LOCAL, Ipv4Packet.UDP, junk)
                    .with(Ipv6Packet.Extension.fragment(8, true, i)));
            boolean first = i % 100 == 10;
            if (first || i % 100 == 60) {
                int from = first ? 0 : 1000;
                int to = first ? 1000 : datagram.length();
                Bytes part = datagram.slice(from, to);
                net.send(new Ipv4Packet(
                        0, i / 100, false, first, from, 64, Ipv4Packet.UDP, HONEST, OURS, Bytes.EMPTY, part));
                net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, datagram6.slice(from, to))
                        .with(Ipv6Packet.Extension.fragment(from, first, i / 100)));
            }
            ByteBuffer got = ByteBuffer.allocate(2100);
            while (endpoint.receive(got.clear()) != null) {
                honest++;
            }
        }
        assertEquals(2 * FLOOD / 100, honest);
        // Two families of 4 MiB in packets of 2048 bytes and what goes with them.
        long waiting = net.stack.packetsOutstanding();
        assertTrue(waiting <= 2 * 4 * 1024 * 1024 / 2048, waiting + " packets");
        assertTrue(net.stack.counters().drops(DropReason.IP_REASSEMBLY_FULL) > FLOOD);
        net.advance(61 * OneStack.SECOND);
        net.frames();
        assertEquals(0, net.stack.packetsOutstanding());
    }

    /** Reports about the MTU of paths to everywhere, quoting an endpoint that is there. */
    @Test
    @Requirement("pain 12-2")
    void reports_aboutThePathsToEverywhere_keepTheirBounds() throws StackException {
        for (int i = 0; i < 10_000; i++) {
            IpAddress far = IpAddress.v4(0xc6330000 + i);
            Bytes quoted = Ipv4Packet.of(
                            OURS, far, Ipv4Packet.UDP, new UdpDatagram(7, 9, Bytes.EMPTY).encode(OURS, far))
                    .encode();
            Bytes report = new IcmpMessage(IcmpMessage.UNREACHABLE, 4, 1000, quoted).encode();
            net.send(Ipv4Packet.of(HONEST, OURS, Ipv4Packet.ICMP, report));
        }
        assertEquals(10_000 - PathMtus.MAX_ENTRIES, net.stack.counters().pathMtusEvicted);
        expectHonestGoesOn();
    }
}
