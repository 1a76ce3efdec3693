package dev.atoll.stack.ip;

import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.dontFragment;
import static dev.atoll.stack.check.Checks.field;
import static dev.atoll.stack.check.Checks.icmp;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.source;
import static dev.atoll.stack.check.Checks.tos;
import static dev.atoll.stack.check.Checks.ttl;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.IcmpLimit;
import dev.atoll.stack.Nic;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import dev.atoll.stack.wire.Subnet;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The IPv4 header, its options, and ICMP as a host has it, judged by frames this test makes itself. */
class Ipv4Test {
    private static final IpAddress OURS = IpAddress.parse("192.0.2.1");
    private static final IpAddress PEER = IpAddress.parse("192.0.2.9");
    private static final IpAddress ROUTER = IpAddress.parse("192.0.2.254");
    private static final IpAddress BETTER = IpAddress.parse("192.0.2.253");
    private static final IpAddress FAR = IpAddress.parse("198.51.100.7");
    private static final MacAddress ROUTER_MAC = MacAddress.parse("02:00:00:00:00:41");
    private static final MacAddress BETTER_MAC = MacAddress.parse("02:00:00:00:00:42");
    private static final int NO_PORT = 9999;

    private final OneStack net;
    private final UdpEndpoint endpoint;

    Ipv4Test() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS, 24);
        net.nic.neighbors().setStatic(PEER, PEER_MAC);
        net.nic.neighbors().setStatic(ROUTER, ROUTER_MAC);
        net.stack.routes().add(Subnet.V4_ALL, ROUTER, net.nic);
        net.frames();
        endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V4_ANY, 7));
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        net.close();
    }

    private static Ipv4Packet udp(IpAddress from, IpAddress to, int port, String options) {
        Bytes datagram = new UdpDatagram(9, port, Bytes.hex("01")).encode(from, to);
        return new Ipv4Packet(0, 1, true, false, 0, 64, Ipv4Packet.UDP, from, to, Bytes.hex(options), datagram);
    }

    private boolean isDelivered() throws StackException {
        return endpoint.receive(ByteBuffer.allocate(10)) != null;
    }

    // --- Options (RFC 1122 section 3.2.1.8)

    private static Ipv4Packet echo(String options) {
        Bytes message = new IcmpMessage(IcmpMessage.ECHO_REQUEST, 0, 1, Bytes.hex("0102")).encode();
        return new Ipv4Packet(0, 1, true, false, 0, 64, Ipv4Packet.ICMP, PEER, OURS, Bytes.hex(options), message);
    }

    private void expectEchoWith(String options) {
        net.expect(ipv4(
                source(OURS),
                destination(PEER),
                field("options", Ipv4Packet::options, Bytes.hex(options)),
                icmp(IcmpMessage.ECHO_REPLY, 0)));
    }

    /** RFC 1042: the type is behind a header of IEEE 802.2, and what would be the type is a length. */
    @Test
    @Requirement("RFC 1122 2.3.3-2")
    void frameOfIeee802_isTakenWhereThatIsSet() {
        Bytes packet = echo("").encode();
        for (String header :
                List.of("aaaa03 000000 0800", "aaaa03 000001 0800", "424203 000000 0800", "aaaa03 000000 0900")) {
            Bytes frame = Bytes.hex(header + " " + HexFormat.of().formatHex(packet.toArray()));
            net.nic.setTakesIeee802(false);
            net.send(TestLink.MAC, frame.length(), frame);
            net.expectNothing();
            net.nic.setTakesIeee802(true);
            net.send(TestLink.MAC, frame.length(), frame);
            if (header.equals("aaaa03 000000 0800")) {
                expectEchoWith("");
            } else {
                net.expectNothing();
            }
        }
        net.send(TestLink.MAC, 7, Bytes.hex("aaaa0300000008"));
        net.expectNothing();
    }

    /** RFC 1122 section 3.2.2.6: as Linux with this host twice, as it was reached and as it sends. */
    @Test
    @Requirement("RFC 1122 3.2.1.8-6")
    @Requirement("RFC 1122 3.2.2.6-7")
    @Requirement("features E3")
    void echo_withRecordRoute_comesBackWithUs() {
        net.send(echo("07 13 08 0a000001 00000000 00000000 00000000 00"));
        expectEchoWith("07 13 10 0a000001 c0000201 c0000201 00000000 00");
        net.send(echo("07 07 04 00000000 00"));
        expectEchoWith("07 07 08 c0000201 00");
        net.send(echo("07 07 08 0a000001 00"));
        expectEchoWith("07 07 08 0a000001 00");
    }

    /** RFC 791 section 3.1: milliseconds since midnight UT; the other kinds with addresses. */
    @Test
    @Requirement("RFC 791 3.1-9")
    @Requirement("RFC 1122 3.2.1.8-6")
    @Requirement("RFC 1122 3.2.2.6-7")
    @Requirement("features E3")
    void echo_withTimestamps_comesBackWithOurs() {
        net.clock.advanceTo(net.clock.nowNs() + 5_000_000);
        String now = String.format("%08x", net.clock.epochNs() / 1_000_000 % 86_400_000);
        net.send(echo("44 0c 05 00 00000000 00000000"));
        expectEchoWith("44 0c 0d 00" + now + now);
        net.send(echo("44 0c 05 01 00000000 00000000"));
        expectEchoWith("44 0c 0d 11 c0000201" + now);
        net.send(echo("44 14 05 03 c0000201 00000000 0a000001 00000000"));
        expectEchoWith("44 14 0d 03 c0000201" + now + "0a000001 00000000");
    }

    @Test
    void echo_withOtherOptions_comesBackWithoutThem() {
        net.send(echo("94040000 01 1e03ff"));
        expectEchoWith("");
    }

    /** A large answer with options is cut behind them. */
    @Test
    void echo_largeWithOptions_isCutBehindThem() {
        Bytes message = new IcmpMessage(IcmpMessage.ECHO_REQUEST, 0, 1, Bytes.of(new byte[1800])).encode();
        for (int at : new int[] {0, 1000}) {
            net.send(new Ipv4Packet(
                    0,
                    7,
                    false,
                    at == 0,
                    at,
                    64,
                    Ipv4Packet.ICMP,
                    PEER,
                    OURS,
                    Bytes.hex(at == 0 ? "07 0b 04 00000000 00000000 00" : ""),
                    message.slice(at, at == 0 ? 1000 : message.length())));
        }
        int bytes = 0;
        for (byte[] frame : net.frames()) {
            Ipv4Packet packet = Ipv4Packet.decode(EthernetFrame.decode(frame).payload());
            assertEquals(bytes, packet.fragmentOffset());
            assertEquals(
                    Bytes.hex(bytes == 0 ? "07 0b 0c c0000201 c0000201 00" : "01010101 01010101 01010100"),
                    packet.options());
            bytes += packet.payload().length();
        }
        assertEquals(message.length(), bytes);
    }

    @Test
    @Requirement("RFC 791 3.1-6")
    @Requirement("RFC 1122 3.2.1.8-3")
    @Requirement("RFC 1122 3.2.1.8-4")
    @Requirement("features E3")
    void options_unknown_areDeliveredPast() throws StackException {
        net.send(udp(PEER, OURS, 7, "01 1e03ff 88040001 00 ffffff"));
        assertTrue(isDelivered());
        net.expectNothing();
    }

    @Test
    void options_thatChooseTheWay_areRefused() throws StackException {
        net.send(udp(PEER, OURS, 7, "83 07 08 c0000201 00"));
        assertFalse(isDelivered());
        assertEquals(1, net.stack.counters().drops(DropReason.IPV4_SOURCE_ROUTE));
        net.expectNothing();
    }

    private void expectProblem(String options, int pointer) throws StackException {
        net.send(udp(PEER, OURS, 7, options));
        net.expect(ipv4(
                destination(PEER),
                icmp(IcmpMessage.PARAMETER_PROBLEM, 0, field("pointer", IcmpMessage::rest, pointer << 24))));
        assertFalse(isDelivered());
    }

    /** RFC 1122 section 3.2.2.5, at the places Linux points at. */
    @Test
    @Requirement("RFC 1122 3.2.2.5-1")
    @Requirement("features E8")
    void options_faulty_areReported() throws StackException {
        expectProblem("1e 01 0000", 20);
        expectProblem("01 1e 04 00", 21);
        expectProblem("01 01 01 1e", 23);
        expectProblem("07 02 0000", 21);
        expectProblem("07 07 03 00000000 00", 22);
        expectProblem("07 07 05 00000000 00", 22);
        expectProblem("07 03 04 07 03 04 0000", 23);
        expectProblem("44 03 05 00", 21);
        expectProblem("44 08 04 00 00000000", 22);
        expectProblem("44 08 05 01 00000000", 22);
        expectProblem("44 04 05 f0", 23);
        expectProblem("94 03 00 00", 21);
    }

    // --- Addresses (RFC 1122 section 3.2.1.3)

    @Test
    @Requirement("RFC 1122 3.1-4")
    @Requirement("RFC 1122 3.2.1.3-3")
    @Requirement("RFC 1122 3.2.1.3-4")
    @Requirement("RFC 1122 3.2.1.3-5")
    @Requirement("RFC 1122 3.2.2-10")
    @Requirement("RFC 1122 4.1.3.6-1")
    @Requirement("features E1")
    void packet_fromNobody_isDropped() throws StackException {
        for (String from :
                new String[] {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.255"}) {
            net.send(udp(IpAddress.parse(from), OURS, 7, ""));
            assertFalse(isDelivered(), from);
        }
        net.send(udp(PEER, IpAddress.parse("0.0.0.0"), 7, ""));
        net.send(udp(PEER, IpAddress.parse("127.0.0.1"), 7, ""));
        assertEquals(8, net.stack.counters().drops(DropReason.IP_MARTIAN));
        net.expectNothing();
    }

    /** A host that asks for its address has none. */
    @Test
    void broadcast_fromAHostWithoutAddress_isDelivered() throws StackException {
        net.send(
                MacAddress.parse("ff:ff:ff:ff:ff:ff"),
                EthernetFrame.IPV4,
                udp(IpAddress.V4_ANY, IpAddress.V4_BROADCAST, 7, "").encode());
        assertTrue(isDelivered());
    }

    @Test
    @Requirement("RFC 1122 3.2.1.3-1")
    @Requirement("RFC 1122 3.2.2-7")
    void broadcast_ofTheSubnet_isDelivered_andNotAnswered() throws StackException {
        net.send(udp(PEER, IpAddress.parse("192.0.2.255"), 7, ""));
        assertTrue(isDelivered());
        net.send(udp(PEER, IpAddress.parse("192.0.2.255"), NO_PORT, ""));
        net.expectNothing();
    }

    /** A promiscuous NIC shows frames for others; they are still not for us. */
    @Test
    void frame_forAnotherHost_isNotDelivered() throws StackException {
        net.nic.setPromiscuous(true);
        net.send(ROUTER_MAC, EthernetFrame.IPV4, udp(PEER, OURS, 7, "").encode());
        assertFalse(isDelivered());
    }

    /** A group is heard on the link: no router carries it there, and a NIC that is named needs no route. */
    @Test
    @Requirement("RFC 1122 3.3.7-1")
    void multicast_underADefaultRoute_goesToTheGroup() throws StackException {
        IpAddress group = IpAddress.parse("239.1.2.3");
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(group, 9));
        net.expect(linkDestination(MacAddress.parse("01:00:5e:01:02:03")));
        net.stack.routes().remove(Subnet.V4_ALL, ROUTER, net.nic);
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(net.nic.id(), group, 9));
        net.expect(linkDestination(MacAddress.parse("01:00:5e:01:02:03")));
    }

    // --- ICMP

    /** RFC 1122 section 3.2.2: no error about an error, a redirect, or a later fragment. */
    @Test
    @Requirement("RFC 1122 3.2.2-6")
    void error_aboutWhatMayNotBeAnswered_isNotSent() {
        for (int type : new int[] {IcmpMessage.UNREACHABLE, IcmpMessage.SOURCE_QUENCH, IcmpMessage.REDIRECT}) {
            Bytes message = new IcmpMessage(type, 0, 0, udp(OURS, PEER, 7, "").encode()).encode();
            net.send(new Ipv4Packet(
                    0, 1, true, false, 0, 64, Ipv4Packet.ICMP, PEER, OURS, Bytes.hex("07 03 03 00"), message));
        }
        net.expectNothing();
        assertEquals(3, net.stack.counters().drops(DropReason.IPV4_PARAMETER_PROBLEM));
    }

    private void redirect(IpAddress from, IpAddress to) {
        Bytes quoted = udp(OURS, FAR, 9, "").encode();
        Bytes message = new IcmpMessage(IcmpMessage.REDIRECT, 1, to.v4Bits(), quoted).encode();
        net.send(Ipv4Packet.of(from, OURS, Ipv4Packet.ICMP, message));
    }

    private void expectFarBy(MacAddress hop) throws StackException {
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(FAR, 9));
        net.expect(linkDestination(hop));
    }

    /** RFC 1122 section 3.2.2.2. */
    @Test
    @Requirement("RFC 1122 3.2.2.2-2")
    @Requirement("RFC 1122 3.2.2.2-4")
    @Requirement("RFC 1122 3.3.1.1-1")
    @Requirement("RFC 1122 3.3.1.2-1")
    @Requirement("RFC 1122 3.3.1.2-3")
    void redirect_byTheFirstHop_isFollowedWhileItsTargetAnswers() throws StackException {
        net.nic.neighbors().setStatic(BETTER, BETTER_MAC);
        redirect(PEER, BETTER);
        expectFarBy(ROUTER_MAC);
        redirect(ROUTER, FAR);
        expectFarBy(ROUTER_MAC);
        redirect(ROUTER, IpAddress.parse("192.0.2.255"));
        expectFarBy(ROUTER_MAC);
        assertEquals(3, net.stack.counters().drops(DropReason.ICMP_UNRELATED));
        redirect(ROUTER, BETTER);
        expectFarBy(BETTER_MAC);
        net.nic.neighbors().remove(BETTER);
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(FAR, 9));
        net.advance(4 * OneStack.SECOND);
        net.frames();
        expectFarBy(ROUTER_MAC);
    }

    /** RFC 1812 section 4.3.2.8: readable and settable while the stack runs. */
    @Test
    @Requirement("RFC 4443 2.4-f2")
    @Requirement("features E9")
    @Requirement("features M18")
    void limit_ofErrors_isReadAndSetWhileRunning() {
        IcmpLimit limit = net.stack.icmpLimit();
        assertEquals(1000, limit.perSecond());
        assertEquals(50, limit.burst());
        assertEquals(50, unreachables(100));
        assertEquals(50, net.stack.counters().drops(DropReason.ICMP_RATE_LIMITED));
        net.clock.advanceTo(net.clock.nowNs() + 10_000_000);
        assertEquals(10, unreachables(100));
        limit.setPerSecond(0);
        net.clock.advanceTo(net.clock.nowNs() + OneStack.SECOND);
        assertEquals(0, unreachables(10));
        limit.setPerSecond(10);
        limit.setBurst(2);
        net.clock.advanceTo(net.clock.nowNs() + OneStack.SECOND);
        assertEquals(2, unreachables(10));
        net.clock.advanceTo(net.clock.nowNs() + OneStack.SECOND);
        assertTrue(limit.allow());
        assertEquals(1, unreachables(10));
        limit.setBurst(0);
        net.clock.advanceTo(net.clock.nowNs() + OneStack.SECOND);
        assertFalse(limit.allow());
        assertThrows(IllegalArgumentException.class, () -> limit.setBurst(-1));
        assertThrows(IllegalArgumentException.class, () -> limit.setPerSecond(-1));
    }

    @Test
    @Requirement("RFC 1122 3.2.2-5")
    void typeOfService_ofErrors_isAsSet() {
        assertEquals(0xc0, net.stack.icmpErrorTos());
        for (int tos : new int[] {0xc0, 0}) {
            net.stack.setIcmpErrorTos(tos);
            net.send(udp(PEER, OURS, NO_PORT, ""));
            net.expect(ipv4(tos(tos), icmp(IcmpMessage.UNREACHABLE, 3)));
        }
        assertThrows(IllegalArgumentException.class, () -> net.stack.setIcmpErrorTos(256));
    }

    /** As Linux has it, and without DF: errors are small. */
    @Test
    void typeOfService_ofErrors_hasTheBitsOfThePacket() {
        net.send(udp(PEER, OURS, NO_PORT, "").withTos(0xbb));
        net.expect(ipv4(tos(0xda), dontFragment(false), icmp(IcmpMessage.UNREACHABLE, 3)));
        net.stack.setIcmpErrorTos(0);
        net.send(udp(PEER, OURS, NO_PORT, "").withTos(0xbb));
        net.expect(ipv4(tos(0), icmp(IcmpMessage.UNREACHABLE, 3)));
    }

    /** Connection tracking tells an answer by it. */
    @Test
    void echo_comesBackWithItsCode() {
        Bytes message = new IcmpMessage(IcmpMessage.ECHO_REQUEST, 5, 7, Bytes.EMPTY).encode();
        net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.ICMP, message));
        net.expect(ipv4(dontFragment(false), icmp(IcmpMessage.ECHO_REPLY, 5)));
    }

    private int unreachables(int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            net.send(udp(PEER, OURS, NO_PORT, ""));
        }
        return net.frames().size();
    }

    /** RFC 1122 section 3.2.1.5: identification tells fragments apart, so no two packets in a row share one. */
    @Test
    @Requirement("features E2")
    void identification_differsFromPacketToPacket() throws StackException {
        int last = -1;
        for (int i = 0; i < 5; i++) {
            endpoint.send(ByteBuffer.allocate(1), new FullAddress(PEER, 9));
            int id = Ipv4Packet.decode(EthernetFrame.decode(net.frames().get(0)).payload())
                    .id();
            assertTrue(last == -1 || id == (last + 1 & 0xffff));
            last = id;
        }
    }

    /** RFC 791 section 3.1. */
    @Test
    @Requirement("RFC 791 3.1-4")
    @Requirement("RFC 1122 3.2.1.2-1")
    void header_withABadChecksum_isDropped() throws StackException {
        byte[] packet = udp(PEER, OURS, 7, "").encode().toArray();
        packet[11]++;
        net.send(dev.atoll.stack.frames.TestLink.MAC, EthernetFrame.IPV4, Bytes.of(packet));
        assertFalse(isDelivered());
        assertEquals(1, net.stack.counters().drops(DropReason.IP_CHECKSUM));
        net.expectNothing();
    }

    /** RFC 1122 sections 3.2.1.6 and 3.2.1.7: out as the endpoint says, in as the receiver learns. */
    @Test
    @Requirement("RFC 791 3.3-1")
    @Requirement("RFC 1122 3.2.1.6-1")
    @Requirement("RFC 1122 3.2.1.6-2")
    @Requirement("RFC 1122 3.2.1.7-1")
    @Requirement("RFC 1122 3.2.1.7-2")
    @Requirement("RFC 1122 3.2.1.7-3")
    @Requirement("RFC 1122 3.4-1")
    @Requirement("RFC 1122 4.1.3.5-1")
    @Requirement("RFC 1122 4.1.4-1")
    @Requirement("RFC 1122 4.1.4-2")
    @Requirement("RFC 1122 3.4-2")
    @Requirement("features E13")
    void tosAndTtl_areWhatTheEndpointSays() throws StackException {
        endpoint.setOption(EndpointOption.IP_TOS, 0x28);
        endpoint.setOption(EndpointOption.IP_TTL, 5);
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(PEER, 9));
        net.expect(ipv4(tos(0x28), ttl(5)));
        assertThrows(StackException.class, () -> endpoint.setOption(EndpointOption.IP_TTL, 0));
        Bytes datagram = new UdpDatagram(9, 7, Bytes.hex("01")).encode(PEER, OURS);
        net.send(new Ipv4Packet(0x68, 1, true, false, 0, 1, Ipv4Packet.UDP, PEER, OURS, Bytes.EMPTY, datagram));
        ReceivedMessage message = endpoint.receiveMessage(ByteBuffer.allocate(1));
        assertEquals(0x68, java.util.Objects.requireNonNull(message).tos());
        assertEquals(1, message.ttl());
        assertEquals(OURS, message.destination().address());
        assertEquals(net.nic.id(), message.destination().nicId());
    }

    /** RFC 791 section 3.1, each fault by itself, under a checksum that is right. */
    @Test
    @Requirement("RFC 791 3.1-1")
    @Requirement("features E1")
    void header_thatContradictsItself_isDropped() throws StackException {
        Bytes good = udp(PEER, OURS, 7, "").encode();
        sendWithHeader(good, 0, 0x55);
        sendWithHeader(good, 0, 0x44);
        sendWithHeader(good, 3, 19);
        sendWithHeader(good, 3, good.length() + 1);
        assertEquals(4, net.stack.counters().drops(DropReason.IP_HEADER_MALFORMED));
        assertFalse(isDelivered());
        net.expectNothing();
        sendWithHeader(good, 3, good.length());
        assertTrue(isDelivered());
    }

    /** The packet with one octet changed and the checksum of what is then its header. */
    private void sendWithHeader(Bytes packet, int at, int octet) {
        byte[] bytes = packet.toArray();
        bytes[at] = (byte) octet;
        bytes[10] = 0;
        bytes[11] = 0;
        int sum = 0;
        for (int i = 0; i < (bytes[0] & 0xf) * 4; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        bytes[10] = (byte) (~sum >>> 8);
        bytes[11] = (byte) ~sum;
        net.send(TestLink.MAC, EthernetFrame.IPV4, Bytes.of(bytes));
    }

    /** RFC 1122 section 3.2.1.1. */
    @Test
    @Requirement("RFC 1122 3.2.1.1-1")
    void packet_ofAnotherVersion_isDroppedInSilence() throws StackException {
        for (int version : new int[] {0, 3, 5, 6, 15}) {
            sendWithHeader(udp(PEER, OURS, NO_PORT, "").encode(), 0, version << 4 | 5);
        }
        assertEquals(5, net.stack.counters().drops(DropReason.IP_HEADER_MALFORMED));
        net.expectNothing();
    }

    /** RFC 1122 section 3.2.2; requests for information and the mask are among them. */
    @Test
    @Requirement("RFC 1122 3.2.2-1")
    @Requirement("RFC 1122 3.2.2.7-1")
    @Requirement("RFC 1122 3.2.2.9-2")
    void icmp_ofUnknownType_isDroppedInSilence() {
        int[] types = {1, 2, 7, 15, 17, 42, 255};
        for (int type : types) {
            Bytes message = new IcmpMessage(type, 0, 0, Bytes.of(new byte[12])).encode();
            net.send(Ipv4Packet.of(PEER, OURS, Ipv4Packet.ICMP, message));
        }
        net.expectNothing();
        assertEquals(types.length, net.stack.counters().drops(DropReason.ICMP_UNRELATED));
    }

    /** RFC 1122 section 3.2.2, RFC 1812 section 4.3.2.3: as it came, and as much as every host takes. */
    @Test
    @Requirement("RFC 1122 3.2.2-2")
    @Requirement("RFC 1122 3.2.2-3")
    @Requirement("RFC 1122 3.2.2.1-1")
    @Requirement("RFC 1122 3.3.8-1")
    @Requirement("RFC 1122 4.1.3.1-1")
    @Requirement("features E8")
    void error_quotesThePacketAsItCame() {
        for (int size : new int[] {1, 700}) {
            Bytes datagram = new UdpDatagram(9, NO_PORT, Bytes.of(new byte[size])).encode(PEER, OURS);
            Bytes packet = new Ipv4Packet(
                            0x28, 77, true, false, 0, 33, Ipv4Packet.UDP, PEER, OURS, Bytes.hex("01010100"), datagram)
                    .encode();
            net.send(TestLink.MAC, EthernetFrame.IPV4, packet);
            net.expect(ipv4(
                    source(OURS),
                    destination(PEER),
                    icmp(
                            IcmpMessage.UNREACHABLE,
                            3,
                            field("quoted", IcmpMessage::body, packet.slice(0, Math.min(packet.length(), 548))))));
        }
    }

    /** RFC 1122 sections 3.2.2 and 3.3.6: a unicast address in a frame to everybody is nobody's. */
    @Test
    @Requirement("RFC 1122 2.4-1")
    @Requirement("RFC 1122 3.2.2-8")
    @Requirement("RFC 1122 3.3.6-5")
    void packet_theLinkSpread_isNotAnswered() throws StackException {
        net.send(
                MacAddress.BROADCAST, EthernetFrame.IPV4, udp(PEER, OURS, 7, "").encode());
        assertFalse(isDelivered());
        for (MacAddress link : new MacAddress[] {MacAddress.BROADCAST, MacAddress.parse("01:00:5e:00:00:01")}) {
            net.send(link, EthernetFrame.IPV4, udp(PEER, OURS, NO_PORT, "").encode());
        }
        net.expectNothing();
    }

    /** RFC 1122 section 3.2.2: only the first fragment shows what the others belong to. */
    @Test
    @Requirement("RFC 1122 3.2.2-9")
    void error_aboutALaterFragment_isNotSent() {
        Bytes faulty = Bytes.hex("1e010000");
        for (int offset : new int[] {8, 0}) {
            net.send(new Ipv4Packet(
                    0, 1, false, true, offset, 64, Ipv4Packet.UDP, PEER, OURS, faulty, Bytes.of(new byte[8])));
            assertEquals(offset == 0 ? 1 : 0, net.frames().size());
        }
        assertEquals(2, net.stack.counters().drops(DropReason.IPV4_PARAMETER_PROBLEM));
    }

    /** RFC 1122 section 3.2.2.6: nobody needs to be amplified. */
    @Test
    @Requirement("RFC 1122 3.2.2.6-3")
    void echo_toBroadcastOrGroup_isNotAnswered() {
        Bytes message = new IcmpMessage(IcmpMessage.ECHO_REQUEST, 0, 1, Bytes.hex("0102")).encode();
        for (String to : new String[] {"192.0.2.255", "255.255.255.255", "224.0.0.1"}) {
            net.send(Ipv4Packet.of(PEER, IpAddress.parse(to), Ipv4Packet.ICMP, message));
        }
        net.expectNothing();
    }

    /** RFC 1122 section 3.2.2.6. */
    @Test
    @Requirement("RFC 1122 3.1-1")
    @Requirement("RFC 1122 3.2.2.6-1")
    @Requirement("RFC 1122 3.2.2.6-4")
    @Requirement("RFC 1122 3.2.2.6-5")
    @Requirement("RFC 1122 3.3.4.2-1")
    @Requirement("features E8")
    void echo_toOneOfOurAddresses_comesBackFromIt() throws StackException {
        IpAddress second = IpAddress.parse("192.0.2.2");
        net.nic.addAddress(second, 24);
        net.frames();
        Bytes message = new IcmpMessage(IcmpMessage.ECHO_REQUEST, 0, 0x1234_0007, Bytes.hex("0102030405")).encode();
        net.send(Ipv4Packet.of(PEER, second, Ipv4Packet.ICMP, message));
        net.expect(ipv4(
                source(second),
                destination(PEER),
                icmp(
                        IcmpMessage.ECHO_REPLY,
                        0,
                        field("id and sequence", IcmpMessage::rest, 0x1234_0007),
                        field("data", IcmpMessage::body, Bytes.hex("0102030405")))));
    }

    /** RFC 792: as Linux answers, whatever code and however much behind it; in its own time, ms since midnight UT. */
    @Test
    @Requirement("RFC 1122 3.2.2.8-1")
    void timestampRequest_isAnsweredWithTheTimeOfDay() {
        net.clock.advanceTo(3 * 86_400_000_000_000L + 7_000_000_000L);
        net.send(timestampRequest(OURS, "11223344 00000005 00000006 61626364"));
        int now = (int) (net.clock.epochNs() / 1_000_000 % 86_400_000);
        net.expect(ipv4(
                source(OURS),
                destination(PEER),
                icmp(
                        14,
                        0,
                        field("id and sequence", IcmpMessage::rest, 0x0007_0009),
                        field("times", IcmpMessage::body, Bytes.hex(String.format("11223344 %1$08x %1$08x", now))))));
    }

    /** Broadcasts and groups as echoes; what has no room for the times is no request. */
    @Test
    void timestampRequest_toManyOrTooShort_isNotAnswered() {
        for (String to : new String[] {"192.0.2.255", "255.255.255.255", "224.0.0.1"}) {
            net.send(timestampRequest(IpAddress.parse(to), "11223344 00000000 00000000"));
        }
        net.send(timestampRequest(OURS, "11223344 00000000 000000"));
        net.expectNothing();
        assertEquals(4, net.stack.counters().drops(DropReason.ICMP_UNRELATED));
    }

    private static Ipv4Packet timestampRequest(IpAddress to, String times) {
        return Ipv4Packet.of(PEER, to, Ipv4Packet.ICMP, new IcmpMessage(13, 1, 0x0007_0009, Bytes.hex(times)).encode());
    }

    /** RFC 1122 section 3.3.4.2: the weak model unless told otherwise, and then for whole packets and fragments. */
    @Test
    @Requirement("RFC 1122 3.3.4.2-3")
    void packet_toAddressOfAnotherNic_isDroppedByAStrongHost() throws StackException {
        IpAddress elsewhere = IpAddress.parse("198.51.100.1");
        Nic other = net.stack.createNic("eth1", new TestLink(1500));
        other.addAddress(elsewhere, 24);
        net.send(udp(PEER, elsewhere, 7, ""));
        assertTrue(isDelivered());

        net.nic.setStrongHost(true);
        net.send(udp(PEER, elsewhere, 7, ""));
        net.send(new Ipv4Packet(
                0, 1, false, true, 0, 64, Ipv4Packet.UDP, PEER, elsewhere, Bytes.EMPTY, Bytes.of(new byte[8])));
        assertFalse(isDelivered());
        assertEquals(2, net.nic.statistics().drops().get(DropReason.IP_OTHER_INTERFACE));
        assertEquals(0, net.stack.counters().fragmentsReceived);
        net.expectNothing();
        net.send(udp(PEER, OURS, 7, ""));
        assertTrue(isDelivered());
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(elsewhere, 7));
        assertTrue(isDelivered());
    }

    /** RFC 1122 section 3.3.6: to all of a subnet or of the link, in a frame to everybody. */
    @Test
    @Requirement("RFC 1122 3.3.6-3")
    @Requirement("RFC 1122 3.3.6-4")
    @Requirement("RFC 1122 3.3.6-6")
    @Requirement("RFC 1122 3.3.6-2")
    void broadcast_leavesInALinkBroadcast() throws StackException {
        for (String to : new String[] {"192.0.2.255", "255.255.255.255"}) {
            FullAddress everybody = new FullAddress(IpAddress.parse(to), 9);
            endpoint.setOption(EndpointOption.SO_BROADCAST, false);
            assertThrows(StackException.class, () -> endpoint.send(ByteBuffer.allocate(1), everybody));
            endpoint.setOption(EndpointOption.SO_BROADCAST, true);
            endpoint.send(ByteBuffer.allocate(1), everybody);
            net.expect(linkDestination(MacAddress.BROADCAST), ipv4(destination(everybody.address())));
            net.send(
                    MacAddress.BROADCAST,
                    EthernetFrame.IPV4,
                    udp(PEER, everybody.address(), 7, "").encode());
            assertTrue(isDelivered());
        }
    }

    @Test
    @Requirement("RFC 1122 3.3.6-1")
    void broadcast_ofZeros_isTakenWhereThatIsSet() throws StackException {
        IpAddress lowest = IpAddress.parse("192.0.2.0");
        List<IpAddress> forms = List.of(lowest, IpAddress.V4_ANY);
        for (IpAddress form : forms) {
            net.send(
                    MacAddress.BROADCAST,
                    EthernetFrame.IPV4,
                    udp(PEER, form, 7, "").encode());
            assertFalse(isDelivered());
        }
        net.nic.setTakesZeroBroadcasts(true);
        for (IpAddress form : forms) {
            net.send(
                    MacAddress.BROADCAST,
                    EthernetFrame.IPV4,
                    udp(PEER, form, 7, "").encode());
            assertTrue(isDelivered());
            assertFalse(isDelivered(), "once is enough");
            net.send(udp(PEER, form, NO_PORT, ""));
            net.expectNothing();
        }
        long martians = net.stack.counters().drops(DropReason.IP_MARTIAN);
        net.send(udp(lowest, OURS, 7, ""));
        net.send(udp(PEER, IpAddress.parse("0.0.0.1"), 7, ""));
        assertEquals(martians + 2, net.stack.counters().drops(DropReason.IP_MARTIAN));
        assertFalse(isDelivered());
        net.nic.addAddress(IpAddress.parse("198.51.100.0"), 31);
        net.frames();
        net.send(udp(PEER, IpAddress.parse("198.51.100.0"), NO_PORT, ""));
        net.expect(ipv4(icmp(IcmpMessage.UNREACHABLE, 3)));
    }

    /** RFC 1122 section 3.2.2.2: one about a network goes for the host alone (section 3.3.1.2). */
    @Test
    @Requirement("RFC 1122 3.2.2.2-3")
    @Requirement("RFC 1122 3.3.1.2-2")
    void redirect_ofANetwork_isTakenForTheHost() throws StackException {
        net.nic.neighbors().setStatic(BETTER, BETTER_MAC);
        Bytes quoted = udp(OURS, FAR, 9, "").encode();
        Bytes message = new IcmpMessage(IcmpMessage.REDIRECT, 0, BETTER.v4Bits(), quoted).encode();
        net.send(Ipv4Packet.of(ROUTER, OURS, Ipv4Packet.ICMP, message));
        expectFarBy(BETTER_MAC);
        endpoint.send(ByteBuffer.allocate(1), new FullAddress(IpAddress.parse("198.51.100.8"), 9));
        net.expect(linkDestination(ROUTER_MAC));
    }

    /** RFC 1122 section 3.1: two interfaces make no router. */
    @Test
    @Requirement("RFC 1122 3.1-2")
    @Requirement("RFC 1122 3.1-3")
    void packet_forTheOtherLink_isNotPassedOnByItself() throws StackException {
        TestLink link = new TestLink(1500);
        Nic other = net.stack.createNic("eth1", link);
        IpAddress there = IpAddress.parse("203.0.113.9");
        other.addAddress(IpAddress.parse("203.0.113.1"), 24);
        other.neighbors().setStatic(there, PEER_MAC);
        net.advance(OneStack.SECOND);
        while (link.poll() != null) {
            // What it tells of itself is not asked about.
        }
        net.frames();
        net.send(udp(PEER, there, 7, ""));
        net.expectNothing();
        assertNull(link.poll());
        assertEquals(1, net.stack.counters().drops(DropReason.IP_NOT_LOCAL));
    }

    /** RFC 1122 section 4.1.3.5. */
    @Test
    @Requirement("RFC 1122 3.3.4.2-2")
    @Requirement("RFC 1122 4.1.3.5-2")
    @Requirement("RFC 1122 4.1.3.5-3")
    void udp_localAddress_isNamedOrLeftOpen() throws StackException {
        IpAddress second = IpAddress.parse("192.0.2.2");
        net.nic.addAddress(second, 24);
        net.frames();
        try (UdpEndpoint open = net.stack.newUdpEndpoint();
                UdpEndpoint named = net.stack.newUdpEndpoint()) {
            open.connect(new FullAddress(PEER, 9));
            named.bind(new FullAddress(second, 0));
            named.connect(new FullAddress(PEER, 9));
            for (UdpEndpoint each : new UdpEndpoint[] {open, named}) {
                IpAddress local =
                        java.util.Objects.requireNonNull(each.localAddress()).address();
                assertEquals(each == open ? OURS : second, local);
                each.send(ByteBuffer.allocate(1), null);
                net.expect(ipv4(source(local)));
            }
        }
    }
}
