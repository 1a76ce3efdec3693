package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.destination6;
import static dev.atoll.stack.check.Checks.extensions;
import static dev.atoll.stack.check.Checks.hopLimit;
import static dev.atoll.stack.check.Checks.icmp6;
import static dev.atoll.stack.check.Checks.ipv6;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.rest6;
import static dev.atoll.stack.check.Checks.source6;
import static dev.atoll.stack.check.Checks.trafficClass;
import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.Nic;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.FrameCheck;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.Ipv6Packet.Extension;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The IPv6 header, extension headers and ICMPv6 errors, judged by frames this test makes itself. */
class Ipv6Test {
    private static final IpAddress GROUP = IpAddress.V6_ALL_NODES;
    private static final Bytes HELLO = Bytes.hex("68656c6c6f");
    private final OneStack net;
    private final UdpEndpoint endpoint;

    Ipv6Test() throws StackException {
        net = OneStack.ready();
        net.resolve(PEER_LINK_LOCAL);
        // The peer's address is learned from its first question.
        net.send(Icmpv6Message.solicitation(LINK_LOCAL, Icmpv6Message.SOURCE_LINK, PEER_MAC.bits())
                .packet(PEER_LINK_LOCAL, LINK_LOCAL.solicitedNode()));
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V6_ANY, 7));
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private static Ipv6Packet udp(IpAddress source, IpAddress destination, int port) {
        return Ipv6Packet.of(
                source, destination, Ipv4Packet.UDP, new UdpDatagram(9, port, HELLO).encode(source, destination));
    }

    private static Ipv6Packet udp(Extension... extensions) {
        return udp(PEER_LINK_LOCAL, LINK_LOCAL, 7).with(extensions);
    }

    private void expectDelivered() throws StackException {
        ByteBuffer got = ByteBuffer.allocate(10);
        FullAddress sender = endpoint.receive(got);
        assertNotNull(sender);
        assertEquals(PEER_LINK_LOCAL, sender.address());
        assertEquals(HELLO.length(), got.position());
        net.expectNothing();
    }

    private void expectDropped(DropReason reason) {
        assertEquals(1, net.stack.counters().drops(reason), reason.name());
        assertEquals(-1, endpoint.nextLength());
    }

    private void expectProblem(int code, int pointer) {
        net.expect(ipv6(
                source6(LINK_LOCAL),
                destination6(PEER_LINK_LOCAL),
                icmp6(Icmpv6Message.PARAMETER_PROBLEM, code, rest6(pointer), quotesUs())));
        assertEquals(-1, endpoint.nextLength());
    }

    private static FrameCheck<Icmpv6Message> quotesUs() {
        return message -> {
            assertEquals(PEER_LINK_LOCAL, message.quoted().source());
            assertEquals(LINK_LOCAL, message.quoted().destination());
        };
    }

    /** RFC 4443 section 4.2: the data comes back, from the address that was asked. */
    @Test
    @Requirement("RFC 4443 4.2-1")
    @Requirement("RFC 4443 4.2-3")
    @Requirement("features E8")
    void echo_toOurAddress_comesBack() {
        Bytes data = Bytes.hex("00010203 04");
        Icmpv6Message request = new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 0x00070001, data);
        net.send(request.packet(PEER_LINK_LOCAL, LINK_LOCAL).withHopLimit(3));
        net.expect(
                linkDestination(PEER_MAC),
                ipv6(
                        source6(LINK_LOCAL),
                        destination6(PEER_LINK_LOCAL),
                        hopLimit(64),
                        trafficClass(0),
                        icmp6(Icmpv6Message.ECHO_REPLY, 0, rest6(0x00070001), body(data))));
    }

    /** Connection tracking tells an answer by it. */
    @Test
    void echo_comesBackWithItsCode() {
        net.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 5, 7, Bytes.EMPTY).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.expect(ipv6(icmp6(Icmpv6Message.ECHO_REPLY, 5)));
    }

    private static FrameCheck<Icmpv6Message> body(Bytes expected) {
        return message -> assertEquals(expected, message.body());
    }

    /** RFC 4443 section 4.2: an echo to a group is answered from a unicast address. */
    @Test
    @Requirement("RFC 4443 2.2-1")
    @Requirement("RFC 4443 4.2-4")
    void echo_toAllNodes_answeredFromUnicast() {
        Icmpv6Message request = new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY);
        net.send(request.packet(PEER_LINK_LOCAL, GROUP));
        net.expect(ipv6(source6(LINK_LOCAL), icmp6(Icmpv6Message.ECHO_REPLY, 0)));
    }

    @Test
    void udp_plain_delivered() throws StackException {
        net.send(udp());
        expectDelivered();
    }

    /** RFC 8200 section 4.1: any order and number, as long as hop-by-hop options come first. */
    @Test
    @Requirement("RFC 8200 4.1-1")
    @Requirement("RFC 8200 4.2-2")
    @Requirement("RFC 8200 4.4-1")
    @Requirement("RFC 8200 8.1-3")
    @Requirement("features E6")
    void extensions_knownInAnyOrder_delivered() throws StackException {
        net.send(udp(
                Extension.options(Ipv6Packet.HOP_BY_HOP, "0502 0000"),
                Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "1e04 01020304"),
                new Extension(Ipv6Packet.ROUTING, Bytes.hex("00 00 00 00000000")),
                Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "")));
        expectDelivered();
    }

    /** RFC 8200 section 4.3: hop-by-hop options anywhere else are an unrecognised next header. */
    @Test
    @Requirement("RFC 8200 4-3")
    void extensions_hopByHopNotFirst_parameterProblemAtNextHeader() {
        net.send(udp(
                Extension.options(Ipv6Packet.DESTINATION_OPTIONS, ""), Extension.options(Ipv6Packet.HOP_BY_HOP, "")));
        expectProblem(1, 40);
    }

    /** RFC 8200 section 4.4: a routing type nobody knows, with segments left, is reported. */
    @Test
    @Requirement("RFC 4443 3.4-1")
    @Requirement("RFC 8200 4.4-1")
    void extensions_routingWithSegmentsLeft_parameterProblemAtType() {
        net.send(udp(new Extension(Ipv6Packet.ROUTING, Bytes.hex("00 fe 01 00000000"))));
        expectProblem(0, 42);
    }

    /** RFC 8200 section 4.2, first row of actions: skip. */
    @Test
    @Requirement("RFC 8200 4.2-1")
    void options_unknownToSkip_delivered() throws StackException {
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "3e02 ffff")));
        expectDelivered();
    }

    /** Second: discard in silence. */
    @Test
    @Requirement("RFC 8200 4.2-1")
    void options_unknownToDiscard_droppedInSilence() {
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "7e02 ffff")));
        net.expectNothing();
        expectDropped(DropReason.IPV6_PARAMETER_PROBLEM);
    }

    /** Third: discard and report, to a group too. */
    @Test
    @Requirement("RFC 4443 3.4-1")
    @Requirement("RFC 8200 4.2-1")
    void options_unknownToReport_parameterProblemAtOption() {
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "be02 ffff")));
        expectProblem(2, 42);
    }

    /** Fourth: discard and report unless it was to a group. */
    @Test
    @Requirement("RFC 4443 2.2-2")
    @Requirement("RFC 4443 2.4-e3")
    @Requirement("RFC 8200 4.2-1")
    @Requirement("RFC 8200 4.2-2")
    @Requirement("features E6")
    void options_unknownToReportUnlessGroup_dependsOnDestination() {
        Extension option = Extension.options(Ipv6Packet.HOP_BY_HOP, "0100 fe00");
        net.send(udp(option));
        expectProblem(2, 44);
        net.send(udp(PEER_LINK_LOCAL, GROUP, 7).with(option));
        net.expectNothing();
        net.send(udp(PEER_LINK_LOCAL, GROUP, 7).with(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "be00")));
        net.expect(ipv6(source6(LINK_LOCAL), icmp6(Icmpv6Message.PARAMETER_PROBLEM, 2, rest6(42))));
    }

    @Test
    void extensions_moreThanTheLimit_dropped() {
        Extension[] many = new Extension[9];
        java.util.Arrays.fill(many, Extension.options(Ipv6Packet.DESTINATION_OPTIONS, ""));
        net.send(udp(many));
        expectDropped(DropReason.IPV6_EXTENSION_LIMIT);
    }

    @Test
    void options_moreThanTheLimit_dropped() {
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "1e00".repeat(9))));
        expectDropped(DropReason.IPV6_EXTENSION_LIMIT);
    }

    @Test
    void options_lengthBeyondHeader_dropped() {
        net.send(udp(new Extension(Ipv6Packet.DESTINATION_OPTIONS, Bytes.hex("00 1e09 00000000"))));
        expectDropped(DropReason.IP_HEADER_MALFORMED);
    }

    @Test
    @Requirement("RFC 8200 3-1")
    void header_payloadLengthBeyondPacket_dropped() {
        byte[] packet = udp().encode().toArray();
        packet[5]++;
        net.send(dev.atoll.stack.frames.TestLink.MAC, EthernetFrame.IPV6, Bytes.of(packet));
        expectDropped(DropReason.IP_HEADER_MALFORMED);
    }

    /** RFC 8200 section 4: the sender learns where the unknown protocol is named. */
    @Test
    @Requirement("RFC 4443 3.4-1")
    @Requirement("RFC 8200 4-2")
    void nextHeader_unknown_parameterProblemAtItsField() {
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, 132, HELLO));
        expectProblem(1, 6);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, 132, HELLO)
                .with(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "")));
        expectProblem(1, 40);
    }

    /** RFC 8200 section 4.7. */
    @Test
    @Requirement("RFC 8200 4.7-1")
    void nextHeader_none_droppedInSilence() {
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv6Packet.NONE, Bytes.EMPTY));
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv6Packet.NONE, HELLO)
                .with(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "")));
        net.expectNothing();
        assertEquals(2, net.stack.counters().drops(DropReason.IPV6_NO_NEXT_HEADER));
    }

    /** RFC 4443 section 3.1. */
    @Test
    @Requirement("RFC 4443 2.2-1")
    @Requirement("RFC 4443 3.1-2")
    @Requirement("RFC 4443 3.1-5")
    void udp_nobodyListens_portUnreachable() {
        net.send(udp(PEER_LINK_LOCAL, LINK_LOCAL, 8));
        net.expect(ipv6(source6(LINK_LOCAL), icmp6(Icmpv6Message.UNREACHABLE, 4, rest6(0), quotesUs())));
    }

    /** RFC 4443 section 2.4 e: never about an error, a group, or a source that is nobody's. */
    @Test
    @Requirement("RFC 4443 2.4-e1")
    @Requirement("RFC 4443 2.4-e3")
    @Requirement("RFC 4443 2.4-e6")
    void error_aboutWhatMustNotBeAnswered_isNotSent() {
        Icmpv6Message error = new Icmpv6Message(
                Icmpv6Message.UNREACHABLE,
                0,
                0,
                udp(LINK_LOCAL, PEER_LINK_LOCAL, 9).encode());
        net.send(error.packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.send(udp(PEER_LINK_LOCAL, GROUP, 8));
        net.send(udp(IpAddress.V6_ANY, LINK_LOCAL, 8));
        net.expectNothing();
    }

    /** RFC 4443 section 2.4 f: a burst, then no more than the bucket earns. */
    @Test
    @Requirement("RFC 4443 2.4-f")
    void errors_inAFlood_areLimited() {
        for (int i = 0; i < 200; i++) {
            net.send(udp(PEER_LINK_LOCAL, LINK_LOCAL, 8));
        }
        assertEquals(IpLayer.ICMP_BURST, net.frames().size());
        assertEquals(150, net.stack.counters().drops(DropReason.ICMP_RATE_LIMITED));
        net.advance(OneStack.SECOND / IpLayer.ICMP_PER_SECOND);
        net.send(udp(PEER_LINK_LOCAL, LINK_LOCAL, 8));
        assertEquals(1, net.frames().size());
    }

    /** RFC 1122 section 3.3.4.2; its own addresses, groups and link-local ones are taken as ever. */
    @Test
    void packet_toAddressOfAnotherNic_isDroppedByAStrongHost() throws StackException {
        IpAddress elsewhere = IpAddress.parse("2001:db8:1::1");
        Nic other = net.stack.createNic("eth1", new TestLink(1500));
        other.addAddress(elsewhere, 64);
        net.nic.setStrongHost(true);
        Icmpv6Message echo = new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.EMPTY);
        net.frames();
        net.send(echo.packet(PEER_LINK_LOCAL, elsewhere));
        net.expectNothing();
        assertEquals(1, net.nic.statistics().drops().get(DropReason.IP_OTHER_INTERFACE));
        net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        net.send(echo.packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.send(echo.packet(PEER_LINK_LOCAL, IpAddress.V6_ALL_NODES));
        assertEquals(2, net.frames().size());
    }

    /** RFC 4443 section 3.1: whoever looks for open ports need not be told which are not. */
    @Test
    @Requirement("RFC 4443 3.1-7")
    void errors_switchedOff_areNotSent() {
        net.stack.icmpLimit().setBurst(0);
        net.send(udp(PEER_LINK_LOCAL, LINK_LOCAL, 8));
        net.expectNothing();
        expectDropped(DropReason.ICMP_RATE_LIMITED);
    }

    /** RFC 4443 section 2.4 (d): with nothing but extension headers it is about nobody that can be known. */
    @Test
    @Requirement("RFC 4443 2.4-d2")
    void error_thatQuotesNoUpperLayer_isDroppedInSilence() {
        Bytes quoted = udp(LINK_LOCAL, PEER_LINK_LOCAL, 9)
                .with(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "1e04 01020304"))
                .encode()
                .slice(0, 48);
        for (int length : new int[] {40, 44, 48}) {
            net.send(new Icmpv6Message(Icmpv6Message.UNREACHABLE, 4, 0, quoted.slice(0, length))
                    .packet(PEER_LINK_LOCAL, LINK_LOCAL));
        }
        net.expectNothing();
        assertEquals(3, net.stack.counters().drops(DropReason.ICMP_MALFORMED));
    }

    /** RFC 4443 section 4.2: there is no limit to how much data an echo may have but that of a packet. */
    @Test
    @Requirement("RFC 4443 4.2-6")
    void echo_inFragments_comesBackWhole() {
        byte[] data = new byte[4000];
        data[3999] = 7;
        Bytes request =
                new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, Bytes.of(data)).encode(PEER_LINK_LOCAL, LINK_LOCAL);
        for (int at = 0; at < request.length(); at += 1232) {
            int end = Math.min(at + 1232, request.length());
            net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv6Packet.ICMP, request.slice(at, end))
                    .with(Extension.fragment(at, end < request.length(), 3)));
        }
        ByteBuffer whole = ByteBuffer.allocate(request.length());
        for (byte[] frame : net.frames()) {
            Ipv6Packet packet = Ipv6Packet.decode(EthernetFrame.decode(frame).payload());
            int offset = packet.extensions().get(0).body().u16(1) & 0xfff8;
            whole.put(offset, packet.payload().toArray());
        }
        Icmpv6Message reply = Icmpv6Message.decode(
                Ipv6Packet.of(LINK_LOCAL, PEER_LINK_LOCAL, Ipv6Packet.ICMP, Bytes.of(whole.array())));
        assertEquals(Icmpv6Message.ECHO_REPLY, reply.type());
        assertEquals(Bytes.of(data), reply.body());
    }

    /** RFC 8200 section 8.1: UDP over IPv6 has a checksum. */
    @Test
    @Requirement("RFC 8200 8.1-1")
    @Requirement("RFC 8200 8.1-2")
    @Requirement("RFC 8200 8.1-4")
    void udp_withoutChecksum_dropped() {
        net.send(Ipv6Packet.of(
                PEER_LINK_LOCAL,
                LINK_LOCAL,
                Ipv4Packet.UDP,
                new UdpDatagram(9, 7, false, HELLO).encode(PEER_LINK_LOCAL, LINK_LOCAL)));
        expectDropped(DropReason.UDP_CHECKSUM);
    }

    /** A mapped address on the wire would be taken for IPv4, so neither end may have one (RFC 4942 section 2.2). */
    @Test
    void header_mappedAddress_isMartian() throws StackException {
        net.nic.addAddress(IpAddress.parse("192.0.2.1"), 24);
        net.frames();
        Ipv6Packet mapped = udp(PEER_LINK_LOCAL, LINK_LOCAL, 7);
        byte[] packet = mapped.encode().toArray();
        byte[] prefix = Bytes.hex("00000000000000000000ffff c0000201").toArray();
        System.arraycopy(prefix, 0, packet, 24, 16);
        net.send(dev.atoll.stack.frames.TestLink.MAC, EthernetFrame.IPV6, Bytes.of(packet));
        assertEquals(1, net.stack.counters().drops(DropReason.IP_MARTIAN));
        packet = mapped.encode().toArray();
        // A stranger's, since one of ours would be refused anyway.
        prefix[15] = 9;
        System.arraycopy(prefix, 0, packet, 8, 16);
        net.send(dev.atoll.stack.frames.TestLink.MAC, EthernetFrame.IPV6, Bytes.of(packet));
        assertEquals(2, net.stack.counters().drops(DropReason.IP_MARTIAN));
        assertEquals(-1, endpoint.nextLength());
    }

    /** RFC 4291 section 2.5.3 and 2.7: loopback from outside, a group as source, a group of the node itself. */
    @Test
    void header_impossibleAddresses_areMartian() {
        net.send(udp(IpAddress.V6_LOOPBACK, LINK_LOCAL, 7));
        net.send(udp(GROUP, LINK_LOCAL, 7));
        net.send(udp(LINK_LOCAL, LINK_LOCAL, 7));
        net.send(udp(PEER_LINK_LOCAL, IpAddress.parse("ff01::1"), 7));
        assertEquals(4, net.stack.counters().drops(DropReason.IP_MARTIAN));
        net.expectNothing();
    }

    /** RFC 4291 section 2.7.1 (errata 3480): such a group is for loopback transmission. */
    @Test
    void groupOfTheNode_reachesOwnMembers_andNotTheLink() throws StackException {
        IpAddress group = IpAddress.parse("ff01::5");
        endpoint.joinGroup(group, net.nic.id(), null);
        endpoint.setOption(EndpointOption.IP_MULTICAST_IF, net.nic.id());
        endpoint.send(ByteBuffer.wrap(HELLO.toArray()), new FullAddress(group, 7));
        ByteBuffer got = ByteBuffer.allocate(10);
        assertNotNull(endpoint.receive(got));
        assertEquals(HELLO.length(), got.position());
        net.expectNothing();
    }

    /** RFC 4291 section 2.7.1: not our group, not our packet. */
    @Test
    void header_otherGroup_isNotOurs() {
        net.send(udp(PEER_LINK_LOCAL, IpAddress.parse("ff02::1234"), 7));
        expectDropped(DropReason.IP_NOT_LOCAL);
    }

    /** RFC 4443 section 2.4 (e.1): not even if the fault is in front of the error. */
    @Test
    @Requirement("RFC 4443 2.4-e1")
    void fault_inFrontOfAnError_isNotReported() {
        Bytes quoted = udp(LINK_LOCAL, PEER_LINK_LOCAL, 9).encode();
        Icmpv6Message error = new Icmpv6Message(Icmpv6Message.TIME_EXCEEDED, 0, 0, quoted);
        net.send(error.packet(PEER_LINK_LOCAL, LINK_LOCAL)
                .with(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "8000")));
        expectDropped(DropReason.IPV6_PARAMETER_PROBLEM);
        net.expectNothing();
    }

    /** RFC 8201 section 4: no link carries less than 1280 bytes, so nobody can honestly say so. */
    @Test
    @Requirement("RFC 8200 4.5-15")
    void packetTooBig_belowTheLeastMtu_isIgnored() throws StackException {
        Bytes quoted = Ipv6Packet.of(
                        LINK_LOCAL,
                        PEER_LINK_LOCAL,
                        Ipv4Packet.UDP,
                        new UdpDatagram(7, 9, HELLO).encode(LINK_LOCAL, PEER_LINK_LOCAL))
                .encode();
        net.send(new Icmpv6Message(Icmpv6Message.PACKET_TOO_BIG, 0, 1279, quoted).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        expectDropped(DropReason.ICMP_MALFORMED);
        endpoint.send(ByteBuffer.allocate(1400), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        net.expect(ipv6(extensions()));
    }

    /** RFC 4007 section 6: an address of one link says nothing about another. */
    @Test
    void packet_fromAnAddressThatIsOursOnAnotherLink_isDelivered() throws StackException {
        TestLink link = new TestLink(1500);
        Nic other = net.stack.createNic("eth1", link);
        other.addAddress(IpAddress.parse("fe80::aa"), 64);
        net.nic.addAddress(IpAddress.parse("fe80::bb"), 64);
        net.frames();
        net.send(udp(IpAddress.parse("fe80::aa"), LINK_LOCAL, 7));
        ByteBuffer got = ByteBuffer.allocate(10);
        FullAddress sender = endpoint.receive(got);
        assertNotNull(sender);
        assertEquals(net.nic.id(), sender.nicId());
        endpoint.send(ByteBuffer.wrap(HELLO.toArray()), sender);
        net.expect(ipv6(icmp6(Icmpv6Message.SOLICITATION, 0)));
    }

    /** RFC 4443 section 2.3. */
    @Test
    @Requirement("RFC 4443 2.3-1")
    void echo_withABadChecksum_isDropped() {
        Icmpv6Message request = new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, HELLO);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv6Packet.ICMP, request.encode(GROUP, LINK_LOCAL)));
        net.expectNothing();
        assertEquals(1, net.stack.counters().drops(DropReason.ICMP_MALFORMED));
    }

    /** RFC 4443 section 2.4 (a). */
    @Test
    @Requirement("RFC 4443 2.4-a")
    void error_ofUnknownType_reachesTheSender() throws StackException {
        endpoint.connect(new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        endpoint.setOption(EndpointOption.IP_RECVERR, true);
        Bytes quoted = Ipv6Packet.of(
                        LINK_LOCAL,
                        PEER_LINK_LOCAL,
                        Ipv4Packet.UDP,
                        new UdpDatagram(7, 9, HELLO).encode(LINK_LOCAL, PEER_LINK_LOCAL))
                .encode();
        net.send(new Icmpv6Message(100, 0, 0, quoted).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        assertNotNull(endpoint.takeError());
    }

    /** RFC 4443 section 2.4 (b). */
    @Test
    @Requirement("RFC 3810 5-2")
    @Requirement("RFC 4443 2.4-b")
    void informational_ofUnknownType_isDroppedInSilence() {
        net.send(new Icmpv6Message(200, 0, 0, HELLO).packet(PEER_LINK_LOCAL, LINK_LOCAL));
        net.expectNothing();
        assertEquals(1, net.stack.counters().drops(DropReason.ICMP_UNRELATED));
    }

    /** RFC 4443 section 2.4 (c). */
    @Test
    @Requirement("RFC 4443 2.4-c")
    void error_aboutALargePacket_quotesAsMuchAsFits() {
        Bytes payload = Bytes.of(new byte[1400]);
        Ipv6Packet packet = Ipv6Packet.of(
                PEER_LINK_LOCAL,
                LINK_LOCAL,
                Ipv4Packet.UDP,
                new UdpDatagram(9, 8, payload).encode(PEER_LINK_LOCAL, LINK_LOCAL));
        net.send(packet);
        net.expect(ipv6(icmp6(Icmpv6Message.UNREACHABLE, 4, body(packet.encode().slice(0, 1280 - 48)))));
    }

    /** RFC 4443 section 2.4 (e.2). */
    @Test
    @Requirement("RFC 4443 2.4-e2")
    void redirect_withAFaultInFront_isNotReported() {
        Icmpv6Message redirect = new Icmpv6Message(Icmpv6Message.REDIRECT, 0, 0, Bytes.of(new byte[32]));
        net.send(redirect.packet(PEER_LINK_LOCAL, LINK_LOCAL)
                .with(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "be00")));
        expectDropped(DropReason.IPV6_PARAMETER_PROBLEM);
        net.expectNothing();
    }

    /** RFC 8200 section 3: only who forwards looks at it. */
    @Test
    @Requirement("RFC 8200 3-3")
    void packet_withHopLimitZero_isDelivered() throws StackException {
        net.send(udp().withHopLimit(0));
        expectDelivered();
    }

    /** RFC 8200 section 7. */
    @Test
    @Requirement("RFC 8200 7-1")
    void trafficClass_isWhatTheEndpointSays() throws StackException {
        endpoint.setOption(EndpointOption.IP_TOS, 0x28);
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
        net.expect(ipv6(trafficClass(0x28)));
    }

    /** RFC 4443 section 2.4 (e.4) and (e.5): to one node, but in a frame to several. */
    @Test
    @Requirement("RFC 4443 2.4-e4")
    @Requirement("RFC 4443 2.4-e5")
    void error_aboutWhatTheLinkSpread_isNotSent() {
        for (String link : new String[] {"33:33:ff:00:00:01", "ff:ff:ff:ff:ff:ff"}) {
            for (Ipv6Packet packet : new Ipv6Packet[] {
                udp(PEER_LINK_LOCAL, LINK_LOCAL, 8), udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "de00"))
            }) {
                net.send(MacAddress.parse(link), EthernetFrame.IPV6, packet.encode());
            }
        }
        net.expectNothing();
        net.send(udp(PEER_LINK_LOCAL, LINK_LOCAL, 8));
        assertEquals(1, net.frames().size());
    }

    /** RFC 8200 section 4: one header after the other, so that of two faults the first is met. */
    @Test
    @Requirement("RFC 8200 4-1")
    void extensions_withTwoFaults_theFirstIsReported() {
        Extension unknown = Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "9e00");
        Extension segmentsLeft = new Extension(Ipv6Packet.ROUTING, Bytes.hex("00 77 01 00000000"));
        net.send(udp(unknown, segmentsLeft));
        expectProblem(2, 42);
        net.send(udp(segmentsLeft, unknown));
        expectProblem(0, 42);
    }

    /** RFC 8200 section 4.2: so are options, of which the first that may not be passed over decides. */
    @Test
    @Requirement("RFC 8200 4.2-3")
    void options_ofOneHeader_areProcessedInTheirOrder() {
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "7e00 be00")));
        net.expectNothing();
        expectDropped(DropReason.IPV6_PARAMETER_PROBLEM);
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "be00 7e00")));
        expectProblem(2, 42);
    }

    /** RFC 8200 section 4.2: what has the lower bits of padding or of the router alert is another option. */
    @Test
    @Requirement("RFC 8200 4.2-4")
    void options_thatDifferInTheHighestBits_areNotKnown() {
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "8002 0000")));
        expectProblem(2, 42);
        net.send(udp(Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "8102 0000")));
        expectProblem(2, 42);
        net.send(udp(Extension.options(Ipv6Packet.HOP_BY_HOP, "8502 0000")));
        expectProblem(2, 42);
    }

    /** RFC 8200 section 5. */
    @Test
    @Requirement("RFC 8200 5-4")
    void packet_asLargeAsTheLinksMtu_isDelivered() throws StackException {
        Bytes payload = Bytes.of(new byte[1500 - 48]);
        Ipv6Packet packet = Ipv6Packet.of(
                PEER_LINK_LOCAL,
                LINK_LOCAL,
                Ipv4Packet.UDP,
                new UdpDatagram(9, 7, payload).encode(PEER_LINK_LOCAL, LINK_LOCAL));
        assertEquals(1500, packet.encode().length());
        net.send(packet);
        assertEquals(payload.length(), endpoint.nextLength());
    }

    /** RFC 8200 section 8.1: of upper layers without a length of their own, the payload less what is before them. */
    @Test
    @Requirement("RFC 8200 8.1-3")
    void checksum_behindExtensionHeaders_isOfTheUpperLayerAlone() {
        Extension options = Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "1e04 01020304");
        net.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, HELLO)
                .packet(PEER_LINK_LOCAL, LINK_LOCAL)
                .with(options));
        net.expect(ipv6(icmp6(Icmpv6Message.ECHO_REPLY, 0, body(HELLO))));
        Bytes syn = new TcpSegment(9, 8, 1, 0, TcpSegment.SYN, 1000, 0, List.of(), Bytes.EMPTY)
                .encode(PEER_LINK_LOCAL, LINK_LOCAL);
        net.send(Ipv6Packet.of(PEER_LINK_LOCAL, LINK_LOCAL, Ipv4Packet.TCP, syn).with(options));
        Ipv6Packet answer =
                Ipv6Packet.decode(EthernetFrame.decode(net.frames().get(0)).payload());
        assertTrue(
                TcpSegment.decode(answer.payload(), LINK_LOCAL, PEER_LINK_LOCAL).has(TcpSegment.RST));
    }

    /** RFC 8200 section 8.1: a computed sum of zero would say that there is none. */
    @Test
    @Requirement("RFC 8200 8.1-2")
    void udp_whoseChecksumIsZero_isSentWithAllOnes() throws StackException {
        FullAddress to = new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9);
        endpoint.send(ByteBuffer.allocate(2), to);
        int checksum = checksumSent();
        // Added to a sum, its complement makes it all ones, whose complement is zero.
        endpoint.send(ByteBuffer.allocate(2).putShort(0, (short) checksum), to);
        assertEquals(0xffff, checksumSent());
    }

    private int checksumSent() {
        return Ipv6Packet.decode(EthernetFrame.decode(net.frames().get(0)).payload())
                .payload()
                .u16(6);
    }

    /** RFC 8200 section 5: a NIC that has IPv6 takes no less, and a link that carries less has no IPv6. */
    @Test
    @Requirement("RFC 8200 5-1")
    void mtu_belowTheLeast_isNoLinkForIpv6() throws StackException {
        net.nic.setMtuBytes(1280);
        assertThrows(IllegalArgumentException.class, () -> net.nic.setMtuBytes(1279));
        try (OneStack small = new OneStack(Ipv6Settings.DEFAULT, 1279)) {
            assertEquals(List.of(), small.nic.addresses());
            small.send(new Icmpv6Message(Icmpv6Message.ECHO_REQUEST, 0, 1, HELLO).packet(PEER_LINK_LOCAL, GROUP));
            small.advance(10 * OneStack.SECOND);
            small.expectNothing();
        }
    }

    /** RFC 8200 section 6, RFC 6437 section 3. */
    @Test
    @Requirement("RFC 8200 6-1")
    void flowLabel_isOneOfAFlow() throws StackException {
        int first = labelTo(9);
        assertNotEquals(0, first);
        assertEquals(first, labelTo(9));
        assertNotEquals(first, labelTo(10));
    }

    private int labelTo(int port) throws StackException {
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(net.nic.id(), PEER_LINK_LOCAL, port));
        return Ipv6Packet.decode(EthernetFrame.decode(net.frames().get(0)).payload())
                .flowLabel();
    }
}
