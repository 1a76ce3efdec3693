package dev.atoll.stack.filter;

import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** IPv6 packets meet the IPv6 tables, and those only. */
class Ipv6FilterTest {
    private final OneStack net;
    private final UdpEndpoint endpoint;
    private final FullAddress peer;

    Ipv6FilterTest() throws StackException {
        net = OneStack.ready();
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        endpoint = net.stack.newUdpEndpoint();
        peer = new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9);
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private void policy(RuleSet rules) {
        net.stack.ipTables().replace(rules);
    }

    private static Ipv6Packet udp(int port) {
        return Ipv6Packet.of(
                PEER_LINK_LOCAL,
                LINK_LOCAL,
                Ipv4Packet.UDP,
                new UdpDatagram(9, port, Bytes.EMPTY).encode(PEER_LINK_LOCAL, LINK_LOCAL));
    }

    /** Decision record 0202: rules for IPv4 alone close IPv6, both ways. */
    @Test
    void rulesForIpv4Only_closeIpv6() throws StackException {
        policy(new Rules().build());
        TcpEndpoint client = net.stack.newTcpEndpoint();
        StackException refused = assertThrows(StackException.class, () -> client.connect(peer));
        assertEquals(StackError.HOST_UNREACHABLE, refused.error());
        assertTrue(String.valueOf(refused.detail()).contains("no IPv6 policy"), refused.detail());
        net.expectNothing();
        net.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.expectNothing();
        client.close();
    }

    /** What it sends is IPv4, however its peer's address is written. */
    @Test
    void mappedAddress_isJudgedByTheRulesForIpv4() throws StackException {
        net.nic.addAddress(IpAddress.parse("10.0.0.1"), 24);
        assertEquals(1, net.frames().size(), "the address is announced");
        IpAddress mapped = IpAddress.parse("::ffff:10.0.0.7");
        Table deny = new Rules()
                .add(
                        "OUTPUT",
                        new StandardTarget.Reject(RejectWith.ICMP_ADMIN_PROHIBITED),
                        Rules.address(AddressMatcher.Direction.DESTINATION, "10.0.0.7/32", false))
                .table();
        policy(RuleSet.of(List.of(deny, Table.acceptAll(TableName.FILTER, Family.IPV6))));
        TcpEndpoint client = net.stack.newTcpEndpoint();
        StackException refused = assertThrows(StackException.class, () -> client.connect(new FullAddress(mapped, 80)));
        assertTrue(String.valueOf(refused.detail()).contains("test.rules:1"), refused.detail());
        net.expectNothing();
        client.close();
    }

    @Test
    @Requirement("RFC 4443 3.1-8")
    @Requirement("pain 11")
    void rulesForIpv6_reject_answersWithIcmpv6() {
        policy(new Rules()
                .add(
                        "INPUT",
                        new StandardTarget.Reject(RejectWith.ICMP6_ADM_PROHIBITED),
                        Rules.protocol(Ipv4Packet.UDP))
                .build(Family.IPV6));
        net.send(udp(7));
        net.expect(ipv6(source6(LINK_LOCAL), icmp6(Icmpv6Message.UNREACHABLE, 1)));
        assertEquals(1, net.stack.counters().drops(DropReason.FILTERED));
    }

    /** RFC 4861 sections 7.1 and 7.2; only what is from this link has a hop limit of 255. */
    @Test
    void neighbourDiscovery_isTheStacksBusiness() {
        RuleSet nothing = new Rules()
                .policy(Hook.INPUT, ChainPolicy.DROP)
                .policy(Hook.OUTPUT, ChainPolicy.DROP)
                .build(Family.IPV6);
        Ipv6Packet solicitation = Icmpv6Message.solicitation(LINK_LOCAL, 0, 0).packet(PEER_LINK_LOCAL, LINK_LOCAL);
        for (RuleSet rules : List.of(nothing, new Rules().build())) {
            policy(rules);
            net.send(solicitation);
            net.expect(ipv6(icmp6(Icmpv6Message.ADVERTISEMENT, 0)));
            assertEquals(0, net.stack.ipTables().denialStats().dropped());
        }
        policy(nothing);
        net.send(solicitation.withHopLimit(254));
        net.expectNothing();
        assertEquals(1, net.stack.ipTables().denialStats().dropped());
    }

    /** A fault of an extension header is no news for somebody whose packets are dropped. */
    @Test
    void rulesThatDrop_silenceParameterProblemsToo() {
        policy(new Rules().policy(Hook.INPUT, ChainPolicy.DROP).build(Family.IPV6));
        net.send(udp(7).with(Ipv6Packet.Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "be00")));
        net.expectNothing();
        assertEquals(1, net.stack.counters().drops(DropReason.FILTERED));
    }

    private static RuleSet onlyAnswers() {
        return new Rules()
                .policy(Hook.INPUT, ChainPolicy.DROP)
                .add(
                        "INPUT",
                        StandardTarget.ACCEPT,
                        Rules.state(ConnState.ESTABLISHED, ConnState.RELATED, ConnState.UNTRACKED))
                .build(Family.IPV6);
    }

    /** Errors about what was sent are RELATED, neighbour discovery is UNTRACKED, the rest is NEW (nf_conntrack). */
    @Test
    void tracking_tellsAnswersErrorsAndDiscoveryApart() throws StackException {
        policy(onlyAnswers());
        net.send(udp(7));
        assertEquals(1, net.stack.counters().drops(DropReason.FILTERED));
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, 0, 0).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.expect(ipv6(icmp6(Icmpv6Message.ADVERTISEMENT, 0)));
        endpoint.connect(peer);
        endpoint.send(ByteBuffer.allocate(4), null);
        byte[] sent = net.frames().get(0);
        net.send(new Icmpv6Message(
                        Icmpv6Message.UNREACHABLE, 4, 0, Bytes.of(sent).from(14))
                .packet(PEER_LINK_LOCAL, LINK_LOCAL));
        StackException error = endpoint.takeError();
        assertEquals(StackError.REFUSED, error == null ? null : error.error());
        assertEquals(1, net.stack.counters().drops(DropReason.FILTERED));
        net.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.expectNothing();
        assertEquals(2, net.stack.counters().drops(DropReason.FILTERED));
    }
}
