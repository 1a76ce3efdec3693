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
import static dev.atoll.stack.check.Checks.option6;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.check.Checks.target6;
import static dev.atoll.stack.check.Checks.ttl;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.atoll.stack.contract.Allocation;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.filter.Chain;
import dev.atoll.stack.filter.ChainPolicy;
import dev.atoll.stack.filter.Family;
import dev.atoll.stack.filter.Origin;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.filter.Table;
import dev.atoll.stack.filter.TableName;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.link.ChannelLink;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.options.RouteOptions;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.util.List;
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
    @Requirement("RFC 791 3.1-3")
    @Requirement("RFC 791 3.1-5")
    @Requirement("RFC 8200 3-2")
    @Requirement("features C5")
    void packet_forAnotherLink_isPassedOnOneHopOlder() {
        net.send(six(THERE6, 10));
        expectFar(linkDestination(FAR_MAC), ipv6(source6(HERE6), destination6(THERE6), hopLimit(63)));
        net.send(four(THERE4, 10));
        expectFar(linkDestination(FAR_MAC), ipv4(source(HERE4), destination(THERE4), ttl(63)));
        assertEquals(2, net.stack.counters().ipForwarded);
    }

    /** RFC 8200 section 4: they are for the destination, whatever a host would say about them. */
    @Test
    @Requirement("RFC 8200 4-4")
    void extensionHeaders_ofWhatIsPassedOn_areLeftAlone() {
        Ipv6Packet packet = six(THERE6, 10)
                .with(
                        Ipv6Packet.Extension.options(Ipv6Packet.HOP_BY_HOP, "be00"),
                        new Ipv6Packet.Extension(Ipv6Packet.ROUTING, Bytes.hex("00 fe 01 00000000")),
                        Ipv6Packet.Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "be00"));
        net.send(packet);
        expectFarIs(packet.withHopLimit(63));
    }

    /** RFC 8200 section 4.7. */
    @Test
    @Requirement("RFC 8200 4.7-2")
    void octetsBehindNoNextHeader_arePassedOn() {
        Ipv6Packet packet = Ipv6Packet.of(HERE6, THERE6, Ipv6Packet.NONE, Bytes.hex("00010203"));
        net.send(packet);
        expectFarIs(packet.withHopLimit(63));
    }

    private void expectFarIs(Ipv6Packet packet) {
        byte[] frame = Objects.requireNonNull(far.poll());
        assertEquals(packet.encode(), EthernetFrame.decode(frame).payload());
        assertNull(far.poll());
        net.expectNothing();
    }

    @Test
    @Requirement("RFC 1122 3.1-2")
    void nic_notForwarding_passesNothingOn() {
        net.nic.setForwarding(false, false);
        quiet();
        net.send(six(THERE6, 10));
        net.expectNothing();
        assertNull(far.poll());
        assertEquals(1, net.stack.counters().drops(DropReason.IP_NOT_LOCAL));
    }

    @Test
    @Requirement("features J2")
    void packet_thatForwardDrops_isNotPassedOn() {
        Origin origin = new Origin("test", 1, ":FORWARD");
        Chain closed = new Chain("FORWARD", ChainPolicy.DROP, List.of(), origin);
        net.stack
                .ipTables()
                .replace(RuleSet.of(List.of(
                        Table.acceptAll(TableName.FILTER, Family.IPV4).with(closed),
                        Table.acceptAll(TableName.FILTER, Family.IPV6).with(closed))));
        net.send(six(THERE6, 10));
        net.send(four(THERE4, 10));
        net.expectNothing();
        assertNull(far.poll());
        assertEquals(2, net.stack.counters().drops(DropReason.FILTERED));
    }

    /** RFC 4443 section 3.3, RFC 1812 section 5.3.1. */
    @Test
    @Requirement("RFC 791 3.1-3")
    @Requirement("RFC 4443 2.2-2")
    @Requirement("RFC 4443 3.3-1")
    @Requirement("RFC 8200 3-2")
    @Requirement("features C5")
    @Requirement("features E8")
    void packet_withoutHopsLeft_isReported() {
        net.send(six(THERE6, 10).withHopLimit(1));
        net.expect(ipv6(source6(ROUTER6), destination6(HERE6), icmp6(Icmpv6Message.TIME_EXCEEDED, 0)));
        net.send(four(THERE4, 10).withTtl(1));
        net.expect(ipv4(source(ROUTER4), destination(HERE4), icmp(IcmpMessage.TIME_EXCEEDED, 0)));
        assertNull(far.poll());
    }

    /** RFC 4443 section 3.2, RFC 1191 section 4: with the MTU of the next link. */
    @Test
    @Requirement("RFC 791 2.3-2")
    @Requirement("RFC 4443 3.2-1")
    @Requirement("RFC 8200 4.5-1")
    @Requirement("features C5")
    @Requirement("features E8")
    void packet_tooLargeForTheNextLink_isReported() {
        net.send(six(THERE6, 1400));
        net.expect(ipv6(source6(ROUTER6), icmp6(Icmpv6Message.PACKET_TOO_BIG, 0, rest6(1300))));
        net.send(four(THERE4, 1400));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 4, field("MTU", IcmpMessage::rest, 1300))));
        assertNull(far.poll());
    }

    /** RFC 4443 section 3.1 code 0, RFC 792 code 0. */
    @Test
    @Requirement("RFC 4443 3.1-1")
    void packet_withoutARoute_isReported() {
        net.send(six(IpAddress.parse("2001:db8:ffff::1"), 10));
        net.expect(ipv6(source6(ROUTER6), icmp6(Icmpv6Message.UNREACHABLE, 0)));
        net.send(four(IpAddress.parse("192.0.2.1"), 10));
        net.expect(ipv4(source(ROUTER4), icmp(IcmpMessage.UNREACHABLE, 0)));
    }

    /** RFC 4443 section 3.1 code 3, RFC 1812 section 5.2.7.1 code 1: the sender learns that the next hop is not there. */
    @Test
    @Requirement("RFC 4443 3.1-1")
    @Requirement("RFC 4861 7.2.2-4")
    @Requirement("features M1")
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

    /** RFC 4443 section 3.1: on a link of two ends it would come back until its hops are used up. */
    @Test
    @Requirement("RFC 4443 3.1-6")
    void packet_toNobodyOfThePointToPointLinkItCameBy_isReportedAndNotSentBack() throws StackException {
        ChannelLink link = new ChannelLink(1500, new MacAddress(0), LinkEndpoint.Capabilities.PLAIN_IP, 10);
        Nic tun = net.stack.createNic("tun0", link);
        IpAddress ours = IpAddress.parse("2001:db8:3::1");
        IpAddress peer = IpAddress.parse("2001:db8:3::2");
        IpAddress nobody = IpAddress.parse("2001:db8:3::3");
        tun.addAddress(ours, 64);
        tun.setForwarding(false, true);
        net.stack.run(() -> {
            while (link.read() != null) {
                // What the NIC said when it began.
            }
        });
        Ipv6Packet packet =
                Ipv6Packet.of(peer, nobody, Ipv4Packet.UDP, new UdpDatagram(9, 7, Bytes.EMPTY).encode(peer, nobody));
        net.stack.run(() -> link.inject(packet.encode().toArray()));
        byte[][] sent = new byte[2][];
        net.stack.run(() -> {
            sent[0] = link.read();
            sent[1] = link.read();
        });
        Ipv6Packet error = Ipv6Packet.decode(Bytes.of(Objects.requireNonNull(sent[0])));
        assertEquals(ours, error.source());
        assertEquals(peer, error.destination());
        Icmpv6Message message = Icmpv6Message.decode(error);
        assertEquals(Icmpv6Message.UNREACHABLE, message.type());
        assertEquals(3, message.code());
        assertNull(sent[1]);
    }

    /** What belongs to one link stays there (RFC 4291 section 2.5.6), and IPv6 says so (RFC 4443 section 3.1). */
    @Test
    @Requirement("RFC 4443 3.1-1")
    void packet_ofLinkScope_isNotPassedOn() throws StackException {
        IpAddress linkLocal = OneStack.PEER_LINK_LOCAL;
        net.nic.neighbors().setStatic(linkLocal, PEER_MAC);
        net.send(Ipv6Packet.of(
                linkLocal, THERE6, Ipv4Packet.UDP, new UdpDatagram(9, 7, Bytes.EMPTY).encode(linkLocal, THERE6)));
        net.expect(ipv6(destination6(linkLocal), icmp6(Icmpv6Message.UNREACHABLE, 2)));
        assertNull(far.poll());
    }

    /** RFC 2644 and RFC 1122 section 3.2.2: broadcasts are not passed on, and not answered. */
    @Test
    void packet_toTheBroadcastOfAnotherLink_isDropped() {
        net.send(four(IpAddress.parse("10.2.0.255"), 10));
        net.expectNothing();
        assertNull(far.poll());
        assertEquals(1, net.stack.counters().drops(DropReason.IP_NO_ROUTE));
    }

    /** RFC 791 section 2.3: a router cuts what may be cut. */
    @Test
    @Requirement("RFC 791 2.3-1")
    @Requirement("features C5")
    void packet_thatMayBeCut_isCutForTheNextLink() {
        Ipv4Packet packet = four(THERE4, 1400);
        net.send(new Ipv4Packet(
                0, 77, false, false, 0, 64, packet.protocol(), HERE4, THERE4, Bytes.EMPTY, packet.payload()));
        Ipv4Packet first = Ipv4Packet.decode(
                EthernetFrame.decode(Objects.requireNonNull(far.poll())).payload());
        Ipv4Packet second = Ipv4Packet.decode(
                EthernetFrame.decode(Objects.requireNonNull(far.poll())).payload());
        assertEquals(1280, second.fragmentOffset());
        assertEquals(63, second.ttl());
        assertEquals(77, second.id());
        assertEquals(true, first.moreFragments());
        assertEquals(packet.payload().slice(0, 1280), first.payload());
        assertEquals(packet.payload().slice(1280, 1408), second.payload());
        assertNull(far.poll());
        net.expectNothing();
    }

    /** Decision 0123: rules see whole datagrams; what came in fragments leaves so. */
    @Test
    void fragments_areJudgedWhole_andLeaveAsFragments() {
        Bytes datagram = four(THERE4, 2000).payload();
        Bytes datagram6 = six(THERE6, 2000).payload();
        net.send(new Ipv4Packet(
                0, 6, false, true, 0, 64, Ipv4Packet.UDP, HERE4, THERE4, Bytes.EMPTY, datagram.slice(0, 1000)));
        assertEquals(0, drainFar());
        net.send(new Ipv4Packet(
                0,
                6,
                false,
                false,
                1000,
                64,
                Ipv4Packet.UDP,
                HERE4,
                THERE4,
                Bytes.EMPTY,
                datagram.slice(1000, datagram.length())));
        assertEquals(2, drainFar());
        net.send(Ipv6Packet.of(HERE6, THERE6, Ipv4Packet.UDP, datagram6.slice(0, 1200))
                .with(Ipv6Packet.Extension.fragment(0, true, 9)));
        assertEquals(0, drainFar());
        net.send(Ipv6Packet.of(HERE6, THERE6, Ipv4Packet.UDP, datagram6.slice(1200, datagram6.length()))
                .with(Ipv6Packet.Extension.fragment(1200, false, 9)));
        assertEquals(2, drainFar());
        net.expectNothing();
    }

    /** Decision 0123: the sender may know of a link behind this one that carries less. */
    @Test
    void fragments_leaveNoLargerThanTheyCame() {
        Bytes datagram = four(THERE4, 1500).payload();
        Bytes datagram6 = six(THERE6, 1500).payload();
        for (int from = 0; from < datagram.length(); from += 600) {
            int to = Math.min(from + 600, datagram.length());
            boolean more = to < datagram.length();
            Bytes part = datagram.slice(from, to);
            net.send(new Ipv4Packet(0, 6, false, more, from, 64, Ipv4Packet.UDP, HERE4, THERE4, Bytes.EMPTY, part));
            net.send(Ipv6Packet.of(HERE6, THERE6, Ipv4Packet.UDP, datagram6.slice(from, to))
                    .with(Ipv6Packet.Extension.fragment(from, more, 9)));
        }
        int frames = 0;
        byte[] frame;
        while ((frame = far.poll()) != null) {
            frames++;
            // Headers of IPv4, or of IPv6 with a fragment header, before 600 bytes.
            int most = EthernetFrame.decode(frame).etherType() == EthernetFrame.IPV4 ? 620 : 648;
            int bytes = EthernetFrame.decode(frame).payload().length();
            assertTrue(bytes <= most, bytes + " bytes");
        }
        assertEquals(6, frames);
        net.expectNothing();
    }

    private int drainFar() {
        int frames = 0;
        while (far.poll() != null) {
            frames++;
        }
        return frames;
    }

    /** RFC 8200 section 5: no router cuts for a link what its sender thought to fit. */
    @Test
    @Requirement("RFC 8200 4.5-1")
    void fragments_ofIpv6_thatAreTooLarge_areReported() {
        Bytes datagram = six(THERE6, 2000).payload();
        net.send(Ipv6Packet.of(HERE6, THERE6, Ipv4Packet.UDP, datagram.slice(0, 1400))
                .with(Ipv6Packet.Extension.fragment(0, true, 9)));
        net.send(Ipv6Packet.of(HERE6, THERE6, Ipv4Packet.UDP, datagram.slice(1400, datagram.length()))
                .with(Ipv6Packet.Extension.fragment(1400, false, 9)));
        net.expect(ipv6(icmp6(Icmpv6Message.PACKET_TOO_BIG, 0, rest6(1300))));
        assertEquals(0, drainFar());
    }

    private static Ipv4Packet withOptions(String options) {
        Bytes payload = four(THERE4, 10).payload();
        return new Ipv4Packet(0, 1, true, false, 0, 64, Ipv4Packet.UDP, HERE4, THERE4, Bytes.hex(options), payload);
    }

    private Bytes optionsPassedOn() {
        return Ipv4Packet.decode(
                        EthernetFrame.decode(Objects.requireNonNull(far.poll())).payload())
                .options();
    }

    /** RFC 1812 section 5.2.4: record route and timestamps have the address of the way out, others stay as they are. */
    @Test
    @Requirement("RFC 791 3.1-8")
    @Requirement("RFC 791 3.1-9")
    @Requirement("features C5")
    @Requirement("features E3")
    void options_areBroughtUpToDate() {
        net.send(withOptions("07 0b 08 01020304 00000000 00"));
        assertEquals(Bytes.hex("07 0b 0c 01020304 0a020001 00"), optionsPassedOn());
        net.send(withOptions("44 08 05 00 00000000"));
        assertEquals(
                Bytes.hex("44 08 09 00" + String.format("%08x", net.clock.epochNs() / 1_000_000 % 86_400_000)),
                optionsPassedOn());
        net.send(withOptions("44 0c 05 01 00000000 00000000"));
        assertEquals(
                Bytes.hex("44 0c 0d 01 0a020001").toString(),
                optionsPassedOn().slice(0, 8).toString());
        net.send(withOptions("44 08 09 20 12345678"));
        assertEquals(Bytes.hex("44 08 09 30 12345678"), optionsPassedOn());
        net.send(withOptions("94040000 1e04abcd"));
        assertEquals(Bytes.hex("94040000 1e04abcd"), optionsPassedOn());
    }

    /** RFC 7126 section 4.3, Linux's accept_source_route 0: in silence. */
    @Test
    void options_thatChooseTheWay_areRefused() {
        net.send(withOptions("83 07 04 0a020009 00"));
        net.send(withOptions("89 07 04 0a020009 00"));
        assertEquals(2, net.stack.counters().drops(DropReason.IPV4_SOURCE_ROUTE));
        assertEquals(0, drainFar());
        net.expectNothing();
    }

    @Test
    void options_faulty_areReported() {
        net.send(withOptions("07 07 03 00000000 00"));
        net.expect(ipv4(
                source(ROUTER4),
                icmp(IcmpMessage.PARAMETER_PROBLEM, 0, field("pointer", IcmpMessage::rest, 22 << 24))));
        assertEquals(0, drainFar());
    }

    /** Cut, only the first piece has the options that are not to be copied. */
    @Test
    @Requirement("RFC 791 3.1-7")
    void options_ofACutPacket_areCopiedIfTheySaySo() {
        Bytes payload = four(THERE4, 1400).payload();
        net.send(new Ipv4Packet(
                0, 1, false, false, 0, 64, Ipv4Packet.UDP, HERE4, THERE4, Bytes.hex("94040000 1e04abcd"), payload));
        assertEquals(Bytes.hex("94040000 1e04abcd"), optionsPassedOn());
        assertEquals(Bytes.hex("94040000 01010101"), optionsPassedOn());
    }

    /** RFC 1812 section 5.2.7.2, RFC 4861 section 8.2: only if asked for. */
    @Test
    @Requirement("RFC 1122 3.2.2.2-1")
    @Requirement("RFC 4861 8.2-1")
    @Requirement("RFC 4861 8.2-2")
    @Requirement("RFC 4861 4.5-1")
    void redirect_isSentIfSwitchedOn() throws StackException {
        IpAddress better4 = IpAddress.parse("10.1.0.7");
        IpAddress better6 = IpAddress.parse("fe80::7");
        IpAddress far4 = IpAddress.parse("198.51.100.9");
        IpAddress far6 = IpAddress.parse("2001:db8:9::9");
        net.nic.neighbors().setStatic(better4, FAR_MAC);
        net.nic.neighbors().setStatic(better6, FAR_MAC);
        net.stack.routes().add(Subnet.V4_ALL, better4, net.nic);
        net.stack.routes().add(Subnet.V6_ALL, better6, net.nic);
        net.send(four(far4, 10));
        net.expect(linkDestination(FAR_MAC), ipv4(destination(far4)));
        net.nic.setSendRedirects(true);
        net.send(four(far4, 10));
        List<byte[]> frames = net.frames();
        assertEquals(2, frames.size());
        Checks.frame(
                frames.get(0),
                linkDestination(PEER_MAC),
                ipv4(
                        source(ROUTER4),
                        destination(HERE4),
                        icmp(IcmpMessage.REDIRECT, 1, field("gateway", IcmpMessage::rest, better4.v4Bits()))));
        net.send(six(far6, 13));
        frames = net.frames();
        assertEquals(2, frames.size());
        Bytes quoted = six(far6, 13).encode();
        Checks.frame(
                frames.get(0),
                linkDestination(PEER_MAC),
                ipv6(
                        source6(OneStack.LINK_LOCAL),
                        destination6(HERE6),
                        hopLimit(255),
                        icmp6(
                                Icmpv6Message.REDIRECT,
                                0,
                                target6(better6),
                                field("destination", message -> message.body().address(16), far6),
                                option6(Icmpv6Message.TARGET_LINK, Bytes.hex("020000000055")),
                                field(
                                        "packet",
                                        message -> java.util.Objects.requireNonNull(message.option(4))
                                                .from(6),
                                        quoted.slice(0, quoted.length() & ~7)))));
        Checks.frame(frames.get(1), linkDestination(FAR_MAC), ipv6(hopLimit(63)));
        net.send(six(THERE6, 10));
        net.send(four(THERE4, 10));
        net.expectNothing();
        assertEquals(2, drainFar());
    }

    /** A packet that is passed on to a destination known already costs no garbage. */
    @Test
    void packet_passedOn_allocatesNothing() {
        byte[] frame6 = frame(EthernetFrame.IPV6, six(THERE6, 100).encode());
        byte[] frame4 = frame(EthernetFrame.IPV4, four(THERE4, 100).encode());
        far.keepNothing();
        Runnable both = () -> {
            net.link.deliver(frame6);
            net.link.deliver(frame4);
        };
        for (int i = 0; i < 20_000; i++) {
            net.stack.run(both);
        }
        long passed = net.stack.counters().ipForwarded;
        long fewest = Allocation.fewestBytes(() -> {
            for (int i = 0; i < 100; i++) {
                net.stack.run(both);
            }
        });
        assertEquals(0, fewest);
        assertEquals(passed + 20 * 200, net.stack.counters().ipForwarded);
    }

    private static byte[] frame(int etherType, Bytes packet) {
        return new EthernetFrame(TestLink.MAC, PEER_MAC, etherType, packet)
                .encode()
                .toArray();
    }

    /** RFC 4861 section 8.2: a host that does not follow them is not told of each packet. */
    @Test
    @Requirement("RFC 4861 8.2-4")
    void redirects_ofAFlood_areLimited() throws StackException {
        IpAddress better = IpAddress.parse("fe80::7");
        IpAddress elsewhere = IpAddress.parse("2001:db8:9::9");
        net.nic.neighbors().setStatic(better, FAR_MAC);
        net.stack.routes().add(Subnet.V6_ALL, better, net.nic);
        net.nic.setSendRedirects(true);
        for (int i = 0; i < 200; i++) {
            net.send(six(elsewhere, 10));
        }
        assertEquals(200 + IpLayer.ICMP_BURST, net.frames().size());
    }

    /** ip-route(8), mtu: what is passed on keeps to it, over both families. */
    @Test
    @Requirement("features C7")
    void packet_largerThanTheRouteTakes_isReported() throws StackException {
        Nic there = Objects.requireNonNull(net.stack.findNic("eth1"));
        RouteOptions narrow = RouteOptions.DEFAULT.withMtuBytes(1280);
        for (IpAddress each : List.of(THERE4, THERE6)) {
            net.stack.routes().add(Subnet.containing(each, each.isV4() ? 32 : 128), null, there, narrow);
        }
        net.send(four(THERE4, 1252));
        expectFar(ipv4(destination(THERE4)));
        net.send(four(THERE4, 1253));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 4, field("MTU", IcmpMessage::rest, 1280))));
        net.send(six(THERE6, 1232));
        expectFar(ipv6(destination6(THERE6)));
        net.send(six(THERE6, 1233));
        net.expect(ipv6(icmp6(Icmpv6Message.PACKET_TOO_BIG, 0, rest6(1280))));
        assertNull(far.poll());
    }
}
