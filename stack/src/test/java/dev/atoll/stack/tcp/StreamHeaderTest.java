package dev.atoll.stack.tcp;

import static dev.atoll.stack.frames.OneStack.LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static dev.atoll.stack.frames.OneStack.SECOND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpOption;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The IP header of a connection's segments: its options, as programs set them, and what it tells. */
class StreamHeaderTest {
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.2");
    /** A stream identifier (RFC 791 section 3.1). */
    private static final byte[] STREAM = {(byte) 0x88, 4, 0, 7};

    private static final int PEER_ISS = 1000;

    private final OneStack net;
    private int ourPort = 5000;
    /** What the peer expects next. */
    private int expected;

    StreamHeaderTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(OURS, 24);
        net.nic.neighbors().setStatic(PEER, PEER_MAC);
        net.frames();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private List<Ipv4Packet> packets() {
        List<Ipv4Packet> packets = new ArrayList<>();
        for (byte[] frame : net.frames()) {
            packets.add(Ipv4Packet.decode(EthernetFrame.decode(Bytes.of(frame)).payload()));
        }
        return packets;
    }

    private Ipv4Packet only() {
        List<Ipv4Packet> packets = packets();
        assertEquals(1, packets.size());
        return packets.get(0);
    }

    private void send(int flags, int seq, int tos, Bytes ipOptions, List<TcpOption> options, Bytes payload) {
        Bytes segment =
                new TcpSegment(80, ourPort, seq, expected, flags, 60_000, 0, options, payload).encode(PEER, OURS);
        net.send(new Ipv4Packet(tos, 1, true, false, 0, 64, Ipv4Packet.TCP, PEER, OURS, ipOptions, segment));
    }

    private void acknowledge() {
        send(TcpSegment.ACK, PEER_ISS + 1, 0, Bytes.EMPTY, List.of(), Bytes.EMPTY);
    }

    private TcpEndpoint connect(byte[] ipOptions, int peerMss) throws StackException {
        TcpEndpoint endpoint = net.stack.newTcpEndpoint();
        endpoint.setOption(EndpointOption.IP_OPTIONS, ipOptions);
        endpoint.setOption(EndpointOption.TCP_NODELAY, true);
        endpoint.bind(new FullAddress(OURS, ourPort));
        endpoint.connect(new FullAddress(PEER, 80));
        TcpSegment syn = TcpSegment.decode(syns(ipOptions.length));
        expected = syn.seq() + 1;
        send(
                TcpSegment.SYN | TcpSegment.ACK,
                PEER_ISS,
                0,
                Bytes.EMPTY,
                List.of(new TcpOption.Mss(peerMss)),
                Bytes.EMPTY);
        Ipv4Packet ack = only();
        assertEquals(ipOptions.length, ack.options().length());
        return endpoint;
    }

    private Ipv4Packet syns(int optionBytes) {
        Ipv4Packet syn = only();
        assertEquals(optionBytes, syn.options().length());
        return syn;
    }

    private static List<Integer> payloads(List<Ipv4Packet> packets) {
        return packets.stream()
                .map(packet -> TcpSegment.decode(packet).payload().length())
                .toList();
    }

