package dev.atoll.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.atoll.stack.buffer.PacketBuffer;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.env.ManualClock;
import dev.atoll.stack.env.Rng;
import dev.atoll.stack.protocol.NetworkProtocol;
import dev.atoll.stack.protocol.TransportDisposition;
import dev.atoll.stack.protocol.TransportProtocol;
import dev.atoll.stack.wire.Ethernet;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.IpProtocol;
import dev.atoll.stack.wire.Ipv4;
import dev.atoll.stack.wire.Ipv6;
import dev.atoll.stack.wire.Ipv6Extension;
import dev.atoll.stack.wire.ParseResult;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link Stack#parse} says of bytes. */
class ParseTest {
    private static final int OWN_ETHER_TYPE = 0x88b5;
    private static final int OWN_PROTOCOL = 253;
    private static final IpAddress FROM = IpAddress.parse("192.0.2.1");
    private static final IpAddress TO = IpAddress.parse("192.0.2.2");
    private static final IpAddress FROM6 = IpAddress.parse("2001:db8::1");
    private static final IpAddress TO6 = IpAddress.parse("2001:db8::2");

    private final Stack stack = Stack.builder()
            .clock(new ManualClock())
            .rng(Rng.seeded(1))
            .ipv6(Ipv6Settings.DEFAULT)
            .transportProtocol(new OwnTransport())
            .networkProtocol(new OwnNetwork())
            .build();

    private static final class OwnTransport implements TransportProtocol {
        @Override
        public int protocolNumber() {
            return OWN_PROTOCOL;
        }

        @Override
        public int minimumPacketBytes() {
            return 4;
        }

        @Override
        public TransportDisposition receive(PacketBuffer packet) {
            throw new AssertionError("nothing was received");
        }
    }

    private static final class OwnNetwork implements NetworkProtocol {
        @Override
        public int etherType() {
            return OWN_ETHER_TYPE;
        }

        @Override
        public int minimumPacketBytes() {
            return 4;
        }

        @Override
        public boolean receive(PacketBuffer packet) {
            throw new AssertionError("nothing was received");
        }
    }

    @AfterEach
    void close() {
        stack.close();
    }

    private static PacketBuffer ipv4(int protocol, int fragment, byte... transport) {
        ByteBuffer bytes = ByteBuffer.allocate(Ipv4.HEADER_BYTES + transport.length);
        Ipv4.write(
                bytes,
                0,
                Ipv4.HEADER_BYTES,
                0x10,
                bytes.capacity(),
                1,
                fragment,
                60,
                protocol,
                FROM.v4Bits(),
                TO.v4Bits());
        bytes.put(Ipv4.HEADER_BYTES, transport);
        return PacketBuffer.copyOf(bytes.array());
    }

    private static PacketBuffer ipv6(int nextHeader, byte... payload) {
        ByteBuffer bytes = ByteBuffer.allocate(Ipv6.HEADER_BYTES + payload.length);
        Ipv6.write(bytes, 0, 0, 0, payload.length, nextHeader, 60, FROM6, TO6);
        bytes.put(Ipv6.HEADER_BYTES, payload);
        return PacketBuffer.copyOf(bytes.array());
    }

    private static byte[] udp(int bytes, int stated) {
        byte[] datagram = new byte[bytes];
        if (bytes >= 6) {
            datagram[5] = (byte) stated;
        }
        return datagram;
    }

    private static byte[] tcp(int bytes, int headerBytes) {
        byte[] segment = new byte[bytes];
        if (bytes > 12) {
            segment[12] = (byte) (headerBytes / 4 << 4);
        }
        return segment;
    }

    private ParseResult parse4(PacketBuffer packet) {
        return stack.parse(Ethernet.TYPE_IPV4, packet);
    }

    private ParseResult parse6(PacketBuffer packet) {
        return stack.parse(Ethernet.TYPE_IPV6, packet);
    }

    @Test
    void wholePacket_isRead_andSaysWhatItsHeadersSay() {
        PacketBuffer packet = ipv4(IpProtocol.UDP, 0, udp(12, 12));
        int at = packet.start();
        assertEquals(ParseResult.OK, parse4(packet));
        assertEquals(at, packet.networkOffset);
        assertEquals(at + Ipv4.HEADER_BYTES, packet.transportOffset);
        assertEquals(packet.transportOffset, packet.start());
        assertEquals(IpProtocol.UDP, packet.transportProtocol);
        assertEquals(60, packet.ttl);
        assertEquals(FROM, new IpAddress(packet.sourceHigh, packet.sourceLow));
        assertEquals(TO, new IpAddress(packet.destinationHigh, packet.destinationLow));
        PacketBuffer other = ipv6(IpProtocol.TCP, tcp(24, 24));
        assertEquals(ParseResult.OK, parse6(other));
        assertEquals(IpProtocol.TCP, other.transportProtocol);
        assertEquals(6, other.ipVersion);
        assertEquals(FROM6, new IpAddress(other.sourceHigh, other.sourceLow));
        assertEquals(0, stack.counters().ipReceived, "nothing was received");
    }

