package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.arp;
import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.operation;
import static dev.atoll.stack.check.Checks.target;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.LowerHalf;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.nic.Device;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Default gateways that die and come back (RFC 1122 sections 3.3.1.4 and 3.3.1.5). */
class DeadGatewayTest {
    private static final IpAddress HERE = IpAddress.parse("10.0.0.1");
    private static final IpAddress FIRST = IpAddress.parse("10.0.0.10");
    private static final IpAddress SECOND_ONE = IpAddress.parse("10.0.0.20");
    private static final IpAddress FAR = IpAddress.parse("192.0.2.1");
    private static final MacAddress FIRST_MAC = MacAddress.parse("02:00:00:00:00:10");
    private static final MacAddress SECOND_MAC = MacAddress.parse("02:00:00:00:00:20");

    private final OneStack net;
    private final UdpEndpoint endpoint;

    DeadGatewayTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(HERE, 24);
        net.stack.routes().add(Subnet.parse("0.0.0.0/0"), FIRST, net.nic, 10);
        net.stack.routes().add(Subnet.parse("0.0.0.0/0"), SECOND_ONE, net.nic, 20);
        endpoint = net.stack.newUdpEndpoint();
        endpoint.connect(new FullAddress(FAR, 9));
        net.advance(SECOND);
        net.frames();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private void send() throws StackException {
        endpoint.takeError();
        endpoint.send(ByteBuffer.allocate(1), null);
    }

    private void expectAsked(IpAddress gateway) {
        net.expect(
                linkDestination(MacAddress.BROADCAST),
                arp(operation(ArpPacket.REQUEST), target(MacAddress.ZERO, gateway)));
    }

    private void says(IpAddress gateway, MacAddress link) {
        net.send(
                MacAddress.BROADCAST,
                Ethernet.TYPE_ARP,
                new ArpPacket(ArpPacket.REPLY, link, gateway, net.nic.linkAddress(), HERE).encode());
    }

    private void expectThrough(MacAddress link) {
        net.expect(linkDestination(link), ipv4(destination(FAR)));
    }

    private void answers(IpAddress gateway, MacAddress link) {
        ArpPacket reply = new ArpPacket(ArpPacket.REPLY, link, gateway, net.nic.linkAddress(), HERE);
        net.send(TestLink.MAC, Ethernet.TYPE_ARP, reply.encode());
    }

    /** A connection through the first gateway, whose data is on its way. */
    private TcpEndpoint connected() throws StackException {
        TcpEndpoint stream = net.stack.newTcpEndpoint();
        stream.bind(new FullAddress(HERE, 5000));
        stream.connect(new FullAddress(FAR, 80));
        net.frames();
        answers(FIRST, FIRST_MAC);
        Bytes syn = EthernetFrame.decode(Bytes.of(net.frames().get(0))).payload();
        int iss = TcpSegment.decode(Ipv4Packet.decode(syn)).seq();
        int flags = TcpSegment.SYN | TcpSegment.ACK;
        Bytes answer =
                new TcpSegment(80, 5000, 1000, iss + 1, flags, 60_000, 0, List.of(), Bytes.EMPTY).encode(FAR, HERE);
        net.send(Ipv4Packet.of(FAR, HERE, Ipv4Packet.TCP, answer));
        net.advance(2 * SECOND);
        stream.write(ByteBuffer.allocate(1));
        net.frames();
        return stream;
    }

    /** What is sent until a frame is such a one, that frame last. */
    private List<byte[]> framesUntil(Predicate<EthernetFrame> wanted) {
        List<byte[]> all = new ArrayList<>();
        for (int turn = 0; turn < 100; turn++) {
            net.advance(SECOND / 10);
            for (byte[] bytes : net.frames()) {
                all.add(bytes);
                if (wanted.test(EthernetFrame.decode(Bytes.of(bytes)))) {
                    return all;
                }
            }
        }
        throw new AssertionError("none among " + all.size() + " frames of 10 s");
    }

    private static boolean isArp(EthernetFrame frame) {
        return frame.etherType() == EthernetFrame.ARP;
    }

    private static byte[] last(List<byte[]> frames) {
        return frames.get(frames.size() - 1);
    }

