package dev.atoll.stack.nic;

import static dev.atoll.stack.check.Checks.arp;
import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.operation;
import static dev.atoll.stack.check.Checks.sender;
import static dev.atoll.stack.check.Checks.target;
import static dev.atoll.stack.check.Checks.udp;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
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

/** ARP as a host speaks it (RFC 826, RFC 1122 section 2.3.2), judged by frames this test makes itself. */
class ArpTest {
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:77");
    private static final MacAddress NONE = new MacAddress(0);

    private final OneStack net;
    private final UdpEndpoint endpoint;

    ArpTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS, 24);
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V4_ANY, 7));
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private void sendByte(int value) throws StackException {
        endpoint.send(ByteBuffer.wrap(new byte[] {(byte) value}), new FullAddress(PEER, 9));
    }

    private void reply(MacAddress from) {
        net.send(TestLink.MAC, EthernetFrame.ARP, packet(ArpPacket.REPLY, from, PEER, TestLink.MAC, OURS));
    }

    private static Bytes packet(int operation, MacAddress from, IpAddress sender, MacAddress to, IpAddress target) {
        return new ArpPacket(operation, from, sender, to, target).encode();
    }

    private void expectQuestion(MacAddress to) {
        net.expect(
                linkDestination(to), arp(operation(ArpPacket.REQUEST), sender(TestLink.MAC, OURS), target(NONE, PEER)));
    }

    private String neighborState() {
        return net.nic.neighbors().list().stream()
                .filter(entry -> entry.address().equals(PEER))
                .map(dev.atoll.stack.NeighborTable.Entry::state)
                .findFirst()
                .orElse("none");
    }

    /** Nobody known yet is no reason to say that nobody is there (section 2.4). */
    @Test
    @Requirement("RFC 1122 2.3.2.2-1")
    @Requirement("RFC 1122 2.3.3-1")
    @Requirement("RFC 1122 2.3.3-4")
    @Requirement("RFC 1122 2.4-3")
    @Requirement("features D8")
    void packet_toANeighborNotKnown_waitsForTheAnswer() throws StackException {
        sendByte(1);
        expectQuestion(MacAddress.BROADCAST);
        sendByte(2);
        net.expectNothing();
        reply(PEER_MAC);
        byte[] first = java.util.Objects.requireNonNull(net.link.poll());
        dev.atoll.stack.check.Checks.frame(
                first, linkDestination(PEER_MAC), ipv4(destination(PEER), udp(7, 9, Bytes.hex("01"))));
        net.expect(linkDestination(PEER_MAC), ipv4(destination(PEER), udp(7, 9, Bytes.hex("02"))));
        net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.UDP, new UdpDatagram(9, 7, Bytes.EMPTY).encode(PEER, OURS)));
        assertNotNull(endpoint.receive(ByteBuffer.allocate(1)));
    }

    /** However much there is to send, a host that does not answer is asked once a second, and given up after three. */
    @Test
    @Requirement("RFC 1122 2.3.2.1-2")
    void neighbor_thatDoesNotAnswer_isAskedOnceASecond() throws StackException {
        for (int i = 0; i < 25; i++) {
            sendByte(i);
            net.advance(SECOND / 10);
        }
        assertEquals(3, net.frames().size());
        net.advance(SECOND);
        net.expectNothing();
        assertEquals("FAILED", neighborState());
        assertEquals(25, net.stack.counters().drops(DropReason.NEIGHBOR_UNREACHABLE));
    }

    /** An entry that nothing confirms is doubted, asked by unicast, and in the end gone. */
    @Test
    @Requirement("RFC 1122 2.3.2.1-1")
    @Requirement("RFC 1122 3.3.1.4-1")
    @Requirement("RFC 1122 3.3.1.4-2")
    void entry_outOfDate_isAskedAboutAndForgotten() throws StackException {
        sendByte(1);
        reply(PEER_MAC);
        assertEquals("REACHABLE", neighborState());
        net.advance(46 * SECOND);
        assertEquals("STALE", neighborState());
        net.frames();
        sendByte(2);
        net.expect(linkDestination(PEER_MAC), ipv4(destination(PEER)));
        net.advance(5 * SECOND);
        expectQuestion(PEER_MAC);
        net.advance(3 * SECOND);
        net.frames();
        sendByte(3);
        net.advance(2 * SECOND);
        sendByte(4);
        net.frames();
        reply(OTHER_MAC);
        net.expect(linkDestination(OTHER_MAC), ipv4(destination(PEER), udp(7, 9, Bytes.hex("04"))));
    }

    /** RFC 826: an answer to who asks, who is remembered, and nothing to who asks for somebody else. */
    @Test
    @Requirement("RFC 1122 2.3.3-4")
    @Requirement("features D8")
    void question_forOurAddress_isAnswered() throws StackException {
        Bytes other = packet(ArpPacket.REQUEST, PEER_MAC, PEER, NONE, IpAddress.parse("10.0.0.5"));
        net.send(MacAddress.BROADCAST, EthernetFrame.ARP, other);
        net.expectNothing();
        assertEquals("none", neighborState());
        net.send(MacAddress.BROADCAST, EthernetFrame.ARP, packet(ArpPacket.REQUEST, PEER_MAC, PEER, NONE, OURS));
        net.expect(
                linkDestination(PEER_MAC),
                arp(operation(ArpPacket.REPLY), sender(TestLink.MAC, OURS), target(PEER_MAC, PEER)));
        sendByte(1);
        net.expect(linkDestination(PEER_MAC), ipv4(destination(PEER)));
    }

    /** A later answer of another host moves the address, as it does when a network card is changed. */
    @Test
    void answer_ofAnotherHost_replacesTheEntry() throws StackException {
        sendByte(1);
        reply(PEER_MAC);
        reply(OTHER_MAC);
        net.frames();
        sendByte(2);
        net.expect(linkDestination(OTHER_MAC), ipv4(destination(PEER)));
    }
}
