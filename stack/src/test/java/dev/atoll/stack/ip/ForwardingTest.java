package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.destination6;
import static dev.atoll.stack.check.Checks.field;
import static dev.atoll.stack.check.Checks.hopLimit;
import static dev.atoll.stack.check.Checks.icmp;
import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.check.Checks.ttl;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.atoll.stack.Nic;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.Checks;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.FrameCheck;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two NICs and what goes from one to the other. */
class ForwardingTest {
    private static final MacAddress FAR_MAC = MacAddress.parse("02:00:00:00:00:55");
    private static final IpAddress HERE6 = IpAddress.parse("2001:db8:1::9");
    private static final IpAddress THERE6 = IpAddress.parse("2001:db8:2::9");
    private static final IpAddress ROUTER6 = IpAddress.parse("2001:db8:1::1");
    private static final IpAddress HERE4 = IpAddress.parse("10.1.0.9");
    private static final IpAddress THERE4 = IpAddress.parse("10.2.0.9");
    private static final IpAddress ROUTER4 = IpAddress.parse("10.1.0.1");

    private final OneStack net;
    private final TestLink far = new TestLink(1300);

    ForwardingTest() throws StackException {
        net = OneStack.ready();
        Nic there = net.stack.createNic("eth1", far);
        net.nic.addAddress(ROUTER6, 64);
        net.nic.addAddress(ROUTER4, 24);
        there.addAddress(IpAddress.parse("2001:db8:2::1"), 64);
        there.addAddress(IpAddress.parse("10.2.0.1"), 24);
        net.nic.neighbors().setStatic(HERE6, PEER_MAC);
        net.nic.neighbors().setStatic(HERE4, PEER_MAC);
        there.neighbors().setStatic(THERE6, FAR_MAC);
        there.neighbors().setStatic(THERE4, FAR_MAC);
        net.nic.setForwarding(true, true);
        net.nic.setForwarding(false, true);
        net.advance(OneStack.SECOND);
        quiet();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private void quiet() {
        net.frames();
        while (far.poll() != null) {
            // What the NIC said when it began.
        }
    }

    private static Ipv6Packet six(IpAddress to, int bytes) {
        Bytes payload = Bytes.of(new byte[bytes]);
        return Ipv6Packet.of(HERE6, to, Ipv4Packet.UDP, new UdpDatagram(9, 7, payload).encode(HERE6, to));
    }

    private static Ipv4Packet four(IpAddress to, int bytes) {
        Bytes payload = Bytes.of(new byte[bytes]);
        return Ipv4Packet.of(HERE4, to, Ipv4Packet.UDP, new UdpDatagram(9, 7, payload).encode(HERE4, to));
    }

    @SafeVarargs
    private void expectFar(FrameCheck<EthernetFrame>... checks) {
        Checks.frame(Objects.requireNonNull(far.poll()), checks);
        assertNull(far.poll());
        net.expectNothing();
    }

    @Test
    void packet_forAnotherLink_isPassedOnOneHopOlder() {
        net.send(six(THERE6, 10));
        expectFar(linkDestination(FAR_MAC), ipv6(source6(HERE6), destination6(THERE6), hopLimit(63)));
        net.send(four(THERE4, 10));
        expectFar(linkDestination(FAR_MAC), ipv4(source(HERE4), destination(THERE4), ttl(63)));
        assertEquals(2, net.stack.counters().ipForwarded);
    }

    @Test
    void nic_notForwarding_passesNothingOn() {
        net.nic.setForwarding(false, false);
        quiet();
        net.send(six(THERE6, 10));
        net.expectNothing();
        assertNull(far.poll());
        assertEquals(1, net.stack.counters().drops(DropReason.IP_NOT_LOCAL));
    }

    /** RFC 4443 section 3.3, RFC 1812 section 5.3.1. */
    @Test
    void packet_withoutHopsLeft_isReported() {
        net.send(six(THERE6, 10).withHopLimit(1));
        net.expect(ipv6(source6(ROUTER6), destination6(HERE6), icmp6(Icmpv6Message.TIME_EXCEEDED, 0)));
        net.send(four(THERE4, 10).withTtl(1));
        net.expect(ipv4(source(ROUTER4), destination(HERE4), icmp(IcmpMessage.TIME_EXCEEDED, 0)));
        assertNull(far.poll());
    }

    /** RFC 4443 section 3.2, RFC 1191 section 4: with the MTU of the next link. */
    @Test
    void packet_tooLargeForTheNextLink_isReported() {
        net.send(six(THERE6, 1400));
        net.expect(ipv6(source6(ROUTER6), icmp6(Icmpv6Message.PACKET_TOO_BIG, 0, rest6(1300))));
        net.send(four(THERE4, 1400));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 4, field("MTU", IcmpMessage::rest, 1300))));
        assertNull(far.poll());
    }

    /** RFC 4443 section 3.1 code 0, RFC 792 code 0. */
    @Test
    void packet_withoutARoute_isReported() {
        net.send(six(IpAddress.parse("2001:db8:ffff::1"), 10));
        net.expect(ipv6(source6(ROUTER6), icmp6(Icmpv6Message.UNREACHABLE, 0)));
        net.send(four(IpAddress.parse("192.0.2.1"), 10));
        net.expect(ipv4(source(ROUTER4), icmp(IcmpMessage.UNREACHABLE, 0)));
    }

    /** RFC 4443 section 3.1 code 3, RFC 1812 section 5.2.7.1 code 1: the sender learns that the next hop is not there. */
    @Test
    void packet_whoseNextHopDoesNotAnswer_isReported() {
        net.send(six(IpAddress.parse("2001:db8:2::77"), 10));
        net.send(four(IpAddress.parse("10.2.0.77"), 10));
        net.expectNothing();
        net.advance(4 * OneStack.SECOND);
        java.util.List<byte[]> frames = net.frames();
        assertEquals(2, frames.size());
        for (byte[] frame : frames) {
            if (EthernetFrame.decode(frame).etherType() == EthernetFrame.IPV6) {
                Checks.frame(frame, ipv6(destination6(HERE6), icmp6(Icmpv6Message.UNREACHABLE, 3)));
            } else {
                Checks.frame(frame, ipv4(destination(HERE4), icmp(IcmpMessage.UNREACHABLE, 1)));
            }
        }
    }

    /** What belongs to one link stays there (RFC 4291 section 2.5.6). */
    @Test
    void packet_ofLinkScope_isNotPassedOn() {
        IpAddress linkLocal = OneStack.PEER_LINK_LOCAL;
        net.send(Ipv6Packet.of(
                linkLocal, THERE6, Ipv4Packet.UDP, new UdpDatagram(9, 7, Bytes.EMPTY).encode(linkLocal, THERE6)));
        net.expectNothing();
        assertNull(far.poll());
    }
}
