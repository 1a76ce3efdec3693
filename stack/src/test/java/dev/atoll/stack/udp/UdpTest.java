package dev.atoll.stack.udp;

import static dev.atoll.stack.check.Checks.field;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The header of UDP, judged by frames this test makes itself. */
class UdpTest {
    private static final IpAddress OURS = IpAddress.parse("192.0.2.1");
    private static final IpAddress PEER = IpAddress.parse("192.0.2.9");
    private static final Bytes HELLO = Bytes.hex("68656c6c6f");

    private final OneStack net;
    private final UdpEndpoint endpoint;

    UdpTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS, 24);
        net.nic.neighbors().setStatic(PEER, PEER_MAC);
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V6_ANY, 7));
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private static Bytes datagram() {
        return new UdpDatagram(9, 7, HELLO).encode(PEER, OURS);
    }

    private static Bytes with(Bytes datagram, int at, int value) {
        byte[] bytes = datagram.toArray();
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
        return Bytes.of(bytes);
    }

    private void send(Bytes datagram) {
        net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.UDP, datagram));
    }

    private FullAddress expectHello() throws StackException {
        ByteBuffer got = ByteBuffer.allocate(10);
        FullAddress sender = endpoint.receive(got);
        assertNotNull(sender);
        assertEquals(HELLO, Bytes.of(got.array()).slice(0, got.position()));
        return sender;
    }

    /** Without a checksum, so that nothing but the length can be wrong. */
    @Test
    @Requirement("RFC 768 1")
    void datagram_withAnImpossibleLength_dropped() throws StackException {
        Bytes plain = new UdpDatagram(9, 7, false, HELLO).encode(PEER, OURS);
        send(with(plain, 4, plain.length() + 1));
        send(with(plain, 4, 7));
        send(plain.slice(0, 7));
        assertEquals(3, net.stack.counters().drops(DropReason.UDP_MALFORMED));
        assertEquals(-1, endpoint.nextLength());
        send(plain);
        expectHello();
    }

    /** Each part that the sum covers in turn: pseudo-header, header and data, over both families. */
    @Test
    @Requirement("RFC 768 2")
    @Requirement("RFC 768 6")
    @Requirement("RFC 768 8")
    @Requirement("RFC 1122 4.1.3.4-1")
    void datagram_withABadChecksum_dropped() throws StackException {
        Bytes good = datagram();
        send(new UdpDatagram(9, 7, HELLO).encode(IpAddress.parse("192.0.2.8"), OURS));
        send(with(good, 0, 10));
        send(with(good, 8, 0));
        Bytes good6 = new UdpDatagram(9, 7, HELLO).encode(PEER_LINK_LOCAL, LINK_LOCAL);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, with(good6, 8, 0)));
        assertEquals(4, net.stack.counters().drops(DropReason.UDP_CHECKSUM));
        assertEquals(-1, endpoint.nextLength());
        net.expectNothing();
        send(good);
        expectHello();
    }

    /** The data is what makes the sum come to zero. */
    @Test
    @Requirement("RFC 768 3")
    @Requirement("RFC 1122 4.1.3.4-3")
    void checksum_thatComesToZero_isSentAsAllOnes() throws StackException {
        Bytes zeros = new UdpDatagram(7, 9, Bytes.hex("0000")).encode(OURS, PEER);
        Bytes data = Bytes.hex(String.format("%04x", zeros.u16(6)));
        endpoint.send(ByteBuffer.wrap(data.toArray()), new FullAddress(PEER, 9));
        byte[] frame = net.frames().get(0);
        Ipv4Packet packet = Ipv4Packet.decode(EthernetFrame.decode(frame).payload());
        assertEquals(0xffff, packet.payload().u16(6));
        assertEquals(data, UdpDatagram.decode(packet).payload());
        send(new UdpDatagram(9, 7, false, HELLO).encode(PEER, OURS));
        expectHello();
    }

    @Test
    @Requirement("RFC 1122 4.1.3.4-2")
    void checksum_thatIsNotWanted_isZeroOverIpv4Alone() throws StackException {
        assertFalse(endpoint.getOption(EndpointOption.SO_NO_CHECK));
        endpoint.setOption(EndpointOption.SO_NO_CHECK, true);
        endpoint.send(ByteBuffer.wrap(HELLO.toArray()), new FullAddress(PEER, 9));
        assertEquals(new UdpDatagram(7, 9, false, HELLO), sentDatagram());
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        endpoint.send(ByteBuffer.wrap(HELLO.toArray()), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        net.expect(ipv6(field("UDP", UdpTest::decode, new UdpDatagram(7, 9, HELLO))));
        endpoint.setOption(EndpointOption.SO_NO_CHECK, false);
        endpoint.send(ByteBuffer.wrap(HELLO.toArray()), new FullAddress(PEER, 9));
        assertEquals(new UdpDatagram(7, 9, HELLO), sentDatagram());
    }

    private static UdpDatagram decode(Ipv6Packet packet) {
        return UdpDatagram.decode(packet.payload(), packet.source(), packet.destination());
    }

    private UdpDatagram sentDatagram() {
        return UdpDatagram.decode(
                Ipv4Packet.decode(EthernetFrame.decode(net.frames().get(0)).payload()));
    }

    /** RFC 6935 section 5: both ends ask for it, each way for itself. */
    @Test
    @Requirement("RFC 8200 8.1-5")
    void datagramOverIpv6_withoutChecksum_isSentAndReceivedWhereAskedFor() throws StackException {
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        endpoint.setOption(EndpointOption.UDP_NO_CHECK6_TX, true);
        endpoint.send(ByteBuffer.wrap(HELLO.toArray()), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        Bytes sent = new UdpDatagram(7, 9, false, HELLO).encode(LINK_LOCAL, PEER_LINK_LOCAL);
        net.expect(ipv6(field("UDP", Ipv6Packet::payload, sent)));
        Bytes plain = new UdpDatagram(9, 7, false, HELLO).encode(PEER_LINK_LOCAL, LINK_LOCAL);
        Ipv6Packet packet = Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, plain);
        net.send(packet);
        assertEquals(-1, endpoint.nextLength());
        endpoint.setOption(EndpointOption.UDP_NO_CHECK6_RX, true);
        net.send(packet);
        expectHello();
        assertEquals(1, net.stack.counters().drops(DropReason.UDP_CHECKSUM));
    }

    /** ip(7), IP_MULTICAST_ALL. */
    @Test
    void datagramToAGroup_thatOnlyOthersHaveJoined_isReceivedUnlessThatIsOff() throws StackException {
        IpAddress group = IpAddress.parse("239.1.2.3");
        net.nic.joinGroup(group);
        Ipv4Packet packet =
                Ipv4Packet.of(PEER, group, Ipv4Packet.UDP, new UdpDatagram(9, 7, HELLO).encode(PEER, group));
        net.send(packet);
        expectHello();
        endpoint.setOption(EndpointOption.IP_MULTICAST_ALL, false);
        net.send(packet);
        assertEquals(-1, endpoint.nextLength());
        endpoint.joinGroup(group, net.nic.id(), null);
        net.send(packet);
        expectHello();
    }

    /** A group has members who take it and others who do not. */
    @Test
    void datagramToAGroupOverIpv6_withoutChecksum_reachesThoseWhoAsked() throws StackException {
        IpAddress everybody = IpAddress.parse("ff02::1");
        Bytes plain = new UdpDatagram(9, 7, false, HELLO).encode(PEER_LINK_LOCAL, everybody);
        Ipv6Packet packet = Ipv6Packet.of(PEER_LINK_LOCAL, everybody, Ipv4Packet.UDP, plain);
        net.send(packet);
        assertEquals(-1, endpoint.nextLength());
        assertEquals(1, net.stack.counters().drops(DropReason.UDP_CHECKSUM));
        endpoint.setOption(EndpointOption.UDP_NO_CHECK6_RX, true);
        net.send(packet);
        expectHello();
    }

    /** Nobody is told: the port it was for may be wrong. */
    @Test
    void datagramOverIpv6_withoutChecksumToNobody_isDroppedInSilence() {
        Bytes plain = new UdpDatagram(9, 8, false, HELLO).encode(PEER_LINK_LOCAL, LINK_LOCAL);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.UDP, plain));
        net.expectNothing();
        assertEquals(1, net.stack.counters().drops(DropReason.UDP_CHECKSUM));
    }

    @Test
    @Requirement("RFC 768 4")
    @Requirement("RFC 768 5")
    void datagram_fromPortZero_isDelivered() throws StackException {
        send(new UdpDatagram(0, 7, HELLO).encode(PEER, OURS));
        assertEquals(new FullAddress(PEER, 0), expectHello());
    }
}
