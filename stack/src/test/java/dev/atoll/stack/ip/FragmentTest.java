package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.destination6;
import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.Ipv6Packet.Extension;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fragments in and out of both families, and path MTU discovery. */
class FragmentTest {
    private static final IpAddress OURS4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress PEER4 = IpAddress.parse("192.0.2.9");
    private final OneStack net;
    private final UdpEndpoint endpoint;
    private final Random random = new Random(4);

    FragmentTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS4, 24);
        net.nic.neighbors().setStatic(PEER4, PEER_MAC);
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V6_ANY, 7));
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private Bytes payload(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    private List<Ipv6Packet> cut6(Bytes datagram, int size, int id) {
        List<Ipv6Packet> fragments = new ArrayList<>();
        for (int at = 0; at < datagram.length(); at += size) {
            int end = Math.min(at + size, datagram.length());
            fragments.add(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, datagram.slice(at, end))
                    .with(Extension.fragment(at, end < datagram.length(), id)));
        }
        return fragments;
    }

    private static Bytes udp6(Bytes payload) {
        return new UdpDatagram(9, 7, payload).encode(PEER_LINK_LOCAL, LINK_LOCAL);
    }

    private Ipv4Packet fragment4(Bytes datagram, int from, int to, int id) {
        return new Ipv4Packet(
                0,
                id,
                false,
                to < datagram.length(),
                from,
                64,
                Ipv4Packet.UDP,
                PEER4,
                OURS4,
                Bytes.EMPTY,
                datagram.slice(from, to));
    }

    private void expectReceived(Bytes payload) throws StackException {
        ByteBuffer got = ByteBuffer.allocate(70_000);
        assertNotNull(endpoint.receive(got));
        got.flip();
        byte[] bytes = new byte[got.remaining()];
        got.get(bytes);
        assertEquals(payload, Bytes.of(bytes));
        assertEquals(-1, endpoint.nextLength());
    }

    /** RFC 8200 section 4.5: in whatever order, with what was before the fragment header kept. */
    @Test
    @Requirement("RFC 8200 4.5-5")
    @Requirement("RFC 8200 5-3")
    @Requirement("features E7")
    void ipv6_fragmentsInAnyOrder_areOneDatagram() throws StackException {
        Bytes payload = payload(5000);
        List<Ipv6Packet> fragments = new ArrayList<>(cut6(udp6(payload), 1232, 77));
        fragments.set(
                0,
                fragments
                        .get(0)
                        .with(
                                Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "1e00"),
                                fragments.get(0).extensions().get(0)));
        for (int i : new int[] {2, 0, 4, 3, 1}) {
            net.send(fragments.get(i));
        }
        expectReceived(payload);
    }

    @Test
    @Requirement("RFC 791 3.1-2")
    @Requirement("RFC 791 3.2-2")
    @Requirement("RFC 1122 3.2.1.4-1")
    @Requirement("RFC 1122 3.3.2-1")
    @Requirement("RFC 1122 3.3.2-2")
    @Requirement("features E4")
    void ipv4_fragmentsInAnyOrder_areOneDatagram() throws StackException {
        Bytes payload = payload(65_507);
        Bytes datagram = new UdpDatagram(9, 7, payload).encode(PEER4, OURS4);
        List<Ipv4Packet> fragments = new ArrayList<>();
        for (int at = 0; at < datagram.length(); at += 1480) {
            fragments.add(fragment4(datagram, at, Math.min(at + 1480, datagram.length()), 5));
        }
        java.util.Collections.shuffle(fragments, random);
        fragments.forEach(net::send);
        expectReceived(payload);
    }

    /** RFC 6946: whole, though with a fragment header; it meets no queue. */
    @Test
    @Requirement("RFC 8200 4.5-11")
    @Requirement("features E7")
    void ipv6_atomicFragment_isDeliveredByItself() throws StackException {
        Bytes payload = payload(100);
        net.send(cut6(udp6(payload(3000)), 1232, 77).get(0));
        net.send(cut6(udp6(payload), 1232, 77).get(0));
        expectReceived(payload);
    }

    /** RFC 5722: an overlap ends the datagram, what comes later included. */
    @Test
    @Requirement("RFC 8200 4.5-9")
    @Requirement("features E4")
    @Requirement("features E7")
    void overlap_endsTheDatagram_inBothFamilies() {
        Bytes datagram = udp6(payload(2000));
        List<Ipv6Packet> fragments = cut6(datagram, 1000, 3);
        net.send(fragments.get(0));
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, datagram.slice(992, 1992))
                .with(Extension.fragment(992, true, 3)));
        assertEquals(1, net.stack.counters().drops(DropReason.IP_FRAGMENT_OVERLAP));
        net.send(fragments.get(1));
        net.send(fragments.get(2));
        net.advance(61 * SECOND);
        net.expectNothing();
        Bytes four = new UdpDatagram(9, 7, payload(2000)).encode(PEER4, OURS4);
        net.send(fragment4(four, 0, 1000, 5));
        net.send(fragment4(four, 992, 2008, 5));
        assertEquals(2, net.stack.counters().drops(DropReason.IP_FRAGMENT_OVERLAP));
        assertEquals(-1, endpoint.nextLength());
    }

    /** RFC 8200 section 4.5: exactly the same again is passed over. */
    @Test
    @Requirement("RFC 8200 4.5-10")
    void duplicate_isPassedOver() throws StackException {
        Bytes payload = payload(2000);
        List<Ipv6Packet> fragments = cut6(udp6(payload), 1000, 3);
        net.send(fragments.get(0));
        net.send(fragments.get(0));
        net.send(fragments.get(1));
        net.send(fragments.get(2));
        expectReceived(payload);
        assertEquals(1, net.stack.counters().fragmentsRepeated);
    }

    /** RFC 8200 section 4.5: after 60 s, with an error if the first fragment came. */
    @Test
    @Requirement("RFC 8200 4.5-6")
    void ipv6_incomplete_givenUpAfterAMinute() {
        net.send(cut6(udp6(payload(2000)), 1000, 3).get(0));
        net.advance(59 * SECOND);
        assertTrue(net.stack.packetsOutstanding() > 0);
        net.expectNothing();
        net.advance(SECOND);
        net.expect(ipv6(
                source6(LINK_LOCAL), destination6(PEER_LINK_LOCAL), icmp6(Icmpv6Message.TIME_EXCEEDED, 1, rest6(0))));
        assertEquals(1, net.stack.counters().drops(DropReason.IP_REASSEMBLY_TIMEOUT));
        assertEquals(0, net.stack.packetsOutstanding());
    }

    /** ... and without one if it did not. */
    @Test
    @Requirement("RFC 8200 4.5-6")
    void ipv6_withoutTheFirst_givenUpInSilence() {
        net.send(cut6(udp6(payload(2000)), 1000, 3).get(1));
        net.advance(61 * SECOND);
        net.expectNothing();
    }

    /** RFC 792: time exceeded, code 1; Linux waits 30 s. */
    @Test
    @Requirement("RFC 791 3.2-3")
    @Requirement("RFC 1122 3.3.2-3")
    @Requirement("RFC 1122 3.3.2-4")
    @Requirement("features E4")
    void ipv4_incomplete_givenUpAfterHalfAMinute() {
        Bytes datagram = new UdpDatagram(9, 7, payload(2000)).encode(PEER4, OURS4);
        net.send(fragment4(datagram, 0, 1000, 5));
        net.advance(29 * SECOND);
        net.expectNothing();
        net.advance(SECOND);
        net.expect(dev.atoll.stack.check.Checks.ipv4(dev.atoll.stack.check.Checks.icmp(IcmpMessage.TIME_EXCEEDED, 1)));
    }

    /** RFC 8200 section 4.5: a length that is no multiple of 8, an end beyond 65,535. */
    @Test
    @Requirement("RFC 8200 4.5-7")
    void ipv6_impossibleFragments_areReported() {
        Bytes bytes = payload(1001);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, bytes)
                .with(Extension.fragment(0, true, 3)));
        net.expect(ipv6(icmp6(Icmpv6Message.PARAMETER_PROBLEM, 0, rest6(4))));
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, bytes)
                .with(Extension.fragment(65_528, false, 3)));
        net.expect(ipv6(icmp6(Icmpv6Message.PARAMETER_PROBLEM, 0, rest6(42))));
    }

    /** The largest offset with the largest frame must not overflow anything. */
    @Test
    void ipv4_endBeyondTheLargestPacket_dropped() {
        Bytes datagram = payload(66_000);
        net.send(fragment4(datagram, 64_600, 66_000, 5));
        assertEquals(1, net.stack.counters().drops(DropReason.IP_HEADER_MALFORMED));
        assertEquals(0, net.stack.packetsOutstanding());
    }

    /** A flood of fragments is bounded, and honest traffic goes on beside it. */
    @Test
    void flood_isBounded_andHonestTrafficGoesOn() throws StackException {
        Bytes bytes = payload(1448);
        for (int i = 0; i < 10_000; i++) {
            net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, bytes.slice(0, 1440))
                    .with(Extension.fragment(8, true, i)));
        }
        assertTrue(net.stack.packetsOutstanding() < 2500, net.stack.packetsOutstanding() + " packets");
        assertTrue(net.stack.counters().drops(DropReason.IP_REASSEMBLY_FULL) > 5000);
        Bytes payload = payload(3000);
        cut6(udp6(payload), 1232, 99_999).forEach(net::send);
        expectReceived(payload);
    }

    /** RFC 6980 section 5: neighbour discovery in fragments is ignored. */
    @Test
    void ndp_withAFragmentHeader_ignored() {
        Icmpv6Message solicitation = Icmpv6Message.solicitation(LINK_LOCAL, 0, 0);
        net.send(solicitation.packet(PEER_LINK_LOCAL, LINK_LOCAL).with(Extension.fragment(0, false, 1)));
        net.expectNothing();
        assertEquals(1, net.stack.counters().drops(DropReason.NDP_INVALID));
    }

    // --- Out

    private static Bytes join6(List<byte[]> frames) {
        byte[] all = new byte[70_000];
        int end = 0;
        int id = 0;
        for (byte[] frame : frames) {
            Ipv6Packet packet = Ipv6Packet.decode(EthernetFrame.decode(frame).payload());
            assertTrue(frame.length <= 1514);
            Bytes header = packet.extensions().get(0).body();
            assertEquals(Ipv6Packet.FRAGMENT, packet.extensions().get(0).type());
            assertEquals(0, header.u8(0) | header.u16(1) & 6, "reserved");
            assertTrue(id == 0 || id == header.i32(3), "one id");
            id = header.i32(3);
            int offset = header.u16(1) & 0xfff8;
            assertEquals(end, offset);
            end = offset + packet.payload().length();
            System.arraycopy(
                    packet.payload().toArray(), 0, all, offset, packet.payload().length());
            assertEquals(frame != frames.get(frames.size() - 1), (header.u16(1) & 1) != 0);
        }
        return Bytes.of(all).slice(0, end);
    }

    @Test
    @Requirement("RFC 8200 4.5-3")
    @Requirement("RFC 8200 4.5-4")
    @Requirement("RFC 8200 4.5-12")
    @Requirement("RFC 8200 4.5-14")
    @Requirement("RFC 8200 8.1-1")
    void ipv6_largeDatagram_leavesInFragments() throws StackException {
        Bytes payload = payload(4000);
        endpoint.send(ByteBuffer.wrap(payload.toArray()), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        List<byte[]> frames = net.frames();
        assertEquals(3, frames.size());
        UdpDatagram datagram = UdpDatagram.decode(join6(frames), LINK_LOCAL, PEER_LINK_LOCAL);
        assertEquals(payload, datagram.payload());
    }

    /** RFC 8200 section 4.5: what is reserved is not looked at. */
    @Test
    @Requirement("RFC 8200 4.5-12")
    void ipv6_reservedBitsOfAFragment_areIgnored() throws StackException {
        Bytes payload = payload(2000);
        List<Ipv6Packet> fragments = cut6(udp6(payload), 1000, 3);
        for (Ipv6Packet fragment : fragments) {
            byte[] header = fragment.extensions().get(0).body().toArray();
            header[0] = (byte) 0xff;
            header[2] |= 6;
            net.send(fragment.with(new Extension(Ipv6Packet.FRAGMENT, Bytes.of(header))));
        }
        expectReceived(payload);
    }

    /** RFC 8200 section 4.5: the later fragments' headers, and what they say comes behind, are not used. */
    @Test
    @Requirement("RFC 8200 4.5-13")
    void ipv6_fragmentsThatContradictTheFirst_areTakenByIt() throws StackException {
        Bytes payload = payload(2000);
        Bytes datagram = udp6(payload);
        Ipv6Packet later = Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.TCP, datagram.from(1000))
                .with(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "1e00"), Extension.fragment(1000, false, 3));
        Ipv6Packet first = cut6(datagram, 1000, 3).get(0);
        net.send(later);
        net.send(first);
        expectReceived(payload);
        net.send(first);
        net.send(later);
        expectReceived(payload);
    }

    @Test
    @Requirement("RFC 768 2")
    @Requirement("RFC 1122 3.3.3-2")
    @Requirement("features E5")
    void ipv4_largeDatagram_leavesInFragmentsThatMayBeCut() throws StackException {
        Bytes payload = payload(4000);
        endpoint.send(ByteBuffer.wrap(payload.toArray()), new FullAddress(PEER4, 9));
        byte[] all = new byte[4008];
        List<byte[]> frames = net.frames();
        assertEquals(3, frames.size());
        for (byte[] frame : frames) {
            Ipv4Packet packet = Ipv4Packet.decode(EthernetFrame.decode(frame).payload());
            assertEquals(false, packet.dontFragment());
            System.arraycopy(
                    packet.payload().toArray(),
                    0,
                    all,
                    packet.fragmentOffset(),
                    packet.payload().length());
        }
        assertEquals(payload, UdpDatagram.decode(Bytes.of(all), OURS4, PEER4).payload());
    }

    @Test
    @Requirement("features E5")
    void mtuDiscover_do_refusesWhatIsTooLarge() throws StackException {
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 2);
        StackException refused = assertThrows(
                StackException.class, () -> endpoint.send(ByteBuffer.allocate(1500), new FullAddress(PEER4, 9)));
        assertEquals(StackError.MESSAGE_TOO_LONG, refused.error());
        net.expectNothing();
    }

    @Test
    @Requirement("RFC 791 3.3-1")
    @Requirement("RFC 1122 3.4-1")
    void mtuDiscover_dont_leavesOutDontFragment() throws StackException {
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 0);
        endpoint.send(ByteBuffer.allocate(10), new FullAddress(PEER4, 9));
        net.expect(dev.atoll.stack.check.Checks.ipv4(dev.atoll.stack.check.Checks.dontFragment(false)));
    }

    private Bytes quotedUdp() {
        return Ipv6Packet.of(
                        LINK_LOCAL,
                        PEER_LINK_LOCAL,
                        Ipv4Packet.UDP,
                        new UdpDatagram(7, 9, payload(100)).encode(LINK_LOCAL, PEER_LINK_LOCAL))
                .encode();
    }

    /** RFC 8201 section 4: what a router says is heeded for ten minutes. */
    @Test
    @Requirement("RFC 4443 3.2-2")
    @Requirement("RFC 8200 4.5-4")
    @Requirement("RFC 8200 5-2")
    void packetTooBig_lowersThePath_untilItExpires() throws StackException {
        FullAddress to = new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9);
        endpoint.send(ByteBuffer.allocate(1400), to);
        assertEquals(1, net.frames().size());
        net.send(new Icmpv6Message(Icmpv6Message.PACKET_TOO_BIG, 0, 1300, quotedUdp())
                .packet(PEER_LINK_LOCAL, LINK_LOCAL));
        endpoint.send(ByteBuffer.allocate(1400), to);
        List<byte[]> frames = net.frames();
        assertEquals(2, frames.size());
        assertEquals(1296 + 14, frames.get(0).length);
        net.advance(601 * SECOND);
        net.frames();
        endpoint.send(ByteBuffer.allocate(1400), to);
        assertEquals(1, net.frames().size());
    }

    /** An error that quotes nothing of ours changes nothing (RFC 8201 section 4, RFC 5927). */
    @Test
    @Requirement("RFC 4443 2.4-d")
    @Requirement("RFC 4443 5.2-1")
    void packetTooBig_aboutNobodysPacket_ignored() throws StackException {
        Bytes stranger = Ipv6Packet.of(
                        LINK_LOCAL,
                        PEER_LINK_LOCAL,
                        Ipv4Packet.UDP,
                        new UdpDatagram(5555, 9, payload(100)).encode(LINK_LOCAL, PEER_LINK_LOCAL))
                .encode();
        net.send(
                new Icmpv6Message(Icmpv6Message.PACKET_TOO_BIG, 0, 1280, stranger).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        endpoint.send(ByteBuffer.allocate(1400), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        assertEquals(1, net.frames().size());
        assertEquals(1, net.stack.counters().drops(DropReason.ICMP_UNRELATED));
    }

    /** RFC 1191 section 6.3: what was learned ages for those too who keep a route. */
    @Test
    void packetTooBig_isForgottenByWhoIsConnected() throws StackException {
        endpoint.connect(new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        net.send(new Icmpv6Message(Icmpv6Message.PACKET_TOO_BIG, 0, 1300, quotedUdp())
                .packet(PEER_LINK_LOCAL, LINK_LOCAL));
        assertNotNull(endpoint.takeError());
        endpoint.send(ByteBuffer.allocate(1400), null);
        assertEquals(2, net.frames().size());
        net.advance(601 * SECOND);
        net.frames();
        endpoint.send(ByteBuffer.allocate(1400), null);
        assertEquals(1, net.frames().size());
    }

    /** udp(7): a connected endpoint is told, unless it lets its datagrams be cut. */
    @Test
    @Requirement("RFC 4443 2.4-d")
    @Requirement("RFC 4443 3.2-2")
    void packetTooBig_isToldToWhoIsConnected() throws StackException {
        endpoint.connect(new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        Ipv6Packet report = new Icmpv6Message(Icmpv6Message.PACKET_TOO_BIG, 0, 1300, quotedUdp())
                .packet(PEER_LINK_LOCAL, LINK_LOCAL);
        net.send(report);
        StackException told = endpoint.takeError();
        assertNotNull(told);
        assertEquals(StackError.MESSAGE_TOO_LONG, told.error());
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 0);
        net.send(report);
        assertNull(endpoint.takeError());
    }

    /** ip(7): IP_PMTUDISC_INTERFACE and IP_PMTUDISC_OMIT believe no router. */
    @Test
    void mtuDiscover_interfaceAndOmit_heedTheLinkAlone() throws StackException {
        FullAddress to = new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9);
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 4);
        net.send(new Icmpv6Message(Icmpv6Message.PACKET_TOO_BIG, 0, 1300, quotedUdp())
                .packet(PEER_LINK_LOCAL, LINK_LOCAL));
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 1);
        endpoint.send(ByteBuffer.allocate(1400), to);
        assertEquals(1, net.frames().size());
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 4);
        StackException refused = assertThrows(StackException.class, () -> endpoint.send(ByteBuffer.allocate(1500), to));
        assertEquals(StackError.MESSAGE_TOO_LONG, refused.error());
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 5);
        endpoint.send(ByteBuffer.allocate(1500), to);
        assertEquals(2, net.frames().size());
    }

    /** Linux's min_pmtu: nobody makes us send less than 552 bytes, but routers may cut what is too large for them. */
    @Test
    void fragmentationNeeded_belowTheLeast_letsRoutersCut() throws StackException {
        FullAddress to = new FullAddress(PEER4, 9);
        Bytes quoted = Ipv4Packet.of(
                        OURS4, PEER4, Ipv4Packet.UDP, new UdpDatagram(7, 9, payload(100)).encode(OURS4, PEER4))
                .encode();
        Bytes report = new IcmpMessage(IcmpMessage.UNREACHABLE, 4, 68, quoted).encode();
        net.send(Ipv4Packet.of(PEER4, OURS4, Ipv4Packet.ICMP, report));
        endpoint.send(ByteBuffer.allocate(500), to);
        net.expect(dev.atoll.stack.check.Checks.ipv4(dev.atoll.stack.check.Checks.dontFragment(false)));
        endpoint.send(ByteBuffer.allocate(600), to);
        assertEquals(2, net.frames().size());
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 2);
        endpoint.send(ByteBuffer.allocate(500), to);
        net.expect(dev.atoll.stack.check.Checks.ipv4(dev.atoll.stack.check.Checks.dontFragment(true)));
    }

    /** RFC 7112 section 5: filters on the way judge the first fragment, so it must show all headers. */
    @Test
    @Requirement("RFC 8200 4.5-8")
    void ipv6_firstFragmentWithoutTransportHeader_isReported() {
        Bytes options = Bytes.hex("11 00 0104 00000000");
        Ipv6Packet cut = Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv6Packet.DESTINATION_OPTIONS, options)
                .with(Extension.fragment(0, true, 3));
        net.send(cut);
        net.expect(ipv6(icmp6(Icmpv6Message.PARAMETER_PROBLEM, 3, rest6(0))));
        assertEquals(0, net.stack.packetsOutstanding());
    }

    /** RFC 4443 section 2.4 (e.1): what waited in vain was an error itself. */
    @Test
    void ipv6_incompleteError_givenUpInSilence() {
        Icmpv6Message error = new Icmpv6Message(Icmpv6Message.TIME_EXCEEDED, 0, 0, payload(2000));
        Bytes message = error.encode(PEER_LINK_LOCAL, LINK_LOCAL);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv6Packet.ICMP, message.slice(0, 1000))
                .with(Extension.fragment(0, true, 3)));
        net.advance(61 * SECOND);
        net.expectNothing();
        assertEquals(1, net.stack.counters().drops(DropReason.IP_REASSEMBLY_TIMEOUT));
    }

    /** RFC 8200 section 3: the payload length does not count the header, so 65,535 bytes fit behind it. */
    @Test
    @Requirement("RFC 8200 3-1")
    void ipv6_largestDatagram_goesBothWays() throws StackException {
        Bytes payload = payload(65_527);
        cut6(udp6(payload), 1232, 3).forEach(net::send);
        expectReceived(payload);
        endpoint.send(ByteBuffer.wrap(payload.toArray()), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        UdpDatagram datagram = UdpDatagram.decode(join6(net.frames()), LINK_LOCAL, PEER_LINK_LOCAL);
        assertEquals(payload, datagram.payload());
        assertThrows(
                StackException.class,
                () -> endpoint.send(ByteBuffer.allocate(65_528), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9)));
    }

    /** RFC 791 section 3.2: by identification here, each half of one datagram between those of another. */
    @Test
    @Requirement("RFC 791 3.2-1")
    void ipv4_fragmentsOfSeveralDatagrams_areKeptApart() throws StackException {
        Bytes one = payload(1992);
        Bytes two = payload(1992);
        Bytes first = new UdpDatagram(9, 7, one).encode(PEER4, OURS4);
        Bytes second = new UdpDatagram(9, 7, two).encode(PEER4, OURS4);
        net.send(fragment4(first, 0, 1000, 5));
        net.send(fragment4(second, 1000, 2000, 6));
        assertEquals(-1, endpoint.nextLength());
        net.send(fragment4(first, 1000, 2000, 5));
        expectReceived(one);
        net.send(fragment4(second, 0, 1000, 6));
        expectReceived(two);
    }

    /** RFC 8200 section 4.5. */
    @Test
    @Requirement("RFC 8200 4.5-2")
    void ipv6_identification_differs() throws StackException {
        java.util.Set<Integer> ids = new java.util.HashSet<>();
        for (int i = 0; i < 20; i++) {
            endpoint.send(ByteBuffer.allocate(2000), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
            ids.add(Ipv6Packet.decode(EthernetFrame.decode(net.frames().get(0)).payload())
                    .extensions()
                    .get(0)
                    .body()
                    .i32(3));
        }
        assertEquals(20, ids.size());
    }

    /** ip-route(8), mtu lock: routers may cut what is sent, and what they report changes nothing. */
    @Test
    @Requirement("features C7")
    void routeWithLockedMtu_isWhatItSays() throws StackException {
        FullAddress to = new FullAddress(PEER4, 9);
        net.stack
                .routes()
                .add(Subnet.containing(PEER4, 32), null, net.nic, RouteOptions.DEFAULT.withLockedMtuBytes(1000));
        endpoint.send(ByteBuffer.allocate(972), to);
        net.expect(dev.atoll.stack.check.Checks.ipv4(dev.atoll.stack.check.Checks.dontFragment(false)));
        endpoint.send(ByteBuffer.allocate(973), to);
        assertEquals(2, net.frames().size());
        Bytes quoted = Ipv4Packet.of(
                        OURS4, PEER4, Ipv4Packet.UDP, new UdpDatagram(7, 9, payload(100)).encode(OURS4, PEER4))
                .encode();
        Bytes report = new IcmpMessage(IcmpMessage.UNREACHABLE, 4, 600, quoted).encode();
        net.send(Ipv4Packet.of(PEER4, OURS4, Ipv4Packet.ICMP, report));
        endpoint.send(ByteBuffer.allocate(972), to);
        assertEquals(1, net.frames().size());
    }
}