    /** After three retransmissions (RFC 9293 section 3.8.3), and long before the neighbour's time has run out by itself. */
    @Test
    @Requirement("RFC 9293 MUST-20-R1")
    @Requirement("RFC 9293 SHLD-10")
    void gatewayThatDies_isAskedOnceAConnectionHearsNothing_andGivesWay() throws StackException {
        TcpEndpoint stream = connected();
        long began = net.clock.nowNs();
        List<byte[]> frames = framesUntil(DeadGatewayTest::isArp);
        Checks.frame(
                last(frames),
                linkDestination(FIRST_MAC),
                arp(operation(ArpPacket.REQUEST), target(MacAddress.ZERO, FIRST)));
        assertTrue(frames.size() > 3, (frames.size() - 1) + " retransmissions before");
        assertTrue(net.clock.nowNs() - began < 4 * SECOND);
        framesUntil(frame -> frame.destination().equals(MacAddress.BROADCAST));
        says(SECOND_ONE, SECOND_MAC);
        assertTrue(net.clock.nowNs() - began < 8 * SECOND);
        Checks.frame(last(net.frames()), linkDestination(SECOND_MAC), ipv4(destination(FAR)));
        stream.abort();
        net.frames();
    }

    /** It is there: what is dead is further away, and it is not asked for each connection that hears nothing. */
    @Test
    void gatewayThatAnswers_isLeftAloneForAWhile() throws StackException {
        TcpEndpoint stream = connected();
        framesUntil(DeadGatewayTest::isArp);
        net.frames();
        answers(FIRST, FIRST_MAC);
        Device device = LowerHalf.device(net);
        net.stack.run(() -> device.doubtReachable(FIRST));
        net.expectNothing();
        net.advance(SECOND);
        net.stack.run(() -> device.doubtReachable(FIRST));
        net.expect(linkDestination(FIRST_MAC), arp(operation(ArpPacket.REQUEST), target(MacAddress.ZERO, FIRST)));
        stream.abort();
        net.frames();
    }

    /** A redirect led to a router that swallows everything: the table decides again. */
    @Test
    void redirectToABlackHole_isForgottenOnceAConnectionHearsNothing() throws StackException {
        TcpEndpoint stream = connected();
        net.nic.neighbors().setStatic(SECOND_ONE, SECOND_MAC);
        net.stack.run(() -> LowerHalf.ip(net.stack).routes().redirect(LowerHalf.device(net), FAR, SECOND_ONE));
        List<byte[]> frames = framesUntil(frame -> !frame.destination().equals(SECOND_MAC));
        assertTrue(frames.size() > 3, (frames.size() - 1) + " retransmissions before");
        Checks.frame(last(frames), linkDestination(FIRST_MAC), ipv4(destination(FAR)));
        stream.abort();
        net.frames();
    }

    private void firstDies() throws StackException {
        send();
        expectAsked(FIRST);
        net.advance(4 * SECOND);
        net.frames();
    }

    @Test
    @Requirement("RFC 1122 3.3.1.5-1")
    void gatewayThatDoesNotAnswer_givesWayToTheNext() throws StackException {
        firstDies();
        send();
        expectAsked(SECOND_ONE);
        says(SECOND_ONE, SECOND_MAC);
        expectThrough(SECOND_MAC);
        send();
        expectThrough(SECOND_MAC);
    }

    @Test
    void gatewayThatSpeaksAgain_takesItsPlace() throws StackException {
        firstDies();
        net.send(
                MacAddress.BROADCAST,
                Ethernet.TYPE_ARP,
                new ArpPacket(ArpPacket.REQUEST, FIRST_MAC, FIRST, MacAddress.ZERO, HERE).encode());
        net.frames();
        send();
        expectThrough(FIRST_MAC);
    }

    @Test
    void gatewayThatIsSilent_isTriedAgainAfterAWhile() throws StackException {
        firstDies();
        net.advance(DeadGateways.RETRY_NS);
        net.frames();
        send();
        expectAsked(FIRST);
    }

    @Test
    void onlyGateway_isAskedEvenIfItIsDead() throws StackException {
        net.stack.routes().remove(Subnet.parse("0.0.0.0/0"), SECOND_ONE, net.nic);
        firstDies();
        send();
        expectAsked(FIRST);
    }

    @Test
    void moreGeneralRoute_doesNotReplaceOneWithADeadGateway() throws StackException {
        net.stack.routes().add(Subnet.parse("192.0.2.0/24"), FIRST, net.nic, 10);
        firstDies();
        send();
        expectAsked(FIRST);
    }
}
