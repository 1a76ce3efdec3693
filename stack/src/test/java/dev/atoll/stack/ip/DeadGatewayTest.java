package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.arp;
import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.operation;
import static dev.atoll.stack.check.Checks.target;
import static dev.atoll.stack.frames.OneStack.SECOND;

import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
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
