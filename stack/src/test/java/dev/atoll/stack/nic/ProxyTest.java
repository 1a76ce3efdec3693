package dev.atoll.stack.nic;

import static dev.atoll.stack.check.Checks.destination6;
import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.option6;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.check.Checks.target6;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.ArpPacket;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.frames.Twins;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A NIC that answers for other hosts (RFC 1027, RFC 4861 section 7.2.8), judged by frames this test makes itself. */
class ProxyTest {
    private static final IpAddress OURS = IpAddress.parse("192.0.2.1");
    private static final IpAddress PEER = IpAddress.parse("192.0.2.9");
    private static final IpAddress BEHIND = IpAddress.parse("192.0.2.77");
    private static final IpAddress BEHIND6 = IpAddress.parse("fe80::77");
    private static final IpAddress GROUP = BEHIND6.solicitedNode();
    private static final Bytes OUR_LINK = Bytes.hex("020000000001");

    private final OneStack net;

    ProxyTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS, 24);
        net.nic.setForwarding(true, true);
        net.nic.setForwarding(false, true);
        net.nic.neighbors().addProxy(BEHIND);
        net.nic.neighbors().addProxy(BEHIND6);
        // What is learned by the way of who asks is not asked for itself.
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        net.advance(20 * SECOND);
        net.frames();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private static ArpPacket request(IpAddress sender, IpAddress target) {
        return new ArpPacket(ArpPacket.REQUEST, PEER_MAC, sender, MacAddress.ZERO, target);
    }

    private static void ask(OneStack net, MacAddress to, ArpPacket question) {
        net.send(to, EthernetFrame.ARP, question.encode());
    }

    private void ask(ArpPacket question) {
        ask(net, MacAddress.BROADCAST, question);
    }

    private static Icmpv6Message question() {
        return Icmpv6Message.solicitation(BEHIND6, Icmpv6Message.SOURCE_LINK, PEER_MAC.bits());
    }

    private void expectReply() {
        List<byte[]> frames = net.frames();
        assertEquals(1, frames.size());
        EthernetFrame frame = EthernetFrame.decode(Bytes.of(frames.get(0)));
        assertEquals(PEER_MAC, frame.destination());
        assertEquals(
                new ArpPacket(ArpPacket.REPLY, TestLink.MAC, BEHIND, PEER_MAC, PEER),
                ArpPacket.decode(frame.payload()));
    }

    /** A question to everybody may have a better answer, which is to come first. */
    @Test
    void arpRequest_isAnsweredAfterAWhile_andAtOnceIfOnlyWeWereAsked() {
        ask(request(PEER, BEHIND));
        net.expectNothing();
        net.advance(SECOND);
        expectReply();
        ask(net, TestLink.MAC, request(PEER, BEHIND));
        expectReply();
        assertEquals(
                1,
                net.nic.neighbors().list().stream()
                        .filter(entry -> entry.address().equals(PEER))
                        .count());
    }

    /** Who has the address, or wants to have it, is left alone; so is everybody while nothing is passed on. */
    @Test
    void arpRequest_ofWhoHasTheAddress_orWithoutForwarding_isNotAnswered() throws StackException {
        ask(request(BEHIND, BEHIND));
        ask(request(IpAddress.V4_ANY, BEHIND));
        ask(request(PEER, IpAddress.parse("192.0.2.78")));
        net.nic.setForwarding(true, false);
        ask(request(PEER, BEHIND));
        net.nic.setForwarding(true, true);
        net.nic.neighbors().removeProxy(BEHIND);
        ask(request(PEER, BEHIND));
        net.advance(SECOND);
        net.expectNothing();
    }

    /** The proxy goes while its answer waits. */
    @Test
    void proxyThatIsRemoved_answersNoMore() throws StackException {
        ask(request(PEER, BEHIND));
        net.nic.neighbors().removeProxy(BEHIND);
        net.advance(SECOND);
        net.expectNothing();
    }

    @Test
    void answersThatWait_areBounded() {
        for (int i = 0; i < ProxyTable.MAX_WAITING + 3; i++) {
            ask(request(PEER, BEHIND));
        }
        assertEquals(3, net.nic.statistics().drops().get(DropReason.PROXY_QUEUE_FULL));
        net.advance(SECOND);
        assertEquals(ProxyTable.MAX_WAITING, net.frames().size());
    }

    /** RFC 4861 section 7.2.8: delayed, solicited, without override, from an address of our own. */
    @Test
    @Requirement("RFC 4861 7.2.8-1")
    void solicitation_isAnsweredAfterAWhile_withoutOverride() {
        assertTrue(net.nic.isInGroup(GROUP));
        net.send(question().packet(PEER_LINK_LOCAL, GROUP));
        net.expectNothing();
        net.advance(SECOND);
        net.expect(
                linkDestination(PEER_MAC),
                ipv6(
                        source6(LINK_LOCAL),
                        destination6(PEER_LINK_LOCAL),
                        icmp6(
                                Icmpv6Message.ADVERTISEMENT,
                                0,
                                target6(BEHIND6),
                                rest6(0x4000_0000),
                                option6(Icmpv6Message.TARGET_LINK, OUR_LINK))));
        Ipv6Packet alone = question().packet(PEER_LINK_LOCAL, LINK_LOCAL);
        net.send(alone);
        assertEquals(1, net.frames().size());
    }

    /** Who wants the address for itself hears it from us, with everybody else. */
    @Test
    void probe_isAnsweredToAll() {
        net.send(
                Icmpv6Message.solicitation(BEHIND6, Icmpv6Message.NONCE, 0x1234).packet(IpAddress.V6_ANY, GROUP));
        net.advance(SECOND);
        net.expect(ipv6(
                destination6(IpAddress.V6_ALL_NODES),
                icmp6(Icmpv6Message.ADVERTISEMENT, 0, target6(BEHIND6), rest6(0))));
    }

    @Test
    void solicitation_withoutForwardingOrProxy_isNotAnswered() throws StackException {
        net.nic.setForwarding(false, false);
        net.advance(20 * SECOND);
        net.frames();
        net.send(question().packet(PEER_LINK_LOCAL, GROUP));
        net.advance(SECOND);
        net.expectNothing();
        net.nic.setForwarding(false, true);
        net.nic.neighbors().removeProxy(BEHIND6);
        assertFalse(net.nic.isInGroup(GROUP));
    }

    @Test
    void proxies_areListed_andRefusedWhereTheyMeanNothing() throws StackException {
        net.nic.neighbors().addProxy(BEHIND);
        assertEquals(List.of(BEHIND, BEHIND6), net.nic.neighbors().proxies());
        for (String none : new String[] {"224.0.0.5", "0.0.0.0", "255.255.255.255", "::", "ff02::5"}) {
            assertEquals(StackError.INVALID, refusal(IpAddress.parse(none)));
        }
        for (int i = 2; i < ProxyTable.MAX_PROXIES; i++) {
            net.nic.neighbors().addProxy(IpAddress.v4(0x0a00_0000 + i));
        }
        assertEquals(StackError.NO_BUFFER_SPACE, refusal(IpAddress.parse("10.9.9.9")));
        StackException unknown =
                assertThrows(StackException.class, () -> net.nic.neighbors().removeProxy(IpAddress.parse("10.9.9.9")));
        assertEquals(StackError.BAD_LOCAL_ADDRESS, unknown.error());
    }

    private StackError refusal(IpAddress address) {
        return assertThrows(StackException.class, () -> net.nic.neighbors().addProxy(address))
                .error();
    }

    /** With its answer that waits. */
    @Test
    void proxies_andWhatWaits_areRestored() throws StackException {
        Ipv6Settings settings = Ipv6Settings.DEFAULT.withDadTransmits(0).withRouterDiscovery(false);
        Twins.Happening life = net -> {
            net.nic.addAddress(OURS, 24);
            net.nic.setForwarding(true, true);
            net.nic.neighbors().addProxy(BEHIND);
            net.nic.neighbors().addProxy(BEHIND6);
            ask(net, MacAddress.BROADCAST, request(PEER, BEHIND));
        };
        try (Twins twins = new Twins(settings, life)) {
            assertEquals(
                    List.of(BEHIND, BEHIND6), twins.restored.nic.neighbors().proxies());
            twins.then(net -> net.advance(SECOND))
                    .then(net -> net.nic.neighbors().removeProxy(BEHIND6));
        }
    }
}
