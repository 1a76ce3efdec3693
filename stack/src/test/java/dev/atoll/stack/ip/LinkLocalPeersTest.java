package dev.atoll.stack.ip;

import static dev.atoll.stack.frames.OneStack.PEER_LINK_LOCAL;
import static dev.atoll.stack.frames.OneStack.PEER_MAC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.atoll.stack.Nic;
import dev.atoll.stack.check.Bytes;
import dev.atoll.stack.check.EthernetFrame;
import dev.atoll.stack.check.Ipv4Packet;
import dev.atoll.stack.check.Ipv6Packet;
import dev.atoll.stack.check.TcpSegment;
import dev.atoll.stack.check.UdpDatagram;
import dev.atoll.stack.env.StackError;
import dev.atoll.stack.env.StackException;
import dev.atoll.stack.frames.OneStack;
import dev.atoll.stack.frames.TestLink;
import dev.atoll.stack.socket.EndpointOption;
import dev.atoll.stack.socket.TcpEndpoint;
import dev.atoll.stack.socket.TcpListener;
import dev.atoll.stack.socket.UdpEndpoint;
import dev.atoll.stack.wire.FullAddress;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.TcpState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two hosts with the same link-local address on two links, and the same one of ours on both (RFC 4007 section 6). */
class LinkLocalPeersTest {
    private static final IpAddress OURS = IpAddress.parse("fe80::aa");

    private final OneStack net;
    private final TestLink otherLink = new TestLink(1500);
    private final Nic other;

    LinkLocalPeersTest() throws StackException {
        net = OneStack.ready();
        other = net.stack.createNic("eth1", otherLink);
        for (Nic nic : List.of(net.nic, other)) {
            nic.addAddress(OURS, 64);
            nic.neighbors().setStatic(PEER_LINK_LOCAL, PEER_MAC);
        }
        net.advance(5 * OneStack.SECOND);
        drain();
    }

    @AfterEach
    void nothingLeaks() {
        net.close();
    }

    private void drain() {
        net.frames();
        while (otherLink.poll() != null) {
            // What the NIC says by itself.
        }
    }

    private void sendByOther(Ipv6Packet packet) {
        byte[] frame = new EthernetFrame(TestLink.MAC, PEER_MAC, EthernetFrame.IPV6, packet.encode())
                .encode()
                .toArray();
        net.stack.run(() -> otherLink.deliver(frame));
    }

    private static Ipv6Packet datagram(int port) {
        Bytes udp = new UdpDatagram(9, port, Bytes.hex("01")).encode(PEER_LINK_LOCAL, OURS);
        return Ipv6Packet.of(PEER_LINK_LOCAL, OURS, Ipv4Packet.UDP, udp);
    }

    private static Ipv6Packet syn(int seq) {
        TcpSegment segment =
                new TcpSegment(5000, 80, seq, 0, TcpSegment.parseFlags("S"), 65_535, 0, List.of(), Bytes.EMPTY);
        return Ipv6Packet.of(PEER_LINK_LOCAL, OURS, Ipv4Packet.TCP, segment.encode(PEER_LINK_LOCAL, OURS));
    }

    @Test
    void datagrams_ofEach_reachTheEndpointConnectedToIt() throws StackException {
        try (UdpEndpoint one = net.stack.newUdpEndpoint();
                UdpEndpoint two = net.stack.newUdpEndpoint()) {
            for (UdpEndpoint endpoint : List.of(one, two)) {
                endpoint.setOption(EndpointOption.SO_REUSEADDR, true);
                endpoint.bind(new FullAddress(OURS, 7));
            }
            one.connect(new FullAddress(net.nic.id(), PEER_LINK_LOCAL, 9));
            two.connect(new FullAddress(other.id(), PEER_LINK_LOCAL, 9));
            assertEquals(
                    net.nic.id(), Objects.requireNonNull(one.localAddress()).nicId());
            assertEquals(other.id(), Objects.requireNonNull(two.localAddress()).nicId());
            net.send(datagram(7));
            assertNull(two.receive(ByteBuffer.allocate(1)));
            assertEquals(
                    net.nic.id(),
                    Objects.requireNonNull(one.receive(ByteBuffer.allocate(1))).nicId());
            sendByOther(datagram(7));
            assertNull(one.receive(ByteBuffer.allocate(1)));
            assertEquals(
                    other.id(),
                    Objects.requireNonNull(two.receive(ByteBuffer.allocate(1))).nicId());
        }
    }