    /** Segments are smaller by the options, what is announced is not (RFC 9293 section 3.7.1). */
    @Test
    @Requirement("RFC 9293 MAY-11")
    void recordRoute_isInEachSegment_andBeginsHere() throws StackException {
        byte[] record = {7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        TcpEndpoint endpoint = connect(record, 1460);
        assertEquals(1460 - 12, endpoint.getOption(EndpointOption.TCP_MAXSEG));
        assertArrayEquals(record, endpoint.getOption(EndpointOption.IP_OPTIONS));
        endpoint.write(ByteBuffer.allocate(2000));
        List<Ipv4Packet> sent = packets();
        assertEquals(List.of(1448, 552), payloads(sent));
        for (Ipv4Packet packet : sent) {
            assertEquals(Bytes.hex("070b08 0a000001 00000000 00"), packet.options());
        }
        endpoint.abort();
        assertEquals(Bytes.hex("070b08 0a000001 00000000 00"), only().options());
    }

    @Test
    @Requirement("RFC 9293 MAY-10")
    void timestamps_areInEachSegment_asOfWhenItIsSent() throws StackException {
        byte[] times = {0x44, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        TcpEndpoint endpoint = connect(times, 1000);
        net.advance(SECOND);
        endpoint.write(ByteBuffer.allocate(1));
        int now = (int) (net.clock.epochNs() / 1_000_000 % 86_400_000);
        assertEquals(Bytes.hex(String.format("440c0d01 0a000001 %08x", now)), only().options());
        endpoint.abort();
        net.frames();
    }

    /** What is in flight is cut anew, so that repetitions fit. */
    @Test
    void options_setOnALiveConnection_makeItsSegmentsSmaller() throws StackException {
        TcpEndpoint endpoint = connect(new byte[0], 1460);
        endpoint.write(ByteBuffer.allocate(1460));
        assertEquals(List.of(1460), payloads(packets()));
        endpoint.setOption(EndpointOption.IP_OPTIONS, STREAM);
        net.advance(SECOND / 2);
        List<Ipv4Packet> repeated = packets();
        assertEquals(1456, TcpSegment.decode(repeated.get(0)).payload().length());
        assertEquals(Bytes.of(STREAM), repeated.get(0).options());
        expected += 1460;
        acknowledge();
        endpoint.setOption(EndpointOption.IP_OPTIONS, new byte[0]);
        endpoint.write(ByteBuffer.allocate(1460));
        assertEquals(List.of(1460), payloads(packets()));
        endpoint.abort();
        net.frames();
    }

    /** As Linux: what recorded the SYN's way is answered with it, to the end; the listener's own options are not used. */
    @Test
    void acceptedConnection_hasTheOptionsOfItsSyn() throws StackException {
        try (TcpListener listener = net.stack.newTcpListener()) {
            listener.setOption(EndpointOption.IP_OPTIONS, STREAM);
            ourPort = 7;
            listener.bind(new FullAddress(IpAddress.V4_ANY, ourPort));
            listener.listen(10);
            Bytes recorded = Bytes.hex("070f08 0a000002 00000000 00000000 88040009 00");
            TcpEndpoint accepted = accept(listener, recorded);
            assertArrayEquals(
                    Bytes.hex("070f0c 0a000002 0a000001 00000000 00").toArray(),
                    accepted.getOption(EndpointOption.IP_OPTIONS));
            accepted.write(ByteBuffer.allocate(1));
            assertEquals(Bytes.hex("070f10 0a000002 0a000001 0a000001 00"), only().options());
            accepted.abort();

            accepted = accept(listener, Bytes.EMPTY);
            assertEquals(0, accepted.getOption(EndpointOption.IP_OPTIONS).length);
            accepted.write(ByteBuffer.allocate(1));
            assertEquals(Bytes.EMPTY, only().options());
            accepted.abort();
            net.frames();
        }
    }

    private TcpEndpoint accept(TcpListener listener, Bytes ipOptions) throws StackException {
        net.frames();
        expected = 0;
        send(TcpSegment.SYN, PEER_ISS, 0, ipOptions, List.of(), Bytes.EMPTY);
        expected = TcpSegment.decode(only()).seq() + 1;
        acknowledge();
        TcpEndpoint accepted = listener.accept();
        assertNotNull(accepted);
        return accepted;
    }

    /** RFC 9293 section 3.9.1.9; from the SYN on, and not of what is not taken. */
    @Test
    @Requirement("RFC 9293 MAY-9")
    void typeOfService_isToldAsTheLastSegmentHadIt() throws StackException {
        TcpEndpoint endpoint = net.stack.newTcpEndpoint();
        assertEquals(0, endpoint.receivedTos());
        endpoint.close();
        endpoint = connect(new byte[0], 1460);
        send(TcpSegment.ACK, PEER_ISS + 1, 0xb8, Bytes.EMPTY, List.of(), Bytes.hex("01"));
        assertEquals(0xb8, endpoint.receivedTos());
        send(TcpSegment.ACK, PEER_ISS + 900_000, 0x20, Bytes.EMPTY, List.of(), Bytes.hex("01"));
        assertEquals(0xb8, endpoint.receivedTos());
        send(TcpSegment.ACK, PEER_ISS + 2, 0x20, Bytes.EMPTY, List.of(), Bytes.EMPTY);
        assertEquals(0x20, endpoint.receivedTos());
        endpoint.abort();
        net.frames();
    }

    @Test
    void trafficClassOfAnAcceptedConnection_isToldOverIpv6() throws StackException {
        try (TcpListener listener = net.stack.newTcpListener()) {
            ourPort = 7;
            listener.bind(new FullAddress(IpAddress.V6_ANY, ourPort));
            listener.listen(10);
            Bytes syn = segment6(TcpSegment.SYN, PEER_ISS, 0);
            net.nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
            net.send(ofClass(0x48, syn));
            Ipv6Packet answer =
                    Ipv6Packet.decode(EthernetFrame.decode(net.frames().get(0)).payload());
            int iss = TcpSegment.decode(answer.payload(), LINK_LOCAL, PEER_LINK_LOCAL)
                    .seq();
            Bytes ack = segment6(TcpSegment.ACK, PEER_ISS + 1, iss + 1);
            net.send(ofClass(0x4c, ack));
            TcpEndpoint accepted = listener.accept();
            assertNotNull(accepted);
            assertEquals(0x4c, accepted.receivedTos());
            accepted.abort();
            net.frames();
        }
    }

    private static Ipv6Packet ofClass(int trafficClass, Bytes segment) {
        return new Ipv6Packet(trafficClass, 0, 64, PEER_LINK_LOCAL, LINK_LOCAL, List.of(), Ipv4Packet.TCP, segment);
    }

    private Bytes segment6(int flags, int seq, int ack) {
        return new TcpSegment(80, ourPort, seq, ack, flags, 60_000, 0, List.of(), Bytes.EMPTY)
                .encode(PEER_LINK_LOCAL, LINK_LOCAL);
    }

    @Test
    void optionsThatChooseTheWay_areRefused() {
        TcpEndpoint endpoint = net.stack.newTcpEndpoint();
        byte[] sourceRoute = {(byte) 0x83, 7, 4, 10, 0, 0, 2, 0};
        StackException refusal =
                assertThrows(StackException.class, () -> endpoint.setOption(EndpointOption.IP_OPTIONS, sourceRoute));
        assertEquals(StackError.INVALID, refusal.error());
        endpoint.close();
    }
}
