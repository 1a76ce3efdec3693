package dev.atoll.stack.ip;

import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.options.ReceivedMessage;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.testing.Requirement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Options in IPv4 headers, as programs set and see them (IP_OPTIONS and IP_RECVOPTS of ip(7)). */
class IpOptionsTest {
    private static final IpAddress HERE = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.9");
    private static final FullAddress TO = new FullAddress(PEER, 9);
    /** A stream identifier (RFC 791 section 3.1), which is in each fragment. */
    private static final byte[] STREAM = {(byte) 0x88, 4, 0, 7};

    private final OneStack net;
    private final UdpEndpoint endpoint;

    IpOptionsTest() throws StackException {
        net = OneStack.ready();
        net.nic.addAddress(HERE, 24);
        net.nic.neighbors().setStatic(PEER, PEER_MAC);
        endpoint = net.stack.newUdpEndpoint();
        endpoint.bind(new FullAddress(IpAddress.V4_ANY, 7));
        net.advance(OneStack.SECOND);
        net.frames();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private List<Ipv4Packet> send(int bytes) throws StackException {
        endpoint.send(ByteBuffer.allocate(bytes), TO);
        List<Ipv4Packet> packets = new ArrayList<>();
        for (byte[] frame : net.frames()) {
            packets.add(Ipv4Packet.decode(EthernetFrame.decode(Bytes.of(frame)).payload()));
        }
        return packets;
    }

    @Test
    @Requirement("RFC 1122 3.2.1.8-1")
    @Requirement("RFC 1122 4.1.3.2-2")
    void optionsThatAreSet_areInWhatIsSent_inWholeWords() throws StackException {
        endpoint.setOption(EndpointOption.IP_OPTIONS, new byte[] {(byte) 0x88, 4, 0, 7, 1});
        assertArrayEquals(new byte[] {(byte) 0x88, 4, 0, 7, 1, 0, 0, 0}, endpoint.getOption(EndpointOption.IP_OPTIONS));
        Ipv4Packet packet = send(10).get(0);
        assertEquals(Bytes.hex("88040007 01000000"), packet.options());
        assertEquals(
                10, UdpDatagram.decode(packet.payload(), HERE, PEER).payload().length());
        endpoint.setOption(EndpointOption.IP_OPTIONS, new byte[0]);
        assertEquals(Bytes.EMPTY, send(10).get(0).options());
    }

    /** Options for experiments (RFC 4727 section 3.2): the value is the program's to give and to read. */
    @Test
    @Requirement("features E14")
    void valueInAnExperimentalOption_isSentAndReceived() throws StackException {
        byte[] experiment = {(byte) 0x5e, 4, 0x12, 0x34};
        endpoint.setOption(EndpointOption.IP_OPTIONS, experiment);
        assertEquals(Bytes.of(experiment), send(10).get(0).options());
        Bytes datagram = new UdpDatagram(9, 7, Bytes.EMPTY).encode(PEER, HERE);
        net.send(new Ipv4Packet(0, 1, true, false, 0, 64, Ipv4Packet.UDP, PEER, HERE, Bytes.of(experiment), datagram));
        ReceivedMessage message = endpoint.receiveMessage(ByteBuffer.allocate(1));
        assertNotNull(message);
        assertArrayEquals(experiment, message.ipOptions());
    }

    @Test
    void recordedRoute_beginsHere() throws StackException {
        endpoint.setOption(EndpointOption.IP_OPTIONS, new byte[] {7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertEquals(Bytes.hex("070b08 0a000001 00000000 00"), send(1).get(0).options());
    }

    @Test
    void optionsThatCannotBeSent_areRefused() {
        List<byte[]> wrong = List.of(
                new byte[] {(byte) 0x83, 7, 4, 10, 0, 0, 2, 0},
                new byte[] {(byte) 0x89, 7, 4, 10, 0, 0, 2, 0},
                new byte[] {7, 20, 4, 0},
                new byte[] {7, 7, 1, 0, 0, 0, 0, 0},
                new byte[41]);
        for (byte[] options : wrong) {
            StackException error =
                    assertThrows(StackException.class, () -> endpoint.setOption(EndpointOption.IP_OPTIONS, options));
            assertEquals(StackError.INVALID, error.error());
        }
    }

    @Test
    void datagramThatIsCut_hasThoseInEachFragmentThatBelongThere() throws StackException {
        endpoint.setOption(EndpointOption.IP_MTU_DISCOVER, 0);
        endpoint.setOption(EndpointOption.IP_OPTIONS, STREAM);
        // It would fit without the options.
        List<Ipv4Packet> packets = send(1500 - 28);
        assertEquals(2, packets.size());
        assertEquals(Bytes.of(STREAM), packets.get(0).options());
        assertEquals(Bytes.of(STREAM), packets.get(1).options());
        byte[] whole = new byte[1480];
        System.arraycopy(
                packets.get(0).payload().toArray(),
                0,
                whole,
                0,
                packets.get(0).payload().length());
        System.arraycopy(
                packets.get(1).payload().toArray(),
                0,
                whole,
                packets.get(1).fragmentOffset(),
                packets.get(1).payload().length());
        UdpDatagram.decode(Bytes.of(whole), HERE, PEER);
    }

    @Test
    void datagramThatIsTooLongWithThem_isRefused() throws StackException {
        endpoint.setOption(EndpointOption.IP_OPTIONS, STREAM);
        StackException error = assertThrows(StackException.class, () -> endpoint.send(ByteBuffer.allocate(65_507), TO));
        assertEquals(StackError.MESSAGE_TOO_LONG, error.error());
        assertEquals(0, net.stack.packetsOutstanding());
    }

    @Test
    @Requirement("RFC 1122 3.2.1.8-2")
    @Requirement("RFC 1122 4.1.3.2-1")
    void optionsThatCame_areTold() throws StackException {
        Bytes datagram = new UdpDatagram(9, 7, Bytes.of(new byte[3])).encode(PEER, HERE);
        net.send(new Ipv4Packet(
                0, 1, true, false, 0, 64, Ipv4Packet.UDP, PEER, HERE, Bytes.hex("88040007 82040102"), datagram));
        net.send(Ipv4Packet.of(PEER, HERE, Ipv4Packet.UDP, datagram));
        ReceivedMessage first = assertReceived();
        assertEquals(Bytes.hex("88040007 82040102"), Bytes.of(first.ipOptions()));
        assertEquals(3, first.lengthBytes());
        assertEquals(0, assertReceived().ipOptions().length);
    }

    private ReceivedMessage assertReceived() throws StackException {
        ReceivedMessage message = endpoint.receiveMessage(ByteBuffer.allocate(10));
        assertNotNull(message);
        return message;
    }
}