    /** Equal in all four values, and still two connections, each answered on its own link. */
    @Test
    void connections_ofEach_areTwo() throws StackException {
        try (TcpListener listener = net.stack.newTcpListener()) {
            listener.bind(new FullAddress(IpAddress.V6_ANY, 80));
            listener.listen(8);
            net.send(syn(100));
            assertEquals(101, answer(Objects.requireNonNull(net.link.poll())).ack());
            sendByOther(syn(70_000));
            assertEquals(
                    70_001, answer(Objects.requireNonNull(otherLink.poll())).ack());
            assertNull(net.link.poll());
        }
    }

    /** It goes over the loopback NIC, and is still of the link whose address it is sent to, as on Linux. */
    @Test
    void connection_toAnOwnAddress_isAcceptedOnItsLinkAlone() throws StackException {
        try (TcpListener onOne = net.stack.newTcpListener();
                TcpListener onOther = net.stack.newTcpListener();
                TcpEndpoint client = net.stack.newTcpEndpoint()) {
            onOne.bind(new FullAddress(net.nic.id(), OURS, 80));
            onOne.listen(8);
            onOther.bind(new FullAddress(other.id(), OURS, 80));
            onOther.listen(8);
            client.connect(new FullAddress(other.id(), OURS, 80));
            assertNull(onOne.accept());
            try (TcpEndpoint accepted = Objects.requireNonNull(onOther.accept())) {
                assertEquals(TcpState.ESTABLISHED, client.state());
                assertEquals(other.id(), local(client).nicId());
                assertEquals(local(client), accepted.remoteAddress());
                assertEquals(other.id(), local(accepted).nicId());
                client.write(ByteBuffer.wrap(new byte[] {1, 2}));
                assertEquals(2, accepted.read(ByteBuffer.allocate(4)));
            }
        }
        assertNull(net.link.poll());
        assertNull(otherLink.poll());
    }

    private static FullAddress local(TcpEndpoint connection) {
        return Objects.requireNonNull(connection.localAddress());
    }

    @Test
    void connection_toAnOwnAddressWithoutListener_isRefused() throws StackException {
        try (TcpListener onOne = net.stack.newTcpListener();
                TcpEndpoint client = net.stack.newTcpEndpoint()) {
            onOne.bind(new FullAddress(net.nic.id(), OURS, 80));
            onOne.listen(8);
            client.connect(new FullAddress(other.id(), OURS, 80));
            StackException refused = assertThrows(StackException.class, () -> client.read(ByteBuffer.allocate(1)));
            assertEquals(StackError.REFUSED, refused.error());
        }
    }

    @Test
    void datagram_toAnOwnAddress_isOfItsLink() throws StackException {
        try (UdpEndpoint one = net.stack.newUdpEndpoint();
                UdpEndpoint two = net.stack.newUdpEndpoint();
                UdpEndpoint sender = net.stack.newUdpEndpoint()) {
            one.bind(new FullAddress(net.nic.id(), OURS, 7));
            two.bind(new FullAddress(other.id(), OURS, 7));
            sender.bind(new FullAddress(OURS, 9));
            sender.send(ByteBuffer.wrap(new byte[] {1}), new FullAddress(other.id(), OURS, 7));
            assertNull(one.receive(ByteBuffer.allocate(1)));
            assertEquals(new FullAddress(other.id(), OURS, 9), two.receive(ByteBuffer.allocate(1)));
        }
    }

    /** Options that nobody has changed are shared by endpoints. */
    @Test
    void bound_toOneLink_leavesOthersWhereTheyWere() throws StackException {
        try (TcpListener onOne = net.stack.newTcpListener();
                TcpListener local = net.stack.newTcpListener();
                TcpEndpoint client = net.stack.newTcpEndpoint()) {
            onOne.bind(new FullAddress(net.nic.id(), OURS, 80));
            onOne.listen(8);
            local.bind(new FullAddress(IpAddress.V6_LOOPBACK, 80));
            local.listen(8);
            client.connect(new FullAddress(IpAddress.V6_LOOPBACK, 80));
            assertEquals(TcpState.ESTABLISHED, client.state());
            assertEquals(0, local.getOption(EndpointOption.SO_BINDTOIFINDEX));
            assertEquals(net.nic.id(), onOne.getOption(EndpointOption.SO_BINDTOIFINDEX));
        }
    }

    private static TcpSegment answer(byte[] frame) {
        Ipv6Packet packet = Ipv6Packet.decode(EthernetFrame.decode(frame).payload());
        return TcpSegment.decode(packet.payload(), packet.source(), packet.destination());
    }
}
