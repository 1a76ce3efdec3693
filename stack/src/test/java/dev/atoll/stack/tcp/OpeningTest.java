package dev.atoll.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which SYNs are taken, and what is in those that are sent (RFC 9293 sections 3.1, 3.4.1, 3.9.1.1 and 3.9.2.3). */
class OpeningTest {
    private static final long SECOND = 1_000_000_000L;
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress OURS_TOO = IpAddress.parse("10.0.0.3");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.2");
    private static final IpAddress PEER6 = IpAddress.parse("fe80::2");
    private static final IpAddress GROUP = IpAddress.parse("224.0.0.1");
    private static final IpAddress BROADCAST = IpAddress.parse("10.0.0.255");

    private final OneStack net = ready(1);

    OpeningTest() throws StackException {}

    private static OneStack ready(long seed) throws StackException {
        OneStack net = new OneStack(Ipv6Settings.DEFAULT, 1500, builder -> builder.rng(Rng.seeded(seed)));
        net.nic.addAddress(OURS, 24);
        net.nic.addAddress(OURS_TOO, 24);
        TcpListener listener = net.stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V4_ANY, 80));
        listener.listen(10);
        return net;
    }

    @AfterEach
    void close() {
        net.close();
    }

    private static Bytes syn(IpAddress from, IpAddress to, TcpOption... options) {
        return new TcpSegment(5000, 80, 0, 0, TcpSegment.SYN, 1000, 0, List.of(options), Bytes.EMPTY).encode(from, to);
    }

    private void send(Bytes segment) {
        net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.TCP, segment));
    }

    /** TCP packets sent since the last time; the peer tells its link address when asked. */
    private static List<Ipv4Packet> packets(OneStack net) {
        List<Ipv4Packet> packets = new ArrayList<>();
        boolean asked = false;
        for (byte[] bytes : net.frames()) {
            EthernetFrame frame = EthernetFrame.decode(Bytes.of(bytes));
            if (frame.etherType() == EthernetFrame.IPV4) {
                Ipv4Packet packet = Ipv4Packet.decode(frame.payload());
                if (packet.protocol() == Ipv4Packet.TCP) {
                    packets.add(packet);
                }
            } else if (frame.etherType() == EthernetFrame.ARP) {
                asked |= ArpPacket.decode(frame.payload()).targetIp().equals(PEER);
            }
        }
        if (asked) {
            ArpPacket reply = new ArpPacket(ArpPacket.REPLY, OneStack.PEER_MAC, PEER, TestLink.MAC, OURS);
            net.send(TestLink.MAC, EthernetFrame.ARP, reply.encode());
            packets.addAll(packets(net));
        }
        return packets;
    }

    private static TcpSegment only(List<Ipv4Packet> packets) {
        assertEquals(1, packets.size());
        return TcpSegment.decode(packets.get(0));
    }

    private void expectSynAck() {
        assertEquals(TcpSegment.SYN | TcpSegment.ACK, only(packets(net)).flags());
    }

    @Test
    @Requirement("RFC 9293 MUST-3")
    void syn_wrongChecksum_isDropped() {
        byte[] spoiled = syn(PEER, OURS).toArray();
        spoiled[16] ^= 1;
        send(Bytes.of(spoiled));
        assertEquals(List.of(), packets(net));
        send(syn(PEER, OURS));
        expectSynAck();
    }

    @Test
    @Requirement("RFC 9293 MUST-6")
    @Requirement("RFC 9293 MUST-68")
    void syn_unknownOption_isPassedOverByItsLength() {
        send(syn(PEER, OURS, new TcpOption.Unknown(253, Bytes.hex("0204010203")), new TcpOption.WindowScale(7)));
        List<TcpOption> options = only(packets(net)).options();
        assertTrue(options.stream().anyMatch(TcpOption.WindowScale.class::isInstance), options.toString());
    }

    @Test
    @Requirement("RFC 9293 MUST-7")
    void syn_illegalOptionLength_isAnswered() {
        // Both have the sum of a well-formed option, so that the checksum fits.
        byte[] zero =
                syn(PEER, OURS, new TcpOption.Unknown(253, Bytes.hex("0000"))).toArray();
        zero[21] = 0;
        zero[23] = 4;
        send(Bytes.of(zero));
        expectSynAck();
        byte[] beyond = syn(PEER, OURS_TOO, new TcpOption.Unknown(253, Bytes.hex("00fb")))
                .toArray();
        beyond[21] = (byte) 0xff;
        beyond[23] = 0;
        net.send(Ipv4Packet.of(PEER, OURS_TOO, Ipv4Packet.TCP, Bytes.of(beyond)));
        expectSynAck();
    }

    @Test
    @Requirement("RFC 9293 MUST-50")
    void syn_ipOption_isIgnored() {
        Bytes routerAlert = Bytes.hex("94040000");
        net.send(new Ipv4Packet(0, 1, true, false, 0, 64, Ipv4Packet.TCP, PEER, OURS, routerAlert, syn(PEER, OURS)));
        expectSynAck();
    }

    @Test
    @Requirement("RFC 9293 MUST-57")
    void syn_toBroadcastOrGroup_isDropped() {
        for (IpAddress to : List.of(BROADCAST, GROUP, IpAddress.parse("255.255.255.255"))) {
            net.send(
                    MacAddress.BROADCAST,
                    EthernetFrame.IPV4,
                    Ipv4Packet.of(PEER, to, Ipv4Packet.TCP, syn(PEER, to)).encode());
            net.send(Ipv4Packet.of(PEER, to, Ipv4Packet.TCP, syn(PEER, to)));
        }
        assertEquals(List.of(), packets(net));
    }

    @Test
    @Requirement("RFC 9293 MUST-63")
    void syn_fromBroadcastOrGroup_isDropped() {
        for (IpAddress from : List.of(BROADCAST, GROUP, IpAddress.parse("255.255.255.255"))) {
            net.send(Ipv4Packet.of(from, OURS, Ipv4Packet.TCP, syn(from, OURS)));
        }
        assertEquals(List.of(), packets(net));
        assertEquals(1, net.stack.endpointCount(), "the listener");
    }

    @Test
    @Requirement("RFC 9293 MUST-15")
    void synOverIpv6_withoutMss_segmentsOf1220() throws StackException {
        try (OneStack net6 = OneStack.ready()) {
            IpAddress ours = OneStack.LINK_LOCAL;
            TcpListener listener = net6.stack.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V6_ANY, 80));
            listener.listen(1);
            net6.send(Ipv6Packet.of(PEER6, ours, Ipv4Packet.TCP, syn(PEER6, ours)));
            net6.resolve(PEER6);
            int iss = segments6(net6).get(0).seq();
            TcpSegment ack = new TcpSegment(5000, 80, 1, iss + 1, TcpSegment.ACK, 60_000, 0, List.of(), Bytes.EMPTY);
            net6.send(Ipv6Packet.of(PEER6, ours, Ipv4Packet.TCP, ack.encode(PEER6, ours)));
            TcpEndpoint endpoint = listener.accept();
            assertNotNull(endpoint);
            endpoint.write(ByteBuffer.allocate(2440));
            List<Integer> lengths = segments6(net6).stream()
                    .map(sent -> sent.payload().length())
                    .toList();
            assertEquals(List.of(1220, 1220), lengths);
        }
    }

    private static List<TcpSegment> segments6(OneStack net) {
        List<TcpSegment> segments = new ArrayList<>();
        for (byte[] bytes : net.frames()) {
            Ipv6Packet packet =
                    Ipv6Packet.decode(EthernetFrame.decode(Bytes.of(bytes)).payload());
            if (packet.protocol() == Ipv4Packet.TCP) {
                segments.add(TcpSegment.decode(packet.payload(), packet.source(), packet.destination()));
            }
        }
        return segments;
    }

    /** Opens a connection and gives the SYN. */
    private static Ipv4Packet open(OneStack from, IpAddress bound, int port) throws StackException {
        TcpEndpoint endpoint = from.stack.newTcpEndpoint();
        endpoint.bind(new FullAddress(bound, port));
        endpoint.connect(new FullAddress(PEER, 80));
        List<Ipv4Packet> packets = packets(from);
        assertEquals(1, packets.size());
        endpoint.close();
        return packets.get(0);
    }

    private static int initialSequence(OneStack from, int port) throws StackException {
        return TcpSegment.decode(open(from, OURS, port)).seq();
    }

    @Test
    @Requirement("RFC 9293 MUST-8")
    void initialSequence_sameConnectionLater_followsTheClock() throws StackException {
        int first = initialSequence(net, 4000);
        net.advance(SECOND);
        // 4 microseconds a step; a division by 4096 ns is as good a clock.
        assertEquals(250_000, initialSequence(net, 4000) - first, 10_000);
    }

    @Test
    @Requirement("RFC 9293 SHLD-1")
    @Requirement("RFC 9293 MUST-9")
    @Requirement("features A5")
    @Requirement("features I2")
    void initialSequence_otherConnectionOrSecret_tellsNothing() throws StackException {
        int first = initialSequence(net, 4000);
        int second = initialSequence(net, 4001);
        int third = initialSequence(net, 4002);
        assertNotEquals(second - first, third - second);
        try (OneStack other = ready(2)) {
            assertNotEquals(first, initialSequence(other, 4000));
            assertNotEquals(second - first, initialSequence(other, 4001) - initialSequence(other, 4000));
        }
    }

    @Test
    @Requirement("RFC 9293 MUST-43")
    @Requirement("RFC 1122 3.3.4.2-2")
    void connect_bound_comesFromThatAddress() throws StackException {
        assertEquals(OURS_TOO, open(net, OURS_TOO, 4000).source());
    }

    @Test
    @Requirement("RFC 9293 MUST-44")
    @Requirement("features B6")
    void connect_notBound_ipChoosesOnceAndForAll() throws StackException {
        Ipv4Packet syn = open(net, IpAddress.V4_ANY, 4000);
        assertEquals(OURS, syn.source());
        TcpEndpoint endpoint = net.stack.newTcpEndpoint();
        endpoint.connect(new FullAddress(PEER, 80));
        assertEquals(OURS, packets(net).get(0).source());
        net.advance(3 * SECOND / 2);
        assertEquals(OURS, packets(net).get(0).source(), "the SYN that is repeated");
        endpoint.close();
    }

    @Test
    @Requirement("RFC 9293 MUST-46")
    void connect_toBroadcastOrGroup_isRefused() throws StackException {
        for (IpAddress to : List.of(BROADCAST, GROUP, IpAddress.parse("255.255.255.255"))) {
            TcpEndpoint endpoint = net.stack.newTcpEndpoint();
            assertThrows(StackException.class, () -> endpoint.connect(new FullAddress(to, 80)));
            endpoint.close();
        }
        assertEquals(List.of(), packets(net));
    }

    private static int timestamp(OneStack from) throws StackException {
        for (TcpOption option : TcpSegment.decode(open(from, OURS, 4000)).options()) {
            if (option instanceof TcpOption.Timestamps stamps) {
                return stamps.value();
            }
        }
        throw new AssertionError("no timestamps in the SYN");
    }

    @Test
    @Requirement("RFC 7323 5.4-2")
    @Requirement("features A5")
    @Requirement("features I6")
    void timestamp_otherHostOrSecret_isOther() throws StackException {
        try (OneStack other = ready(2)) {
            assertNotEquals(timestamp(net), timestamp(other));
        }
        send(syn(PEER, OURS, new TcpOption.Timestamps(1, 0)));
        TcpSegment here = only(packets(net));
        net.send(Ipv4Packet.of(PEER, OURS_TOO, Ipv4Packet.TCP, syn(PEER, OURS_TOO, new TcpOption.Timestamps(1, 0))));
        assertNotEquals(here.options(), only(packets(net)).options());
    }

    /** As on Linux: a SYN-ACK that cannot be sent just now is tried again, and the handshake goes on. */
    @Test
    void synReceived_addressGoneForAWhile_isEstablishedAllTheSame() throws StackException {
        send(syn(PEER, OURS));
        TcpSegment synAck = only(packets(net));
        removeAddresses();
        net.advance(2 * SECOND);
        assertEquals(List.of(), packets(net));
        addAddresses();
        send(new TcpSegment(5000, 80, 1001, synAck.seq() + 1, TcpSegment.ACK, 1000, 0, List.of(), Bytes.EMPTY)
                .encode(PEER, OURS));
        assertEquals(List.of(), packets(net));
        assertEquals(1, net.stack.counters().tcpEstablished);
    }

    @Test
    void synSent_addressGoneForAWhile_isSentAgain() throws StackException {
        TcpEndpoint endpoint = net.stack.newTcpEndpoint();
        endpoint.connect(new FullAddress(PEER, 9));
        assertEquals(TcpSegment.SYN, only(packets(net)).flags());
        removeAddresses();
        net.advance(2 * SECOND);
        assertEquals(List.of(), packets(net));
        addAddresses();
        net.advance(2 * SECOND);
        assertEquals(TcpSegment.SYN, only(packets(net)).flags());
        endpoint.close();
    }

    private void removeAddresses() throws StackException {
        net.nic.removeAddress(OURS);
        net.nic.removeAddress(OURS_TOO);
    }

    private void addAddresses() throws StackException {
        net.nic.addAddress(OURS, 24);
        net.nic.addAddress(OURS_TOO, 24);
    }

    /** RFC 8200 section 8.3: 20 octets less than over IPv4, in what is announced and in what is sent. */
    @Test
    @Requirement("RFC 8200 8.3-1")
    void synOverIpv6_segmentsLeaveRoomForTheHeader() throws StackException {
        try (OneStack net6 = OneStack.ready()) {
            IpAddress ours = OneStack.LINK_LOCAL;
            TcpListener listener = net6.stack.newTcpListener();
            listener.bind(new FullAddress(IpAddress.V6_ANY, 80));
            listener.listen(1);
            net6.send(Ipv6Packet.of(PEER6, ours, Ipv4Packet.TCP, syn(PEER6, ours, new TcpOption.Mss(8960))));
            net6.resolve(PEER6);
            TcpSegment synAck = segments6(net6).get(0);
            assertEquals(List.of(new TcpOption.Mss(1440)), synAck.options());
            TcpSegment ack =
                    new TcpSegment(5000, 80, 1, synAck.seq() + 1, TcpSegment.ACK, 60_000, 0, List.of(), Bytes.EMPTY);
            net6.send(Ipv6Packet.of(PEER6, ours, Ipv4Packet.TCP, ack.encode(PEER6, ours)));
            TcpEndpoint endpoint = listener.accept();
            assertNotNull(endpoint);
            endpoint.write(ByteBuffer.allocate(2880));
            List<Integer> lengths = segments6(net6).stream()
                    .map(sent -> sent.payload().length())
                    .toList();
            assertEquals(List.of(1440, 1440), lengths);
        }
    }

    /** The address that IP chose stays, whatever becomes of the NIC's addresses: SYN, data, retransmission, and FIN. */
    @Test
    @Requirement("RFC 9293 MUST-45")
    void connection_notBound_keepsItsAddress() throws StackException {
        TcpEndpoint endpoint = net.stack.newTcpEndpoint();
        endpoint.connect(new FullAddress(PEER, 80));
        Ipv4Packet syn = packets(net).get(0);
        assertEquals(OURS, syn.source());
        TcpSegment opened = TcpSegment.decode(syn);
        TcpSegment synAck = new TcpSegment(
                80,
                opened.sourcePort(),
                1000,
                opened.seq() + 1,
                TcpSegment.SYN | TcpSegment.ACK,
                60_000,
                0,
                List.of(),
                Bytes.EMPTY);
        send(synAck.encode(PEER, OURS));
        net.nic.setDeprecated(OURS, true);
        endpoint.write(ByteBuffer.allocate(100));
        List<Ipv4Packet> sent = new ArrayList<>(packets(net));
        net.advance(2 * SECOND);
        sent.addAll(packets(net));
        endpoint.shutdownWrite();
        net.advance(SECOND);
        sent.addAll(packets(net));
        assertTrue(sent.size() >= 4, sent.size() + " packets");
        assertTrue(sent.stream().anyMatch(packet -> (TcpSegment.decode(packet).flags() & TcpSegment.FIN) != 0));
        for (Ipv4Packet packet : sent) {
            assertEquals(OURS, packet.source());
        }
        TcpEndpoint later = net.stack.newTcpEndpoint();
        later.connect(new FullAddress(PEER, 81));
        assertEquals(OURS_TOO, packets(net).get(0).source());
        later.close();
        endpoint.abort();
    }

    /** What is announced is what the NIC's MTU leaves, and follows it. */
    @Test
    @Requirement("RFC 9293 SHLD-6")
    void mss_ofASyn_followsTheMtu() throws StackException {
        int port = 5000;
        for (int mtu : new int[] {1500, 1300, 1400}) {
            net.nic.setMtuBytes(mtu);
            Bytes syn = new TcpSegment(
                            port++, 80, 0, 0, TcpSegment.SYN, 1000, 0, List.of(new TcpOption.Mss(1460)), Bytes.EMPTY)
                    .encode(PEER, OURS);
            send(syn);
            assertEquals(
                    List.of(new TcpOption.Mss(mtu - 40)), only(packets(net)).options());
        }
    }
}