    @Test
    void networkProtocol_thatTheStackDoesNotHave_isUnknown() {
        assertEquals(ParseResult.UNKNOWN_NETWORK_PROTOCOL, stack.parse(0x88cc, ipv4(IpProtocol.UDP, 0, udp(8, 8))));
        try (Stack ipv4Alone =
                Stack.builder().clock(new ManualClock()).rng(Rng.seeded(1)).build()) {
            assertEquals(
                    ParseResult.UNKNOWN_NETWORK_PROTOCOL,
                    ipv4Alone.parse(Ethernet.TYPE_IPV6, ipv6(IpProtocol.UDP, udp(8, 8))));
        }
    }

    @Test
    void networkHeader_thatIsCutShortOrContradictsItself_isMalformed() {
        PacketBuffer cut = ipv4(IpProtocol.UDP, 0);
        cut.trimTo(19);
        assertEquals(ParseResult.NETWORK_HEADER_MALFORMED, parse4(cut));
        PacketBuffer damaged = ipv4(IpProtocol.UDP, 0, udp(8, 8));
        damaged.data().put(damaged.start() + 1, (byte) 1);
        assertEquals(ParseResult.NETWORK_HEADER_MALFORMED, parse4(damaged), "a wrong checksum");
        PacketBuffer shortened = ipv6(IpProtocol.UDP, udp(8, 8));
        shortened.trimTo(shortened.length() - 1);
        assertEquals(ParseResult.NETWORK_HEADER_MALFORMED, parse6(shortened));
        assertEquals(ParseResult.NETWORK_HEADER_MALFORMED, parse6(ipv4(IpProtocol.UDP, 0, new byte[40])));
        assertEquals(
                ParseResult.NETWORK_HEADER_MALFORMED,
                parse6(ipv6(Ipv6Extension.DESTINATION_OPTIONS, new byte[] {17, 0, 1, 4})),
                "an extension header of 4 bytes");
    }

    @Test
    void transportProtocol_thatTheStackDoesNotHave_isUnknown_andItsNumberIsTold() {
        PacketBuffer packet = ipv4(132, 0, new byte[12]);
        assertEquals(ParseResult.UNKNOWN_TRANSPORT_PROTOCOL, parse4(packet));
        assertEquals(132, packet.transportProtocol);
        assertEquals(ParseResult.UNKNOWN_TRANSPORT_PROTOCOL, parse6(ipv6(Ipv6Extension.NO_NEXT_HEADER)));
    }

    @Test
    void transportHeader_thatIsCutShortOrContradictsItself_isMalformed() {
        assertEquals(ParseResult.TRANSPORT_HEADER_MALFORMED, parse4(ipv4(IpProtocol.UDP, 0, udp(7, 7))));
        assertEquals(ParseResult.TRANSPORT_HEADER_MALFORMED, parse4(ipv4(IpProtocol.UDP, 0, udp(8, 9))));
        assertEquals(ParseResult.TRANSPORT_HEADER_MALFORMED, parse4(ipv4(IpProtocol.TCP, 0, tcp(19, 20))));
        assertEquals(ParseResult.TRANSPORT_HEADER_MALFORMED, parse6(ipv6(IpProtocol.TCP, tcp(20, 24))));
        assertEquals(ParseResult.TRANSPORT_HEADER_MALFORMED, parse4(ipv4(IpProtocol.ICMP, 0, new byte[7])));
        assertEquals(ParseResult.TRANSPORT_HEADER_MALFORMED, parse6(ipv6(IpProtocol.ICMPV6, new byte[7])));
    }

    @Test
    void protocolsOfTheCallersOwn_tellByTheirMinimum() {
        assertEquals(ParseResult.OK, parse4(ipv4(OWN_PROTOCOL, 0, new byte[4])));
        assertEquals(ParseResult.TRANSPORT_HEADER_MALFORMED, parse6(ipv6(OWN_PROTOCOL, new byte[3])));
        assertEquals(ParseResult.OK, stack.parse(OWN_ETHER_TYPE, PacketBuffer.copyOf(new byte[4])));
        assertEquals(
                ParseResult.NETWORK_HEADER_MALFORMED, stack.parse(OWN_ETHER_TYPE, PacketBuffer.copyOf(new byte[3])));
    }

    @Test
    void laterFragment_hasNoTransportHeader_andNoneIsMissed() {
        PacketBuffer packet = ipv4(IpProtocol.TCP, 1, new byte[8]);
        assertEquals(ParseResult.OK, parse4(packet));
        assertEquals(PacketBuffer.UNKNOWN, packet.transportOffset);
        byte[] fragment = new byte[16];
        Ipv6Extension.writeFragment(ByteBuffer.wrap(fragment), 0, IpProtocol.TCP, 8, true, 1);
        PacketBuffer other = ipv6(Ipv6Extension.FRAGMENT, fragment);
        assertEquals(ParseResult.OK, parse6(other));
        assertEquals(PacketBuffer.UNKNOWN, other.transportOffset);
    }

    /** Whatever the bytes are, there is an answer. */
    @Test
    void anyBytes_haveAnAnswer() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            boolean v6 = random.nextBoolean();
            if (bytes.length > 7 && random.nextInt(8) > 0) {
                bytes[0] = (byte) (v6 ? 0x60 : 0x45);
                bytes[4] = 0;
                bytes[5] = (byte) random.nextInt(60);
                bytes[6] = (byte) random.nextInt(62);
            }
            PacketBuffer packet = PacketBuffer.copyOf(bytes);
            stack.parse(v6 ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4, packet);
        }
    }
}
