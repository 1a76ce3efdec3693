package dev.atoll.stack.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.TwoStacks;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.IcmpMessage;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.env.DropReason;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.IcmpEndpoint;
import dev.atoll.stack.socket.RawEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Raw endpoints: raw(7), RFC 3542. */
class RawEndpointTest {
    /** Experimentation and testing (RFC 3692). */
    private static final int PROTOCOL = 253;

    private static final byte[] DATA = {9, 8, 7, 6, 5, 4, 3, 2};

    private static TwoStacks net() throws StackException {
        return TwoStacks.with(builder -> builder.rawEndpoints(true));
    }

    private static byte[] received(RawEndpoint endpoint) throws StackException {
        ByteBuffer target = ByteBuffer.allocate(2000);
        assertNotNull(endpoint.receive(target));
        return Arrays.copyOf(target.array(), target.position());
    }

    @Test
    @Requirement("features H4")
    void packetOfTheProtocol_isReceived_withItsHeaderOverIpv4() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint from = net.left.newRawEndpoint(true, PROTOCOL);
                RawEndpoint to = net.right.newRawEndpoint(true, PROTOCOL);
                RawEndpoint other = net.right.newRawEndpoint(true, PROTOCOL + 1)) {
            from.setOption(EndpointOption.IP_TTL, 7);
            from.setOption(EndpointOption.IP_TOS, 0x20);
            assertEquals(8, from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 0)));
            net.settle();

            assertEquals(-1, other.nextLength());
            Ipv4Packet packet = Ipv4Packet.decode(Bytes.of(received(to)));
            assertEquals(TwoStacks.LEFT, packet.source());
            assertEquals(7, packet.ttl());
            assertEquals(PROTOCOL, packet.protocol());
            assertArrayEquals(DATA, packet.payload().toArray());
        }
    }

    @Test
    void packetOfTheProtocol_isReceived_withoutItsHeaderOverIpv6() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint from = net.left.newRawEndpoint(false, PROTOCOL);
                RawEndpoint to = net.right.newRawEndpoint(false, PROTOCOL)) {
            from.setOption(EndpointOption.IP_TTL, 9);
            from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT6, 0));
            net.settle();

            ByteBuffer target = ByteBuffer.allocate(100);
            ReceivedMessage message = to.receiveMessage(target);
            assertNotNull(message);
            assertEquals(TwoStacks.LEFT6, message.sender().address());
            assertEquals(9, message.ttl());
            assertEquals(8, message.lengthBytes());
            assertArrayEquals(DATA, Arrays.copyOf(target.array(), 8));
        }
    }

    @Test
    @Requirement("RFC 1122 3.2.2.1-1")
    @Requirement("features E15")
    @Requirement("features M5")
    void protocolWithoutAnyEndpoint_isAnsweredAsUnreachable_andOneWithIsNot() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint from = net.left.newRawEndpoint(true, PROTOCOL)) {
            from.connect(new FullAddress(TwoStacks.RIGHT, 0));
            RawEndpoint to = net.right.newRawEndpoint(true, PROTOCOL);
            from.send(ByteBuffer.wrap(DATA), null);
            net.settle();
            assertNull(from.takeError());

            to.close();
            from.send(ByteBuffer.wrap(DATA), null);
            net.settle();

            StackException error = from.takeError();
            assertNotNull(error);
            assertEquals(StackError.PROTOCOL_UNREACHABLE, error.error());
            assertEquals(1, net.right.counters().drops(DropReason.UNKNOWN_TRANSPORT_PROTOCOL));
        }
    }

    @Test
    @Requirement("features H4")
    void headerIncluded_isSentAsItStands_withChecksumLengthSourceAndIdFilledIn() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint from = net.left.newRawEndpoint(true, RawPort.SEND_ONLY);
                RawEndpoint to = net.right.newRawEndpoint(true, PROTOCOL)) {
            ByteBuffer packet = ByteBuffer.allocate(28);
            packet.put(0, (byte) 0x45)
                    .put(1, (byte) 0x10)
                    .put(8, (byte) 3)
                    .put(9, (byte) PROTOCOL)
                    .putInt(16, 0x0a00_0002)
                    .put(20, DATA);
            assertEquals(true, from.getOption(EndpointOption.IP_HDRINCL));
            from.send(packet, new FullAddress(TwoStacks.RIGHT, 0));
            net.settle();

            // Decoding verifies the checksum and the lengths.
            Ipv4Packet decoded = Ipv4Packet.decode(Bytes.of(received(to)));
            assertEquals(TwoStacks.LEFT, decoded.source());
            assertEquals(3, decoded.ttl());
            assertArrayEquals(DATA, decoded.payload().toArray());

            StackException refused = assertThrows(
                    StackException.class,
                    () -> from.send(ByteBuffer.wrap(new byte[19]), new FullAddress(TwoStacks.RIGHT, 0)));
            assertEquals(StackError.INVALID, refused.error());
        }
    }

    @Test
    void endpointOfIcmp_seesRepliesThatAnotherEndpointAskedFor_unlessFiltered() throws StackException {
        try (TwoStacks net = net();
                IcmpEndpoint pings = net.left.newIcmpEndpoint(true);
                RawEndpoint all = net.left.newRawEndpoint(true, 1);
                RawEndpoint filtered = net.left.newRawEndpoint(true, 1)) {
            BitSet replies = new BitSet();
            replies.set(0);
            filtered.setOption(EndpointOption.ICMP_FILTER, replies);
            ByteBuffer request = ByteBuffer.allocate(8).put(0, (byte) 8);
            pings.send(request, new FullAddress(TwoStacks.RIGHT, 0));
            net.settle();

            assertEquals(8, pings.nextLength());
            IcmpMessage reply = IcmpMessage.decode(Ipv4Packet.decode(Bytes.of(received(all))));
            assertEquals(0, reply.type());
            assertEquals(-1, filtered.nextLength());
            assertEquals(replies, filtered.getOption(EndpointOption.ICMP_FILTER));
        }
    }

    @Test
    void checksumOfIcmpv6_isFilledIn() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint endpoint = net.left.newRawEndpoint(false, 58)) {
            ByteBuffer request = ByteBuffer.allocate(8).put(0, (byte) 128).putShort(4, (short) 77);
            endpoint.send(request, new FullAddress(TwoStacks.RIGHT6, 0));
            net.settle();

            // Only a good checksum is answered.
            byte[] reply = null;
            while (endpoint.nextLength() >= 0 && (reply == null || (reply[0] & 0xff) != 129)) {
                reply = received(endpoint);
            }
            assertNotNull(reply);
            assertEquals(77, ByteBuffer.wrap(reply).getShort(4));
        }
    }

    @Test
    void boundAndConnected_receivesOnlyWhatIsForBoth() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint from = net.left.newRawEndpoint(true, PROTOCOL);
                RawEndpoint bound = net.right.newRawEndpoint(true, PROTOCOL);
                RawEndpoint connected = net.right.newRawEndpoint(true, PROTOCOL)) {
            bound.bind(new FullAddress(IpAddress.V4_LOOPBACK, 0));
            connected.connect(new FullAddress(IpAddress.parse("10.0.0.77"), 0));
            from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 0));
            net.settle();

            assertEquals(-1, bound.nextLength());
            assertEquals(-1, connected.nextLength());
            connected.connect(new FullAddress(TwoStacks.LEFT, 0));
            from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 0));
            net.settle();
            assertEquals(28, connected.nextLength());
        }
    }

    @Test
    void fullReceiveBuffer_dropsAndCounts() throws StackException {
        try (TwoStacks net = net();
                RawEndpoint from = net.left.newRawEndpoint(true, PROTOCOL);
                RawEndpoint to = net.right.newRawEndpoint(true, PROTOCOL)) {
            to.setOption(EndpointOption.SO_RCVBUF, 4000);
            for (int i = 0; i < 100; i++) {
                from.send(ByteBuffer.wrap(DATA), new FullAddress(TwoStacks.RIGHT, 0));
                net.settle();
            }
            int kept = 0;
            while (to.nextLength() >= 0) {
                received(to);
                kept++;
            }
            assertEquals(100 - kept, net.right.counters().drops(DropReason.RECEIVE_BUFFER_FULL));
            assertEquals(8, kept);
        }
    }

    @Test
    @Requirement("features M6")
    void stackWithoutRawEndpoints_refuses() throws StackException {
        try (TwoStacks net = new TwoStacks()) {
            StackException refused = assertThrows(StackException.class, () -> net.left.newRawEndpoint(true, PROTOCOL));
            assertEquals(StackError.NOT_PERMITTED, refused.error());
        }
    }
}
