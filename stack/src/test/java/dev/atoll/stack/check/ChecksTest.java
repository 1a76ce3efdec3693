package dev.atoll.stack.check;

import static dev.atoll.stack.check.Checks.ack;
import static dev.atoll.stack.check.Checks.arp;
import static dev.atoll.stack.check.Checks.destination;
import static dev.atoll.stack.check.Checks.destinationPort;
import static dev.atoll.stack.check.Checks.dontFragment;
import static dev.atoll.stack.check.Checks.echo;
import static dev.atoll.stack.check.Checks.flags;
import static dev.atoll.stack.check.Checks.icmp;
import static dev.atoll.stack.check.Checks.ipv4;
import static dev.atoll.stack.check.Checks.linkDestination;
import static dev.atoll.stack.check.Checks.linkSource;
import static dev.atoll.stack.check.Checks.operation;
import static dev.atoll.stack.check.Checks.option;
import static dev.atoll.stack.check.Checks.options;
import static dev.atoll.stack.check.Checks.payload;
import static dev.atoll.stack.check.Checks.payloadLength;
import static dev.atoll.stack.check.Checks.quoted;
import static dev.atoll.stack.check.Checks.sender;
import static dev.atoll.stack.check.Checks.seq;
import static dev.atoll.stack.check.Checks.source;
import static dev.atoll.stack.check.Checks.sourcePort;
import static dev.atoll.stack.check.Checks.target;
import static dev.atoll.stack.check.Checks.tcp;
import static dev.atoll.stack.check.Checks.tos;
import static dev.atoll.stack.check.Checks.ttl;
import static dev.atoll.stack.check.Checks.udp;
import static dev.atoll.stack.check.Checks.window;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.stack.check.TcpOption.Block;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.MacAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksTest {
    private static final MacAddress MAC_A = MacAddress.parse("02:00:00:00:00:0a");
    private static final MacAddress MAC_B = MacAddress.parse("02:00:00:00:00:0b");
    private static final IpAddress A = IpAddress.parse("192.168.1.102");
    private static final IpAddress B = IpAddress.parse("192.168.1.1");

    private static byte[] frame(int protocol, Bytes payload) {
        return new EthernetFrame(
                        MAC_B,
                        MAC_A,
                        EthernetFrame.IPV4,
                        Ipv4Packet.of(A, B, protocol, payload).encode())
                .encode()
                .toArray();
    }

    private static TcpSegment segment() {
        return new TcpSegment(
                4321,
                80,
                0xfffffff0,
                7,
                TcpSegment.PSH | TcpSegment.ACK,
                1000,
                0,
                List.of(new TcpOption.Nop(), new TcpOption.Nop(), new TcpOption.Timestamps(5, 6)),
                Bytes.hex("00112233 44"));
    }

    /** The header of RFC 1071-style textbook examples, summed by hand: an oracle that is not our own encoder. */
    @Test
    void ipv4_headerFromTheTextbook_hasItsChecksum() {
        Bytes header = Bytes.hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");
        byte[] packet = new byte[0x73];
        System.arraycopy(header.toArray(), 0, packet, 0, header.length());
        Ipv4Packet decoded = Ipv4Packet.decode(Bytes.of(packet));
        assertEquals(IpAddress.parse("192.168.0.199"), decoded.destination());
        assertEquals(Bytes.of(packet), decoded.encode());
    }

    /** RFC 1071 section 3's example words and their sum. */
    @Test
    void sum_wordsOfRfc1071_giveItsResult() {
        assertEquals(0xddf2, OnesComplement.sum(Bytes.hex("0001 f203 f4f5 f6f7")));
    }

    @Test
    void tcp_encodedSegment_passesEveryCheck() {
        Checks.frame(
                frame(Ipv4Packet.TCP, segment().encode(A, B)),
                linkSource(MAC_A),
                linkDestination(MAC_B),
                ipv4(
                        source(A),
                        destination(B),
                        ttl(64),
                        tos(0),
                        dontFragment(true),
                        tcp(
                                sourcePort(4321),
                                destinationPort(80),
                                seq(0xfffffff0),
                                ack(7),
                                flags("P."),
                                window(1000),
                                options(new TcpOption.Nop(), new TcpOption.Nop(), new TcpOption.Timestamps(5, 6)),
                                option(new TcpOption.Nop()),
                                payloadLength(5),
                                payload(Bytes.hex("0011223344")))));
    }

    @Test
    void tcp_everyFlippedBit_isNoticed() {
        byte[] frame = frame(Ipv4Packet.TCP, segment().encode(A, B));
        for (int bit = EthernetFrame.HEADER_BYTES * 8; bit < frame.length * 8; bit++) {
            byte[] flipped = frame.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            int which = bit;
            assertThrows(
                    AssertionError.class,
                    () -> Checks.frame(flipped, ipv4(tcp())),
                    () -> "bit " + which + " flipped and not noticed");
        }
    }

    @Test
    void check_wrongField_saysWhichAndBothValues() {
        byte[] frame = frame(Ipv4Packet.TCP, segment().encode(A, B));
        AssertionError error = assertThrows(AssertionError.class, () -> Checks.frame(frame, ipv4(tcp(flags("S")))));
        assertEquals("TCP flags is P., expected S", error.getMessage());
    }

    @Test
    void tcpOptions_allKinds_surviveTheRoundTrip() {
        List<TcpOption> all = List.of(
                new TcpOption.Mss(1460),
                new TcpOption.SackPermitted(),
                new TcpOption.WindowScale(7),
                new TcpOption.Nop(),
                new TcpOption.Sack(List.of(new Block(1, 2), new Block(-4, 9))),
                new TcpOption.Unknown(254, Bytes.hex("f989")));
        List<TcpOption> decoded = TcpOption.decode(TcpOption.encode(all));
        assertEquals(all, decoded.subList(0, all.size()));
        assertTrue(decoded.subList(all.size(), decoded.size()).stream().allMatch(TcpOption.Eol.class::isInstance));
    }

    @Test
    void tcpOptions_lengthBeyondHeader_isRefused() {
        assertThrows(BadFrameException.class, () -> TcpOption.decode(Bytes.hex("0204")));
        assertThrows(BadFrameException.class, () -> TcpOption.decode(Bytes.hex("0801 0000")));
        assertThrows(BadFrameException.class, () -> TcpOption.decode(Bytes.hex("08")));
    }

    @Test
    void udp_zeroChecksum_meansNone() {
        Bytes hello = Bytes.hex("6869");
        Bytes without = new UdpDatagram(1, 2, false, hello).encode(A, B);
        assertEquals(0, without.u16(6));
        Checks.frame(frame(Ipv4Packet.UDP, without), ipv4(udp(1, 2, hello)));
        Checks.frame(frame(Ipv4Packet.UDP, new UdpDatagram(1, 2, hello).encode(A, B)), ipv4(udp(1, 2, hello)));
    }

    @Test
    void icmp_error_quotesAPacketCutShort() {
        Bytes original =
                Ipv4Packet.of(B, A, Ipv4Packet.TCP, segment().encode(B, A)).encode();
        Bytes error = new IcmpMessage(IcmpMessage.UNREACHABLE, 3, 0, original.slice(0, 28)).encode();
        Checks.frame(
                frame(Ipv4Packet.ICMP, error),
                ipv4(icmp(IcmpMessage.UNREACHABLE, 3, quoted(source(B), destination(A)))));
        Bytes ping = new IcmpMessage(IcmpMessage.ECHO_REQUEST, 0, 0x00050001, Bytes.EMPTY).encode();
        Checks.frame(frame(Ipv4Packet.ICMP, ping), ipv4(icmp(IcmpMessage.ECHO_REQUEST, 0, echo(5, 1))));
    }

    @Test
    void arp_request_passesItsChecks() {
        Bytes request = new ArpPacket(ArpPacket.REQUEST, MAC_A, A, MacAddress.ZERO, B).encode();
        byte[] frame = new EthernetFrame(MacAddress.BROADCAST, MAC_A, EthernetFrame.ARP, request)
                .encode()
                .toArray();
        Checks.frame(
                frame,
                linkDestination(MacAddress.BROADCAST),
                arp(operation(ArpPacket.REQUEST), sender(MAC_A, A), target(MacAddress.ZERO, B)));
    }
}
