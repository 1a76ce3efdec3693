package dev.atoll.stack.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Icmpv6Message;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.Ipv6Packet.Extension;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames of every kind, changed at random: none may throw, none may leak, and everything stays bounded. */
class MutatedFramesTest {
    private static final int FRAMES = 60_000;
    private static final IpAddress OURS = OneStack.LINK_LOCAL;
    private static final IpAddress PEER = OneStack.PEER_LINK_LOCAL;
    private static final IpAddress ALL = IpAddress.V6_ALL_NODES;
    private static final IpAddress OURS4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress PEER4 = IpAddress.parse("192.0.2.9");
    private static final Bytes DATA = Bytes.hex("00112233445566778899aabbccddeeff");

    private static Ipv6Packet udp() {
        return Ipv6Packet.of(PEER, OURS, Ipv4Packet.UDP, new UdpDatagram(9, 7, DATA).encode(PEER, OURS));
    }

    private static Ipv6Packet message(int type, int rest, String body, IpAddress to) {
        return new Icmpv6Message(type, 0, rest, Bytes.hex(body)).packet(PEER, to);
    }

    private static List<Bytes> seeds() {
        List<Bytes> seeds = new ArrayList<>();
        String prefix = "0304 40c0 00000e10 00000e10 00000000 20010db8000100000000000000000000";
        String dns = "1903 0000 0000003c 20010db8000000000000000000000053"
                + "1f03 0000 00000e10 076578616d706c65 03636f6d00000000";
        for (Ipv6Packet packet : List.of(
                udp(),
                udp().with(
                                Extension.options(Ipv6Packet.HOP_BY_HOP, "05020000"),
                                Extension.options(Ipv6Packet.DESTINATION_OPTIONS, "1e03aabbcc"),
                                Extension.fragment(0, true, 7)),
                udp().with(Extension.fragment(24, false, 7)),
                Ipv6Packet.of(
                        PEER,
                        OURS,
                        Ipv4Packet.TCP,
                        new TcpSegment(9, 80, 1, 0, TcpSegment.SYN, 1000, 0, List.of(), Bytes.EMPTY)
                                .encode(PEER, OURS)),
                Icmpv6Message.solicitation(OURS, Icmpv6Message.SOURCE_LINK, 0x20000000099L)
                        .packet(PEER, OURS.solicitedNode()),
                Icmpv6Message.advertisement(PEER, 3, OneStack.PEER_MAC).packet(PEER, OURS),
                message(Icmpv6Message.ROUTER_ADVERTISEMENT, 1800, "0000000000000000" + prefix + dns, ALL),
                message(
                        Icmpv6Message.REDIRECT,
                        0,
                        "fe800000000000000000000000000002 20010db8ffff00000000000000000005 0201020000000042",
                        OURS),
                message(Icmpv6Message.MLD_QUERY, 1000 << 16, "00".repeat(20), ALL)
                        .withHopLimit(1),
                message(Icmpv6Message.ECHO_REQUEST, 1, "0011", OURS),
                new Icmpv6Message(
                                Icmpv6Message.PACKET_TOO_BIG,
                                0,
                                1300,
                                Ipv6Packet.of(
                                                OURS,
                                                PEER,
                                                Ipv4Packet.UDP,
                                                new UdpDatagram(7, 9, DATA).encode(OURS, PEER))
                                        .encode())
                        .packet(PEER, OURS))) {
            seeds.add(new EthernetFrame(TestLink.MAC, OneStack.PEER_MAC, EthernetFrame.IPV6, packet.encode()).encode());
        }
        Bytes udp4 = new UdpDatagram(9, 7, DATA).encode(PEER4, OURS4);
        seeds.add(new EthernetFrame(
                        TestLink.MAC,
                        OneStack.PEER_MAC,
                        EthernetFrame.IPV4,
                        new Ipv4Packet(0, 5, false, true, 0, 64, 17, PEER4, OURS4, Bytes.EMPTY, udp4.slice(0, 16))
                                .encode())
                .encode());
        return seeds;
    }

    @Test
    void frames_changedAtRandom_endInCounters() throws StackException {
        List<Bytes> seeds = seeds();
        Random random = new Random(20260101);
        OneStack net = new OneStack(Ipv6Settings.DEFAULT.withTemporaryAddresses(true));
        net.nic.addAddress(OURS4, 24);
        UdpEndpoint endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V6_ANY, 7));
        TcpListener listener = net.stack.newTcpListener();
        listener.bind(new FullAddress(IpAddress.V6_ANY, 80));
        listener.listen(5);
        net.advance(3 * OneStack.SECOND);
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = seeds.get(random.nextInt(seeds.size())).toArray();
            int changes = random.nextInt(4);
            for (int c = 0; c < changes; c++) {
                frame[14 + random.nextInt(frame.length - 14)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(8) == 0) {
                frame = java.util.Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13));
            } else {
                mendChecksum(frame);
            }
            byte[] sent = frame;
            net.stack.run(() -> net.link.deliver(sent));
            net.frames();
            if (i % 1000 == 0) {
                net.advance(OneStack.SECOND);
            }
        }
        assertTrue(net.nic.neighbors().list().size() <= 1024);
        assertTrue(net.nic.addresses().size() <= 256);
        assertTrue(net.stack.routes().list().size() <= 64);
        endpoint.close();
        listener.close();
        net.advance(200 * OneStack.SECOND);
        net.frames();
        assertEquals(0, net.stack.packetsOutstanding());
        net.close();
    }

    /** Most changes are to be seen by what lies behind the checksum, so it is mended for ICMPv6. */
    private static void mendChecksum(byte[] frame) {
        Bytes bytes = Bytes.of(frame).from(14);
        if (bytes.u8(0) >>> 4 != 6 || bytes.u8(6) != Ipv6Packet.ICMP || bytes.length() < 48) {
            return;
        }
        int length = Math.min(bytes.u16(4), bytes.length() - 40);
        if (length < 8) {
            return;
        }
        Bytes message = bytes.slice(40, 40 + length);
        byte[] mended = new Icmpv6Message(message.u8(0), message.u8(1), message.i32(4), message.from(8))
                .encode(bytes.address(8), bytes.address(24))
                .toArray();
        System.arraycopy(mended, 0, frame, 54, mended.length);
    }
}
